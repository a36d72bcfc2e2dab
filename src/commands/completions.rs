//! `completions`: prints the completions of a shell.

use clap::{Arg, Args, Command, ValueHint};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

/// `completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell.
    pub shell: clap_complete::Shell,
}

pub(super) fn run(args: &CompletionsArgs, command: Command, ui: &Ui) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut hinted(command), "underpin", &mut script);
    ui.data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// The command line with hints for a shell's completions: files for options that take a file, and nowhere else.
fn hinted(command: Command) -> Command {
    let hint = |arg: Arg| {
        let name = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
        match name.as_str() {
            // An option with possible values offers those.
            _ if !arg.get_possible_values().is_empty() => arg,
            "FILE" | "PLAN" => arg.value_hint(ValueHint::FilePath),
            "FOLDER" => arg.value_hint(ValueHint::DirPath),
            _ if arg.get_action().takes_values() => arg.value_hint(ValueHint::Other),
            _ => arg,
        }
    };
    command.mut_args(hint).mut_subcommands(hinted)
}
