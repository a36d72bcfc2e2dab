//! `audit`: judges what is live, and writes the report.

mod args;
#[cfg(feature = "aws")]
mod checks;
#[cfg(feature = "aws")]
mod declaration;
#[cfg(feature = "aws")]
mod fix;
#[cfg(feature = "aws")]
mod judgement;
#[cfg(feature = "aws")]
mod lines;
#[cfg(feature = "aws")]
mod merge;
#[cfg(feature = "aws")]
mod outputs;
#[cfg(feature = "aws")]
mod reach;
#[cfg(feature = "aws")]
mod reading;
#[cfg(feature = "aws")]
mod run;
#[cfg(feature = "aws")]
mod selection;
#[cfg(feature = "aws")]
mod subject;

pub(super) use args::AuditArgs;
#[cfg(feature = "aws")]
pub(super) use run::run;
