//! The settings of a stack's file: everything but its resources.

mod guardrails;
mod local;
mod model;
mod read;
pub(super) mod region;
pub(super) mod tags;

pub(super) use guardrails::RULE_TEXT;
pub use guardrails::{ConfigRule, Excepted, Exception, GivenParameter, Guardrails, OnUnknown, PolicyLevel, RuleSource};
pub use local::{LocalDatabase, Seed};
pub use model::Settings;
pub use read::Variables;
pub(super) use read::{confinement, no_environment, unset};
pub use region::unknown_region;
pub use tags::TagText;
