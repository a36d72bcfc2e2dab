//! Runs `completions`: prints the script of a shell that needs no underpin to complete.

use clap::Command;

use super::args::CompletionsArgs;
use super::hints::hinted;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(in crate::commands) fn run(args: &CompletionsArgs, command: Command, ui: &Ui) -> Result<Exit, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut hinted(command), "underpin", &mut script);
    ui.data(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
