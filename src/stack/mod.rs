//! `stack.yaml`: loading, source map, model, references, schema.
//!
//! Responsible for turning files into typed resources with a place for every property, and for finding all that
//! is wrong with them. It knows no kind by name, makes no request, and decides nothing about order or safety.

mod alternatives;
mod archive;
mod config;
mod confine;
mod document;
mod files;
mod hoist;
mod ignore;
mod index;
mod interpolate;
mod json;
mod order;
mod parse;
mod pattern;
mod recovery;
mod redaction;
mod reference;
mod region;
mod render;
mod report;
mod resolve;
mod resolver;
mod scalar;
mod schema;
mod scp;
mod settings;
mod source;
mod source_map;
mod synonyms;
mod syntax;
mod tags;
mod template;
#[cfg(test)]
mod tests;
mod tree;
mod walk;
mod wording;

pub use config::{config_rules, shipped_rules};
pub use document::Document;
pub use hoist::written_under;
pub use reference::reference;
pub use region::unknown_region;
pub use report::{Failure, FailureKind, Related};
pub use resolve::{Declared, Stack};
pub use schema::schema;
pub use scp::{Policies, policy_folder, service_control_policies};
pub use settings::{
    ConfigRule, Exception, GivenParameter, Guardrails, OnUnknown, PolicyLevel, RuleSource, Settings, Variables,
};
pub use source_map::SourceMap;
pub use tags::TagText;
pub use walk::Use;
pub use wording::did_you_mean;
