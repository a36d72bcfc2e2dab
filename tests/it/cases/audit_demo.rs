//! `examples/audit-demo`: a stack that boto3 built badly fails exactly the expected checks, and those that can be mended in
//! place pass after `audit --fix-plan`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::support::{Emulator, Output, Run, python, root};

/// The check, and the type and name of the resource. Ids that AWS makes up are `*`.
type Lines = BTreeSet<String>;
/// Findings by their ids.
type Findings = BTreeMap<String, String>;

fn run(emulator: &Emulator, arguments: &[&str]) -> Output {
    Run::new(&root().join("examples/audit-demo")).at(emulator).args(arguments).output()
}

fn built() -> Emulator {
    let emulator = Emulator::start();
    let script = root().join("examples/audit-demo/build_badly.py");
    let made = Command::new(python()).arg(script).arg("--tagged").env("AWS_ENDPOINT_URL", emulator.endpoint()).status();
    assert!(made.expect("the script runs").success(), "the stack was not built");
    emulator
}

fn report(emulator: &Emulator) -> Value {
    run(emulator, &["audit", "--format", "json", "--all"]).success().json()
}

fn name(id: &str) -> &str {
    let made_up =
        |prefix: &str| id.strip_prefix(prefix).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_hexdigit()));
    let of_ec2 = ["vpc-", "subnet-", "rtb-", "sg-", "sgr-", "vpce-", "acl-"].into_iter().any(made_up);
    let is_uuid = id.len() == 36 && id.matches('-').count() == 4;
    let is_pool = id.starts_with("eu-central-1_") || id.starts_with("eu-central-1:");
    if of_ec2 || is_uuid || is_pool { "*" } else { id }
}

fn of_status(report: &Value, status: &str) -> Findings {
    let findings = report["findings"].as_array().expect("findings");
    let found = findings.iter().filter(|finding| finding["status"] == status);
    found
        .map(|finding| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let resource = &finding["resource"];
            let line =
                format!("{} {} {}", text(&finding["check"]), text(&resource["type"]), name(&text(&resource["id"])));
            (text(&finding["id"]), line)
        })
        .collect()
}

fn expected(file: &str) -> Lines {
    let text = std::fs::read_to_string(root().join("examples/audit-demo").join(file)).expect("it is there");
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(str::to_owned).collect()
}

fn same(found: impl IntoIterator<Item = String>, wanted: &Lines) {
    let found: Lines = found.into_iter().collect();
    let missing: Vec<_> = wanted.difference(&found).collect();
    let more: Vec<_> = found.difference(wanted).collect();
    assert!(missing.is_empty() && more.is_empty(), "not found: {missing:#?}\nnot expected: {more:#?}");
}

#[test]
fn stack_built_badly_is_what_its_file_says() {
    let emulator = built();
    let plan = run(&emulator, &["plan", "--detailed-exitcode"]).success();
    assert!(plan.stdout.contains("No changes."), "{}", plan.stdout);
}

#[test]
fn stack_built_badly_fails_the_expected_checks_and_no_other() {
    let emulator = built();
    let report = report(&emulator);
    same(of_status(&report, "fail").into_values(), &expected("failing.txt"));
}

#[test]
fn fix_plan_mends_what_can_be_mended_in_place() {
    let emulator = built();
    let before = report(&emulator);
    let file = root().join("target/tmp/audit-demo-fixes.json");
    let file = file.to_str().expect("the path is text");
    run(&emulator, &["audit", "--fix-plan", "--out", file]).success();
    run(&emulator, &["apply", file]).success();
    let after = report(&emulator);
    let (failed, fails, passes) = (of_status(&before, "fail"), of_status(&after, "fail"), of_status(&after, "pass"));
    // A key of AWS's own, with which a table is encrypted now, was not there before.
    let findings = before["findings"].as_array().expect("findings");
    let known: BTreeSet<&str> = findings.iter().filter_map(|one| one["resource"]["arn"].as_str()).collect();
    let is_known = |id: &str| id.split_once('/').is_some_and(|(_, arn)| known.contains(arn));
    let more: Vec<_> = fails.keys().filter(|id| !failed.contains_key(*id) && is_known(id)).collect();
    assert!(more.is_empty(), "nothing else fails: {more:?}");
    same(failed.into_iter().filter(|(id, _)| passes.contains_key(id)).map(|(_, line)| line), &expected("mended.txt"));
}

#[test]
fn nothing_is_built_anywhere_but_on_this_machine() {
    let script = root().join("examples/audit-demo/build_badly.py");
    for endpoint in
        ["", "https://dynamodb.eu-central-1.amazonaws.com", "http://10.0.0.1:5000", "http://127.0.0.1.example.org"]
    {
        let run = Command::new(python()).arg(&script).env("AWS_ENDPOINT_URL", endpoint).output().expect("it runs");
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(!run.status.success() && said.contains("nothing was made"), "{endpoint}: {said}");
    }
}
