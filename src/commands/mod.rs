//! The commands: load, ask the engine, hand data to a view, exit.

#[cfg(feature = "aws")]
mod apply;
mod completions;
#[cfg(feature = "aws")]
mod confirm;
mod defaults;
#[cfg(feature = "aws")]
mod destroy;
mod explain;
mod explain_plan;
mod foreign_verbs;
mod graph;
mod init;
#[cfg(feature = "aws")]
mod organization;
mod outputs;
mod permissions;
#[cfg(feature = "aws")]
mod plan;
#[cfg(feature = "aws")]
mod progress;
#[cfg(feature = "aws")]
mod release;
#[cfg(feature = "aws")]
mod sandbox;
#[cfg(feature = "aws")]
mod saved;
mod schema;
#[cfg(feature = "aws")]
mod session;
mod source;
mod validate;
#[cfg(feature = "aws")]
mod verification;

use clap::{CommandFactory as _, FromArgMatches as _, ValueEnum as _};

use crate::cli::{Cli, Command, Common, Format, SchemaOf};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

/// Parses the command line, runs the command, and says how it ended.
pub fn main() -> Exit {
    let cli = match command_line().try_get_matches().and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            let arguments: Vec<_> = std::env::args_os().collect();
            let words: Vec<_> = arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
            let error = foreign_verbs::told(error, &words);
            let _ = error.print();
            // Help and version are asked for, and are no errors.
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

/// The command line, where the help of what looks neither at a stack nor at AWS is without what is said of them.
fn command_line() -> clap::Command {
    const OF_AWS: &[&str] = &["endpoint_url", "profile", "sandbox"];
    const OF_FILE: &[&str] = &["file", "env", "region"];
    let mut command = Cli::command();
    // What all commands have is only there once it is built.
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
        outputs::is_not_the_stack(file, common, "--output")?;
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
        Command::Plan(args) => online(plan::run(&args, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Apply(args) => online(apply::run(&args, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Destroy(args) => online(destroy::run(&args, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Release(args) => online(release::run(&args, common, ui), ui),
        #[cfg(feature = "aws")]
        Command::Sandbox { action } => sandbox::run(action, common, ui),
        #[cfg(not(feature = "aws"))]
        Command::Plan(_) | Command::Apply(_) | Command::Destroy(_) | Command::Release(_) | Command::Sandbox { .. } => {
            Err(CommandError::usage("this build of underpin has no way to AWS (the feature `aws` is off)"))
        }
    }
}

/// Refuses a format that a command does not have, rather than to print another.
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

/// Runs a question to AWS to its end.
#[cfg(feature = "aws")]
fn blocking<T>(question: impl Future<Output = Result<T, CommandError>>) -> Result<T, CommandError> {
    runtime()?.block_on(question)
}

#[cfg(feature = "aws")]
fn runtime() -> Result<tokio::runtime::Runtime, CommandError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| CommandError::failed("failed to start", &error))
}

/// Runs what talks to AWS. Until a plan is applied, an interrupt ends it at once, since nothing was changed.
#[cfg(feature = "aws")]
fn online(command: impl Future<Output = Result<Exit, CommandError>>, ui: &Ui) -> Result<Exit, CommandError> {
    let runtime = runtime()?;
    let ui = ui.clone();
    runtime.spawn(async move {
        progress::interrupted_before_apply().await;
        let error = CommandError::Interrupted;
        ui.error(&error);
        // The command may be waiting for an answer on the terminal, which nothing else ends.
        std::process::exit(i32::from(error.exit().code()));
    });
    runtime.block_on(command)
}

/// The flag that names this file, where it needs one, for a command to copy.
fn file_flag(file: &std::path::Path) -> String {
    if file == std::path::Path::new("stack.yaml") {
        String::new()
    } else {
        format!(" --file {}", quoted(&file.display().to_string()))
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=+,%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}
