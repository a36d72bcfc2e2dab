//! The settings of a stack's file: everything but its resources.

mod guardrails;
mod guardrails_read;
mod local;
mod model;
mod read;
pub(super) mod region;
mod scope;
pub(super) mod tags;

pub(super) use guardrails::RULE_TEXT;
pub use guardrails::{ConfigRule, Excepted, Exception, GivenParameter, Guardrails, OnUnknown, PolicyLevel, RuleSource};
pub use local::{LocalDatabase, Seed};
pub use model::Settings;
pub(super) use read::confinement;
pub use region::unknown_region;
pub use scope::Variables;
pub(super) use scope::{no_environment, unset};
pub use tags::TagText;
