//! The arguments of `explain`.

use std::path::PathBuf;

use clap::Args;

/// `explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The action, such as `dynamodb:DeleteTable`
    #[arg(required_unless_present = "plan", conflicts_with = "plan")]
    pub action: Option<String>,
    /// The resource of the action, or `*` for an action without one; by default any resource
    #[arg(long, value_name = "ARN", conflicts_with = "plan")]
    pub resource: Option<String>,
    /// The principal of the request
    #[arg(long, value_name = "ARN")]
    pub principal: Option<String>,
    /// A condition key and its value; repeated for the same key, its values
    #[arg(long, value_name = "KEY=VALUE")]
    pub context: Vec<String>,
    /// A folder of policies: the folders in it are levels in the order of their names, its own files are one
    /// level; else the policies of the stack file under `guardrails.scps`
    #[arg(long, value_name = "FOLDER")]
    pub scps: Option<PathBuf>,
    /// Treat a level of --scps that allows nothing as a list of denials beside AWS's `FullAWSAccess`; AWS itself
    /// denies everything there
    #[arg(long, requires = "scps")]
    pub beside_full_access: bool,
    /// The account is the organization's management account
    #[arg(long)]
    pub management_account: bool,
    /// Keys that are not given are absent; without this they are unknown, or known from the resource and the stack file
    #[arg(long)]
    pub complete_context: bool,
    /// Judge every call of a plan saved with `plan --out`, or printed with `plan --format json`; calls that are not
    /// allowed are explained, with -v all calls
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
}
