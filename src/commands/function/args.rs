//! The arguments of `function`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// The actions on a function.
#[derive(Debug, Clone, PartialEq, Subcommand)]
pub enum FunctionAction {
    /// Run the function's code once, with an event, and print its answer
    Invoke(InvokeArgs),
    /// Run the function's code for what a table's stream brings, as its triggers would
    Watch(WatchArgs),
}

/// `function invoke`
#[derive(Debug, Clone, PartialEq, Args)]
pub struct InvokeArgs {
    /// The function and its surroundings.
    #[command(flatten)]
    pub local: LocalArgs,
    /// The event: a file with JSON, or `-` for standard input; `{}` without it
    #[arg(long, value_name = "FILE")]
    pub event: Option<PathBuf>,
}

/// `function watch`
#[derive(Debug, Clone, PartialEq, Args)]
pub struct WatchArgs {
    /// The function and its surroundings.
    #[command(flatten)]
    pub local: LocalArgs,
    /// Only this trigger of the function; else every enabled one that reads a table's stream
    #[arg(long, value_name = "NAME")]
    pub trigger: Option<String>,
    /// Begin with new records (`latest`) or the oldest that are kept (`trim_horizon`); else as the trigger says
    #[arg(long, value_enum, value_name = "POSITION", hide_possible_values = true)]
    pub starting_position: Option<Position>,
    /// Read what the stream holds now, from its beginning unless a position is given, and end
    #[arg(long, conflicts_with = "until_idle")]
    pub once: bool,
    /// End when no record has come for so long
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub until_idle: Option<f64>,
}

/// The arguments of every action.
#[derive(Debug, Clone, PartialEq, Args)]
pub struct LocalArgs {
    /// The function: its key in the stack file, its address, or its name in AWS
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Run the code on this machine; AWS's services are the sandbox's, or those of a loopback `--endpoint-url`
    #[arg(long)]
    pub local: bool,
    /// Set a variable of the function for this run; without a value, to that of this shell; may be repeated
    #[arg(long = "env-var", value_name = "NAME[=VALUE]", value_parser = variable)]
    pub variables: Vec<(String, Option<String>)>,
}

/// A position in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Position {
    /// Only new records from now on.
    Latest,
    /// The oldest records that still exist.
    TrimHorizon,
}

/// Parses a variable of the environment, with its value or without.
fn variable(text: &str) -> Result<(String, Option<String>), &'static str> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    // Source: Lambda API reference, `Environment`: a letter, then letters, digits and underscores.
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name {
        return Err("a variable's name begins with a letter and has letters, digits and underscores");
    }
    Ok((name.to_owned(), value))
}

/// Parses a time in seconds: at most a day, which is as long as a stream keeps its records.
fn seconds(text: &str) -> Result<f64, &'static str> {
    let seconds = text.parse().ok().filter(|seconds| (0.0..=86_400.0).contains(seconds));
    seconds.ok_or("a number of seconds from 0 to 86400 is expected")
}
