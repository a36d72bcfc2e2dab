#!/usr/bin/env bash
# The guess: clap's `ignore_errors`, made for command lines that are still being typed, skips what is wrong and keeps what
# is right: of `app --nonsense --file prod.yaml` the file is known.
#
# What happens: the parser stops at the first error. All words after it are lost, in silence: `--file` has its default, as
# if it had not been typed. The same words before the error count. `try_get_matches_from` is `Ok` in both cases.
#
# Why it matters here: a completion that reads the line in this way offers the addresses of another file, or of another
# environment, as soon as one word before is mistyped. `src/commands/completions/typed.rs` reads the words one by one.
#
# Source: docs.rs/clap, `Command::ignore_errors`; clap_builder/src/builder/command.rs, `_do_parse`.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "app"
version = "0.0.0"
edition = "2024"

[dependencies]
clap = { version = "=4.6.7", default-features = false, features = ["std"] }
TOML
cat >src/main.rs <<'RUST'
use clap::{Arg, Command};

fn main() {
    let file = |words: &[&str]| {
        let line = [&["app"], words].concat();
        let app = Command::new("app").ignore_errors(true);
        let matches = app.arg(Arg::new("file").long("file").default_value("stack.yaml")).try_get_matches_from(&line);
        let file = matches.expect("errors are ignored").get_one::<String>("file").cloned();
        println!("{}: {file:?}", line.join(" "));
        file.expect("it has a default")
    };
    let before = file(&["--file", "prod.yaml", "--nonsense"]);
    let after = file(&["--nonsense", "--file", "prod.yaml"]);
    std::process::exit(i32::from((before.as_str(), after.as_str()) != ("prod.yaml", "stack.yaml")));
}
RUST
CARGO_TARGET_DIR=$folder/target cargo run --quiet
echo 'clap 4.6.7: words after an error are lost'
