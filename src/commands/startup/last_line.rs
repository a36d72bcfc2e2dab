//! The last line of standard output, which is there after errors too.

use std::ffi::OsString;

use clap::CommandFactory as _;

use crate::base::printable;
use crate::commands::command_line::Cli;
use crate::commands::support::stack_file::variable;
use crate::exit::Exit;
use crate::ui::Ui;
use crate::workspace::{StartupReport, detect};

/// The commands whose last line is the report.
const COMMANDS: [&str; 2] = ["startup", "reset"];

/// A report of nothing yet, for the place that this runs in.
pub(super) fn empty() -> StartupReport {
    StartupReport::new(detect(variable).place)
}

/// Ends with an error that came before anything was done: the report has its message. The file of `--output` stays as it is:
/// it may be the one that was refused.
pub(in crate::commands) fn ended_with_error(message: &str, exit: Exit) -> Exit {
    print(StartupReport { message: printable(message), ..empty() }, exit, None)
}

/// Prints a report as the last line of standard output, and into the file of `--output`. A file that can't be written is an
/// error of a run that had none.
pub(super) fn print(mut report: StartupReport, exit: Exit, ui: Option<&Ui>) -> Exit {
    report.exit_code = exit.code();
    let written = ui.map_or(Ok(()), |ui| ui.into_file(&report.line()));
    let exit = match (written, ui) {
        (Err(error), Some(ui)) => {
            ui.say(&error.text(ui.paint_err()));
            report.message = format!("{}; {}", report.message, printable(&error.sentence()));
            if exit == Exit::Done { error.exit() } else { exit }
        }
        _ => exit,
    };
    report.exit_code = exit.code();
    crate::ui::last_line(&report.line());
    exit
}

/// Returns whether a command line that could not be parsed is one of these commands: the first word that is neither an
/// option nor the value of one.
pub(in crate::commands) fn asks_for_startup(arguments: &[OsString]) -> bool {
    let cli = Cli::command();
    let takes_value = |word: &str| {
        let named = |arg: &&clap::Arg| match word.strip_prefix("--") {
            Some(long) => arg.get_long() == Some(long),
            None => {
                word.strip_prefix('-').is_some_and(|short| arg.get_short().map(String::from).as_deref() == Some(short))
            }
        };
        cli.get_arguments().find(named).is_some_and(|arg| arg.get_action().takes_values())
    };
    let mut words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            return COMMANDS.contains(&&*word);
        }
        if takes_value(&word) {
            words.next();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn startup_is_recognized_on_a_command_line_that_cannot_be_parsed() {
        let asks = |line: &str| asks_for_startup(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        for line in
            ["underpin startup --what", "underpin --file x startup", "underpin -f x reset y", "underpin -v startup -z"]
        {
            assert!(asks(line), "{line}");
        }
        for line in ["underpin", "underpin plan startup", "underpin --file startup plan", "underpin --format=startup"] {
            assert!(!asks(line), "{line}");
        }
    }
}
