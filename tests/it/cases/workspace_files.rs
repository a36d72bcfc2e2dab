//! The files of workspaces and their guide: every command that they run is one that there is.

use std::fs;

use clap::Parser as _;
use underpin::commands::Cli;

use crate::support::{ORDERS, Place, root};

const FILES: &[&str] = &[
    ".devcontainer/devcontainer.json",
    ".github/workflows/apply.yml",
    ".github/workflows/plan.yml",
    ".gitpod.yml",
    ".ona/automations.yaml",
    "docker-compose.yml",
    "docs/workspaces.md",
];

/// The command lines of underpin in a text, each up to what ends it in a shell, a text or a comment.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        for (at, _) in line.match_indices("underpin ") {
            let before = line[..at].chars().next_back();
            // A part of another word, a name in a sentence, or a container's.
            if before.is_some_and(|c| !" `\"".contains(c)) {
                continue;
            }
            let rest = &line[at..];
            let end = ["`", "\"", " && ", " || ", ";", ")"].iter().filter_map(|mark| rest.find(mark)).min();
            let command = &rest[..end.unwrap_or(rest.len())];
            if command.split_whitespace().nth(1).is_some_and(|word| word.chars().all(|c| c.is_ascii_lowercase())) {
                found.push(command.trim().to_owned());
            }
        }
    }
    found
}

#[test]
fn commands_of_workspace_files_exist() {
    for file in FILES {
        let text = fs::read_to_string(root().join(file)).expect("the file can be read");
        for command in commands(&text) {
            // Words of the guide stand for what a reader puts there.
            let words =
                command.split_whitespace().map(|word| if word == "OWNER@ID/NAME@ID" { "a@1/b@2" } else { word });
            if let Err(error) = Cli::try_parse_from(words) {
                panic!("{file}: {command}: {error}");
            }
        }
    }
}

/// The words of a command of a file, which stands there once.
fn words(file: &str, beginning: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(file)).expect("the file can be read");
    let found: Vec<String> = commands(&text).into_iter().filter(|command| command.starts_with(beginning)).collect();
    let [command] = found.as_slice() else { panic!("{file}: {found:?}") };
    command.split_whitespace().skip(1).map(str::to_owned).collect()
}

#[test]
fn workflow_applies_the_plan_that_it_showed() {
    let place = Place::of(ORDERS);
    let run = |words: &[String]| {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        place.run(&words)
    };
    let shown = words(".github/workflows/plan.yml", "underpin plan --format markdown");
    run(&shown).success();
    assert!(place.stack.read("plan.md").contains("tables.orders"), "the comment has the plan");
    let saved = words(".github/workflows/apply.yml", "underpin plan");
    run(&saved).code(2);
    let applied = words(".github/workflows/apply.yml", "underpin apply");
    run(&applied).success();
    // Once more, it is stale; made anew, it has nothing to do.
    run(&applied).code(4);
    run(&saved).success();
}

#[test]
fn commands_are_found_in_scripts_and_sentences() {
    let text = "start: underpin startup --apply && exec sleep\n\"aws\": \"underpin startup --apply\",\n`underpin plan --out x` is";
    assert_eq!(commands(text), ["underpin startup --apply", "underpin startup --apply", "underpin plan --out x"]);
}
