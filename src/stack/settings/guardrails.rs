//! The section `guardrails:`, typed.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::{Address, Location};
use crate::rules::Enforcement;

/// The file of a rule's text, in the rule's folder.
pub(in crate::stack) const RULE_TEXT: &str = "rule.guard";

/// The guardrails, and the exceptions to them.
#[derive(Debug, Clone, Default)]
pub struct Guardrails {
    /// Service control policies in files, from the root of the organization down; one level if the file
    /// gives a list.
    pub scps: Vec<PolicyLevel>,
    /// Rules of AWS Config.
    pub config_rules: Vec<ConfigRule>,
    /// Exceptions to rules.
    pub exceptions: Vec<Exception>,
    /// The meaning of an unknown outcome; `None` if the file does not say.
    pub unknown: Option<OnUnknown>,
}

/// The policies of one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLevel {
    /// The level's name, such as `root`; `None` if the file gives no levels.
    pub name: Option<String>,
    /// Files and folders, as the user would name them.
    pub paths: Vec<PathBuf>,
    /// The place in the file.
    pub location: Location,
}

/// A rule of AWS Config, or a folder of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigRule {
    /// The source of the rule.
    pub rule: RuleSource,
    /// Values of its parameters, over the defaults of its entry.
    pub parameters: BTreeMap<String, GivenParameter>,
    /// The effect of a failure; `None` if the file does not say.
    pub enforcement: Option<Enforcement>,
    /// The place in the file.
    pub location: Location,
}

/// A value that the stack gives a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenParameter {
    /// The value.
    pub value: Value,
    /// The place in the file.
    pub location: Location,
}

/// The source of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleSource {
    /// A Guard file, the folder of a rule, or a folder of rules.
    Path(PathBuf),
    /// A rule's name, or the identifier of one of AWS's managed rules, such as `DYNAMODB_PITR_ENABLED`.
    Name(String),
}

/// The meaning of an unknown outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum OnUnknown {
    /// It is a warning.
    #[default]
    Warn,
    /// It forbids the plan.
    Deny,
}

impl fmt::Display for OnUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warn => "warn",
            Self::Deny => "deny",
        })
    }
}

/// An exception: it allows what a rule forbids, for one resource, until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The rule that is excused.
    pub rule: String,
    /// The resource.
    pub resource: Excepted,
    /// The reason.
    pub reason: String,
    /// The person or team that is responsible for it.
    pub owner: String,
    /// The last day on which it holds.
    pub expires: jiff::civil::Date,
    /// The place in the file.
    pub location: Location,
}

/// The resource of an exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Excepted {
    /// One of the stack.
    Address(Address),
    /// One that is live, by its ARN or its name: the audit judges it, and no plan does.
    Live(String),
}

impl Excepted {
    /// Reads an address (`tables.messages`), and takes everything else as an ARN or a name.
    pub(in crate::stack) fn read(text: &str) -> Self {
        // An ARN's first dot, if it has one, comes after a colon.
        let section = |address: &Address| address.section().chars().all(|c| c.is_ascii_lowercase() || c == '_');
        match text.parse().ok().filter(section) {
            Some(address) => Self::Address(address),
            None => Self::Live(text.to_owned()),
        }
    }

    /// The address; `None` if it is given by an ARN or a name.
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::Address(address) => Some(address),
            Self::Live(_) => None,
        }
    }
}

impl fmt::Display for Excepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Live(text) => f.write_str(text),
        }
    }
}
