//! Guardrails: what forbids a plan, and the one door to applying it.
//!
//! Pure. They see the frozen plan; what they say becomes part of it.

mod approve;
mod asker;
mod consent;
mod place;
mod scp;
mod unevaluated;

pub use approve::{ApprovedPlan, approve};
pub use asker::Asker;
pub use consent::{Consents, consent};
pub use place::place;
pub use scp::{Locate, Origin, ScpSource, scp, unreadable};
pub use unevaluated::unevaluated;
