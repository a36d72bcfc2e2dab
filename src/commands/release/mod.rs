//! `release`: removes the stack's tags from resources and leaves them as they are.

mod args;
#[cfg(feature = "aws")]
mod run;

pub(super) use args::ReleaseArgs;
#[cfg(feature = "aws")]
pub(super) use run::run;
