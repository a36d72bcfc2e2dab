//! Rules of AWS Config: from what `guardrails.config_rules` names to the rules that a stack is judged by.

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
mod reference_tests;
