//! The arguments of `audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::rules::Severity;

/// `audit`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[command(args_conflicts_with_subcommands = true)]
pub struct AuditArgs {
    /// The action, if it is another than to look at an account.
    #[command(subcommand)]
    pub action: Option<AuditAction>,
    /// Make only this check, by its id or its name in another catalogue (`DYNAMODB_PITR_ENABLED`, `DynamoDB.2`,
    /// `CKV_AWS_28`); may be repeated
    #[arg(long, value_name = "CHECK")]
    pub check: Vec<String>,
    /// Leave out this check; may be repeated
    #[arg(long, value_name = "CHECK")]
    pub skip_check: Vec<String>,
    /// Make only the checks of this area (DynamoDB, Lambda, IAM, VPC …); may be repeated
    #[arg(long, value_name = "AREA")]
    pub area: Vec<String>,
    /// Make only checks of this severity and above: critical, high, medium or low
    #[arg(long, value_name = "SEVERITY", value_enum, hide_possible_values = true)]
    pub severity: Option<Least>,
    /// Exit with 3 if a check of this severity or above fails: critical, high, medium or low
    #[arg(long, value_name = "SEVERITY", value_enum, hide_possible_values = true)]
    pub fail_on: Option<Least>,
    /// With `--fail-on` and `--baseline`: count only failures that are new since the baseline
    #[arg(long, requires_all = ["fail_on", "baseline"])]
    pub only_new: bool,
    /// Exit with 3 if something is unknown: could not be read, or could not be decided
    #[arg(long)]
    pub fail_on_unknown: bool,
    /// Show what passed, is waived or not applicable as well
    #[arg(long)]
    pub all: bool,
    /// Look at the account alone, without a stack file
    #[arg(long)]
    pub no_stack: bool,
    /// Look at every region that is enabled in the account
    #[arg(long, conflicts_with = "region")]
    pub all_regions: bool,
    /// Look at this account, by the role of `--account-role`; may be repeated
    #[arg(long, value_name = "ACCOUNT", requires = "account_role")]
    pub account: Vec<String>,
    /// The role to assume in each `--account`: its name, or an ARN with {account} in it; alone, a role's whole ARN
    #[arg(long, value_name = "ROLE")]
    pub account_role: Option<String>,
    /// The external id that the roles' trust policies ask for
    #[arg(long, value_name = "ID", requires = "account_role")]
    pub external_id: Option<String>,
    /// Compare with an earlier JSON report: new, fixed and unchanged failures, and when each was first seen
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Show who can reach a table, by which way, with the deciding statements, instead of a report
    #[arg(long, value_name = "TABLE", conflicts_with_all = ["fix_plan", "check", "area", "baseline", "fail_on", "fail_on_unknown"])]
    pub reach: Option<String>,
    /// Plan what can be fixed safely in place, for the stack's resources, instead of a report
    #[arg(long, conflicts_with_all = ["no_stack", "account", "all_regions", "fail_on", "fail_on_unknown", "baseline"])]
    pub fix_plan: bool,
    /// With `--fix-plan`: save the plan, to be applied exactly as shown by `underpin apply FILE`
    #[arg(long, value_name = "FILE", requires = "fix_plan")]
    pub out: Option<PathBuf>,
}

/// The actions of `audit`.
#[derive(Debug, Subcommand)]
pub enum AuditAction {
    /// Make one report of several JSON reports, of accounts or regions
    Merge(MergeArgs),
    /// Print the catalogue of checks, or what it says of some
    Checks(ChecksArgs),
}

/// `audit checks`
#[derive(Debug, Args)]
pub struct ChecksArgs {
    /// The checks to explain, by their ids or their names in other catalogues; without one, all are listed
    #[arg(value_name = "CHECK")]
    pub checks: Vec<String>,
    /// List only the checks of this area (DynamoDB, Lambda, IAM, VPC …); may be repeated
    #[arg(long, value_name = "AREA")]
    pub area: Vec<String>,
    /// List only checks of this severity and above: critical, high, medium or low
    #[arg(long, value_name = "SEVERITY", value_enum, hide_possible_values = true)]
    pub severity: Option<Least>,
}

/// `audit merge`
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The JSON reports
    #[arg(required = true, value_name = "REPORT")]
    pub reports: Vec<PathBuf>,
    /// Show what passed, is waived or not applicable as well
    #[arg(long)]
    pub all: bool,
    /// Exit with 3 if a check of this severity or above fails: critical, high, medium or low
    #[arg(long, value_name = "SEVERITY", value_enum, hide_possible_values = true)]
    pub fail_on: Option<Least>,
}

/// The least severity that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Least {
    /// Critical alone.
    Critical,
    /// High and above.
    High,
    /// Medium and above.
    Medium,
    /// All.
    Low,
}

impl Least {
    /// The severity.
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Critical => Severity::Critical,
            Self::High => Severity::High,
            Self::Medium => Severity::Medium,
            Self::Low => Severity::Low,
        }
    }
}
