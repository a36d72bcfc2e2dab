//! Where a stack lives: partition, account and region.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The partition, account and region that a command works on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema, Deserialize)]
pub struct Environment {
    /// `aws`, `aws-cn`, `aws-us-gov` …
    pub partition: String,
    /// Twelve digits.
    pub account: String,
    /// Such as `eu-central-1`.
    pub region: String,
}

impl Environment {
    /// Makes an environment; the partition follows from the region.
    pub fn new(account: impl Into<String>, region: impl Into<String>) -> Self {
        let region = region.into();
        Self { partition: partition_of(&region).to_owned(), account: account.into(), region }
    }

    /// The ARN of a regional resource of this account.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition, self.region, self.account)
    }

    /// The ARN of a global resource of this account, such as an IAM role (which has no region).
    pub fn global_arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}::{}:{resource}", self.partition, self.account)
    }
}

/// The partition of a region, by its prefix.
/// Source: AWS General Reference, "Amazon Resource Names (ARNs)".
fn partition_of(region: &str) -> &'static str {
    match region {
        r if r.starts_with("cn-") => "aws-cn",
        r if r.starts_with("us-gov-") => "aws-us-gov",
        r if r.starts_with("us-iso-") => "aws-iso",
        r if r.starts_with("us-isob-") => "aws-iso-b",
        r if r.starts_with("eu-isoe-") => "aws-iso-e",
        r if r.starts_with("us-isof-") => "aws-iso-f",
        r if r.starts_with("eusc-") => "aws-eusc",
        _ => "aws",
    }
}

/// What the tag `underpin:scope` holds: environment name and region, so that a stack in a second region
/// never takes an account-wide resource (a role) of the first for one that was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope(String);

impl Scope {
    /// What stands for the environment where none was given; no environment is called so.
    pub const UNNAMED: &str = "default";

    /// The scope of an environment's name (`default` where none was given) and a region.
    pub fn new(environment: Option<&str>, region: &str) -> Self {
        Self(format!("{}/{region}", environment.unwrap_or(Self::UNNAMED)))
    }

    /// The tag's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
