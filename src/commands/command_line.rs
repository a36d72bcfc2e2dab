//! The command line: its commands, and the options that each has in its help.

use clap::{CommandFactory as _, Parser, Subcommand};

use super::apply::ApplyArgs;
use super::audit::AuditArgs;
use super::completions::CompletionsArgs;
use super::destroy::DestroyArgs;
use super::explain::ExplainArgs;
use super::export::ExportArgs;
use super::function::FunctionAction;
use super::graph::GraphArgs;
use super::init::InitArgs;
use super::permissions::PermissionsArgs;
use super::plan::PlanArgs;
use super::release::ReleaseArgs;
use super::reset::ResetArgs;
use super::sandbox::SandboxAction;
use super::schema::SchemaArgs;
use super::startup::StartupArgs;
use super::table::TableAction;
use super::users::UsersAction;
use crate::cli::Common;

/// Provisions AWS from a stack file, without a state file, and reports before the first call what would be
/// forbidden.
#[derive(Debug, Parser)]
#[command(name = "underpin", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 done or nothing to do · 1 error · 2 changes pending (plan --detailed-exitcode) · \
    3 a guardrail denies, or the audit found what `--fail-on` names · 4 the saved plan is stale · 5 apply incomplete, run again · 64 usage · 130 interrupted"
)]
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
    /// The common options.
    #[command(flatten)]
    pub common: Common,
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
    /// Judge what is live in the account, and write the report: nothing is changed
    Audit(AuditArgs),
    /// Provision a workspace as it starts: never asks, ends within its deadline, and its last line is one JSON object
    Startup(StartupArgs),
    /// Bring tables, items and users of a local environment, on this machine only, to what the stack file says
    Reset(ResetArgs),
    /// Draw the dependencies
    Graph(GraphArgs),
    /// Write the stack as a CloudFormation template
    Export(ExportArgs),
    /// Show the decision of service control policies on an action, and the deciding statement: no account needed
    Explain(ExplainArgs),
    /// Print the least-privilege IAM policy for a command on this stack
    Permissions(PermissionsArgs),
    /// Print the JSON Schema of the stack file, a plan, a start-up or an audit; with --format markdown, the language's reference
    Schema(SchemaArgs),
    /// Run a function's own code on this machine, against the sandbox or DynamoDB Local
    Function {
        /// The action on the function.
        #[command(subcommand)]
        action: FunctionAction,
    },
    /// Manage the local AWS emulator that --sandbox uses
    Sandbox {
        /// The action on the sandbox.
        #[command(subcommand)]
        action: SandboxAction,
    },
    /// Look into tables, and change and seed their items
    Table {
        /// The action on a table.
        #[command(subcommand)]
        action: TableAction,
    },
    /// Manage the users of a Cognito user pool, and synchronise a database with it
    Users {
        /// The action on users.
        #[command(subcommand)]
        action: UsersAction,
    },
    /// Print the completions of a shell
    Completions(CompletionsArgs),
}

impl Command {
    /// Returns whether it takes several regions, formats and files.
    pub(super) fn takes_several(&self) -> bool {
        matches!(self, Self::Audit(_))
    }
}

/// The command line; the help of a command that reads neither a stack nor AWS has no options for these.
pub(super) fn command_line() -> clap::Command {
    const OF_AWS: &[&str] = &["endpoint_url", "profile", "sandbox"];
    const OF_FILE: &[&str] = &["file", "env", "region"];
    let mut command = Cli::command();
    // Common options exist only once the command is built.
    command.build();
    let without = |command: clap::Command, idle: &'static [&'static [&'static str]]| {
        command.mut_args(move |arg| {
            let hidden = idle.iter().any(|ids| ids.contains(&arg.get_id().as_str()));
            if hidden { arg.hide(true) } else { arg }
        })
    };
    command
        .mut_subcommand("completions", |command| without(command, &[OF_AWS, OF_FILE]))
        .mut_subcommand("schema", |command| without(command, &[OF_AWS, OF_FILE]))
        .mut_subcommand("export", |command| without(command, &[OF_AWS]))
        .mut_subcommand("function", |command| {
            // An emulator takes any credentials.
            let own = |command| without(command, &[&["profile"]]);
            own(command.mut_subcommand("invoke", own).mut_subcommand("watch", own))
        })
        .mut_subcommand("sandbox", |command| {
            let own = |command| without(command, &[OF_AWS]);
            let idle = |command| without(command, &[OF_AWS, OF_FILE]);
            let command = command.mut_subcommand("start", own).mut_subcommand("status", own);
            own(command.mut_subcommand("stop", idle).mut_subcommand("reset", idle))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of such an argument would be taken for the option's as well.
    #[test]
    fn no_argument_of_a_command_has_the_id_of_a_common_option() {
        fn ids(command: &clap::Command) -> Vec<String> {
            let own = command.get_arguments().filter(|one| !one.is_global_set()).map(|one| one.get_id().to_string());
            own.chain(command.get_subcommands().flat_map(ids)).collect()
        }
        let cli = Cli::command();
        let common: Vec<String> = cli.get_arguments().map(|one| one.get_id().to_string()).collect();
        assert!(common.contains(&"file".to_owned()));
        let twice: Vec<String> = cli.get_subcommands().flat_map(ids).filter(|id| common.contains(id)).collect();
        assert_eq!(twice, [""; 0]);
    }

    #[test]
    fn short_and_long_help_flags_print_the_same_text() {
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
