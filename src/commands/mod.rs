//! The commands: load, ask the engine, hand data to a view, exit.

#[cfg(feature = "aws")]
mod apply;
mod completions;
#[cfg(feature = "aws")]
mod destroy;
mod explain;
mod foreign_verbs;
mod graph;
mod init;
mod permissions;
#[cfg(feature = "aws")]
mod plan;
#[cfg(feature = "aws")]
mod release;
#[cfg(feature = "aws")]
mod sandbox;
mod schema;
mod support;
mod validate;

use clap::{CommandFactory as _, FromArgMatches as _, ValueEnum as _};

use crate::cli::{Cli, Command, Common, Format, SchemaOf};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

/// Parses the command line, runs the command, and returns its exit status.
pub fn main() -> Exit {
    let cli = match command_line().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            let arguments: Vec<_> = std::env::args_os().collect();
            let words: Vec<_> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
            let error = foreign_verbs::told(error, &words);
            let _ = error.print();
            // Help and version are no errors.
            if !error.use_stderr() {
                return Exit::Done;
            }
            crate::ui::usage_as_data(&arguments, &error.render().to_string());
            return Exit::Usage;
        }
    };
    let Cli { command, mut common } = cli;
    if common.file.is_dir() {
        common.file.push("stack.yaml");
    }
    let ui = Ui::new(&common);
    run(command, &common, &ui).unwrap_or_else(|error| {
        ui.error(&error);
        error.exit()
    })
}

/// The command line; the help of a command that reads neither a stack nor AWS has no options for these.
fn command_line() -> clap::Command {
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
        .mut_subcommand("sandbox", |command| {
            let own = |command| without(command, &[OF_AWS]);
            let idle = |command| without(command, &[OF_AWS, OF_FILE]);
            let command = command.mut_subcommand("start", own).mut_subcommand("status", own);
            own(command.mut_subcommand("stop", idle).mut_subcommand("reset", idle))
        })
}

fn run(command: Command, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    if let Some(file) = &common.output {
        support::outputs::is_not_the_stack(file, common, "--output")?;
    }
    has_format(&command, common.format)?;
    match command {
        Command::Init(args) => init::run(&args, common, ui),
        Command::Validate => validate::run(common, ui),
        Command::Graph(args) => graph::run(&args, common, ui),
        Command::Explain(args) => explain::run(&args, common, ui),
        Command::Permissions(args) => permissions::run(&args, common, ui),
        Command::Schema(args) => schema::run(&args, ui),
        Command::Completions { shell } => completions::run(shell, ui),
        #[cfg(feature = "aws")]
        Command::Plan(args) => support::runtime::online(plan::run(&args, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Apply(args) => support::runtime::online(apply::run(&args, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Destroy(args) => support::runtime::online(destroy::run(&args, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Release(args) => support::runtime::online(release::run(&args, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Sandbox { action } => sandbox::run(&action, common, ui),
        #[cfg(not(feature = "aws"))]
        Command::Plan(_) | Command::Apply(_) | Command::Destroy(_) | Command::Release(_) | Command::Sandbox { .. } => {
            Err(CommandError::usage("this build of underpin has no way to AWS (the feature `aws` is off)"))
        }
    }
}

/// Refuses a format that a command does not have, instead of printing another one.
fn has_format(command: &Command, format: Format) -> Result<(), CommandError> {
    let (name, has, hint) = match command {
        Command::Graph(_) => ("graph", &[Format::Text][..], "`--language dot` or `--language mermaid`"),
        Command::Validate => ("validate", &[Format::Text, Format::Json][..], "`plan` has one for pull requests"),
        Command::Schema(args) if args.of == SchemaOf::Plan => {
            ("schema plan", &[Format::Text, Format::Json][..], "the stack file has a reference: `underpin schema`")
        }
        _ => return Ok(()),
    };
    if has.contains(&format) {
        return Ok(());
    }
    let format = format.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    Err(CommandError::usage(format!("`{name}` has no format `{format}`")).hint(hint))
}
