//! Applies an approved plan: a pure scheduler, and a thin dispatcher around it.
//!
//! It makes the calls that the plan names and no others. After a refusal that a step expects, it reads the resource
//! again, and never makes another change. Refusals that another run of the same stack may cause are recognized in
//! `race`: what follows from them is a new plan, which is not made here.

mod event;
mod race;
#[cfg(feature = "aws")]
mod run;
mod schedule;

pub use event::{ApplyReport, Event, Failure, NotTaken, StepState};
pub use race::{Race, Round, all_raced, merged, race, repeats};
#[cfg(feature = "aws")]
pub use run::{Applier, Interrupt, apply};
pub use schedule::{Schedule, State};
