//! The report: one value, from which every format is made.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Status;
use crate::base::Location;
pub use crate::rules::Fix as Fixable;
use crate::rules::Severity;

/// An audit's report. Findings are ordered by severity (the highest first), check, account, region and resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// What was looked at, by whom and when.
    pub scope: Scope,
    /// What could not be looked at.
    pub not_assessed: Vec<NotAssessed>,
    /// The checks that were made, by their ids.
    pub checks: BTreeMap<Arc<str>, Arc<Check>>,
    /// The outcome of each check on each resource.
    pub findings: Vec<Finding>,
    /// What became of findings since the baseline; `None` without one.
    pub trend: Option<Trend>,
}

/// What was looked at, by whom and when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Scope {
    /// The account ids.
    pub accounts: Vec<String>,
    /// The regions.
    pub regions: Vec<String>,
    /// The stack's name, if a stack file was given.
    pub stack: Option<String>,
    /// The ARN that made the calls.
    pub caller: Option<String>,
    /// Begin, in UTC (RFC 3339).
    pub started: String,
    /// End, in UTC (RFC 3339).
    pub finished: String,
    /// A digest over the texts and parameters of all checks, also of those that were not made: with equal digests and
    /// equal `residency`, checks judge alike.
    pub rules_version: String,
    /// What was asked for: filters; the regions where data may be (`residency`); and the parameters of checks that differ
    /// from their defaults, as `CHECK.PARAMETER`.
    pub parameters: BTreeMap<String, String>,
    /// The number of calls to AWS.
    pub calls: u64,
}

/// A part that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NotAssessed {
    /// The account.
    pub account: String,
    /// The region; `global` for IAM and Organizations.
    pub region: String,
    /// The action that the caller may not do, such as `dynamodb:ListTables`; `None` if another reason stands in the way.
    pub action: Option<String>,
    /// The reason, as a sentence.
    pub reason: String,
    /// The ids of the checks that are unknown because of it.
    pub checks: Vec<String>,
    /// The number of findings that are unknown because of it.
    pub findings: u64,
}

/// A check of the catalogue, as a report explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Check {
    /// The catalogue's id, such as `ddb-table-pitr`.
    pub id: String,
    /// The statement that is true if it passes.
    pub title: String,
    /// The severity of a failure.
    pub severity: Severity,
    /// The reason of the severity.
    pub severity_reason: String,
    /// The area, such as `DynamoDB`, `IAM`.
    pub area: String,
    /// What may happen where it fails.
    pub risk: String,
    /// How to mend it.
    pub remediation: Remediation,
    /// Who can mend it.
    pub fixable: Fixable,
    /// What else the remedy touches; empty if nothing.
    pub also_touches: String,
    /// Its names elsewhere.
    pub standards: Standards,
}

/// How to mend a failure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Remediation {
    /// A sentence.
    #[serde(default)]
    pub text: String,
    /// The lines of `stack.yaml`; empty if the language has nothing for it.
    pub yaml: String,
    /// The calls of the AWS CLI, one a line; empty if it is done in the console only, or not by a call.
    pub cli: String,
}

/// The names of a check in other catalogues.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Standards {
    /// Managed rules of AWS Config.
    pub aws_config: Vec<String>,
    /// Controls of Security Hub.
    pub security_hub: Vec<String>,
    /// True if these are in the standard FSBP.
    pub fsbp: bool,
    /// Checks of Prowler.
    pub prowler: Vec<String>,
    /// Checks of Checkov.
    pub checkov: Vec<String>,
    /// Requirements of the CIS AWS Foundations Benchmark, by its version (`1.5`, `3.0`, `5.0`).
    pub cis: BTreeMap<String, Vec<String>>,
}

/// A resource that was judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Resource {
    /// AWS's type, such as `AWS::DynamoDB::Table`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// The physical name or id.
    pub id: String,
    /// The ARN. Resources without one (an account's password policy) have that of the account's root.
    pub arn: String,
    /// The region; `global` for IAM and Organizations.
    pub region: String,
    /// The account.
    pub account: String,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// Who owns it: the tags `owner`, `team` and the like, else the stack by its own tag; `None` if nothing says so.
    pub owner: Option<String>,
}

/// The call that showed it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Evidence {
    /// The action, such as `dynamodb:DescribeTable`.
    pub operation: String,
    /// The time of the answer, in UTC (RFC 3339).
    pub read_at: String,
}

/// The outcome of one check on one resource. Its id is check and ARN.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The check's id.
    pub check: Arc<str>,
    /// The status.
    pub status: Status,
    /// The resource.
    pub resource: Arc<Resource>,
    /// Its address in the stack, if the stack has it.
    pub address: Option<Arc<str>>,
    /// The line of the stack's file to change.
    pub location: Option<Arc<Location>>,
    /// The property that decided, in the words of `stack.yaml` or of the API.
    pub property: Option<Arc<str>>,
    /// What was expected of it.
    pub expected: Option<Arc<str>>,
    /// What it is.
    pub actual: Option<Arc<str>>,
    /// The calls that showed it.
    pub evidence: Arc<[Evidence]>,
    /// The outcome in a sentence.
    pub message: Arc<str>,
    /// The remedy, where it is another than its check's for every resource.
    pub remedy: Option<Arc<Remediation>>,
    /// The waiver that applies, or has applied: then it has expired, or the check passes all the same.
    pub waiver: Option<Arc<Waiver>>,
    /// The day on which a report first had this failure (`2026-11-30`), if a baseline was given.
    pub first_seen: Option<Arc<str>>,
    /// What became of it since the baseline.
    pub change: Option<Change>,
}

impl Finding {
    /// Its id: the same for the same check on the same resource, whenever it is looked at.
    pub fn id(&self) -> String {
        format!("{}/{}", self.check, self.resource.arn)
    }
}

/// An accepted failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Waiver {
    /// The reason.
    pub reason: String,
    /// The owner of the decision.
    pub owner: String,
    /// The last day on which it holds, UTC (`2026-11-30`).
    pub expires: String,
    /// True if that day is over: the finding fails again.
    pub expired: bool,
    /// True if it ends within 30 days.
    pub ends_soon: bool,
}

/// What became of a finding since the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It fails now and did not.
    New,
    /// It fails now, and the baseline has no verdict on it: it was not in its scope, or unknown there.
    NotInBaseline,
    /// It fails as before.
    Unchanged,
    /// It failed and passes now; or the resource is gone, and its place was looked at.
    Fixed,
}

/// The change since the baseline, in numbers of failures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Trend {
    /// The end of the baseline's audit (RFC 3339).
    pub since: String,
    /// Failures in the baseline.
    pub before: u64,
    /// Failures now.
    pub now: u64,
    /// Failures that are new.
    pub new: u64,
    /// Failures on which the baseline has no verdict: not in its scope, or unknown there.
    #[serde(default)]
    pub not_in_baseline: u64,
    /// Failures of the baseline that are fixed.
    pub fixed: u64,
    /// Of these, the ones whose resource is gone: they have no finding any more.
    #[serde(default)]
    pub gone: u64,
    /// Failures that stay.
    pub unchanged: u64,
    /// Failures of the baseline that are waived now.
    #[serde(default)]
    pub waived: u64,
    /// Failures of the baseline that nobody looked at this time.
    pub not_looked_at: u64,
}

/// The number of findings of each status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Summary {
    /// Passed.
    pub pass: u64,
    /// Failed.
    pub fail: u64,
    /// Unknown.
    pub unknown: u64,
    /// Waived.
    pub waived: u64,
    /// Not applicable.
    pub not_applicable: u64,
}

impl Summary {
    /// The number of one status.
    pub fn of(&self, status: Status) -> u64 {
        match status {
            Status::Pass => self.pass,
            Status::Fail => self.fail,
            Status::Unknown => self.unknown,
            Status::Waived => self.waived,
            Status::NotApplicable => self.not_applicable,
        }
    }

    /// Counts one more.
    pub fn add(&mut self, status: Status) {
        let field = match status {
            Status::Pass => &mut self.pass,
            Status::Fail => &mut self.fail,
            Status::Unknown => &mut self.unknown,
            Status::Waived => &mut self.waived,
            Status::NotApplicable => &mut self.not_applicable,
        };
        *field += 1;
    }
}

impl NotAssessed {
    /// Returns whether a check that was made depends on it.
    pub fn matters(&self) -> bool {
        self.findings > 0 || !self.checks.is_empty()
    }
}

impl Check {
    /// Returns whether a name means this check: its own, or its name in another catalogue.
    pub fn answers_to(&self, name: &str) -> bool {
        let Standards { aws_config, security_hub, fsbp: _, prowler, checkov, cis: _ } = &self.standards;
        self.id == name || [aws_config, security_hub, prowler, checkov].into_iter().flatten().any(|one| one == name)
    }
}

impl Report {
    /// The number of findings of each status.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for finding in &self.findings {
            summary.add(finding.status);
        }
        summary
    }

    /// The check of a finding. Every finding's check is in the report; one that is missing has an empty explanation.
    pub fn check(&self, finding: &Finding) -> Option<&Check> {
        self.checks.get(&finding.check).map(AsRef::as_ref)
    }
}
