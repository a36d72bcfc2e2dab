//! Checks that the README is true: its commands and flags exist, its links lead somewhere, its transcript is real.

use std::fs;

use clap::Parser as _;
use serde_json::json;
use underpin::commands::Cli;
use underpin::exit::Exit;

use crate::support::{Output, Place, Stack, root};

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).expect("the README can be read")
}

/// The lines of its console blocks, block by block.
fn consoles(text: &str) -> Vec<Vec<String>> {
    let blocks = text.split("```console\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    blocks.map(|block| block.lines().map(str::to_owned).collect()).collect()
}

/// The command lines of underpin in a text: the words after its name, up to the end of the command.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let typed = consoles(text).into_iter().flatten().filter_map(|line| line.strip_prefix("$ ").map(str::to_owned));
    // Commands within a sentence are in backticks.
    let spoken = text.split('`').skip(1).step_by(2).filter(|code| !code.contains('\n')).map(str::to_owned);
    for line in typed.chain(spoken) {
        let line = line.split(" #").next().unwrap_or_default().replace("cargo run -- ", "underpin ");
        for command in line.split("&&").map(str::trim) {
            let mut words = command.split_whitespace().skip_while(|word| word.contains('=') && !word.starts_with('-'));
            if words.next() == Some("underpin") {
                found.push(words.map(str::to_owned).collect());
            }
        }
    }
    found
}

#[test]
fn readme_commands_and_flags_exist() {
    let found = commands(&readme());
    assert!(found.len() > 10, "{found:?}");
    for words in found {
        let line = std::iter::once("underpin").chain(words.iter().map(String::as_str));
        if let Err(error) = Cli::try_parse_from(line) {
            panic!("underpin {}: {error}", words.join(" "));
        }
    }
}

#[test]
fn readme_exit_codes_match_the_command() {
    let text = readme();
    let rows: Vec<u8> =
        text.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok()).collect();
    let all = [
        Exit::Done,
        Exit::Error,
        Exit::Pending,
        Exit::Denied,
        Exit::Stale,
        Exit::Incomplete,
        Exit::Usage,
        Exit::Interrupted,
    ];
    assert_eq!(rows, all.map(Exit::code));
}

#[test]
fn readme_links_are_valid() {
    let text = readme();
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let missing: Vec<&str> =
        links.filter(|link| !link.starts_with("http")).filter(|link| !root().join(link).exists()).collect();
    assert_eq!(missing, [""; 0]);
}

/// A line without values that differ from run to run, and without the sandbox's name.
fn plain(line: &str) -> String {
    let rules = [
        (r" \([0-9]+\.[0-9] s\) \[[0-9]+/([0-9]+)\]$", " [n/$1]"),
        (r" --sandbox\b", ""),
        (r"127\.0\.0\.1:[0-9]+", "127.0.0.1:n"),
    ];
    rules.iter().fold(line.trim_end().to_owned(), |line, (pattern, to)| {
        regex_lite::Regex::new(pattern).expect("the pattern is one").replace_all(&line, *to).into_owned()
    })
}

/// Checks that every shown line was printed, in this order if order matters.
fn was_printed(shown: &[String], output: &Output, ordered: bool) {
    let printed: Vec<String> = output.stdout.lines().chain(output.stderr.lines()).map(plain).collect();
    let mut from = 0;
    for line in shown.iter().filter(|line| !line.trim().is_empty() && line.trim() != "…") {
        let line = plain(line);
        let at = printed.iter().skip(from).position(|printed| *printed == line);
        let at = at.unwrap_or_else(|| panic!("not printed: {line}\n{}", printed.join("\n")));
        from = if ordered { from + at + 1 } else { 0 };
    }
}

#[test]
fn readme_transcript_matches_the_output() {
    let place = Place::new(Stack::project());
    let text = readme();
    let shown: Vec<Vec<String>> = consoles(&text).into_iter().filter(|block| block.len() > 12).collect();
    let [made, drifted, forbidden] = shown.as_slice() else { panic!("three blocks show what is printed") };
    let made: Vec<&[String]> = made.split(|line| line.starts_with("$ ")).skip(1).collect();
    let [planned, applied, planned_again] = made.as_slice() else { panic!("plan, apply, plan") };

    was_printed(planned, &place.run(&["plan"]).code(0), true);
    was_printed(applied, &place.run(&["apply", "--yes"]).code(0), false);
    was_printed(planned_again, &place.run(&["plan"]).code(0), true);

    let (table, function) = ("cruddur-messages", "cruddur-messaging-stream");
    let call = |service, operation, parameters| place.observer.call(service, operation, parameters);
    call("dynamodb", "update_table", json!({"TableName": table, "DeletionProtectionEnabled": false}));
    let policy = json!({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]
    });
    call(
        "iam",
        "put_role_policy",
        json!({"RoleName": function, "PolicyName": "debug", "PolicyDocument": policy.to_string()}),
    );
    call("lambda", "update_function_configuration", json!({"FunctionName": function, "Timeout": 30}));
    was_printed(&drifted[1..], &place.run(&["plan"]).code(0), true);

    place.stack.replace("deletion_protection: true", "deletion_protection: false");
    place.stack.replace("point_in_time_recovery: true", "point_in_time_recovery: false");
    was_printed(&forbidden[1..], &place.run(&["validate"]).code(3), false);
}
