//! Parses the command line, runs the command, and reports how it ended.

use clap::{CommandFactory as _, FromArgMatches as _, ValueEnum as _};

use super::command_line::{Cli, Command, command_line};
use super::completions::Answer;
use super::schema::SchemaOf;
use super::startup::StartupArgs;
#[cfg(feature = "aws")]
use super::support::runtime::online;
#[cfg(feature = "aws")]
use super::{apply, audit, destroy, function, plan, release, reset, sandbox, table, users};
use super::{
    completions, explain, export, foreign_verbs, graph, init, permissions, schema, startup, support, validate,
};
use crate::cli::{Common, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

/// Parses the command line, runs the command, and returns its exit status.
pub fn main() -> Exit {
    match completions::answer(Cli::command) {
        Answer::NotAsked => {}
        Answer::Given => return Exit::Done,
        Answer::UnknownShell(error) => {
            let _ = error.print();
            return Exit::Usage;
        }
    }
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
            let rendered = error.render().to_string();
            crate::ui::usage_as_data(&arguments, &rendered);
            if startup::asks_for_startup(&arguments) {
                let first = rendered.lines().next().unwrap_or_default();
                return startup::ended_with_error(first.trim_start_matches("error: "), Exit::Usage);
            }
            return Exit::Usage;
        }
    };
    let Cli { command, mut common } = cli;
    if common.file.is_dir() {
        common.file.push("stack.yaml");
    }
    let several = common.settle(command.takes_several()).map_err(|flag| {
        let hint = "only `audit` takes several regions, formats and files";
        CommandError::usage(format!("`{flag}` is given more than once")).hint(hint)
    });
    let refused = several.and_then(|()| has_format(&command, common.format));
    common.format = common.format.canonical();
    let ui = Ui::new(&common);
    let is_startup = matches!(command, Command::Startup(_) | Command::Reset(_));
    refused.and_then(|()| run(command, &common, &ui)).unwrap_or_else(|error| {
        ui.error(&error);
        if is_startup {
            return startup::ended_with_error(&error.sentence(), error.exit());
        }
        error.exit()
    })
}

fn run(command: Command, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    if let Some(file) = &common.output {
        support::outputs::is_not_the_stack(file, common, "--output")?;
    }
    match command {
        Command::Init(args) => init::run(&args, common, ui),
        Command::Validate => validate::run(common, ui),
        Command::Graph(args) => graph::run(&args, common, ui),
        Command::Export(args) => export::run(&args, common, ui),
        Command::Explain(args) => explain::run(&args, common, ui),
        Command::Permissions(args) => permissions::run(&args, common, ui),
        Command::Schema(args) => schema::run(&args, ui),
        Command::Completions(args) => completions::run(&args, Cli::command(), ui),
        #[cfg(feature = "aws")]
        Command::Audit(args) => online(audit::run(&args, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Plan(args) => online(plan::run(&args, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Apply(args) => online(apply::run(&args, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Destroy(args) => online(destroy::run(&args, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Release(args) => online(release::run(&args, common, ui), ui),
        Command::Startup(args @ StartupArgs { print_trust: Some(issuer), .. }) => {
            Ok(startup::print_trust(issuer, &args, common, ui))
        }
        #[cfg(feature = "aws")]
        Command::Startup(args) => Ok(startup::run(args, common, ui)),
        #[cfg(feature = "aws")]
        Command::Reset(args) => Ok(reset::run(args, common, ui)),
        #[cfg(feature = "aws")]
        Command::Sandbox { action } => sandbox::run(&action, common, ui),
        #[cfg(feature = "aws")]
        Command::Table { action } => online(table::run(&action, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Function { action } => online(function::run(&action, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Users { action } => online(users::run(&action, common, ui), ui),
        #[cfg(not(feature = "aws"))]
        Command::Audit(_)
        | Command::Plan(_)
        | Command::Apply(_)
        | Command::Destroy(_)
        | Command::Release(_)
        | Command::Function { .. }
        | Command::Startup(_)
        | Command::Reset(_)
        | Command::Sandbox { .. }
        | Command::Table { .. }
        | Command::Users { .. } => {
            Err(CommandError::usage("this build of underpin has no way to AWS (the feature `aws` is off)"))
        }
    }
}

/// Refuses a format that a command does not have, instead of printing another one.
fn has_format(command: &Command, format: Format) -> Result<(), CommandError> {
    const USUAL: &[Format] = &[Format::Text, Format::Json, Format::Markdown];
    let (name, has, hint) = match command {
        Command::Plan(_) => (
            "`plan`",
            &[Format::Text, Format::Json, Format::Markdown, Format::Sarif, Format::Junit][..],
            "`text`, `json`, `markdown`, `sarif` and `junit` are its formats",
        ),
        Command::Graph(_) => ("`graph`", &[Format::Text][..], "`--language dot` or `--language mermaid`"),
        Command::Export(_) => (
            "`export`",
            &[Format::Cloudformation, Format::CloudformationYaml][..],
            "`--format cloudformation` (JSON) or `--format cloudformation-yaml`",
        ),
        Command::Validate => ("`validate`", &[Format::Text, Format::Json][..], "`plan` has one for pull requests"),
        Command::Function { .. } => {
            ("`function`", &[Format::Text, Format::Json][..], "an answer is JSON already, whatever the format")
        }
        Command::Schema(args) if args.of == SchemaOf::Plan => {
            ("`schema plan`", &[Format::Text, Format::Json][..], "the stack file has a reference: `underpin schema`")
        }
        Command::Schema(args) if args.of == SchemaOf::Startup => {
            ("`schema startup`", &[Format::Text, Format::Json][..], "the stack file has a reference: `underpin schema`")
        }
        Command::Schema(args) if args.of == SchemaOf::Audit => {
            ("`schema audit`", &[Format::Text, Format::Json][..], "the stack file has a reference: `underpin schema`")
        }
        Command::Startup(_) => ("`startup`", &[Format::Text, Format::Json][..], "its last line is JSON in any format"),
        Command::Reset(_) => ("`reset`", &[Format::Text, Format::Json][..], "its last line is JSON in any format"),
        Command::Audit(_) => return Ok(()),
        Command::Table { action } => (action.name(), action.formats(), "see `underpin table --help`"),
        Command::Users { .. } => {
            ("`users`", &[Format::Text, Format::Table, Format::Json][..], "`--format json` is for programs")
        }
        _ => ("this command", USUAL, "`text`, `json` and `markdown` are its formats"),
    };
    if has.contains(&format) {
        return Ok(());
    }
    let format = format.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    Err(CommandError::usage(format!("{name} has no format `{format}`")).hint(hint))
}
