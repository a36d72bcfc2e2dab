//! `users`: the users of a Cognito user pool, and a database's; a file for each action.

mod args;
#[cfg(feature = "aws")]
mod change;
#[cfg(feature = "aws")]
mod create;
#[cfg(feature = "aws")]
mod delete;
#[cfg(feature = "aws")]
mod disable;
#[cfg(feature = "aws")]
mod failure;
#[cfg(feature = "aws")]
mod list;
#[cfg(feature = "aws")]
mod place;
#[cfg(feature = "aws")]
mod run;
#[cfg(feature = "aws")]
mod show;
#[cfg(feature = "aws")]
mod sync;

pub(super) use args::UsersAction;
#[cfg(feature = "aws")]
pub(super) use failure::of_pool as pool_failure;
#[cfg(feature = "aws")]
pub(super) use run::run;
