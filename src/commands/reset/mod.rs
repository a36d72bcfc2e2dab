//! `reset`: brings a local environment, from any state, to the one that its file says: tables, items, users.

mod args;
#[cfg(feature = "aws")]
mod endpoint;
#[cfg(feature = "aws")]
mod run;
#[cfg(feature = "aws")]
mod seeds;
#[cfg(feature = "aws")]
mod users;

pub(super) use args::ResetArgs;
#[cfg(feature = "aws")]
pub(super) use endpoint::on_this_machine;
#[cfg(feature = "aws")]
pub(super) use run::run;
#[cfg(feature = "aws")]
pub(super) use seeds::Seeds;
