//! Rules of AWS Config: every desired resource is judged before the first call.

use serde_json::json;

use super::scp::verdicts;
use crate::support::audit_reports::models_accept;
use crate::support::{Place, Stack, underpin};

const CATALOGUE: &str = "\
rules:
  deletion-protection:
    title: Tables can't be deleted by mistake
    resource_types: [AWS::DynamoDB::Table]
    input: configuration_item
    enforcement: deny
    severity: high
    config_rule: DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED
    remediation: 'write `deletion_protection: true`'
";
const GUARD: &str = r#"rule protected when resourceType == "AWS::DynamoDB::Table" {
    configuration.deletionProtectionEnabled == true <<the table can be deleted by mistake>>
}
"#;

fn guarded(protection: bool, more: &str) -> String {
    format!(
        "stack: shop\nregion: eu-central-1\ntables:\n  orders:\n    partition_key: pk\n    \
         deletion_protection: {protection}\nguardrails:\n  config_rules: [rules{more}]\n"
    )
}

fn stack(yaml: &str) -> Stack {
    Stack::new(yaml).file("rules/catalogue.yaml", CATALOGUE).file("rules/deletion-protection.guard", GUARD)
}

#[test]
fn one_rule_that_denies_stops_apply_before_the_first_call() {
    let place = Place::new(stack(&guarded(false, "")));
    let output = place.run(&["apply", "--yes"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0], "not one mutating call was made");
    for said in [
        "forbidden: tables.orders: the table can be deleted by mistake [config/deletion-protection]",
        "at stack.yaml:6:26",
        "hint: write `deletion_protection: true`",
        "judged: 1 resource judged by 1 rule of AWS Config: 1 forbidden [config/summary]",
    ] {
        assert!(output.stdout.contains(said), "{said} is not in\n{}", output.stdout);
    }
    let plan = place.run(&["plan", "--format", "json"]).code(3).json();
    let verdict = &verdicts(&plan, "config")[0];
    assert_eq!((&verdict["outcome"], &verdict["source"]["line"]), (&json!("fail"), &json!(6)));
    assert_eq!(verdict["severity"], "high");
    assert_eq!(verdict["controls"], json!(["DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED"]));

    place.stack.rewrite(&guarded(false, ", {rule: deletion-protection, enforcement: warn}"));
    place.run(&["apply", "--yes"]).success();
}

#[test]
fn validate_judges_without_an_account() {
    let stack = stack(&guarded(false, ""));
    let output = underpin(stack.dir(), &["validate"]).code(3);
    assert!(
        output.stderr.contains("forbidden: tables.orders: the table can be deleted by mistake"),
        "{}",
        output.stderr
    );
    let told = underpin(stack.dir(), &["validate", "--format", "json"]).code(3).json();
    assert_eq!(told["verdicts"][0]["source"]["line"], 6);
    stack.rewrite(&guarded(true, ""));
    underpin(stack.dir(), &["validate"]).success();
    stack.write("rules/deletion-protection.guard", "rule protected { configuration. == true }");
    let output = underpin(stack.dir(), &["validate"]).code(1);
    assert!(output.stderr.contains("rules/deletion-protection.guard:1:"), "{}", output.stderr);
}

#[test]
fn violation_fixed_by_the_plan_is_shown_as_resolved() {
    let place = Place::new(stack(&guarded(false, ", {rule: deletion-protection, enforcement: off}")));
    place.run(&["apply", "--yes"]).success();
    place.stack.rewrite(&guarded(true, ""));
    let said = "resolved: tables.orders: fixed by this plan: the table can be deleted by mistake";
    for format in ["text", "markdown"] {
        let output = place.run(&["plan", "--format", format]).success();
        assert!(output.stdout.contains(said), "{}", output.stdout);
    }
    let plan = place.run(&["plan", "--format", "json"]).success().json();
    let verdict = &verdicts(&plan, "config")[0];
    assert_eq!((&verdict["outcome"], &verdict["resolved"]), (&json!("pass"), &json!(true)));
    place.run(&["apply", "--yes"]).success();
    assert!(!place.run(&["plan"]).success().stdout.contains("resolved"));
}

#[test]
fn exception_passes_the_rule_and_names_its_owner() {
    let exception = "  exceptions:
    - {rule: deletion-protection, resource: tables.orders, reason: it is a test, owner: platform, expires: 2999-12-31}
";
    let place = Place::new(stack(&format!("{}{exception}", guarded(false, ""))));
    let output = place.run(&["plan"]).success();
    let said = "excused: tables.orders: the table can be deleted by mistake; excused until 2999-12-31 by platform: it is a test";
    assert!(output.stdout.contains(said), "{}", output.stdout);
    let plan = place.run(&["plan", "--format", "json"]).success().json();
    let excused = &verdicts(&plan, "config")[0]["excused"];
    assert_eq!(excused, &json!({"reason": "it is a test", "owner": "platform", "expires": "2999-12-31"}));

    place.stack.rewrite(&format!("{}{}", guarded(false, ""), exception.replace("2999", "2020")));
    let output = place.run(&["plan"]).code(3);
    assert!(output.stdout.contains("this exception expired on 2020-12-31 and no longer applies"), "{}", output.stdout);
    place.run(&["apply", "--yes"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

/// Ten rules that deny or warn, each broken once.
const TEN: &str = "\
stack: shop
region: eu-central-1
tags: {project: shop}
tables:
  orders:
    partition_key: pk
    billing: {mode: provisioned, read_capacity: 5, write_capacity: 5}
    stream: new_image
    deletion_protection: false
    point_in_time_recovery: false
roles:
  worker:
    assumed_by: lambda.amazonaws.com
    managed_policies: [AdministratorAccess]
    inline_policies:
      all:
        Version: \"2012-10-17\"
        Statement: {Effect: Allow, Action: \"*\", Resource: \"*\"}
functions:
  worker:
    runtime: python3.9
    handler: f.handler
    code: code
    role: ${roles.worker.arn}
    tracing: pass_through
    permissions:
      anybody: {principal: \"*\", action: \"lambda:InvokeFunction\"}
    triggers:
      orders:
        stream: ${tables.orders.stream_arn}
        starting_position: latest
        bisect_on_error: false
guardrails:
  config_rules:
    - DYNAMODB_PITR_ENABLED
    - DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED
    - DYNAMODB_AUTOSCALING_ENABLED
    - iam-no-admin
    - IAM_POLICY_BLACKLISTED_CHECK
    - LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED
    - lambda-runtime-supported
    - LAMBDA_FUNCTION_XRAY_ENABLED
    - esm-bounded-retries
    - esm-isolates-failures
";

#[test]
fn ten_rules_broken_at_once_are_ten_findings_each_at_its_line() {
    let place = Place::new(Stack::new(TEN).file("code/f.py", ""));
    let output = place.run(&["apply", "--yes"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0], "not one mutating call was made");
    let of_rules = ["[config/", "    at stack.yaml", "    hint: "];
    let said = output.stdout.lines().filter(|line| of_rules.iter().any(|words| line.contains(words)));
    insta::assert_snapshot!(said.collect::<Vec<_>>().join("\n"));
    let plan = place.run(&["plan", "--format", "json"]).code(3).json();
    let findings: Vec<_> = verdicts(&plan, "config").into_iter().filter(|v| v["rule"] != "summary").collect();
    assert_eq!(findings.len(), 10);
    let mut places: Vec<_> = findings.iter().map(|v| v["source"]["line"].as_u64().expect("a line")).collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), 10, "each at its line: {places:?}");
}

#[test]
fn findings_of_a_plan_are_results_in_sarif_and_failures_in_junit() {
    let place = Place::new(Stack::new(TEN).file("code/f.py", ""));
    let json = place.run(&["plan", "--format", "json"]).code(3).json();
    let found = |outcome: &str| {
        json["verdicts"].as_array().expect("verdicts").iter().filter(|one| one["outcome"] == outcome).count()
    };
    let sarif = place.run(&["plan", "--format", "sarif"]).code(3).stdout;
    let junit = place.run(&["plan", "--format", "junit"]).code(3).stdout;
    let value: serde_json::Value = serde_json::from_str(&sarif).expect("JSON");
    let results = value["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.len(), found("fail") + found("warn") + found("unknown"));
    assert_eq!(results.iter().filter(|one| one["level"] == "error").count(), found("fail"));
    let place_of = |one: &serde_json::Value| one["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64();
    let rules = results.iter().filter(|one| one["ruleId"].as_str().is_some_and(|id| !id.contains('/')));
    let lines: std::collections::BTreeSet<_> = rules.filter_map(place_of).collect();
    assert_eq!(lines.len(), 10, "each at its line: {lines:?}");
    let failures = format!("failures=\"{}\" errors=\"0\"", found("fail"));
    assert!(junit.lines().nth(1).is_some_and(|line| line.contains(&failures)), "{junit}");
    models_accept([("plan".to_owned(), "sarif", sarif), ("plan".to_owned(), "junit", junit)]);
    let markdown = place.run(&["plan", "--format", "markdown"]).code(3).stdout;
    let posture = markdown.split_once("\n## Posture\n").expect("the section").1;
    assert!(posture.contains("This plan introduces 10 findings, keeps 0 and resolves 0"), "{posture}");
}
