//! The rules that come with underpin: those of `policies/config`, carried in the program.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::files::GuardFiles;
use super::{catalogue, embedded, entry};
use crate::rules::Rule;
use crate::stack::diagnostics::Reports;
use crate::stack::source::Source;
use crate::stack::source::redaction::Language;

/// The shipped rules, in the order of their catalogue. They are read once, when somebody asks for them.
pub fn shipped_rules() -> Vec<Rule> {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(read).clone()
}

fn read() -> Vec<Rule> {
    let source = |name: &str, text: &str| Arc::new(Source::new(PathBuf::from(name), text.to_owned(), Language::Rules));
    let guard = |(name, text): &(&str, &str)| ((*name).to_owned(), source(&format!("{name}.guard"), text));
    let guards = GuardFiles::new(embedded::GUARDS.iter().map(guard).collect::<BTreeMap<_, _>>());
    // That nothing is wrong with them is tested.
    let reports = Reports::default();
    entry::sorted(catalogue::rules(&source("catalogue.yaml", embedded::CATALOGUE), &guards, &[], &reports))
}
