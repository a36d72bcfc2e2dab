//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::base::Address;
use crate::permissions::Purpose;
use crate::stack::OnUnknown;

/// Provisions AWS from a stack file, without a state file, and says before the first call what would be
/// forbidden.
#[derive(Debug, Parser)]
#[command(name = "underpin", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done or nothing to do · 1 error · 2 changes pending (plan --detailed-exitcode) · \
    3 a guardrail denies · 4 the saved plan is stale · 5 apply incomplete, run again · 64 usage · 130 interrupted"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What is common.
    #[command(flatten)]
    pub common: Common,
}

/// What every command takes.
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
    /// How to print: text, json (`apply` and `destroy`: one object a line) or markdown
    #[arg(long, global = true, value_enum, default_value_t = Format::Text, hide_possible_values = true)]
    pub format: Format,
    /// Write the data to a file instead of standard output
    #[arg(long, short, global = true, value_name = "FILE", value_parser = not_out)]
    pub output: Option<PathBuf>,
    /// Never colour (`NO_COLOR` is honoured as well)
    #[arg(long, global = true)]
    pub no_color: bool,
    /// Say on standard error what AWS is asked
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

/// A file to write to. `-out=FILE` is what users of Terraform type to save a plan, and would be a file `ut=FILE`.
fn not_out(text: &str) -> Result<PathBuf, String> {
    if text == "ut" || text.starts_with("ut=") {
        return Err("`-out` is `-o ut`; to save a plan, use `--out FILE`".to_owned());
    }
    Ok(PathBuf::from(text))
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For programs; `apply` and `destroy` print one JSON object a line.
    Json,
    /// For a comment on a pull request.
    Markdown,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a first stack file
    Init(InitArgs),
    /// Check the stack file: no network, no credentials
    Validate,
    /// Show what would change, and every API call that would be made
    Plan(PlanArgs),
    /// Make what is live what the file says
    Apply(ApplyArgs),
    /// Delete what the stack owns
    Destroy(DestroyArgs),
    /// Take the stack's tags off resources and leave them as they are
    Release(ReleaseArgs),
    /// Draw what stands on what
    Graph(GraphArgs),
    /// Tell what service control policies say to an action, and which statement decides: no account needed
    Explain(ExplainArgs),
    /// Print the least-privilege IAM policy for a command on this very stack
    Permissions(PermissionsArgs),
    /// Print the JSON Schema of the stack file or of a plan; with --format markdown, the language's reference
    Schema(SchemaArgs),
    /// Manage the local AWS emulator that --sandbox uses
    Sandbox {
        /// What to do with it.
        #[command(subcommand)]
        action: SandboxAction,
    },
    /// Print the completions of a shell
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// What to do with the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum SandboxAction {
    /// Set it up where needed, and start it: each account has its own, and the stack file's is meant
    Start {
        /// Judge the users and roles that are made in it by their policies; without, whoever asks may do all
        #[arg(long)]
        authorize: bool,
    },
    /// Tell which run, where, and where their logs of requests lie
    Status,
    /// Stop it; all that was made in it is lost
    Stop(WhichSandbox),
    /// Empty it: all that was made in it is lost
    Reset(WhichSandbox),
}

/// Which sandbox is meant.
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct WhichSandbox {
    /// That of this account alone; else of every account
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    pub account: Option<String>,
}

/// Twelve digits.
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

/// What is worked on, and what is consented to.
#[derive(Debug, Clone, Default, Args)]
pub struct Selection {
    /// Work on this resource and what it stands on, or, to destroy, what stands on it; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub target: Vec<Address>,
    /// Leave out this resource and what stands on it, or, to destroy, what it stands on; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub exclude: Vec<Address>,
    /// Consent to deleting this resource, its protection included; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_delete: Vec<Address>,
    /// Consent to deleting this resource and making it anew; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_replace: Vec<Address>,
    /// Consent to lifting this resource's protection, shortening its recovery or letting items expire; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_unprotect: Vec<Address>,
    /// Consent to what taking over this resource takes away; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub allow_adopt: Vec<Address>,
    /// Take no last backup of a table that holds items before it is deleted
    #[arg(long)]
    pub no_backup: bool,
    /// Whether to `warn` of or `deny` what a guardrail can't tell; else as the stack file says, and `warn` without
    #[arg(long, value_enum, value_name = "MEANING", hide_possible_values = true)]
    pub unknown: Option<OnUnknown>,
}

/// `plan`
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// What is worked on.
    #[command(flatten)]
    pub selection: Selection,
    /// Save the plan, to be applied exactly as shown by `underpin apply FILE`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Exit with 2 where changes are pending
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Plan the deletion of all that the stack owns
    #[arg(long)]
    pub destroy: bool,
    /// Plan to take the stack's tags off this resource and leave it as it is; may be repeated
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
    /// What is worked on.
    #[command(flatten)]
    pub selection: Selection,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
}

/// `destroy`
#[derive(Debug, Args)]
pub struct DestroyArgs {
    /// What is worked on.
    #[command(flatten)]
    pub selection: Selection,
    /// Do not ask for the stack's name; what holds data needs --allow-delete as well
    #[arg(long, short)]
    pub yes: bool,
}

/// `release`
#[derive(Debug, Args)]
pub struct ReleaseArgs {
    /// The resource, in the file or no longer; what is written under it goes with it
    #[arg(value_name = "ADDRESS", required = true)]
    pub addresses: Vec<Address>,
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Whether to `warn` of or `deny` what a guardrail can't tell; else as the stack file says, and `warn` without
    #[arg(long, value_enum, value_name = "MEANING", hide_possible_values = true)]
    pub unknown: Option<OnUnknown>,
}

/// `schema`
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Of what: stack (`stack.yaml`) or plan (what `plan --format json` prints and `plan --out` saves)
    #[arg(value_enum, default_value_t = SchemaOf::Stack, hide_possible_values = true)]
    pub of: SchemaOf,
}

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// `stack.yaml`
    Stack,
    /// What `plan --format json` prints and `plan --out` saves
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
    /// The resource that it is for, or `*` for an action that takes none; without, every resource may be meant
    #[arg(long, value_name = "ARN", conflicts_with = "plan")]
    pub resource: Option<String>,
    /// Who asks
    #[arg(long, value_name = "ARN")]
    pub principal: Option<String>,
    /// What a condition key holds; repeated for the same key, its values
    #[arg(long, value_name = "KEY=VALUE")]
    pub context: Vec<String>,
    /// A folder of policies: the folders in it are levels in the order of their names, its own files are one
    /// level; else what the stack file names under `guardrails.scps`
    #[arg(long, value_name = "FOLDER")]
    pub scps: Option<PathBuf>,
    /// Take a level of --scps that allows nothing for a list of denials beside AWS's `FullAWSAccess`; AWS itself
    /// denies everything there
    #[arg(long, requires = "scps")]
    pub beside_full_access: bool,
    /// The account manages the organisation
    #[arg(long)]
    pub management_account: bool,
    /// Keys that are not given are absent, rather than unknown, or told by the resource and the stack file
    #[arg(long)]
    pub complete_context: bool,
    /// Judge every call of a plan saved with `plan --out`, or printed with `plan --format json`; what is not allowed
    /// is explained, with -v all
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
