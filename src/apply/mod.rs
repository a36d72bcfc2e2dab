//! Applies an approved plan: a pure scheduler, and a thin dispatcher around it.
//!
//! It makes the calls that the plan names and no others. After a refusal that a step expects, it reads the resource
//! again, and never makes another change.

mod event;
#[cfg(feature = "aws")]
mod run;
mod schedule;

pub use event::{ApplyReport, Event, Failure, NotTaken, StepState};
#[cfg(feature = "aws")]
pub use run::{Applier, Interrupt, apply};
pub use schedule::{Schedule, State};
