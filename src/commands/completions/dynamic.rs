//! The answer to a shell that asks for completions of the line that is typed.

use std::ffi::{OsStr, OsString};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::Arc;

use clap::{Arg, Command};
use clap_complete::CompleteEnv;
use clap_complete::engine::ArgValueCompleter;
use clap_complete::env::{Elvish, Fish, Powershell, Shells, Zsh};

use super::addresses::{OrphanSearch, addresses, environments};
use super::bash::Bash;
use super::hints::{hinted, value_name};
#[cfg(feature = "aws")]
use super::tables::{TableWord, candidates};
use super::typed::TypedLine;

/// The variable that a shell sets when it asks: clap's convention.
const VARIABLE: &str = "COMPLETE";

/// The search for orphans.
#[cfg(feature = "aws")]
const SEARCH: OrphanSearch = super::account::orphans;
#[cfg(not(feature = "aws"))]
const SEARCH: OrphanSearch = |_, _, _| Vec::new();

/// The answer to a shell.
pub(in crate::commands) enum Answer {
    /// No shell asks: this is an ordinary run.
    NotAsked,
    /// The completions, or the script that asks for them, are printed.
    Given,
    /// There is no script for the shell.
    UnknownShell(clap::Error),
}

/// Answers a shell: `COMPLETE=bash underpin` gets the script that asks, `COMPLETE=bash underpin -- WORD…` the
/// completions of the word at the cursor. There, nothing is printed on standard error, whatever fails: it would stand in
/// the middle of the line that is typed.
pub(in crate::commands) fn answer(command: fn() -> Command) -> Answer {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let is_completion = words.first().is_some_and(|word| word == "--");
    let is_set = std::env::var_os(VARIABLE).is_some_and(|shell| !shell.is_empty() && shell != "0");
    // Words without `--` are a command, whatever the variable was set for.
    if !is_set || !(words.is_empty() || is_completion) {
        return Answer::NotAsked;
    }
    let factory = || completing(command(), TypedLine::read(&command(), &others(&words)), SEARCH);
    let answered = || {
        CompleteEnv::with_factory(factory)
            .var(VARIABLE)
            .shells(Shells(&[&Bash, &Elvish, &Fish, &Powershell, &Zsh]))
            .try_complete(std::env::args_os(), std::env::current_dir().ok().as_deref())
    };
    if is_completion {
        set_hook(Box::new(|_| {}));
        drop(catch_unwind(AssertUnwindSafe(answered)));
        return Answer::Given;
    }
    match answered() {
        Ok(true) => Answer::Given,
        Ok(false) => Answer::NotAsked,
        Err(error) => Answer::UnknownShell(error),
    }
}

/// The words of the line without the one at the cursor: bash, elvish and zsh give its place, for the other shells it is
/// the last one.
fn others(words: &[OsString]) -> Vec<OsString> {
    let place = std::env::var("_CLAP_COMPLETE_INDEX").ok().and_then(|place| place.parse().ok());
    let mut words: Vec<OsString> = words.iter().skip(1).cloned().collect();
    let place = place.unwrap_or_else(|| words.len().saturating_sub(1));
    if place < words.len() {
        words.remove(place);
    }
    words
}

/// The command line with completions of addresses, environments, and what stands under tables.
fn completing(command: Command, line: Option<TypedLine>, search: OrphanSearch) -> Command {
    let command = hinted(command);
    match line {
        Some(line) => with_completers(command, &Arc::new(line), search),
        None => command,
    }
}

fn with_completers(command: Command, line: &Arc<TypedLine>, search: OrphanSearch) -> Command {
    let completer = |arg: Arg| {
        let (line, id) = (Arc::clone(line), arg.get_id().to_string());
        match value_name(&arg).as_str() {
            "ADDRESS" => arg.add(ArgValueCompleter::new(move |word: &OsStr| addresses(&line, &id, word, search))),
            #[cfg(feature = "aws")]
            name if let Some(kind) = TableWord::of(name, &id) => {
                arg.add(ArgValueCompleter::new(move |word: &OsStr| candidates(&line, kind, word)))
            }
            _ if id == "env" => arg.add(ArgValueCompleter::new(move |word: &OsStr| environments(&line, word))),
            _ => arg,
        }
    };
    command.mut_args(completer).mut_subcommands(|command| with_completers(command, line, search))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use clap::CommandFactory as _;

    use super::*;
    use crate::base::Address;
    use crate::cli::Common;
    use crate::commands::Cli;
    use crate::stack::NamedResource;

    const STACK: &str = "\
stack: shop
region: eu-central-1
environments:
  dev: {}
  local: {sections: [tables]}
tables:
  orders: {partition_key: id}
  carts: {partition_key: id}
  \"a b\": {partition_key: id}
  $(reboot): {partition_key: id}
functions:
  stream: {code: ., triggers: {orders: {}}}
";

    const PATTERNS: &str = "\
stack: shop
region: eu-central-1
tables:
  orders:
    partition_key: pk
    sort_key: {name: number, type: N}
    access_patterns:
      order: {key: {pk: 'ORD#{order}', number: '{number}'}, description: one order}
      newest: {key: {pk: '{state}#{order}'}, order: newest_first, parameters: {state: {values: [open, paid, 'x; y']}}}
      remove: {write: {delete: [{pk: 'ORD#{order}', number: '{number}'}]}}
  parcels:
    partition_key: pk
    access_patterns:
      newest: {key: {pk: 'PAR#{parcel}'}}
";

    fn orphans(_: &Common, _: &[NamedResource], _: &str) -> Vec<Address> {
        vec![Address::new("tables", "gone"), Address::new("tables", "go; reboot"), Address::new("nothing", "known")]
    }

    /// Completes the last word of a line about a stack file, `FILE` in the line.
    fn completed_of(stack: &str, line: &str) -> Vec<(String, String)> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("stack.yaml");
        fs::write(&file, stack).expect("it is written");
        let file = file.to_str().expect("the path is text");
        let words: Vec<OsString> = line.split(' ').map(|word| word.replace("FILE", file).into()).collect();
        let at = words.len() - 1;
        let line = TypedLine::read(&Cli::command(), &words[..at]).expect("it is a line");
        let mut command = completing(Cli::command(), Some(line), orphans);
        let candidates = clap_complete::engine::complete(&mut command, words, at, None).expect("it is completed");
        let text = |it: &clap_complete::CompletionCandidate| {
            let help = it.get_help().map(ToString::to_string).unwrap_or_default();
            (it.get_value().to_string_lossy().into_owned(), help)
        };
        candidates.iter().map(text).collect()
    }

    fn completed(line: &str) -> Vec<String> {
        completed_of(STACK, line).into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn addresses_are_those_of_the_file_and_orphans() {
        let all = ["tables.orders", "tables.carts", "functions.stream", "triggers.stream/orders", "tables.gone"];
        for option in ["--target", "--exclude", "--release"] {
            assert_eq!(completed(&format!("underpin plan -f FILE {option} ")), all, "{option}");
        }
        assert_eq!(
            completed("underpin destroy -f FILE --allow-delete tables."),
            ["tables.gone", "tables.orders", "tables.carts"]
        );
        for option in ["--allow-replace", "--allow-unprotect", "--allow-adopt"] {
            assert_eq!(completed(&format!("underpin apply -f FILE {option} ")), all[..4], "{option}");
        }
        let released = completed("underpin release -f FILE t");
        assert_eq!(released, ["tables.orders", "tables.carts", "triggers.stream/orders", "tables.gone"]);
        assert_eq!(completed("underpin plan --file=FILE --target=functions."), ["--target=functions.stream"]);
    }

    #[test]
    fn addresses_are_described() {
        let described = completed_of(STACK, "underpin plan -f FILE --allow-delete tables.");
        let help: Vec<&str> = described.iter().map(|(_, help)| help.as_str()).collect();
        assert_eq!(help, ["table, no longer in the file", "table", "table"]);
    }

    #[test]
    fn words_that_were_typed_count() {
        // Once is enough for the same option, and says nothing about another one.
        let line = "underpin plan --target tables.orders -f FILE --target tables.";
        assert_eq!(completed(line), ["tables.carts", "tables.gone"]);
        let line = "underpin plan --target tables.carts -f FILE --allow-unprotect tables.";
        assert_eq!(completed(line), ["tables.orders", "tables.carts"]);
        assert_eq!(completed("underpin release -f FILE tables.orders tables.c"), ["tables.carts"]);
        // The environment has only tables.
        assert_eq!(completed("underpin plan --env local -f FILE --allow-adopt "), ["tables.orders", "tables.carts"]);
        assert_eq!(completed("underpin plan -f FILE --env "), ["dev", "local"]);
        // A line with errors is still a line.
        assert_eq!(
            completed("underpin plan --unknown nonsense --nothing -f FILE --allow-adopt tables.o"),
            ["tables.orders"]
        );
        assert_eq!(completed("underpin plan -f 'FILE' --target tables.o"), ["tables.orders"]);
        assert_eq!(completed("underpin plan -f \"FILE\" --target tables.o"), ["tables.orders"]);
    }

    #[cfg(feature = "aws")]
    #[test]
    fn tables_patterns_parameters_and_keys_are_those_of_the_file() {
        // Where an argument begins, options are offered as well.
        let completed = |line: &str| -> Vec<String> {
            let all = completed_of(PATTERNS, line).into_iter().map(|(text, _)| text);
            all.filter(|text| !text.starts_with("--")).collect()
        };
        assert_eq!(completed("underpin table scan -f FILE "), ["tables.orders", "tables.parcels"]);
        assert_eq!(completed("underpin table seed -f FILE x.csv --table tables.p"), ["tables.parcels"]);
        assert_eq!(completed("underpin table query -f FILE "), ["orders/newest", "order", "parcels/newest"]);
        assert_eq!(completed("underpin table query -f FILE orders/"), ["orders/newest", "orders/order"]);
        assert_eq!(completed("underpin table query -f FILE --print-request r"), ["remove"]);
        assert_eq!(completed("underpin table query -f FILE order "), ["number=", "order="]);
        assert_eq!(completed("underpin table query -f FILE order number=1 "), ["order="]);
        assert_eq!(completed("underpin table query -f FILE orders/newest s"), ["state="]);
        // A value that a shell would understand otherwise is not offered.
        assert_eq!(completed("underpin table query -f FILE orders/newest state="), ["state=open", "state=paid"]);
        assert_eq!(completed("underpin table query -f FILE newest "), [""; 0], "two tables have it");
        assert_eq!(completed("underpin table get -f FILE orders pk=1 "), ["number="]);
        assert_eq!(completed("underpin table delete -f FILE tables.parcels "), ["pk="]);
        let described = completed_of(PATTERNS, "underpin table query -f FILE o");
        let help: Vec<&str> = described.iter().map(|(_, help)| help.as_str()).collect();
        assert_eq!(help, ["reads tables.orders", "one order"]);
        assert_eq!(completed_of("stack: [unclosed", "underpin table query -f FILE o"), []);
    }

    #[test]
    fn files_with_errors_complete_as_far_as_they_can_be_read() {
        let wrong = STACK.replace("eu-central-1", "${env:NOWHERE}").replace("partition_key: id", "nonsense: [x]");
        let completed = |stack: &str| completed_of(stack, "underpin plan -f FILE --allow-adopt tables.o").len();
        assert_eq!((completed(&wrong), completed("stack: [unclosed"), completed("")), (1, 0, 0));
        assert_eq!(completed_of(STACK, "underpin plan -f FILE/nowhere --target "), []);
        assert_eq!(completed_of(STACK, "underpin plan -f /dev/zero --target "), []);
    }
}
