//! The remedies of an audit: their calls, run by the AWS CLI itself on what was built badly, fix the findings; the lines that a
//! fix plan prints are a part of the stack.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use super::audit_demo::{built, name, report};
use crate::support::{Emulator, Run, python, root};

/// What became of the calls of each failure.
fn run(emulator: &Emulator, report: &Value) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.json");
    std::fs::write(&file, report.to_string()).expect("it can be written");
    let mut script = Command::new(python());
    script.arg(root().join("tests/python/remedies.py")).arg(&file).env("AWS_ENDPOINT_URL", emulator.endpoint());
    let output = script.output().expect("the script runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The status of each finding, by its id, with its line: check, type and id.
fn statuses(report: &Value) -> BTreeMap<String, (String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().expect("findings");
    let one = |finding: &Value| {
        let resource = &finding["resource"];
        let line = format!("{} {} {}", text(&finding["check"]), text(&resource["type"]), name(&text(&resource["id"])));
        (text(&finding["id"]), (text(&finding["status"]), line))
    };
    findings.iter().map(one).collect()
}

#[test]
fn calls_of_remedies_fix_their_findings() {
    let emulator = built();
    let before = report(&emulator);
    let outcomes = run(&emulator, &before);
    let (was, is) = (statuses(&before), statuses(&report(&emulator)));
    let mut lines: Vec<String> = outcomes
        .iter()
        .map(|(id, outcome)| {
            let (_, line) = &was[id];
            // What is gone does not fail any more.
            let now = is.get(id).map_or("gone", |(status, _)| status.as_str());
            let outcome = match (outcome.as_str(), now) {
                (_, "pass" | "gone" | "not_applicable") => "fixed".to_owned(),
                ("run", other) => format!("run, and {other} all the same"),
                (refused, _) if refused.starts_with("refused") => "the emulator refuses it".to_owned(),
                (other, _) => other.to_owned(),
            };
            format!("{line}: {outcome}")
        })
        .collect();
    lines.sort();
    let head = "# What becomes of each failure once the calls of its remedy have been run by the AWS CLI, all one after another.\n\
                # Held by `it audit_remedies`; `INSTA_UPDATE=always` writes it.\n";
    let wanted = format!("{head}{}\n", lines.join("\n"));
    let file = root().join("examples/audit-demo/remedied.txt");
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        std::fs::write(&file, &wanted).expect("it can be written");
        std::fs::write(root().join("target/tmp/remedies.json"), format!("{outcomes:#?}")).expect("it can be written");
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(found, wanted);
}

/// A stack file with lines laid over it, as a person would paste them.
const PASTED: &str = "import sys, yaml
def unite(into, of):
    for key, value in of.items():
        both = isinstance(into.get(key), dict) and isinstance(value, dict)
        unite(into[key], value) if both else into.__setitem__(key, value)
stack = yaml.safe_load(open(sys.argv[1]))
unite(stack, yaml.safe_load(sys.stdin.read()))
print(yaml.safe_dump(stack, sort_keys=False))
";

#[test]
fn lines_of_a_fix_plan_are_one_document_that_keeps_what_was_fixed() {
    let emulator = built();
    let demo = root().join("examples/audit-demo");
    let file = root().join("target/tmp/audit-remedies-fixes.json");
    let fixes = file.to_str().expect("the path is text");
    let at = |folder: &std::path::Path, arguments: &[&str]| Run::new(folder).at(&emulator).args(arguments).output();
    let plan = at(&demo, &["audit", "--fix-plan", "--out", fixes]).success();
    assert!(plan.stdout.contains("fixes ") && !plan.stdout.contains("differs from the file"), "{}", plan.stdout);
    let said = plan.stderr.clone();
    let lines = said.split("undoes the fix.\n").nth(1).expect("lines to write");
    let lines: String = lines
        .lines()
        .take_while(|line| line.starts_with(' ') || line.ends_with(':'))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(lines.matches("\ntables:").count() + usize::from(lines.starts_with("tables:")), 1, "{lines}");
    let applied = at(&demo, &["apply", fixes]).success();
    assert!(!applied.stderr.contains("match the file"), "{}", applied.stderr);
    // The lines, pasted into the file: it is valid, and there is nothing to change.
    let folder = tempfile::tempdir().expect("a folder");
    let mut paste = Command::new(python());
    paste.args(["-c", PASTED]).arg(demo.join("stack.yaml")).stdin(std::process::Stdio::piped());
    let mut paste = paste.stdout(std::process::Stdio::piped()).spawn().expect("Python runs");
    std::io::Write::write_all(&mut paste.stdin.take().expect("a pipe"), lines.as_bytes()).expect("it reads");
    let pasted = paste.wait_with_output().expect("it ends");
    std::fs::write(folder.path().join("stack.yaml"), pasted.stdout).expect("it can be written");
    std::fs::create_dir(folder.path().join("code")).expect("a folder");
    std::fs::copy(demo.join("code/main.py"), folder.path().join("code/main.py")).expect("the code is there");
    at(folder.path(), &["validate"]).success();
    let plan = at(folder.path(), &["plan", "--detailed-exitcode"]).success();
    assert!(plan.stdout.contains("No changes."), "{}", plan.stdout);
    // Once they are in the file, nothing has to be written.
    let again = at(folder.path(), &["audit", "--fix-plan"]).success();
    assert!(!again.stderr.contains("Write these lines"), "{}", again.stderr);
}
