//! Tests of the JSON form.

use serde_json::{Value, json};

use super::*;
use crate::audit::generated::{report, sample};
use crate::audit::{Report, Status};

fn written(report: &Report) -> String {
    let mut out = Vec::new();
    report.write_json(&mut out).expect("memory can be written to");
    String::from_utf8(out).expect("JSON is text")
}

fn error(text: &str) -> String {
    let error = Report::from_json(text.as_bytes()).expect_err("it is refused");
    let source = std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
    format!("{error}{source}")
}

#[test]
fn report_has_the_published_members_and_a_line_for_each_finding() {
    let text = written(&sample());
    insta::assert_snapshot!(text);
    let value: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(value["summary"], json!({"pass": 2, "fail": 2, "unknown": 1, "waived": 1, "not_applicable": 1}));
}

#[test]
fn report_is_read_back_as_it_was_written() {
    for seed in 0..500 {
        let report = report(seed);
        let text = written(&report);
        assert_eq!(crate::base::escaped(&text), text, "seed {seed}");
        assert_eq!(Report::from_json(text.as_bytes()).expect("it can be read"), report, "seed {seed}");
    }
}

#[test]
fn order_of_members_and_unknown_ones_do_not_matter() {
    let report = sample();
    let mut value: Value = serde_json::from_str(&written(&report)).expect("JSON");
    let members = value.as_object_mut().expect("an object");
    members["findings"][0]["new"] = json!(1);
    let reversed: serde_json::Map<String, Value> = members
        .iter()
        .rev()
        .map(|(key, value)| (key.clone(), value.clone()))
        .chain([("more".to_owned(), json!(1))])
        .collect();
    let read = Report::from_json(Value::from(reversed).to_string().as_bytes());
    assert_eq!(read.expect("it can be read"), report);
}

#[test]
fn equal_resources_are_kept_once() {
    let report = Report::from_json(written(&sample()).as_bytes()).expect("it can be read");
    let of = |index: usize| std::sync::Arc::as_ptr(&report.findings[index].resource);
    assert_eq!(report.findings[1].resource.id, report.findings[4].resource.id);
    assert_eq!(of(1), of(4));
}

#[test]
fn other_files_are_refused_with_the_reason() {
    let whole = written(&sample());
    let with = |pointer: &str, new: Value| {
        let mut value: Value = serde_json::from_str(&whole).expect("JSON");
        *value.pointer_mut(pointer).expect("a member") = new;
        value.to_string()
    };
    insta::assert_snapshot!(
        [
            ("empty", String::new()),
            ("no JSON", "Stack shop".to_owned()),
            ("a list", "[]".to_owned()),
            ("a plan", json!({"format_version": "1", "stack": "shop", "changes": []}).to_string()),
            ("SARIF", json!({"$schema": "x", "version": "2.1.0", "runs": []}).to_string()),
            ("newer", with("/format_version", json!("2"))),
            ("number", with("/format_version", json!(1))),
            ("cut off", whole[..whole.len() / 2].to_owned()),
            ("more behind", format!("{whole}{whole}")),
            ("status", with("/findings/0/status", json!("passed"))),
            ("no resource", with("/findings/0/resource", json!(null))),
            ("count", with("/findings/0/status", json!("pass"))),
            ("twice", whole.replacen("\"summary\"", "\"scope\"", 1)),
        ]
        .map(|(name, text)| format!("{name}: {}", error(&text)))
        .join("\n")
    );
}

#[test]
fn check_without_an_explanation_is_explained_by_its_finding() {
    let mut value: Value = serde_json::from_str(&written(&sample())).expect("JSON");
    value.as_object_mut().expect("an object").shift_remove("checks");
    let read = Report::from_json(value.to_string().as_bytes()).expect("it can be read");
    assert_eq!(read.summary(), sample().summary());
    let failed = read.findings.iter().find(|finding| finding.status == Status::Fail).expect("a failure");
    assert_eq!(read.check(failed).expect("its check").title, "The table's policy gives nobody outside access");
}

#[test]
fn schema_requires_every_member_that_is_written() {
    let schema = schema();
    let value: Value = serde_json::from_str(&written(&sample())).expect("JSON");
    let members =
        |value: &Value| value.as_object().map(|all| all.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    assert_eq!(members(&schema["properties"]), members(&value));
    assert_eq!(members(&schema["$defs"]["Finding"]["properties"]), members(&value["findings"][0]));
    assert_eq!(members(&schema["$defs"]["Scope"]["properties"]), members(&value["scope"]));
}
