//! `function`: runs a function's own code on this machine, for one event or for a table's stream.

mod args;
#[cfg(feature = "aws")]
mod invoke;
#[cfg(feature = "aws")]
mod job;
#[cfg(feature = "aws")]
mod place;
#[cfg(feature = "aws")]
mod process;
#[cfg(feature = "aws")]
mod run;
#[cfg(feature = "aws")]
mod subject;
#[cfg(feature = "aws")]
mod watch;

pub(super) use args::FunctionAction;
#[cfg(feature = "aws")]
pub(super) use run::run;
