//! What a report explains of a rule: why it matters, how to mend a failure, and its names in other catalogues.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Templates;

/// Who can mend a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fix {
    /// `audit --fix-plan`, safely and in place.
    Auto,
    /// Somebody has to decide something.
    #[default]
    Manual,
    /// Only by replacing the resource.
    Replace,
}

/// What a report explains of a rule. Rules of a user's own may leave all of it out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Explanation {
    /// The reason of the severity.
    pub severity_reason: String,
    /// The area, such as `DynamoDB`.
    pub area: String,
    /// What may happen where it fails.
    pub risk: String,
    /// Who can mend it.
    pub fix: Fix,
    /// What else the remedy touches.
    pub also_touches: String,
    /// The lines of `stack.yaml` that mend it; empty if the language has nothing for it.
    pub yaml: Templates,
    /// The calls of the AWS CLI that mend it; empty if none does.
    pub cli: Templates,
    /// True if its controls of Security Hub are in the standard FSBP.
    pub fsbp: bool,
    /// Checks of Prowler that ask the same.
    pub prowler: Vec<String>,
    /// Checks of Checkov that ask the same.
    pub checkov: Vec<String>,
    /// Requirements of the CIS AWS Foundations Benchmark, by its version (`1.5`, `3.0`, `5.0`).
    pub cis: BTreeMap<String, Vec<String>>,
}
