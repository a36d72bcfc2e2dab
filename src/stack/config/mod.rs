//! Rules of AWS Config: reads the rules that `guardrails.config_rules` names.

mod catalogue;
mod embedded;
mod entry;
mod files;
mod reader;
mod schema;
mod select;
mod shipped;
mod snippet;

pub use select::config_rules;
pub use shipped::shipped_rules;
pub use snippet::yaml_values;

#[cfg(test)]
mod covered_tests;
#[cfg(test)]
pub(crate) mod live_cases_tests;
#[cfg(test)]
mod reference_tests;
