//! The command at a terminal: prompts, accepted answers, live lines, colour.
#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use serde_json::json;

use super::scp_live::{Organization, attach_to_unit};
use crate::support::{Emulator, ORDERS, Place, Stack};

/// The command at a terminal of `script`.
fn script(place: &Place, variables: &[(&str, &str)], arguments: &str) -> Command {
    let run = place.command(&[]).command();
    let mut script = Command::new("script");
    script.args(["-qec", &format!("{} {arguments}", env!("CARGO_BIN_EXE_underpin")), "/dev/null"]).env_clear();
    script.current_dir(run.get_current_dir().expect("it has a folder"));
    script.envs(run.get_envs().filter_map(|(key, value)| Some((key, value?)))).env_remove("NO_COLOR");
    script.env("TERM", "xterm-256color").envs(variables.iter().copied());
    script
}

/// Runs at a terminal, and types this; returns the exit code and the output.
fn typed(place: &Place, variables: &[(&str, &str)], arguments: &str, input: &str) -> (i32, String) {
    let mut script = script(place, variables, arguments);
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("`script` runs");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    stdin.write_all(input.as_bytes()).expect("it can be typed");
    // Standard input stays open: its end would count as an answer.
    let output = child.wait_with_output().expect("it ends");
    drop(stdin);
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).replace('\r', ""))
}

const PLAIN: [(&str, &str); 1] = [("NO_COLOR", "1")];

#[test]
fn apply_confirmation_accepts_only_yes() {
    let place = Place::of(ORDERS);
    for answer in ["no\n", "y\n", "\n", "YES\n"] {
        let (code, shown) = typed(&place, &PLAIN, "apply", answer);
        assert_eq!(code, 1, "{shown}");
        assert!(shown.contains("Make these 2 API calls?") && shown.contains("nothing was done"), "{shown}");
    }
    assert_eq!(place.emulator.mutations(), [""; 0]);
    let (code, shown) = typed(&place, &PLAIN, "apply", "yes\n");
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("Applied. 2 API calls made"), "{shown}");
    assert_eq!(place.observer.table("orders")["TableStatus"], "ACTIVE");
    let (code, shown) = typed(&place, &PLAIN, "apply", "");
    assert_eq!(code, 0, "with nothing to do nobody is asked: {shown}");
}

#[test]
fn confirmation_shows_the_plan_even_if_output_is_redirected() {
    let place = Place::of(ORDERS);
    for arguments in ["apply --output plan.txt", "apply >plan.txt"] {
        let (code, shown) = typed(&place, &PLAIN, arguments, "no\n");
        assert_eq!(code, 1, "{shown}");
        assert!(shown.contains("create table"), "{arguments}: {shown}");
        assert!(place.stack.read("plan.txt").contains("create table"));
    }
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

#[test]
fn interrupt_at_the_confirmation_changes_nothing() {
    let place = Place::of(ORDERS);
    let mut script = script(&place, &PLAIN, "apply");
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("`script` runs");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let mut stdout = child.stdout.take().expect("standard output is a pipe");
    let (mut shown, mut buffer) = (String::new(), [0; 4096]);
    while !shown.contains("be accepted:") {
        let length = stdout.read(&mut buffer).expect("it is read");
        assert_ne!(length, 0, "it ended before it asked: {shown}");
        shown += &String::from_utf8_lossy(&buffer[..length]);
    }
    stdin.write_all(b"\x03").expect("it can be typed");
    stdout.read_to_string(&mut shown).expect("it is read");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{shown}");
    assert!(shown.contains("interrupted: nothing was changed"), "{shown}");
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

#[test]
fn deleting_a_user_is_confirmed_by_name_and_disabling_by_yes() {
    let place = Place::of(super::cli_users::STACK);
    let pool = super::cli_users::pool(&place, "shop-users");
    super::cli_users::user(&place, &pool, "bobby", "bob");
    place.emulator.clear_log();
    for (arguments, answer, question) in [
        ("users delete bobby --pool shop-users", "yes\n", "type the user's name:"),
        ("users delete bobby --pool shop-users", "bob\n", "is deleted for good"),
        ("users disable bobby --pool shop-users", "y\n", "type `yes`:"),
        ("users create alice --pool shop-users", "no\n", "sends the pool's invitation"),
    ] {
        let (code, shown) = typed(&place, &PLAIN, arguments, answer);
        assert_eq!(code, 1, "{shown}");
        assert!(shown.contains(question) && shown.contains("nothing was done"), "{shown}");
    }
    assert_eq!(place.emulator.mutations(), [""; 0]);
    let (code, shown) = typed(&place, &PLAIN, "users disable bobby --pool shop-users", "yes\n");
    assert_eq!(code, 0, "{shown}");
    let (code, shown) = typed(&place, &PLAIN, "users delete bobby --pool shop-users", "bobby\n");
    assert_eq!(code, 0, "{shown}");
    assert_eq!(place.emulator.mutations(), ["cognito-idp:AdminDisableUser", "cognito-idp:AdminDeleteUser"]);
}

#[test]
fn destroy_confirmation_needs_the_stack_name() {
    let place = Place::of(ORDERS);
    place.apply(&[]);
    place.emulator.clear_log();
    for answer in ["yes\n", "orders\n", "\n"] {
        let (code, shown) = typed(&place, &PLAIN, "destroy", answer);
        assert_eq!(code, 1, "{shown}");
        assert!(shown.contains("type the stack's name (shop)"), "{shown}");
        assert!(shown.contains("warning: tables.orders: deleting this table deletes its data"), "{shown}");
        assert!(shown.contains("nothing was done: the answer was not `shop`"), "{shown}");
    }
    assert_eq!(place.emulator.mutations(), [""; 0]);
    let (code, shown) = typed(&place, &PLAIN, "destroy", "shop\n");
    assert_eq!(code, 0, "{shown}");
    assert_eq!(place.observer.table("orders"), json!(null));
}

/// Runs at a terminal; at the first prompt, calls `meanwhile` and then types the first answer. A second
/// prompt is answered at once.
fn dithers(place: &Place, arguments: &str, meanwhile: impl FnOnce(), answers: [&str; 2]) -> (i32, String) {
    let mut script = script(place, &PLAIN, arguments);
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("`script` runs");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let mut stdout = child.stdout.take().expect("standard output is a pipe");
    let (mut shown, mut buffer, mut meanwhile) = (String::new(), [0; 4096], Some(meanwhile));
    let mut answers = answers.into_iter();
    loop {
        let length = stdout.read(&mut buffer).expect("it is read");
        if length == 0 {
            break;
        }
        let heard = String::from_utf8_lossy(&buffer[..length]);
        shown += &heard;
        if heard.contains("be accepted:") || heard.contains("name (shop):") {
            if let Some(meanwhile) = meanwhile.take() {
                meanwhile();
                std::thread::sleep(std::time::Duration::from_secs(6));
            }
            let answer = answers.next().expect("nobody is asked a third time");
            stdin.write_all(answer.as_bytes()).expect("it can be typed");
        }
    }
    (child.wait().expect("it ends").code().unwrap_or(-1), shown.replace('\r', ""))
}

#[test]
fn changes_during_the_confirmation_are_shown_and_confirmed_again() {
    let place = Place::of(ORDERS);
    place.apply(&[]);
    place.emulator.clear_log();
    let change = || {
        let change = json!({"TableName": "orders", "DeletionProtectionEnabled": false});
        place.observer.call("dynamodb", "update_table", change);
    };
    // Somebody removed the protection: that step is no longer needed, and the shown plan is not what would be done.
    let (code, shown) = dithers(&place, "destroy", change, ["shop\n", "no\n"]);
    assert_eq!(code, 1, "{shown}");
    assert!(shown.contains("while you looked at the plan, this changed"), "{shown}");
    assert!(shown.contains("`deletion_protection` was true, and is false"), "{shown}");
    assert_eq!(shown.matches("type the stack's name").count(), 2, "{shown}");
    let ours: Vec<_> = place.emulator.mutations().into_iter().filter(|call| !call.contains("UpdateTable")).collect();
    assert_eq!(ours, [""; 0]);
    let size = |rows: u32| {
        let body = format!("billing: {{mode: provisioned, read_capacity: {rows}, write_capacity: 1}}");
        place.stack.write("stack.yaml", ORDERS.replace("billing: {mode: on_demand}", &body));
    };
    size(3);
    let change = || {
        let with = json!({"ReadCapacityUnits": 2, "WriteCapacityUnits": 1});
        let change = json!({"TableName": "orders", "BillingMode": "PROVISIONED", "ProvisionedThroughput": with});
        place.observer.call("dynamodb", "update_table", change);
    };
    let (code, shown) = dithers(&place, "apply", change, ["yes\n", "yes\n"]);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("this changed") && shown.contains("2 → 3"), "the new plan is shown: {shown}");
    assert_eq!(place.observer.table("orders")["ProvisionedThroughput"]["ReadCapacityUnits"], 3);
    size(4);
    let (code, shown) = dithers(&place, "apply", || (), ["yes\n", ""]);
    assert_eq!(code, 0, "where nothing moved, nobody is asked again: {shown}");
    assert_eq!(place.observer.table("orders")["ProvisionedThroughput"]["ReadCapacityUnits"], 4);
}

#[test]
fn denial_during_the_confirmation_stops_the_run() {
    let place = Place::of(ORDERS);
    let organization = Organization::above(&place);
    organization.delegate();
    let stopped = |command: &str, action: &str, answer: &str| {
        let mut policy = String::new();
        let meanwhile = || policy = attach_to_unit(&organization, command, action);
        let (code, shown) = dithers(&place, command, meanwhile, [answer, ""]);
        assert_eq!(code, 3, "{shown}");
        for said in [
            "while you looked at the plan, this changed",
            "tables.orders: it is forbidden now [scp/",
            "Nothing was done: see",
        ] {
            assert!(shown.contains(said), "{said} is not in\n{shown}");
        }
        organization.detach(&policy);
    };
    stopped("apply", "dynamodb:CreateTable", "yes\n");
    assert_eq!(place.observer.table("orders"), json!(null));
    place.apply(&[]);
    // The prompt itself asks for consent: other reasons that forbid the plan must still be seen.
    stopped("destroy", "dynamodb:DeleteTable", "shop\n");
    assert_eq!(place.observer.table("orders")["TableStatus"], "ACTIVE");
}

#[test]
fn denied_plan_asks_for_no_confirmation() {
    let place = Place::of(&ORDERS.replace("region: eu-central-1", "region: eu-central-1\nresidency: [eu-west-1]"));
    for command in ["apply", "destroy"] {
        let (code, shown) = typed(&place, &PLAIN, command, "");
        assert_eq!(code, 3, "{shown}");
        assert!(shown.contains("Nothing was done: see what is forbidden above."), "{shown}");
    }
}

#[test]
fn a_running_step_has_a_live_line() {
    let place = Place::with(Stack::new(ORDERS), Emulator::with(&["--slow", "600"]));
    let (code, shown) = typed(&place, &[], "apply --yes", "");
    assert_eq!(code, 0, "{shown}");
    // The line of a step is drawn before the step is done, and then removed.
    let live = shown.find("tables.orders: create table").expect("the step is shown");
    let done = shown.find("[1/2]").expect("that it is done is shown");
    assert!(live < done, "{shown:?}");
    assert!(shown.contains("\u{1b}[2K"), "{shown:?}");
}

#[test]
fn output_wraps_at_terminal_width() {
    let place = Place::of(ORDERS);
    let wide = json!({"service": "dynamodb", "operation": "CreateTable", "status": 400, "code": "ValidationException",
        "message": "one of many words ".repeat(20)});
    place.emulator.fault(wide);
    let at = format!("stty rows 24 cols 60; exec {} apply --yes", env!("CARGO_BIN_EXE_underpin"));
    let usual = script(&place, &PLAIN, "apply --yes");
    let mut script = Command::new("script");
    script.args(["-qec", &at, "/dev/null"]).env_clear().current_dir(usual.get_current_dir().expect("it has a folder"));
    script.envs(usual.get_envs().filter_map(|(key, value)| Some((key, value?))));
    script.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    let output = script.stdin(Stdio::null()).output().expect("`script` runs");
    let shown = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    assert!(shown.contains("one of many words"), "{shown}");
    let long: Vec<_> = shown.lines().filter(|line| !line.contains('\u{1b}') && line.chars().count() > 60).collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn color_is_printed_only_on_supporting_terminals() {
    let place = Place::of(ORDERS);
    assert!(typed(&place, &[], "plan", "").1.contains("\u{1b}["));
    for (variables, arguments) in [(&PLAIN[..], "plan"), (&[], "plan --no-color"), (&[("TERM", "dumb")], "plan")] {
        let (_, shown) = typed(&place, variables, arguments, "");
        assert!(shown.contains("Plan: 1 to create"), "{shown}");
        assert!(!shown.contains("\u{1b}["), "{shown:?}");
    }
    let piped = place.command(&["plan"]).env("NO_COLOR", "").env("TERM", "xterm").output().success();
    assert!(!piped.stdout.contains('\u{1b}') && !piped.stderr.contains('\u{1b}'));
}

#[test]
fn terminal_control_characters_are_escaped_in_output() {
    let place = Place::new(Stack::project());
    let _ = place.run(&["apply", "--yes"]).code(0);
    let hostile = "one\n\u{1b}[2J\u{9b}31m\u{202e}two\u{7}";
    place.observer.call(
        "lambda",
        "update_function_configuration",
        json!({"FunctionName": "cruddur-messaging-stream", "Description": hostile}),
    );
    for format in ["text", "markdown", "json"] {
        let output = place.run(&["plan", "--format", format]).code(0);
        let obeyed = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert_eq!(output.stdout.matches(obeyed).collect::<String>(), "", "{format}");
        assert!(output.stdout.contains(r"\u009b31m\u202etwo"), "{format}: {}", output.stdout);
    }
    let function = |change: &&serde_json::Value| change["address"] == "functions.cruddur-messaging-stream";
    let plan = place.run(&["plan", "--format", "json"]).code(0).json();
    let change = plan["changes"].as_array().expect("a list").iter().find(function).cloned().expect("the function");
    assert_eq!(change["properties"][0]["before"], hostile, "JSON tells what it is");
}
