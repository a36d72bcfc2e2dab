//! Guardrails: what forbids a plan, and the one door to applying it.
//!
//! Pure. They see the frozen plan; what they say becomes part of it.

mod approve;
mod asker;
mod config;
mod consent;
mod denial;
mod ignored;
mod keep;
mod level;
mod place;
mod rcp;
mod scp;
mod simulated;
#[cfg(test)]
mod testing;

pub use approve::{ApprovedPlan, approve};
pub use asker::{Asker, requested_region};
pub use config::{ConfigTerms, Judged, config};
pub use consent::{Consents, consent};
pub use denial::{Denial, Denied, DenyingStatement, Judges, Layer, Manner, judged_again, said_in_short};
pub use ignored::ignored;
pub use level::hangs_on_role;
pub use place::{Pins, place};
pub use rcp::{rcp, rcp_unreadable};
pub use scp::{Locate, Origin, ScpSource, scp, unreadable};
pub use simulated::{Question, Questions, SecondBest, Simulated, questions, second_best};
