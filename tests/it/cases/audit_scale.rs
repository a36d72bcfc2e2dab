//! What an audit of a large account has to keep to: no half file, progress on a terminal alone, calls and their cost on request.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::Place;

/// More tables than are judged at a time.
const TABLES: usize = 70;

fn place() -> Place {
    let tables = (0..TABLES).map(|number| {
        let protected = number % 2 == 0;
        format!(
            "  table-{number}: {{partition_key: id, billing: {{mode: on_demand}}, deletion_protection: {protected}}}\n"
        )
    });
    let yaml = format!("stack: many\nregion: eu-central-1\ntables:\n{}", tables.collect::<String>());
    let place = Place::of(&yaml);
    let applied = place.command(&["apply", "--yes"]).output();
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    place
}

#[test]
fn every_resource_of_a_large_account_is_judged_and_calls_are_told_where_they_are_asked_for() {
    let place = place();
    let audit = ["audit", "--area", "DynamoDB", "--output", "report.json"];
    let quiet = place.command(&audit).output();
    assert_eq!(quiet.code, 0, "{}", quiet.stderr);
    assert!(!quiet.stderr.contains("Reading") && !quiet.stderr.contains("calls"), "{}", quiet.stderr);
    let report: Value = serde_json::from_str(&place.stack.read("report.json")).expect("a report");
    let findings = report["findings"].as_array().expect("findings");
    let of = |status: &str| {
        let is_it = |one: &&Value| one["check"] == "ddb-table-deletion-protection" && one["status"] == status;
        findings.iter().filter(is_it).count()
    };
    assert_eq!((of("pass"), of("fail")), (TABLES / 2, TABLES / 2));
    let told = place.command(&[&audit[..], &["-v"]].concat()).output();
    let calls = report["scope"]["calls"].as_u64().expect("a number");
    assert!(told.stderr.contains(&format!("{calls} calls, ")), "{}", told.stderr);
    assert!(told.stderr.contains("of which AWS charges for"), "{}", told.stderr);
    assert!(told.stderr.contains(&format!("{TABLES} dynamodb:DescribeTable")), "{}", told.stderr);
}

#[test]
fn interrupted_audit_leaves_the_former_report_and_nothing_half() {
    let place = place();
    place.stack.write("report.json", "the former one");
    place.emulator.clear_log();
    place.emulator.fault(json!({"service": "dynamodb", "operation": "DescribeTable", "delay_ms": 20_000}));
    let run = place.command(&["audit", "--output", "report.json", "--output", "report.html"]);
    let child = run.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the command starts");
    while !place.emulator.requests().iter().any(|request| request.operation == "ListTables") {
        std::thread::sleep(Duration::from_millis(50));
    }
    let kill = Command::new("/bin/sh").args(["-c", &format!("kill -INT {}", child.id())]).status();
    assert!(kill.expect("the shell runs").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(place.stack.read("report.json"), "the former one");
    let entries = std::fs::read_dir(place.stack.dir()).expect("the folder is there");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["report.json", "stack.yaml"]);
}
