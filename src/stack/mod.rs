//! `stack.yaml`: loading, source map, model, references, schema.
//!
//! Responsible for turning files into typed resources with a place for every property, and for finding all errors
//! in them. It knows no kind by name, makes no request, and decides nothing about order or safety.

mod config;
mod diagnostics;
mod messages;
mod parse;
mod read;
mod resolve;
mod schema;
mod scp;
mod settings;
mod source;
#[cfg(test)]
mod tests;

pub use config::{config_rules, shipped_rules, yaml_values};
pub use diagnostics::{Failure, FailureKind, Related};
pub use messages::did_you_mean;
pub use parse::Document;
pub use read::Use;
pub use resolve::{Declared, NamedResource, SourceMap, Stack};
pub use schema::{reference, schema, written_under};
pub use scp::{Policies, policy_folder, service_control_policies};
pub use settings::{
    ConfigRule, Excepted, Exception, GivenParameter, Guardrails, LocalDatabase, OnUnknown, PolicyLevel, RuleSource,
    Seed, Settings, TagText, Variables, unknown_region,
};

#[cfg(test)]
pub(crate) use config::live_cases_tests as live_cases;
