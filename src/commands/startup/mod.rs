//! `startup`: provisions a workspace as it starts, and never stands in its way.
//!
//! The last line of standard output is one JSON object ([`crate::workspace::StartupReport`]), whatever the end; what a
//! person reads goes to standard error.

mod args;
mod last_line;
#[cfg(feature = "aws")]
mod left;
#[cfg(feature = "aws")]
mod provision;
#[cfg(feature = "aws")]
mod rule;
#[cfg(feature = "aws")]
mod run;
#[cfg(feature = "aws")]
mod stage;
mod trust;

pub(super) use args::{StartupArgs, time};
pub(super) use last_line::{asks_for_startup, ended_with_error};
#[cfg(feature = "aws")]
pub(super) use left::planned;
#[cfg(feature = "aws")]
pub(super) use provision::{Ended, carry_out};
#[cfg(feature = "aws")]
pub(super) use run::{another_region, connected, run, run_within};
#[cfg(feature = "aws")]
pub(super) use stage::Stage;
pub(super) use trust::print_trust;
