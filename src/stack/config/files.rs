//! Guard files: those of a folder, and single ones.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::embedded;
use super::schema::CATALOGUE;
use crate::rules::{Enforcement, EngineDifference, GuardText, Input, Lint, Rule, Severity, TextError};
use crate::stack::diagnostics::{Finding, Reports};
use crate::stack::messages::wording;
use crate::stack::source::{Source, Span};

/// The Guard files beside a catalogue, by their stems.
#[derive(Default)]
pub(super) struct GuardFiles {
    files: BTreeMap<String, Arc<Source>>,
}

impl GuardFiles {
    pub(super) fn new(files: BTreeMap<String, Arc<Source>>) -> Self {
        Self { files }
    }

    /// The names of the rules that have a file.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The file of a rule.
    pub(super) fn get(&self, name: &str) -> Option<&Arc<Source>> {
        self.files.get(name)
    }

    /// Reports the files that a catalogue doesn't list.
    pub(super) fn unlisted(&self, listed: &[&str], catalogue: &Path, reports: &Reports) {
        for (name, source) in self.files.iter().filter(|(name, _)| !listed.contains(&name.as_str())) {
            let message = format!("`{}` does not list the rule `{name}`", catalogue.display());
            let hint = wording::did_you_mean(name, listed.iter().copied());
            let hint = hint.unwrap_or_else(|| format!("add it to `{CATALOGUE}`, or remove the file"));
            reports.push(Finding::at(source, Span::default(), "unlisted-rule", message).hint(hint));
        }
    }
}

/// Reads a Guard file's text; errors in it are reported.
pub(super) fn text(name: &str, source: &Arc<Source>, reports: &Reports) -> Option<GuardText> {
    if embedded::is_shipped(source.text()) {
        return Some(GuardText::proven(name, source.text()));
    }
    match GuardText::new(name, source.text()) {
        Ok(text) => Some(text),
        Err(error) => {
            complain(source, error, reports);
            None
        }
    }
}

/// Reports if AWS Config would refuse a text.
pub(super) fn deployable(source: &Arc<Source>, text: &GuardText, reports: &Reports) {
    if let Some(error) = text.undeployable() {
        complain(source, error, reports);
    }
}

/// The clauses of a file that engines judge differently. Tests ensure that shipped files have none.
pub(super) fn lints(source: &Arc<Source>, text: &GuardText) -> Vec<Lint> {
    if embedded::is_shipped(source.text()) {
        return Vec::new();
    }
    let lint = |one: EngineDifference| {
        let location = source.location(Span::new(one.bytes.0, one.bytes.1));
        Lint { location, message: one.message, hint: one.hint }
    };
    text.differences().into_iter().map(lint).collect()
}

fn complain(source: &Arc<Source>, error: TextError, reports: &Reports) {
    let TextError { line, column, message, hint } = error;
    let byte = source.byte_at(line, column);
    let finding = Finding::at(source, Span::new(byte, byte + 1), "bad-rule", message);
    reports.push(finding.maybe_hint(hint.map(str::to_owned)));
}

/// The rules of a file that no catalogue lists: one for each block.
pub(super) fn lone(name: &str, source: &Arc<Source>, known: &[&str], reports: &Reports) -> Vec<Rule> {
    let Some(mut text) = text(name, source, reports) else { return Vec::new() };
    for one in text.types() {
        if let Some(hint) = mistyped(&one, known) {
            let at = source.text().find(&one).unwrap_or_default();
            let message = format!("the type `{one}` is not known");
            reports.push(Finding::at(source, Span::new(at, at + one.len()), "unknown-type", message).hint(hint));
        }
    }
    let parts = std::mem::take(&mut text.parts);
    let alone = parts.len() == 1;
    let lints: Vec<(usize, Lint)> =
        lints(source, &text).into_iter().map(|lint| (lint.location.bytes.0, lint)).collect();
    let mut rules: Vec<Rule> = Vec::with_capacity(parts.len());
    for part in parts {
        let input = if part.text.speaks_of_templates() { Input::Template } else { Input::ConfigurationItem };
        // A file of one rule is deployed as it is, one of several rule by rule.
        let obstacle = || if alone { text.undeployable() } else { part.undeployable(&text) };
        if let (Input::ConfigurationItem, Some(error)) = (input, obstacle()) {
            complain(source, error, reports);
        }
        // The engine names clauses outside of blocks `file/default`.
        let short = part.block.strip_suffix("/default").unwrap_or(&part.block);
        let taken = text.blocks.iter().any(|block| block.name == short && block.name != part.block);
        rules.push(Rule {
            name: if taken { &part.block } else { short }.to_owned(),
            title: format!("the rule `{}` of `{}` is met", part.block, source.file().display()),
            resource_types: part.text.types_of(&part.block),
            input,
            enforcement: Enforcement::default(),
            severity: Severity::default(),
            config_rule: Vec::new(),
            security_hub: Vec::new(),
            applies_when: None,
            parameters: BTreeMap::new(),
            property: None,
            remediation: None,
            lints: lints.iter().filter(|(at, _)| part.holds(*at)).map(|(_, lint)| lint.clone()).collect(),
            text: Arc::new(part.text),
            rust: None,
            around: input == Input::Template,
            looks_at: None,
            only_live: false,
            on_request: false,
            also_reads: Vec::new(),
            also_named: Vec::new(),
            explanation: Arc::default(),
            block: Some(part.block),
            has_entry: false,
        });
    }
    rules
}

/// The known type that a similar, but unknown type was probably meant to be.
pub(super) fn mistyped(one: &str, known: &[&str]) -> Option<String> {
    if known.contains(&one) {
        return None;
    }
    let near = known.iter().find(|known| strsim::osa_distance(known, one) <= 2 || known.eq_ignore_ascii_case(one))?;
    Some(format!("did you mean `{near}`?"))
}
