//! A rule, as a catalogue or a lone Guard file gives it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text::GuardText;
use crate::base::{Location, PropertyPath};

/// What a failure of a rule means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Enforcement {
    /// Nothing is done.
    Deny,
    /// It is said.
    #[default]
    Warn,
    /// It is not evaluated.
    Off,
}

/// How grave a failure is. It orders nothing and blocks nothing; it is told along.
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

/// What a rule's text speaks of.
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
    /// The value as this type has it; `None` where it is of another.
    pub fn value(self, given: &Value) -> Option<Value> {
        match (self, given) {
            (Self::String, Value::String(_)) | (Self::Boolean, Value::Bool(_)) | (Self::Number, Value::Number(_)) => {
                Some(given.clone())
            }
            // A plain scalar is text where a text belongs.
            (Self::String, Value::Number(_) | Value::Bool(_)) => Some(Value::String(given.to_string())),
            (Self::Integer, Value::Number(number)) if number.is_i64() || number.is_u64() => Some(given.clone()),
            (Self::List, Value::Array(items)) if items.iter().all(Value::is_string) => Some(given.clone()),
            // AWS Config's own form of a list: parts between commas.
            (Self::List, Value::String(text)) => Some(text.split(',').map(str::trim).collect()),
            _ => None,
        }
    }

    /// What it expects, in words.
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
    /// Its value: what the stack gives, else the default; `None` where neither is there.
    pub value: Option<Value>,
    /// What it is.
    pub description: Option<String>,
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What holds where it passes.
    pub title: String,
    /// AWS's types of what it judges.
    pub resource_types: Vec<String>,
    /// What its text speaks of.
    pub input: Input,
    /// What a failure means.
    pub enforcement: Enforcement,
    /// How grave a failure is.
    pub severity: Severity,
    /// The managed rules of AWS Config whose verdict it gives.
    pub config_rule: Vec<String>,
    /// The controls of Security Hub that ask for the same.
    pub security_hub: Vec<String>,
    /// When it applies at all, where its text has a condition besides the type.
    pub applies_when: Option<String>,
    /// Its parameters. A lone file declares none: it takes what it is given.
    pub parameters: BTreeMap<String, Parameter>,
    /// The property to point at when nothing nearer is known.
    pub property: Option<PropertyPath>,
    /// What to write in the stack's file.
    pub remediation: Option<String>,
    /// The text.
    pub text: Arc<GuardText>,
    /// The only block of the text that counts; `None` for all.
    pub block: Option<String>,
    /// Whether a catalogue lists it: else it stands in a lone file.
    pub catalogued: bool,
    /// What its author should know.
    pub lints: Vec<Lint>,
}

/// A clause of a rule's text that engines judge differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// Where it stands.
    pub location: Location,
    /// What differs.
    pub message: String,
    /// What to write in its place.
    pub hint: &'static str,
}

impl Rule {
    /// Whether a name means this rule: its own, or that of a managed rule whose verdict it gives.
    pub fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.config_rule.iter().any(|one| one == name)
    }

    /// Whether it judges a type. A lone file that names no type judges all.
    pub fn judges(&self, type_name: &str) -> bool {
        self.resource_types.iter().any(|one| one == type_name) || (self.resource_types.is_empty() && !self.catalogued)
    }

    /// The values of its parameters, as a document carries them.
    pub fn values(&self) -> serde_json::Map<String, Value> {
        let value = |(name, one): (&String, &Parameter)| Some((name.clone(), one.value.clone()?));
        self.parameters.iter().filter_map(value).collect()
    }
}

/// A managed rule that was asked for and that no rule here answers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// AWS Config's identifier.
    pub identifier: String,
    /// One that is answered and is nearly the same.
    pub near: Option<String>,
    /// Where it was asked for.
    pub location: Location,
}

/// The rules that a stack asks to be judged by.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    /// In the order in which the file names them; those that are off included.
    pub rules: Vec<Rule>,
    /// What nobody here can judge.
    pub unanswered: Vec<Unanswered>,
}
