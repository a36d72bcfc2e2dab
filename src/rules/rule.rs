//! A rule, with its entry, or from a single Guard file.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::explanation::Explanation;
use super::rust::Judge;
use super::text::GuardText;
use crate::base::{Location, PropertyPath};

/// The consequence of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Enforcement {
    /// Nothing is applied.
    Deny,
    /// It is reported.
    #[default]
    Warn,
    /// It is not evaluated.
    Off,
}

/// The severity of a failure. It is shown, but it orders nothing and blocks nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Advice.
    Low,
    /// The default.
    #[default]
    Medium,
    /// Data may be lost or seen.
    High,
    /// Data is open to anybody.
    Critical,
}

/// The input that a rule's text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// The configuration item of one resource.
    ConfigurationItem,
    /// The whole stack as a CloudFormation template.
    Template,
}

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ParameterType {
    /// A text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Texts.
    List,
}

impl ParameterType {
    /// The value in the form of this type; `None` if it has another type.
    pub fn value(self, given: &Value) -> Option<Value> {
        match (self, given) {
            (Self::String, Value::String(_)) | (Self::Boolean, Value::Bool(_)) | (Self::Number, Value::Number(_)) => {
                Some(given.clone())
            }
            // A plain scalar is a text where a text is expected.
            (Self::String, Value::Number(_) | Value::Bool(_)) => Some(Value::String(given.to_string())),
            (Self::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => Some(given.clone()),
            (Self::List, Value::Array(items)) if items.iter().all(Value::is_string) => Some(given.clone()),
            // AWS Config's own form of a list: parts between commas.
            (Self::List, Value::String(text)) => Some(text.split(',').map(str::trim).collect()),
            _ => None,
        }
    }

    /// The expected value, in words.
    pub fn expected(self) -> &'static str {
        match self {
            Self::String => "a text",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "`true` or `false`",
            Self::List => "a list of texts",
        }
    }
}

/// A parameter of a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its type.
    pub kind: ParameterType,
    /// Its value: the one that the stack gives, else the default; `None` if there is neither.
    pub value: Option<Value>,
    /// Its description.
    pub description: Option<String>,
}

/// A rule.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// The statement that is true if it passes.
    pub title: String,
    /// The AWS types that it judges.
    pub resource_types: Vec<String>,
    /// The input that its text is about.
    pub input: Input,
    /// The consequence of a failure.
    pub enforcement: Enforcement,
    /// The severity of a failure.
    pub severity: Severity,
    /// The managed rules of AWS Config whose verdict it gives.
    pub config_rule: Vec<String>,
    /// The controls of Security Hub that demand the same.
    pub security_hub: Vec<String>,
    /// The condition under which it applies, if its text has one besides the type.
    pub applies_when: Option<String>,
    /// Its parameters. A single file declares none: it takes those that it is given.
    pub parameters: BTreeMap<String, Parameter>,
    /// The property to point at if no better place is known.
    pub property: Option<PropertyPath>,
    /// The change to make in the stack's file.
    pub remediation: Option<String>,
    /// The text; empty if the rule is written in Rust.
    pub text: Arc<GuardText>,
    /// The rule in Rust, where Guard can't say it.
    pub rust: Option<Judge>,
    /// True if it looks at what exists only live: no plan is judged by it.
    pub only_live: bool,
    /// True if an audit makes it only where the stack names it: it asks for values that only some want.
    pub on_request: bool,
    /// The other types whose resources it looks at.
    pub also_reads: Vec<String>,
    /// True if it looks at other resources than the one that it judges, or may.
    pub around: bool,
    /// The members (JSON pointers into the item; `template` for the template) that such a rule looks at, by type, of the
    /// types of which an account has many ([`super::BULK`]): an audit keeps no more of them. `None`: it may look at all.
    pub looks_at: Option<BTreeMap<String, Vec<String>>>,
    /// Other names by which stack files may know it.
    pub also_named: Vec<String>,
    /// What a report explains of it.
    pub explanation: Arc<Explanation>,
    /// The only block of the text that counts; `None` for all.
    pub block: Option<String>,
    /// True if it has an entry, in its folder or in a catalogue: else it is from a single Guard file.
    pub has_entry: bool,
    /// Clauses that its author should check.
    pub lints: Vec<Lint>,
}

/// A clause of a rule's text that engines judge differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// Its location.
    pub location: Location,
    /// The difference.
    pub message: String,
    /// The text to write instead.
    pub hint: &'static str,
}

impl Rule {
    /// Returns whether a name means this rule: its own, or that of a managed rule whose verdict it gives.
    pub fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.config_rule.iter().chain(&self.also_named).any(|one| one == name)
    }

    /// Returns whether it judges what is live (`true`), or what is planned.
    pub fn is_for(&self, live: bool) -> bool {
        live || !self.only_live
    }

    /// Returns whether it judges a type. A single file that names no type judges all.
    pub fn judges(&self, type_name: &str) -> bool {
        self.resource_types.iter().any(|one| one == type_name) || (self.resource_types.is_empty() && !self.has_entry)
    }

    /// The values of its parameters, as a document has them.
    pub fn values(&self) -> serde_json::Map<String, Value> {
        let value = |(name, one): (&String, &Parameter)| Some((name.clone(), one.value.clone()?));
        self.parameters.iter().filter_map(value).collect()
    }
}

/// A rule that the stack lists, and that no plan can judge here: nothing covers it, or only the audit does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// AWS Config's identifier.
    pub identifier: String,
    /// A covered rule with nearly the same name.
    pub near: Option<String>,
    /// True if a rule covers it that only the audit judges: it looks at what exists only live.
    pub only_live: bool,
    /// Its location in the file.
    pub location: Location,
}

/// The rules that a stack lists to be judged by.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    /// The rules in the order in which the file names them, with those that are off.
    pub rules: Vec<Rule>,
    /// The managed rules that can't be judged here.
    pub unanswered: Vec<Unanswered>,
}
