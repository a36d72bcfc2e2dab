//! The rules that are shipped with underpin: those of `policies/config`, included in the program.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::embedded::{SHIPPED, ShippedFiles};
use super::entry::{self, Text};
use super::schema::ENTRY;
use crate::rules::Rule;
use crate::stack::diagnostics::Reports;
use crate::stack::settings::RULE_TEXT;
use crate::stack::source::Source;
use crate::stack::source::redaction::Language;

/// The shipped rules, in the order that their entries give. They are read once, when they are first used.
pub fn shipped_rules() -> Vec<Rule> {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(|| read(&Reports::default())).clone()
}

/// Reads the shipped rules. Tests ensure that they have no errors.
pub(super) fn read(reports: &Reports) -> Vec<Rule> {
    let rule = |ShippedFiles { name, entry, guard, rust }: &ShippedFiles| {
        let source = |file: &str, text: &str| {
            Arc::new(Source::new(Path::new("policies/config").join(name).join(file), text.to_owned(), Language::Rules))
        };
        let guard = guard.map(|guard| source(RULE_TEXT, guard));
        let text = guard.as_ref().map(Text::Guard).or(rust.map(Text::Rust))?;
        entry::read_file(name, &source(ENTRY, entry), Ok(text), &[], reports)
    };
    entry::sorted(SHIPPED.iter().filter_map(rule).collect())
}
