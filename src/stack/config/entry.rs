//! Reads a rule from its entry and its text. The entry is in a file of its own, or in a catalogue of several.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::embedded;
use super::files;
use super::schema::ENTRY_SCHEMA;
use crate::base::PropertyPath;
use crate::rules::rust::Judge;
use crate::rules::{Enforcement, Explanation, GuardText, Input, Parameter, ParameterType, Rule, Severity};
use crate::stack::diagnostics::{Complaint, Finding, Reports};
use crate::stack::parse;
use crate::stack::read::interpolate::{Scope, ScopeAnswer};
use crate::stack::read::walk::Walk;
use crate::stack::source::template::Hole;
use crate::stack::source::tree::Node;
use crate::stack::source::{Source, Span};

/// The keys of an entry. The schema has checked it before.
#[derive(Deserialize)]
struct Entry {
    title: String,
    resource_types: Vec<String>,
    input: Input,
    #[serde(default)]
    enforcement: Enforcement,
    #[serde(default)]
    severity: Severity,
    order: Option<u64>,
    #[serde(default)]
    config_rule: Value,
    #[serde(default)]
    security_hub: Vec<String>,
    applies_when: Option<String>,
    #[serde(default)]
    parameters: BTreeMap<String, Declared>,
    property: Option<String>,
    remediation: String,
    #[serde(default)]
    only_live: bool,
    #[serde(default)]
    on_request: bool,
    #[serde(default)]
    also_reads: Vec<String>,
    looks_at: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    also_named: Vec<String>,
    #[serde(flatten)]
    explanation: Explanation,
}

#[derive(Deserialize)]
struct Declared {
    #[serde(rename = "type")]
    kind: ParameterType,
    default: Option<Value>,
    description: Option<String>,
}

/// A scope without interpolation: in an entry `${…}` is plain text; a remediation may show one.
pub(super) struct Verbatim;

impl Scope for Verbatim {
    fn value(&self, hole: &Hole) -> Result<ScopeAnswer, Complaint> {
        Ok(ScopeAnswer::plain(match hole {
            Hole::Variable(name) => format!("${{env:{name}}}"),
            Hole::Word(word) => format!("${{{word}}}"),
            Hole::Reference(reference) => format!("${{{reference}}}"),
            Hole::Broken(_) => "${".to_owned(),
        }))
    }
}

/// What says when a rule holds.
#[derive(Clone, Copy)]
pub(super) enum Text<'a> {
    /// A text in Guard's language.
    Guard(&'a Arc<Source>),
    /// A function of the program.
    Rust(Judge),
}

/// A rule, with its place among those of its folder.
#[derive(Clone)]
pub(super) struct OrderedRule {
    /// The position: smaller ones come first; rules without one come last.
    order: u64,
    /// The rule.
    pub(super) rule: Rule,
}

/// The rules of a folder in the order of their entries' positions, and else as they are.
pub(super) fn sorted(mut rules: Vec<OrderedRule>) -> Vec<Rule> {
    rules.sort_by_key(|one| one.order);
    rules.into_iter().map(|one| one.rule).collect()
}

/// The place of an entry.
pub(super) struct EntryNode<'a> {
    /// The file.
    pub(super) source: &'a Arc<Source>,
    /// The entry itself.
    pub(super) node: &'a Node,
    /// The place for findings about it as a whole.
    pub(super) own: Span,
}

/// Reads the rule of an entry in a file of its own.
pub(super) fn read_file(
    name: &str,
    source: &Arc<Source>,
    text: Result<Text<'_>, Finding>,
    known: &[&str],
    reports: &Reports,
) -> Option<OrderedRule> {
    let node = match parse::yaml(source, reports) {
        Ok(node) => node,
        Err(failure) => {
            reports.absorb(failure);
            return None;
        }
    };
    let own = Span::new(0, source.text().len());
    read(name, &EntryNode { source, node: &node, own }, text, known, reports)
}

/// Reads the entry of a rule that is said by `text`, or that has no text, as the finding says. `known` are the AWS types
/// that a stack can have: a similar type is taken for a mistake. Returns none after an error, which is reported.
pub(super) fn read(
    name: &str,
    at: &EntryNode<'_>,
    text: Result<Text<'_>, Finding>,
    known: &[&str],
    reports: &Reports,
) -> Option<OrderedRule> {
    let mut walk = Walk::new(at.source, reports, &Verbatim, &ENTRY_SCHEMA);
    let value = walk.read(at.node, at.own, &format!("the rule `{name}`"));
    let sound = walk.unsound.is_empty();
    let entry = Entry::deserialize(value.filter(|_| sound)?).ok()?;
    let complain = |keys: &[&str], complaint: Complaint| {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let (node, key, _) = at.node.nearest(&keys, at.own);
        let span = if node.scalar().is_some() { node.span } else { key };
        reports.push(complaint.at(at.source, span));
    };
    let before = reports.errors();
    for (index, one) in entry.resource_types.iter().enumerate() {
        if let Some(hint) = files::mistyped(one, known) {
            let message = format!("the type `{one}` is not known");
            let complaint = Complaint::new("unknown-type", message).hint(hint);
            complain(&["resource_types", &index.to_string()], complaint);
        }
    }
    let property = entry.property.as_deref().map(str::parse::<PropertyPath>);
    if let Some(Err(error)) = &property {
        let message = format!("`property` is not a path of properties: {error}");
        complain(&["property"], Complaint::new("wrong-form", message).hint("for example `billing.mode`"));
    }
    let parameters = entry.parameters.into_iter().map(|(name, declared)| {
        let Declared { kind, default, description } = declared;
        let value = default.as_ref().and_then(|default| kind.value(default));
        if default.is_some() && value.is_none() {
            let message = format!("the default of `{name}` is not {}", kind.expected());
            complain(&["parameters", &name, "default"], Complaint::new("wrong-type", message));
        }
        (name, Parameter { kind, value, description })
    });
    let parameters = parameters.collect();
    let text = match text {
        Ok(text) => text,
        Err(missing) => {
            if reports.errors() == before {
                reports.push(missing);
            }
            return None;
        }
    };
    let (text, rust, lints, around) = match text {
        Text::Guard(source) => {
            let text = files::text(name, source, reports)?;
            if entry.input == Input::ConfigurationItem {
                files::deployable(source, &text, reports);
            }
            let lints = files::lints(source, &text);
            // Of rules that judge a template, only shipped ones are known to judge each resource by itself: tests show it.
            let apart = embedded::is_shipped(source.text()) && text.keeps_resources_apart();
            (text, None, lints, entry.input == Input::Template && !apart)
        }
        Text::Rust(judge) => (GuardText::none(name), Some(judge), Vec::new(), embedded::looks_around(name)),
    };
    let config_rule = match entry.config_rule {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    (reports.errors() == before).then(|| OrderedRule {
        order: entry.order.unwrap_or(u64::MAX),
        rule: Rule {
            name: name.to_owned(),
            title: entry.title,
            resource_types: entry.resource_types,
            input: entry.input,
            enforcement: entry.enforcement,
            severity: entry.severity,
            config_rule,
            security_hub: entry.security_hub,
            applies_when: entry.applies_when,
            parameters,
            property: property.and_then(Result::ok),
            remediation: Some(entry.remediation),
            lints,
            text: Arc::new(text),
            rust,
            only_live: entry.only_live,
            on_request: entry.on_request,
            also_reads: entry.also_reads,
            around,
            looks_at: entry.looks_at,
            also_named: entry.also_named,
            explanation: Arc::new(entry.explanation),
            block: None,
            has_entry: true,
        },
    })
}
