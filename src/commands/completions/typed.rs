//! The command line that is being typed.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{Arg, Args as _, Command, FromArgMatches as _};

use crate::base::Address;
use crate::cli::Common;

/// The words of a command line, but for the one at the cursor. It is not complete, and may have errors: every word counts
/// that means something by itself, which clap does not promise for those after an error.
pub(super) struct TypedLine {
    /// The common options that say where the stack is.
    pub(super) common: Common,
    values: Vec<(String, String)>,
}

impl TypedLine {
    /// Reads the words, the program's name first.
    pub(super) fn read(command: &Command, words: &[OsString]) -> Option<Self> {
        let words = words.iter().skip(1).map(|word| unquoted(word)).collect();
        let values = values(command, words);
        let last = |id: &str| values.iter().rev().find(|(of, _)| of == id).map(|(_, value)| value.clone());
        let defaults = Common::augment_args(Command::new("underpin")).try_get_matches_from(["underpin"]).ok()?;
        let defaults = Common::from_arg_matches(&defaults).ok()?;
        let mut file = last("file").map_or(defaults.file, |file| at_home(file.into()));
        if file.is_dir() {
            file.push("stack.yaml");
        }
        let common = Common {
            file,
            env: last("env"),
            endpoint_url: last("endpoint_url"),
            region: last("region"),
            profile: last("profile"),
            sandbox: last("sandbox").is_some(),
            ..defaults
        };
        Some(Self { common, values })
    }

    /// The words that an option or argument has already.
    #[cfg(feature = "aws")]
    pub(super) fn words<'l>(&'l self, id: &'l str) -> impl Iterator<Item = &'l str> {
        self.values.iter().filter(move |(of, _)| of == id).map(|(_, value)| value.as_str())
    }

    /// The addresses that an option or argument has already.
    pub(super) fn given(&self, id: &str) -> Vec<Address> {
        let values = self.values.iter().filter(|(of, _)| of == id);
        values.filter_map(|(_, value)| value.parse().ok()).collect()
    }
}

/// The options and arguments of a line with their values, empty for an option that takes none.
fn values(root: &Command, words: Vec<String>) -> Vec<(String, String)> {
    let (mut command, mut places, mut is_escaped) = (root, 0, false);
    let mut values = Vec::new();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let find = |is: &dyn Fn(&Arg) -> bool| command.get_arguments().chain(root.get_arguments()).find(|arg| is(arg));
        if is_escaped || !word.starts_with('-') || word == "-" {
            let inner = command.find_subcommand(&word).filter(|_| !is_escaped && places == 0);
            if let Some(inner) = inner {
                command = inner;
            } else {
                let place = command.get_positionals().nth(places).or_else(|| command.get_positionals().last());
                values.extend(place.map(|arg| (arg.get_id().to_string(), word)));
                places += 1;
            }
        } else if word == "--" {
            is_escaped = true;
        } else if let Some(long) = word.strip_prefix("--") {
            let (name, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            let Some(arg) = find(&|arg| arg.get_long() == Some(name)) else { continue };
            let takes = arg.get_action().takes_values();
            let value = value.map(str::to_owned).or_else(|| if takes { words.next() } else { Some(String::new()) });
            values.extend(value.map(|value| (arg.get_id().to_string(), value)));
        } else {
            for (at, letter) in word.char_indices().skip(1) {
                let Some(arg) = find(&|arg| arg.get_short() == Some(letter)) else { break };
                let takes = arg.get_action().takes_values();
                let rest = word[at + letter.len_utf8()..].trim_start_matches('=');
                let value = match (takes, rest) {
                    (true, "") => words.next(),
                    (true, rest) => Some(rest.to_owned()),
                    (false, _) => Some(String::new()),
                };
                values.extend(value.map(|value| (arg.get_id().to_string(), value)));
                if takes {
                    break;
                }
            }
        }
    }
    values
}

/// A word without the shell's quotes: bash and zsh hand them over as they are typed.
fn unquoted(word: &OsStr) -> String {
    let text = word.to_string_lossy();
    let (mut plain, mut quote) = (String::with_capacity(text.len()), None);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None | Some('"'), '\\') => plain.extend(characters.next()),
            _ => plain.push(character),
        }
    }
    plain
}

/// A path with the home folder in place of `~`, which the shell puts in only when the command is run.
fn at_home(path: PathBuf) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::commands::Cli;

    fn read(line: &str) -> Vec<String> {
        let words = line.split(' ').skip(1).map(str::to_owned).collect();
        values(&Cli::command(), words).into_iter().map(|(id, value)| format!("{id}={value}")).collect()
    }

    #[test]
    fn options_and_arguments_are_read_in_every_spelling() {
        for (line, expected) in [
            ("underpin plan --target a.b --target=c.d", &["target=a.b", "target=c.d"][..]),
            ("underpin -f x plan --env y", &["file=x", "env=y"]),
            ("underpin plan -fx", &["file=x"]),
            ("underpin plan -vf=x --sandbox", &["verbose=", "file=x", "sandbox="]),
            ("underpin release a.b c.d --yes e.f", &["addresses=a.b", "addresses=c.d", "yes=", "addresses=e.f"]),
            ("underpin apply -- --file", &["plan=--file"]),
            // A name of a command may be a value.
            ("underpin plan --env plan --file apply", &["env=plan", "file=apply"]),
            ("underpin sandbox stop --account 1", &["account=1"]),
            ("underpin nothing --else -qf x --env", &[]),
            ("underpin", &[]),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }

    #[test]
    fn words_are_read_without_their_quotes() {
        for (word, expected) in [
            ("plain", "plain"),
            ("'my dir'/x", "my dir/x"),
            ("\"a\\\"b\"", "a\"b"),
            ("my\\ dir", "my dir"),
            ("'open", "open"),
            ("end\\", "end"),
        ] {
            assert_eq!(unquoted(OsStr::new(word)), expected, "{word}");
        }
    }
}
