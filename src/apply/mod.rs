//! Applies an approved plan: a pure scheduler, and a thin dispatcher around it.
//!
//! It makes the calls that the plan names and no others. What a step expects to be refused is looked at
//! again, never improvised upon.

mod event;
#[cfg(feature = "aws")]
mod run;
mod schedule;

pub use event::{ApplyReport, Event, Failure, NotTaken, StepState};
#[cfg(feature = "aws")]
pub use run::{Applier, Interrupt, apply};
pub use schedule::{Schedule, State};
