//! From the text of a catalogue, and the Guard files beside it, to rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::files::{self, GuardFiles};
use super::schema::{CATALOGUE, rule_schema, schema};
use crate::base::PropertyPath;
use crate::rules::{Enforcement, Input, Parameter, ParameterType, Rule, Severity};
use crate::stack::diagnostics::{Complaint, Finding, Reports};
use crate::stack::messages::wording;
use crate::stack::parse;
use crate::stack::read::interpolate::{Scope, ScopeAnswer};
use crate::stack::read::walk::Walk;
use crate::stack::source::template::Hole;
use crate::stack::source::tree::Node;
use crate::stack::source::{Source, Span};

/// What stands under a rule's name. The schema has been through it before.
#[derive(Deserialize)]
struct Entry {
    title: String,
    resource_types: Vec<String>,
    input: Input,
    #[serde(default)]
    enforcement: Enforcement,
    #[serde(default)]
    severity: Severity,
    #[serde(default)]
    config_rule: Value,
    #[serde(default)]
    security_hub: Vec<String>,
    applies_when: Option<String>,
    #[serde(default)]
    parameters: BTreeMap<String, Declared>,
    property: Option<String>,
    remediation: String,
}

#[derive(Deserialize)]
struct Declared {
    #[serde(rename = "type")]
    kind: ParameterType,
    default: Option<Value>,
    description: Option<String>,
}

/// In a catalogue `${…}` is text like any other: a remediation may show one.
struct Verbatim;

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

/// Reads a catalogue. `known` are the types of AWS's that may be in a stack: what is nearly one of them is a slip.
pub(super) fn rules(source: &Arc<Source>, guards: &GuardFiles, known: &[&str], reports: &Reports) -> Vec<Rule> {
    let root = match parse::yaml(source, reports) {
        Ok(root) => root,
        Err(failure) => {
            reports.absorb(failure);
            return Vec::new();
        }
    };
    let (schema, rule_schema) = (schema(), rule_schema());
    let whole = Span::new(0, source.text().len());
    Walk::new(source, reports, &Verbatim, &schema).read(&root, whole, "the catalogue");
    let entries = root.get("rules").map(Node::entries).unwrap_or_default();
    let listed: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    guards.unlisted(&listed, source.file(), reports);
    let mut rules = Vec::new();
    for one in entries {
        let mut walk = Walk::new(source, reports, &Verbatim, &rule_schema);
        let value = walk.read(&one.value, one.key_span, &format!("the rule `{}`", one.key));
        let sound = walk.unsound.is_empty();
        let Some(Ok(entry)) = value.filter(|_| sound).map(Entry::deserialize) else { continue };
        let reading = ReadOutcome { source, node: &one.value, own: one.key_span, known, reports };
        rules.extend(reading.rule(&one.key, entry, guards));
    }
    rules
}

struct ReadOutcome<'a> {
    source: &'a Arc<Source>,
    node: &'a Node,
    own: Span,
    known: &'a [&'a str],
    reports: &'a Reports,
}

impl ReadOutcome<'_> {
    fn complain(&self, keys: &[&str], complaint: Complaint) {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let (node, key, _) = self.node.nearest(&keys, self.own);
        let span = if node.scalar().is_some() { node.span } else { key };
        self.reports.push(complaint.at(self.source, span));
    }

    fn rule(&self, name: &str, entry: Entry, guards: &GuardFiles) -> Option<Rule> {
        let before = self.reports.errors();
        for (index, one) in entry.resource_types.iter().enumerate() {
            if let Some(hint) = files::mistyped(one, self.known) {
                let message = format!("the type `{one}` is not known");
                let complaint = Complaint::new("unknown-type", message).hint(hint);
                self.complain(&["resource_types", &index.to_string()], complaint);
            }
        }
        let property = entry.property.as_deref().map(str::parse::<PropertyPath>);
        if let Some(Err(error)) = &property {
            let message = format!("`property` is not a path of properties: {error}");
            self.complain(&["property"], Complaint::new("wrong-form", message).hint("for example `billing.mode`"));
        }
        let parameters = entry.parameters.into_iter().map(|(name, declared)| {
            let Declared { kind, default, description } = declared;
            let value = default.as_ref().and_then(|default| kind.value(default));
            if default.is_some() && value.is_none() {
                let message = format!("the default of `{name}` is not {}", kind.expected());
                self.complain(&["parameters", &name, "default"], Complaint::new("wrong-type", message));
            }
            (name, Parameter { kind, value, description })
        });
        let parameters = parameters.collect();
        let Some(text) = guards.text(name, self.reports) else {
            if self.reports.errors() == before {
                let message = format!("the rule `{name}` has no file `{name}.guard` beside `{CATALOGUE}`");
                let finding = Finding::at(self.source, self.own, "no-file", message);
                let near = wording::did_you_mean(name, guards.names());
                self.reports.push(finding.maybe_hint(near));
            }
            return None;
        };
        if entry.input == Input::ConfigurationItem {
            guards.deployable(name, &text, self.reports);
        }
        let config_rule = match entry.config_rule {
            Value::String(one) => vec![one],
            Value::Array(many) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        (self.reports.errors() == before).then(|| Rule {
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
            lints: guards.lints(name, &text),
            text: Arc::new(text),
            block: None,
            catalogued: true,
        })
    }
}
