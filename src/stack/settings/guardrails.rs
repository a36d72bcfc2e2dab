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

/// What is never allowed, and what excuses it.
#[derive(Debug, Clone, Default)]
pub struct Guardrails {
    /// Service control policies in files, from the root of the organisation down; one level where the file
    /// gives a list.
    pub scps: Vec<PolicyLevel>,
    /// Rules of AWS Config.
    pub config_rules: Vec<ConfigRule>,
    /// What is allowed nonetheless.
    pub exceptions: Vec<Exception>,
    /// What an unknown outcome means; `None` where the file does not say.
    pub unknown: Option<OnUnknown>,
}

/// The policies of one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLevel {
    /// The level's name, such as `root`; `None` where the file gives no levels.
    pub name: Option<String>,
    /// Files and folders, as the user would name them.
    pub paths: Vec<PathBuf>,
    /// Where it stands.
    pub location: Location,
}

/// A rule of AWS Config, or a folder of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigRule {
    /// Which.
    pub rule: RuleSource,
    /// Values of its parameters, over the catalogue's.
    pub parameters: BTreeMap<String, GivenParameter>,
    /// What a failure means; `None` where the file does not say.
    pub enforcement: Option<Enforcement>,
    /// Where it stands.
    pub location: Location,
}

/// A value that the stack gives a parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenParameter {
    /// The value.
    pub value: Value,
    /// Where it stands.
    pub location: Location,
}

/// Where a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleSource {
    /// A Guard file, the folder of a rule, or a folder of rules.
    Path(PathBuf),
    /// A rule's name, or the identifier of one of AWS's managed rules, such as `DYNAMODB_PITR_ENABLED`.
    Name(String),
}

/// What an unknown outcome means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum OnUnknown {
    /// It is said.
    #[default]
    Warn,
    /// Nothing is done.
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

/// What is allowed nonetheless, by whom and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The rule that is excused.
    pub rule: String,
    /// For which resource.
    pub resource: Address,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds.
    pub expires: jiff::civil::Date,
    /// Where it stands.
    pub location: Location,
}
