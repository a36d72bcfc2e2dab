//! Guardrails: what forbids a plan, and the one door to applying it.
//!
//! Pure. They see the frozen plan; what they say becomes part of it.

mod approve;
mod asker;
mod config;
mod consent;
mod place;
mod scp;

pub use approve::{ApprovedPlan, approve};
pub use asker::Asker;
pub use config::{ConfigTerms, Judged, config};
pub use consent::{Consents, consent};
pub use place::place;
pub use scp::{Locate, Origin, ScpSource, scp, unreadable};
