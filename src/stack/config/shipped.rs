//! The rules that are shipped with underpin: those of `policies/config`, included in the program.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::embedded::{SHIPPED, ShippedFiles};
use super::entry::{self, OrderedRule, Text};
use super::schema::ENTRY;
use crate::rules::Rule;
use crate::stack::diagnostics::Reports;
use crate::stack::settings::RULE_TEXT;
use crate::stack::source::Source;
use crate::stack::source::redaction::Language;

/// The shipped rules, in the order that their entries give. Each is read once, when it is first used.
pub fn shipped_rules() -> Vec<Rule> {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    let all =
        || entry::sorted(SHIPPED.iter().zip(read_once()).filter_map(|(files, once)| parsed(files, once)).collect());
    RULES.get_or_init(all).clone()
}

/// The shipped rule whose files have these texts: a folder with the same rule need not be read again.
pub(super) fn unchanged(name: &str, entry: &str, guard: Option<&str>) -> Option<OrderedRule> {
    let at = SHIPPED.iter().position(|files| files.name == name)?;
    let (files, once) = SHIPPED.get(at).zip(read_once().get(at))?;
    let same = files.entry == entry && files.guard == guard;
    same.then(|| parsed(files, once)).flatten()
}

/// A shipped rule, once it was read.
type Once = OnceLock<Option<OrderedRule>>;

fn read_once() -> &'static [Once] {
    static ALL: OnceLock<Vec<Once>> = OnceLock::new();
    ALL.get_or_init(|| SHIPPED.iter().map(|_| Once::new()).collect())
}

fn parsed(files: &ShippedFiles, once: &Once) -> Option<OrderedRule> {
    once.get_or_init(|| rule(files, &Reports::default())).clone()
}

/// Reads the shipped rules. Tests ensure that they have no errors.
#[cfg(test)]
pub(super) fn read(reports: &Reports) -> Vec<Rule> {
    entry::sorted(SHIPPED.iter().filter_map(|files| rule(files, reports)).collect())
}

fn rule(files: &ShippedFiles, reports: &Reports) -> Option<OrderedRule> {
    let ShippedFiles { name, entry, guard, rust, around: _ } = files;
    let source = |file: &str, text: &str| {
        Arc::new(Source::new(Path::new("policies/config").join(name).join(file), text.to_owned(), Language::Rules))
    };
    let guard = guard.map(|guard| source(RULE_TEXT, guard));
    let text = guard.as_ref().map(Text::Guard).or(rust.map(Text::Rust))?;
    entry::read_file(name, &source(ENTRY, entry), Ok(text), &[], reports)
}
