//! `apply`: changes the live resources to what the file says.

mod args;
#[cfg(feature = "aws")]
mod run;

pub(super) use args::ApplyArgs;
#[cfg(feature = "aws")]
pub(super) use run::run;
