//! Reads rules from the text of a catalogue and the Guard files beside it.

use std::sync::Arc;

use super::entry::{self, EntryNode, OrderedRule, Text, Verbatim};
use super::files::GuardFiles;
use super::schema::{CATALOGUE, catalogue_schema};
use crate::stack::diagnostics::{Finding, Reports};
use crate::stack::messages::wording;
use crate::stack::parse;
use crate::stack::read::walk::Walk;
use crate::stack::source::tree::Node;
use crate::stack::source::{Source, Span};

/// Reads a catalogue. `known` are the AWS types that a stack may have: a similar type is taken for a mistake.
pub(super) fn rules(source: &Arc<Source>, guards: &GuardFiles, known: &[&str], reports: &Reports) -> Vec<OrderedRule> {
    let root = match parse::yaml(source, reports) {
        Ok(root) => root,
        Err(failure) => {
            reports.absorb(failure);
            return Vec::new();
        }
    };
    let schema = catalogue_schema();
    let whole = Span::new(0, source.text().len());
    Walk::new(source, reports, &Verbatim, &schema).read(&root, whole, "the catalogue");
    let entries = root.get("rules").map(Node::entries).unwrap_or_default();
    let listed: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    guards.unlisted(&listed, source.file(), reports);
    let rule = |one: &crate::stack::source::tree::Entry| {
        let (name, own) = (one.key.as_str(), one.key_span);
        let guard = guards.get(name).ok_or_else(|| {
            let message = format!("the rule `{name}` has no file `{name}.guard` beside `{CATALOGUE}`");
            let near = wording::did_you_mean(name, guards.names());
            Finding::at(source, own, "no-file", message).maybe_hint(near)
        });
        entry::read(name, &EntryNode { source, node: &one.value, own }, guard.map(Text::Guard), known, reports)
    };
    entries.iter().filter_map(rule).collect()
}
