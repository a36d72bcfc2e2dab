//! `plan`: shows the changes.

mod args;
#[cfg(feature = "aws")]
mod run;

pub(super) use args::PlanArgs;
#[cfg(feature = "aws")]
pub(super) use run::run;
