//! Ctrl-C: the first one finishes running steps and starts no new ones, the second one stops at once; both report
//! the steps that were done and those that were not.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Emulator, Place};

const YAML: &str = "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id, billing: {mode: on_demand}, deletion_protection: false}
";

/// A running apply, whose events are read as they come.
struct Apply {
    child: Child,
    events: BufReader<ChildStdout>,
}

impl Apply {
    fn start(place: &Place) -> Self {
        let run = place.command(&["apply", "--yes", "--format", "json"]);
        let mut child = run.command().stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the command starts");
        let events = BufReader::new(child.stdout.take().expect("standard output is a pipe"));
        Self { child, events }
    }

    /// Reads until an event of this kind.
    fn until(&mut self, kind: &str) -> Value {
        let mut line = String::new();
        while self.events.read_line(&mut line).expect("it is text") > 0 {
            let event: Value = serde_json::from_str(&line).expect("a line is JSON");
            if event["event"] == kind {
                return event;
            }
            line.clear();
        }
        panic!("it ended before `{kind}`");
    }

    fn signal(&self, name: &str) {
        let kill = Command::new("/bin/sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status();
        assert!(kill.expect("the shell runs").success());
    }

    /// Reads the rest: the kinds of the events, the report, and the exit code.
    fn end(mut self) -> (Vec<String>, Value, Option<i32>) {
        let mut kinds = Vec::new();
        let mut report = Value::Null;
        for line in self.events.lines() {
            let mut event: Value = serde_json::from_str(&line.expect("it is text")).expect("a line is JSON");
            kinds.push(event["event"].as_str().unwrap_or_default().to_owned());
            report = event["report"].take();
        }
        (kinds, report, self.child.wait().expect("it ends").code())
    }
}

fn states(report: &Value) -> Vec<&str> {
    let steps = report["steps"].as_array().expect("the report has steps");
    steps.iter().filter_map(|step| step["state"].as_str()).collect()
}

fn the_first_finishes_what_runs(signal: &str) {
    let place = Place::with(crate::support::Stack::new(YAML), Emulator::with(&["--slow", "2500"]));
    let mut apply = Apply::start(&place);
    apply.until("started");
    apply.signal(signal);
    assert_eq!(apply.until("interrupted")["running"], 1);
    let (kinds, report, code) = apply.end();
    assert_eq!(kinds, ["done", "report"], "what ran was finished, and nothing more was started");
    assert_eq!(states(&report), ["done", "cancelled"]);
    assert_eq!((&report["interrupted"], code), (&json!(true), Some(130)));
    assert_eq!(place.observer.table("orders")["TableStatus"], "ACTIVE");
    place.apply(&[]);
}

#[test]
fn first_interrupt_finishes_running_steps_and_next_run_completes() {
    the_first_finishes_what_runs("INT");
}

#[test]
fn sigterm_finishes_running_steps_like_an_interrupt() {
    the_first_finishes_what_runs("TERM");
}

#[test]
fn second_interrupt_stops_at_once() {
    // The table never settles: only the second interrupt can end this.
    let place = Place::with(crate::support::Stack::new(YAML), Emulator::with(&["--slow", "600000"]));
    let mut apply = Apply::start(&place);
    apply.until("started");
    apply.signal("INT");
    apply.until("interrupted");
    apply.signal("INT");
    let (kinds, report, code) = apply.end();
    assert_eq!(kinds, ["report"]);
    assert_eq!(states(&report), ["running", "cancelled"]);
    assert_eq!(code, Some(130));
}

#[test]
fn one_interrupt_before_apply_stops_at_once() {
    let place = Place::of(YAML);
    place.emulator.fault(json!({"service": "dynamodb", "operation": "DescribeTable", "delay_ms": 20_000}));
    let run = place.command(&["apply", "--yes", "--format", "json"]);
    let child = run.command().stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the command starts");
    // The caller's identity is read first of all: by then the command handles interrupts.
    while !place.emulator.requests().iter().any(|request| request.operation == "GetCallerIdentity") {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let kill = Command::new("/bin/sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.expect("the shell runs").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    let said: Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!((&said["error"]["kind"], &said["exit_code"]), (&json!("interrupted"), &json!(130)));
    assert!(place.emulator.mutations().is_empty());
}
