//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::base::Address;
use crate::permissions::Purpose;
use crate::stack::OnUnknown;

/// Provisions AWS from a stack file, without a state file, and reports before the first call what would be
/// forbidden.
#[derive(Debug, Parser)]
#[command(name = "underpin", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done or nothing to do · 1 error · 2 changes pending (plan --detailed-exitcode) · \
    3 a guardrail denies · 4 the saved plan is stale · 5 apply incomplete, run again · 64 usage · 130 interrupted"
)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
    /// The common options.
    #[command(flatten)]
    pub common: Common,
}

/// The options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// The stack file, or its folder
    #[arg(long, short, global = true, value_name = "FILE", default_value = "stack.yaml")]
    pub file: PathBuf,
    /// The environment of the stack file to work on
    #[arg(long, global = true, value_name = "NAME")]
    pub env: Option<String>,
    /// Send every call to this endpoint
    #[arg(long, global = true, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// The AWS region; else the environment's, the file's, the AWS configuration's
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// The profile of the AWS configuration
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Work on a local AWS emulator that is set up and started for you: no account, no credentials
    #[arg(long, global = true, conflicts_with_all = ["endpoint_url", "profile"])]
    pub sandbox: bool,
    /// The form of the output: text, json (`apply` and `destroy`: one object a line) or markdown
    #[arg(long, global = true, value_enum, default_value_t = Format::Text, hide_possible_values = true)]
    pub format: Format,
    /// Write the data to a file instead of standard output
    #[arg(long, short, global = true, value_name = "FILE", value_parser = not_out)]
    pub output: Option<PathBuf>,
    /// Never colour (`NO_COLOR` is honoured as well)
    #[arg(long, global = true)]
    pub no_color: bool,
    /// Print AWS calls on standard error
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

/// Parses a file to write to. `-out=FILE`, which users of Terraform type to save a plan, would be a file `ut=FILE`.
fn not_out(text: &str) -> Result<PathBuf, String> {
    if text == "ut" || text.starts_with("ut=") {
        return Err("`-out` is `-o ut`; to save a plan, use `--out FILE`".to_owned());
    }
    Ok(PathBuf::from(text))
}

/// The form of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For programs; `apply` and `destroy` print one JSON object a line.
    Json,
    /// For a comment on a pull request.
    Markdown,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a first stack file
    Init(InitArgs),
    /// Check the stack file: no network, no credentials
    Validate,
    /// Show what would change, and every API call that would be made
    Plan(PlanArgs),
    /// Change the live resources to what the file says
    Apply(ApplyArgs),
    /// Delete the stack's resources
    Destroy(DestroyArgs),
    /// Remove the stack's tags from resources and leave them as they are
    Release(ReleaseArgs),
    /// Draw the dependencies
    Graph(GraphArgs),
    /// Show the decision of service control policies on an action, and the deciding statement: no account needed
    Explain(ExplainArgs),
    /// Print the least-privilege IAM policy for a command on this stack
    Permissions(PermissionsArgs),
    /// Print the JSON Schema of the stack file or of a plan; with --format markdown, the language's reference
    Schema(SchemaArgs),
    /// Manage the local AWS emulator that --sandbox uses
    Sandbox {
        /// The action on the sandbox.
        #[command(subcommand)]
        action: SandboxAction,
    },
    /// Print the completions of a shell
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// The actions on the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum SandboxAction {
    /// Install it if needed, and start it: each account has its own; this one is for the stack file's account
    Start {
        /// Check the policies of users and roles that are made in it; without this, every caller may do all
        #[arg(long)]
        authorize: bool,
    },
    /// List the running sandboxes, their endpoints and their logs of requests
    Status,
    /// Stop it; all resources in it are lost
    Stop(WhichSandbox),
    /// Empty it: all resources in it are lost
    Reset(WhichSandbox),
}

/// The choice of a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct WhichSandbox {
    /// Only that of this account; else those of every account
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    pub account: Option<String>,
}

/// Parses an account: twelve digits.
fn account(text: &str) -> Result<String, &'static str> {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then(|| text.to_owned()).ok_or("an account is twelve digits")
}

/// `init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The stack's name; else the folder's
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

/// The resources to work on, and the consents.
#[derive(Debug, Clone, Default, Args)]
pub struct Selection {
    /// Work on this resource and its dependencies, or, to destroy, its dependents; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<Address>,
    /// Leave out this resource and its dependents, or, to destroy, its dependencies; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub exclude: Vec<Address>,
    /// Consent to deleting this resource, even if it is protected; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_delete: Vec<Address>,
    /// Consent to deleting this resource and creating it again; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_replace: Vec<Address>,
    /// Consent to removing this resource's protection, shortening its recovery or letting items expire; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_unprotect: Vec<Address>,
    /// Consent to what the adoption of this resource removes; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_adopt: Vec<Address>,
    /// Take no last backup of a table that holds items before it is deleted
    #[arg(long)]
    pub no_backup: bool,
    /// Either `warn` or `deny` if a guardrail can't decide; else as the stack file says, and `warn` by default
    #[arg(long, value_enum, value_name = "MEANING", hide_possible_values = true)]
    pub unknown: Option<OnUnknown>,
}

/// `plan`
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The resources to work on.
    #[command(flatten)]
    pub selection: Selection,
    /// Save the plan, to be applied exactly as shown by `underpin apply FILE`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exit with 2 if changes are pending
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Plan the deletion of all of the stack's resources
    #[arg(long)]
    pub destroy: bool,
    /// Plan to remove the stack's tags from this resource and leave it as it is; may be repeated
    #[arg(
        long,
        value_name = "ADDRESS",
        conflicts_with_all = [
            "destroy", "target", "exclude", "allow_delete", "allow_replace", "allow_unprotect", "allow_adopt", "no_backup",
        ]
    )]
    pub release: Vec<Address>,
}

/// `apply`
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// A plan saved with `plan --out`
    #[arg(value_name = "PLAN", conflicts_with_all = ["target", "exclude", "no_backup"])]
    pub plan: Option<PathBuf>,
    /// The resources to work on.
    #[command(flatten)]
    pub selection: Selection,
    /// Do not ask for confirmation
    #[arg(long, short)]
    pub yes: bool,
}

/// `destroy`
#[derive(Debug, Args)]
pub struct DestroyArgs {
    /// The resources to work on.
    #[command(flatten)]
    pub selection: Selection,
    /// Do not ask for the stack's name; resources that hold data need --allow-delete as well
    #[arg(long, short)]
    pub yes: bool,
}

/// `release`
#[derive(Debug, Args)]
pub struct ReleaseArgs {
    /// The resource, in the file or no longer; the resources written under it are released with it
    #[arg(value_name = "ADDRESS", required = true)]
    pub addresses: Vec<Address>,
    /// Do not ask for confirmation
    #[arg(long, short)]
    pub yes: bool,
    /// Either `warn` or `deny` if a guardrail can't decide; else as the stack file says, and `warn` by default
    #[arg(long, value_enum, value_name = "MEANING", hide_possible_values = true)]
    pub unknown: Option<OnUnknown>,
}

/// `schema`
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The subject: stack (`stack.yaml`) or plan (the output of `plan --format json` and `plan --out`)
    #[arg(value_enum, default_value_t = SchemaOf::Stack, hide_possible_values = true)]
    pub of: SchemaOf,
}

/// The subject of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// `stack.yaml`
    Stack,
    /// The output of `plan --format json` and `plan --out`
    Plan,
}

/// `permissions`
#[derive(Debug, Args)]
pub struct PermissionsArgs {
    /// The command that the policy is for: plan, apply, destroy or release
    #[arg(long = "for", value_enum, value_name = "COMMAND", default_value_t, hide_possible_values = true)]
    pub purpose: Purpose,
}

/// `graph`
#[derive(Debug, Args)]
pub struct GraphArgs {
    /// The language of the drawing: dot (Graphviz) or mermaid
    #[arg(long, value_enum, default_value_t = GraphLanguage::Dot, hide_possible_values = true)]
    pub language: GraphLanguage,
}

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

/// The language of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphLanguage {
    /// Graphviz.
    Dot,
    /// Mermaid.
    Mermaid,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn help_is_the_same_short_text_however_it_is_asked_for() {
        let help = |command: &str, flag: &str| match Cli::command().try_get_matches_from(["underpin", command, flag]) {
            Err(shown) => shown.to_string(),
            Ok(_) => panic!("{command} {flag} is taken for something else"),
        };
        for command in Cli::command().get_subcommands() {
            let name = command.get_name();
            assert_eq!(help(name, "-h"), help(name, "--help"), "{name}");
        }
    }
}
