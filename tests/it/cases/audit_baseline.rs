//! `audit --baseline`: reports of narrower scope, of other accounts, and files that are no report; the exit code beside one.

use serde_json::{Value, json};

use crate::support::{Output, Place};

const STACK: &str = "
stack: shop
region: eu-central-1
residency: [eu-central-1]
tables:
  orders:
    partition_key: id
    billing: {mode: on_demand}
    deletion_protection: false
    point_in_time_recovery: false
";

/// An account with one table; the reports are written beside the stack's file.
fn place() -> Place {
    let place = Place::of(STACK);
    place.run(&["apply", "--yes"]).code(0);
    place
}

/// Audits into a file.
fn audit(place: &Place, file: &str, arguments: &[&str]) -> Value {
    let all = [&["audit", "--format", "json", "--output", file], arguments].concat();
    place.run(&all).code(0);
    report(place, file)
}

fn report(place: &Place, file: &str) -> Value {
    let text = std::fs::read_to_string(place.stack.dir().join(file)).expect("it was written");
    serde_json::from_str(&text).expect("JSON")
}

fn write(place: &Place, file: &str, text: &str) {
    std::fs::write(place.stack.dir().join(file), text).expect("it can be written");
}

fn refused(output: Output, code: i32, says: &str) {
    let output = output.code(code);
    assert!(output.stderr.contains(says), "{says}: {}", output.stderr);
    assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
}

#[test]
fn failures_outside_the_baselines_scope_are_not_new() {
    let place = place();
    let narrow = audit(&place, "narrow.json", &["--check", "ddb-table-pitr"]);
    let wide = audit(&place, "wide.json", &["--area", "DynamoDB", "--baseline", "narrow.json"]);
    assert_eq!(narrow["scope"]["rules_version"], wide["scope"]["rules_version"], "a filter changes no rule");
    assert_eq!(wide["scope"]["parameters"]["residency"], "eu-central-1");
    let trend = &wide["trend"];
    assert_eq!((&trend["new"], &trend["unchanged"]), (&json!(0), &json!(1)));
    assert_eq!(trend["not_in_baseline"].as_u64(), trend["now"].as_u64().map(|now| now - 1));
    let of = |check: &str| {
        let all = wide["findings"].as_array().expect("findings");
        all.iter().find(|one| one["check"] == check && one["status"] == "fail").map(|one| one["change"].clone())
    };
    assert_eq!(of("ddb-table-pitr"), Some(json!("unchanged")));
    assert_eq!(of("ddb-table-deletion-protection"), Some(json!("not_in_baseline")));
    let said = place.run(&["audit", "--area", "DynamoDB", "--baseline", "narrow.json"]).code(0);
    assert!(said.stdout.contains("not in the baseline's scope, or unknown there"), "{}", said.stdout);
}

#[test]
fn exit_code_counts_all_failures_and_with_only_new_the_new_ones() {
    let place = place();
    audit(&place, "before.json", &["--area", "DynamoDB"]);
    let again = ["audit", "--area", "DynamoDB", "--baseline", "before.json", "--fail-on", "low"];
    place.run(&again).code(3);
    let only_new = [&again[..], &["--only-new"]].concat();
    let said = place.run(&only_new).code(0);
    assert!(said.stderr.contains("none of them new since the baseline"), "{}", said.stderr);
    place.run(&["audit", "--fail-on", "low", "--only-new"]).code(64);
    let more = STACK.replace("tables:\n", "tables:\n  parcels: {partition_key: id, point_in_time_recovery: false}\n");
    write(&place, "stack.yaml", &more);
    place.run(&["apply", "--yes"]).code(0);
    place.run(&only_new).code(3);
}

#[test]
fn baseline_of_another_account_is_refused_before_anything_is_read() {
    let place = place();
    let report = audit(&place, "before.json", &["--check", "ddb-table-pitr"]);
    let account = report["scope"]["accounts"][0].as_str().expect("an account");
    write(&place, "other.json", &report.to_string().replace(account, "999988887777"));
    place.emulator.clear_log();
    refused(place.run(&["audit", "--baseline", "other.json"]), 64, "the baseline is a report on 999988887777");
    let asked: Vec<_> = place.emulator.requests().into_iter().filter(|request| request.service != "sts").collect();
    assert!(asked.is_empty(), "{asked:?}");
}

#[test]
fn file_that_is_no_report_of_this_version_is_refused_as_baseline_and_in_a_merge() {
    let place = place();
    let report = audit(&place, "before.json", &["--check", "ddb-table-pitr"]).to_string();
    let mut newer: Value = serde_json::from_str(&report).expect("JSON");
    newer["format_version"] = json!("2");
    for (text, says) in [
        ("", "is not a report"),
        ("not JSON", "is not a report"),
        ("[]", "is not a report"),
        ("{}", "is not a report"),
        (&report[..report.len() / 2], "is not a report"),
        (newer.to_string().as_str(), "format version \"2\""),
    ] {
        write(&place, "broken.json", text);
        refused(place.run(&["audit", "--baseline", "broken.json"]), 1, says);
        refused(place.run(&["audit", "merge", "before.json", "broken.json"]), 1, says);
    }
    refused(place.run(&["audit", "--baseline", "none.json"]), 1, "none.json");
    refused(place.run(&["audit", "--baseline", "."]), 1, "failed to read");
}

#[test]
fn report_that_is_merged_with_itself_stays_as_it_is() {
    let place = place();
    let one = audit(&place, "before.json", &["--area", "DynamoDB"]);
    place.run(&["audit", "merge", "before.json", "before.json", "--format", "json", "--output", "twice.json"]).code(0);
    assert_eq!(report(&place, "twice.json"), one);
}
