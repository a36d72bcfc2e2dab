//! The seeds' day, end to end, by the commands of the README: reset, look, write, let the function run, look again.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Output, Place, Stack, python, root};

/// The words of a command line, as a shell splits it: single quotes hold a word together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            c => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// The commands of underpin in the README's block on a day.
fn day() -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("README.md")).expect("the README can be read");
    let (_, section) = text.split_once("\n## A day in a workspace\n").expect("the README has the day");
    let block = section.split("```").nth(1).expect("the day has a block");
    let lines = block.lines().filter_map(|line| line.strip_prefix("$ underpin "));
    lines.map(|line| words(line.split(" #").next().unwrap_or(line))).collect()
}

/// Runs a command in the local environment, at the emulator in place of DynamoDB Local.
fn run(place: &Place, words: &[String], more: &[&str]) -> Output {
    let endpoint = place.emulator.endpoint();
    let own: Vec<&str> = words.iter().map(String::as_str).collect();
    let all = [own.as_slice(), &["--endpoint-url", &endpoint], more].concat();
    place.command(&all).env("UNDERPIN_SANDBOX_PYTHON", python()).output()
}

/// The items of a query.
fn items(place: &Place, query: &[String]) -> Value {
    let shown = run(place, query, &["--format", "json"]).success().json();
    assert_eq!(shown["count"], shown["scanned_count"], "{shown}");
    shown["items"].clone()
}

/// Returns whether the tests' Python is new enough for the function, which is written for 3.13.
fn runs_the_function() -> bool {
    let new = Command::new(python()).args(["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]).status();
    new.is_ok_and(|status| status.success())
}

#[test]
#[expect(clippy::print_stderr, reason = "that a test is skipped is for whoever runs it to see")]
fn day_of_the_readme_ends_with_the_groups_at_the_new_message() {
    if !runs_the_function() {
        eprintln!("skipped: the function runs on Python 3.13: left out on a Python before 3.11");
        return;
    }
    let place = Place::new(Stack::project());
    let [reset, before, put, watch, after]: [Vec<String>; 5] = day().try_into().expect("five commands");
    assert_eq!(before, after);
    run(&place, &reset, &[]).success();
    let first = items(&place, &before);
    let [group] = first.as_array().expect("items").as_slice() else { panic!("one group: {first}") };
    run(&place, &put, &[]).success();
    assert_eq!(items(&place, &before), first, "nothing has moved yet");

    let watched = run(&place, &watch, &[]).success();
    assert!(watched.stderr.contains("2 rows replaced"), "{}", watched.stderr);
    let of_put = |name: &str| {
        let prefix = format!("{name}=");
        put.iter().find_map(|word| word.strip_prefix(prefix.as_str())).expect("the message has it").to_owned()
    };
    let mut moved = group.clone();
    moved["sk"] = json!(of_put("sk"));
    moved["message"] = json!(of_put("message"));
    assert!(group["sk"].as_str() < moved["sk"].as_str(), "the message is newer than the seed: {group}");
    assert_eq!(items(&place, &after), json!([moved]));

    // The other member's list has moved as well, and the conversation has the message.
    let members = underpin::users::fixed();
    let [me, other] = &members;
    let theirs: Vec<String> = after.iter().map(|word| word.replace(&me.uuid, &other.uuid)).collect();
    let theirs = items(&place, &theirs);
    assert_eq!((&theirs[0]["sk"], &theirs[0]["user_uuid"]), (&moved["sk"], &json!(me.uuid)), "{theirs}");
    let group = moved["message_group_uuid"].as_str().expect("a group has an id");
    let messages = words(&format!("table query list-messages message_group_uuid={group} --env local"));
    assert_eq!(items(&place, &messages)[0]["message"], moved["message"]);

    // Once more from the beginning.
    run(&place, &reset, &[]).success();
    assert_eq!(items(&place, &before), first, "reset brings the seeded state back");
}
