//! `function`: a function's own code runs on this machine, for one event or for a table's stream, and never elsewhere.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Output, Place, Run, Stack, python};

const YAML: &str = "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id, billing: {mode: on_demand}, stream: new_image, deletion_protection: false}
functions:
  mover:
    runtime: python3.13
    handler: main.handler
    code: code
    role: arn:aws:iam::123456789012:role/mover
    timeout: 20
    environment: {TABLE: orders, KEY: \"${env:API_KEY}\", STREAM: \"${tables.orders.stream_arn}\"}
    triggers:
      orders: {stream: \"${tables.orders.stream_arn}\", batch_size: 2, maximum_retry_attempts: 0, bisect_on_error: true}
  renamed: {name: shop-mailer, runtime: python3.12, handler: main.late, code: code, timeout: 1, role: arn:aws:iam::123456789012:role/mover}
  page: {runtime: nodejs24.x, handler: index.handler, code: page, role: arn:aws:iam::123456789012:role/mover}
environments:
  local: {endpoint_url: \"http://localhost:8000\", sections: [tables]}
  far: {endpoint_url: \"https://user:word@dynamodb.example.com/?key=x\"}
";

const CODE: &str = "
import json, logging, os, time
import boto3

logging.getLogger().setLevel(logging.INFO)


def handler(event, context):
    logging.info('the key is %s', os.environ['KEY'])
    if event.get('fail'):
        raise ValueError('no ' + event['fail'] + ' for ' + os.environ['KEY'])
    seen = [record['dynamodb']['Keys']['id']['S'] for record in event.get('Records', [])]
    if 'bad' in seen:
        raise ValueError('a bad one')
    for key in seen:
        boto3.client('dynamodb').put_item(TableName=os.environ['TABLE'], Item={'id': {'S': f'{key}-moved'}})
    return {'event': event, 'stream': os.environ['STREAM'], 'seen': seen}


def late(event, context):
    time.sleep(event.get('seconds', 600))
";

/// The stack with its table applied.
fn place() -> Place {
    let stack = Stack::new(YAML).file("code/main.py", CODE).file("page/index.js", "exports.handler = 1");
    let place = Place::new(stack);
    run(&place, &["apply", "--yes", "--target", "tables.orders"]).success();
    place
}

fn command(place: &Place, arguments: &[&str]) -> Run {
    place.command(arguments).env("UNDERPIN_SANDBOX_PYTHON", python()).env("API_KEY", "hunter2-hunter2")
}

fn run(place: &Place, arguments: &[&str]) -> Output {
    command(place, arguments).output()
}

fn put(place: &Place, ids: &[&str]) {
    for id in ids {
        place.observer.call("dynamodb", "put_item", json!({"TableName": "orders", "Item": {"id": {"S": id}}}));
    }
}

fn ids(place: &Place) -> Vec<String> {
    let found = place.observer.call("dynamodb", "scan", json!({"TableName": "orders"}));
    let items = found["Items"].as_array().expect("a scan has items").iter();
    let mut ids: Vec<String> = items.map(|item| item["id"]["S"].as_str().unwrap_or_default().to_owned()).collect();
    ids.sort();
    ids
}

#[test]
fn invoke_prints_the_answer_and_its_log_without_secrets() {
    let place = place();
    let stream = place.observer.table("orders")["LatestStreamArn"].clone();
    let given =
        command(&place, &["function", "invoke", "mover", "--local", "--event", "-"]).stdin("\u{feff}{\"a\": 1}");
    let output = given.output().success();
    assert_eq!(output.json(), json!({"event": {"a": 1}, "stream": stream, "seen": []}));
    assert!(output.stderr.contains("the key is (sensitive)"), "{}", output.stderr);
    assert!(!output.stderr.contains("hunter2"), "{}", output.stderr);

    place.stack.write("event.json", "{\"Records\": []}");
    for name in ["functions.mover", "mover"] {
        let output = run(&place, &["function", "invoke", name, "--local", "--event", "event.json", "--format", "json"]);
        let report = output.success().json();
        assert_eq!(report["answer"]["event"], json!({"Records": []}));
        assert_eq!((&report["function"], &report["error"]), (&json!("mover"), &Value::Null));
    }
    let output = run(&place, &["function", "invoke", "shop-mailer", "--local", "--event", "event.json"]).code(1);
    assert!(output.stderr.contains("Task timed out after 1.00 seconds"), "{}", output.stderr);
    // The environment of an emulator that has tables only does not keep a function from running.
    let endpoint = place.emulator.endpoint().clone();
    let local = ["function", "invoke", "mover", "--local", "--env", "local", "--endpoint-url", &endpoint];
    assert_eq!(run(&place, &local).success().json()["event"], json!({}));
}

#[test]
fn variable_of_the_command_line_is_laid_over_the_functions() {
    let place = place();
    let given = ["--env-var", "KEY=x", "--env-var", "STREAM", "--env-var", "AWS_ENDPOINT_URL_S3=https://example.com"];
    let run = command(&place, &[&["function", "invoke", "mover", "--local"], given.as_slice()].concat());
    let output = run.env("STREAM", "mine").output().success();
    assert_eq!(output.json()["stream"], "mine");
    assert!(output.stderr.contains("the key is x"), "{}", output.stderr);
    assert!(output.stderr.contains("`AWS_ENDPOINT_URL_S3` is left out"), "{}", output.stderr);
    let output = self::run(&place, &["function", "invoke", "mover", "--local", "--env-var", "UNSET"]).code(64);
    assert!(output.stderr.contains("`UNSET` is not set"), "{}", output.stderr);
}

#[test]
fn invoke_errors_say_what_to_do() {
    let place = place();
    place.stack.write("broken.json", "{\n  \"a\": \n}");
    place.stack.write("fail.json", "{\"fail\": \"stock\"}");
    let cases: [&[&str]; 9] = [
        &["invoke", "mover"],
        &["invoke", "moover", "--local"],
        &["invoke", "page", "--local"],
        &["invoke", "mover", "--local", "--event", "broken.json"],
        &["invoke", "mover", "--local", "--event", "missing.json"],
        &["invoke", "mover", "--local", "--env", "far"],
        &["invoke", "mover", "--local", "--profile", "dev"],
        &["watch", "renamed", "--local"],
        &["watch", "mover", "--local", "--trigger", "order"],
    ];
    let mut shown = String::new();
    for case in cases {
        let output = run(&place, &[&["function"], case].concat());
        assert!([1, 64].contains(&output.code) && output.stdout.is_empty(), "{case:?}: {output:?}");
        let words = case.join(" ");
        let _ = write!(shown, "$ underpin function {words}\n{}exit {}\n\n", output.stderr, output.code);
    }
    assert_snapshot!(shown);
    let markdown = run(&place, &["function", "invoke", "mover", "--local", "--format", "markdown"]).code(64);
    assert!(markdown.stderr.contains("no format `markdown`"), "{}", markdown.stderr);
}

#[test]
fn error_of_the_function_is_shown_with_its_traceback() {
    let place = place();
    place.stack.write("fail.json", "{\"fail\": \"stock\"}");
    let output = run(&place, &["function", "invoke", "mover", "--local", "--event", "fail.json"]).code(1);
    assert!(output.stdout.is_empty(), "{}", output.stdout);
    for part in [
        "Traceback (most recent call last):\n  File \"code/main.py\", line 11, in handler\n",
        "ValueError: no stock for (sensitive)\n",
        "error: the function `mover` failed: ValueError: no stock for (sensitive)",
    ] {
        assert!(output.stderr.contains(part), "{part}:\n{}", output.stderr);
    }
    assert!(!output.stderr.contains("hunter2"), "{}", output.stderr);
    let json = ["function", "invoke", "mover", "--local", "--event", "fail.json", "--format", "json"];
    let report = run(&place, &json).code(1).json();
    assert_eq!(report["error"]["errorType"], "ValueError");
    assert_eq!(report["answer"], Value::Null);
    assert!(!report.to_string().contains("hunter2"), "{report}");

    place.stack.replace("handler: main.handler", "handler: main.handle");
    let output = run(&place, &["function", "invoke", "mover", "--local"]).code(1);
    assert!(output.stderr.contains("Handler 'handle' missing on module 'main'"), "{}", output.stderr);
}

#[test]
fn watch_once_hands_over_what_the_stream_holds_and_names_what_failed() {
    let place = place();
    put(&place, &["a", "b", "c"]);
    let watch = ["function", "watch", "mover", "--local", "--once"];
    let output = run(&place, &watch).success();
    assert_eq!(output.stdout, "3 records handled in 2 invocations.\n", "{}", output.stderr);
    assert_eq!(ids(&place), ["a", "a-moved", "b", "b-moved", "c", "c-moved"]);

    put(&place, &["bad"]);
    let output = run(&place, &[watch.as_slice(), &["--format", "json"]].concat()).code(1);
    let events = output.json_lines();
    let kinds: Vec<&str> = events.iter().filter_map(|event| event["event"].as_str()).collect();
    assert_eq!(kinds[..3], ["watching", "invoking", "batch"]);
    assert!(kinds.contains(&"discarded") && kinds.ends_with(&["end"]), "{kinds:?}");
    let end = events.last().expect("there is an end");
    assert_eq!((&end["discarded"], &end["blocked"]), (&json!(1), &json!(0)), "{end}");
    let latest = run(&place, &[watch.as_slice(), &["--starting-position", "latest"]].concat()).success();
    assert_eq!(latest.stdout, "0 records handled in 0 invocations.\n");
}

#[test]
fn watch_needs_the_table_and_ends_by_itself_when_it_is_idle() {
    let place = place();
    let idle = run(&place, &["function", "watch", "mover", "--local", "--until-idle", "0.5"]).success();
    assert!(idle.stderr.contains("Watching the stream of orders for the trigger orders, from latest"), "{idle:?}");
    run(&place, &["destroy", "--yes", "--allow-delete", "tables.orders"]).success();
    let output = run(&place, &["function", "watch", "mover", "--local", "--once", "--env-var", "STREAM=x"]).code(1);
    assert!(output.stderr.contains("there is no table `orders` at http://127.0.0.1:"), "{}", output.stderr);
}

#[test]
fn ctrl_c_ends_a_watch_and_an_invocation_with_130() {
    let place = place();
    let signal = |id: u32| {
        let kill = Command::new("/bin/sh").args(["-c", &format!("kill -INT {id}")]).status();
        assert!(kill.expect("the shell runs").success());
    };
    let run = command(&place, &["function", "watch", "mover", "--local", "--format", "json"]);
    let mut child = run.command().stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the command starts");
    let mut lines = BufReader::new(child.stdout.take().expect("standard output is a pipe")).lines();
    let mut next = || -> Value {
        let line = lines.next().expect("there is a line").expect("it is text");
        serde_json::from_str(&line).expect("it is JSON")
    };
    assert_eq!(next()["event"], "watching");
    put(&place, &["a"]);
    assert_eq!(next()["event"], "invoking");
    assert_eq!(next()["records"], 1);
    signal(child.id());
    let end = loop {
        let event = next();
        if event["event"] == "end" {
            break event;
        }
    };
    assert_eq!(end["reason"], "stopped");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));

    place.stack.replace("code: code, timeout: 1", "code: code, timeout: 600");
    place.stack.write("code/main.py", CODE.replace("time.sleep(", "print('asleep', flush=True); time.sleep("));
    let run = command(&place, &["function", "invoke", "renamed", "--local"]);
    let mut child = run.command().stderr(Stdio::piped()).spawn().expect("the command starts");
    let mut lines = BufReader::new(child.stderr.take().expect("standard error is a pipe")).lines();
    assert!(lines.any(|line| line.expect("it is text").contains("asleep")));
    signal(child.id());
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let rest: Vec<String> = lines.map(|line| line.expect("it is text")).collect();
    assert!(rest.iter().any(|line| line.contains("ended before it answered")), "{rest:?}");
}
