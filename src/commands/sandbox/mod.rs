//! `sandbox`: the local AWS emulators, one for each account; a file for each verb.

mod args;
#[cfg(feature = "aws")]
mod reset;
#[cfg(feature = "aws")]
mod run;
#[cfg(feature = "aws")]
mod start;
#[cfg(feature = "aws")]
mod status;
#[cfg(feature = "aws")]
mod stop;
#[cfg(feature = "aws")]
mod view;

pub(super) use args::SandboxAction;
#[cfg(feature = "aws")]
pub(super) use run::run;
