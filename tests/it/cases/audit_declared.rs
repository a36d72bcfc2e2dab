//! What the stack's file declares beside what is live: needs of roles, code of functions, the calls that make the stack.

use serde_json::{Value, json};

use super::scp::deny;
use super::scp_live::Organization;
use crate::support::{Place, Stack};

const STACK: &str = r#"
stack: shop
region: eu-central-1
tables:
  orders:
    partition_key: pk
    access_patterns:
      order: {key: {pk: "ORDER#{id}"}, item_size: 400}
roles:
  worker:
    assumed_by: lambda.amazonaws.com
    grants: [{table: orders, patterns: all}]
    inline_policies:
      own:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: ["logs:PutLogEvents", "logs:CreateLogStream"], Resource: "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/worker:*"}]
functions:
  worker:
    runtime: python3.13
    handler: main.handler
    code: code
    role: ${roles.worker.arn}
guardrails:
  config_rules: [lambda-code-no-secrets, iam-inline-least-privilege]
"#;

const CLEAN: &str = "def handler(event, context):\n    return event\n";

fn place() -> Place {
    let place = Place::new(Stack::new(STACK).file("code/main.py", CLEAN));
    place.run(&["apply", "--yes"]).success();
    place
}

/// A secret that no scanner of this repository shall take for one.
fn secret() -> String {
    ["AKIA", "2222333344445555"].concat()
}

/// The status and message of a check's finding.
fn finding(report: &Value, check: &str) -> Option<(String, String)> {
    let mut all = report["findings"].as_array().expect("findings").iter();
    let found = all.find(|one| one["check"] == check && one["status"] != "not_applicable")?;
    let text = |member: &str| found[member].as_str().unwrap_or_default().to_owned();
    Some((text("status"), format!("{}; {}", text("message"), text("expected"))))
}

fn audit(place: &Place, check: &str) -> Option<(String, String)> {
    let report = place.run(&["audit", "--check", check, "--format", "json"]).success().json();
    finding(&report, check)
}

fn status(place: &Place, check: &str) -> Option<String> {
    audit(place, check).map(|(status, _)| status)
}

#[test]
fn deployed_code_is_compared_with_the_sources() {
    let place = place();
    assert_eq!(status(&place, "lambda-code-drift").as_deref(), Some("pass"));
    place.stack.write("code/main.py", CLEAN.replace("event\n", "None\n"));
    let (status, message) = audit(&place, "lambda-code-drift").expect("a finding");
    assert_eq!(status, "fail", "{message}");
    let alone = place
        .run(&["audit", "--check", "lambda-code-drift", "--no-stack", "--region", "eu-central-1", "--format", "json"])
        .success();
    assert_eq!(finding(&alone.json(), "lambda-code-drift"), None, "nothing is declared without a file");
}

#[test]
fn secrets_in_the_sources_are_found_by_file_and_line_and_never_shown() {
    let place = place();
    assert_eq!(status(&place, "lambda-code-no-secrets").as_deref(), Some("pass"));
    place.stack.write("code/main.py", format!("{CLEAN}KEY = '{}'\n", secret()));
    place.emulator.clear_log();
    let audited = [
        place.run(&["audit", "--check", "lambda-code-no-secrets", "--format", "json"]),
        place.run(&["audit", "--check", "lambda-code-no-secrets"]),
    ];
    let downloads = place.emulator.requests().into_iter().filter(|request| request.operation == "GetFunction").count();
    assert_eq!(downloads, 0, "its answer has the address of the code");
    let shown = audited.into_iter().chain([place.run(&["plan"]), place.run(&["validate"])]);
    for output in shown {
        let all = format!("{}{}", output.stdout, output.stderr);
        assert!(all.contains("main.py:3 (an access key of AWS)"), "{all}");
        assert!(!all.contains(&secret()), "{all}");
    }
}

#[test]
fn inline_policies_are_held_against_the_declared_needs() {
    let place = place();
    let check = "iam-inline-least-privilege";
    assert_eq!(status(&place, check).as_deref(), Some("pass"));
    place.stack.replace("\"logs:PutLogEvents\", ", "\"logs:PutLogEvents\", \"dynamodb:DeleteTable\", ");
    let plan = place.run(&["plan"]);
    assert!(plan.stdout.contains("dynamodb:DeleteTable") && plan.stdout.contains(check), "{}", plan.stdout);
    place.run(&["apply", "--yes"]).success();
    let (status, message) = audit(&place, check).expect("a finding");
    assert_eq!(status, "fail");
    assert!(message.contains("allows more than what is declared: dynamodb:DeleteTable"), "{message}");
    assert!(
        message.contains("\"logs:PutLogEvents\"") && !message.ends_with("DeleteTable"),
        "the smallest policy: {message}"
    );
    place.stack.replace("\"dynamodb:DeleteTable\", ", "");
    place.run(&["apply", "--yes"]).success();
    let policy =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]});
    let input = json!({"RoleName": "worker", "PolicyName": "by-hand", "PolicyDocument": policy.to_string()});
    place.observer.call("iam", "put_role_policy", input);
    let (status, message) = audit(&place, check).expect("a finding");
    assert_eq!(status, "fail");
    assert!(message.contains("the policy `by-hand` is not in the stack's file"), "{message}");
}

#[test]
fn service_control_policies_are_judged_on_the_calls_that_make_the_stack() {
    let place = Place::of("stack: shop\nregion: eu-central-1\ntables: {orders: {partition_key: pk}}\n");
    let check = "scp-allows-apply";
    assert_eq!(status(&place, check), None, "there is no organization");
    let organization = Organization::above(&place);
    assert_eq!(status(&place, check).as_deref(), Some("unknown"), "its policies can't be read");
    organization.delegate();
    assert_eq!(status(&place, check).as_deref(), Some("pass"));
    organization.attach("keep", &deny("Keep", "dynamodb:Create*", &Value::Null));
    place.emulator.clear_log();
    let (status, message) = audit(&place, check).expect("a finding");
    assert_eq!((status.as_str(), place.emulator.mutations()), ("fail", Vec::new()), "nothing is called");
    for part in ["dynamodb:CreateTable for tables.orders", "`keep`", "Keep"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let alone = place
        .run(&["audit", "--check", check, "--no-stack", "--region", "eu-central-1", "--format", "json"])
        .success()
        .json();
    assert_eq!(finding(&alone, check), None);
}
