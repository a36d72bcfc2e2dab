//! Rules of AWS Config: reads the rules that `guardrails.config_rules` names.

mod catalogue;
mod embedded;
mod entry;
mod files;
mod reader;
mod schema;
mod select;
mod shipped;

pub use select::config_rules;
pub use shipped::shipped_rules;

#[cfg(test)]
mod covered_tests;
#[cfg(test)]
mod live_cases_tests;
#[cfg(test)]
mod reference_tests;
