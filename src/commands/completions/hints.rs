//! Hints for shells: the kind of each option's value.

use clap::{Arg, Command, ValueHint};

/// The command line with hints for a shell's completions: files for options that take a file, and nowhere else.
pub(super) fn hinted(command: Command) -> Command {
    let hint = |arg: Arg| {
        let has_values = !arg.get_possible_values().is_empty();
        match value_name(&arg).as_str() {
            // An option with possible values offers those.
            _ if has_values => arg,
            "FILE" | "PLAN" => arg.value_hint(ValueHint::FilePath),
            "FOLDER" => arg.value_hint(ValueHint::DirPath),
            _ if arg.get_action().takes_values() => arg.value_hint(ValueHint::Other),
            _ => arg,
        }
    };
    command.mut_args(hint).mut_subcommands(hinted)
}

/// The name of an option's value in help, such as `ADDRESS`; empty without one.
pub(super) fn value_name(arg: &Arg) -> String {
    arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default()
}
