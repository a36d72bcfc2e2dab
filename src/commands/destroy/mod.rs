//! `destroy`: deletes the stack's resources.

mod args;
#[cfg(feature = "aws")]
mod run;

pub(super) use args::DestroyArgs;
#[cfg(feature = "aws")]
pub(super) use run::run;
