//! Guardrails: the checks that can forbid a plan, and the approval that apply needs.
//!
//! Pure. They read the finished plan; their verdicts become part of it.

mod access_patterns;
mod approval;
mod chain;
mod config;
mod consent;
mod denial;
mod extent;
mod ignored;
mod level;
mod place;
mod rcp;
mod scp;
mod simulated;
mod suggestion;
#[cfg(test)]
mod testing;

pub use crate::rules::{RequestContext, requested_region};
pub use access_patterns::access_patterns;
pub use approval::{ApprovedPlan, approve};
pub use chain::{Locate, Origin, ScpSource};
pub use config::{ConfigTerms, Subject, config};
pub use consent::{Consents, consent};
pub use denial::{Denial, DenialType, Denied, DenyingStatement, Judges, Layer, judged_again, said_in_short};
pub use extent::{exceeds, shown_consents};
pub use ignored::ignored;
pub use level::hangs_on_role;
pub use place::{Pins, place};
pub use rcp::{rcp, rcp_unreadable};
pub use scp::{denied, scp, unreadable};
pub use simulated::{Question, Questions, Simulated, SimulationOutcome, questions, second_best};
