//! Service control policies in files: judged before the first call, and no call is made while one denies.

use serde_json::{Value, json};

use crate::support::{Place, Request, Stack, underpin};

const TABLE: &str = "\
stack: shop
region: eu-central-1
tables:
  orders:
    partition_key: pk
    deletion_protection: false
    point_in_time_recovery: false
";

pub(super) fn deny(sid: &str, action: &str, condition: &Value) -> String {
    let mut statement = json!({"Sid": sid, "Effect": "Deny", "Action": action, "Resource": "*"});
    if !condition.is_null() {
        statement["Condition"] = condition.clone();
    }
    json!({"Version": "2012-10-17", "Statement": statement}).to_string()
}

fn guarded(scps: &str) -> String {
    format!("{TABLE}guardrails: {{scps: {scps}}}\n")
}

/// The verdicts of one guardrail.
pub(super) fn verdicts(plan: &Value, guardrail: &str) -> Vec<Value> {
    let all = plan["verdicts"].as_array().expect("a plan has verdicts");
    all.iter().filter(|verdict| verdict["guardrail"] == guardrail).cloned().collect()
}

#[test]
fn one_denied_action_stops_apply_before_the_first_call() {
    let stack = Stack::new(&guarded("[policies/scp]"))
        .file("policies/scp/tables.json", deny("NoTables", "dynamodb:CreateTable", &Value::Null));
    let place = Place::new(stack);
    let output = place.run(&["apply", "--yes"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0], "not one mutating call was made");
    for said in ["forbidden", "policies/scp/tables.json", "`NoTables`", "level `policies/scp`", "stack.yaml:4:3"] {
        assert!(output.stdout.contains(said), "{said} is not in\n{}", output.stdout);
    }
    assert!(output.stdout.contains("1 forbidden."), "{}", output.stdout);

    let plan = place.run(&["plan", "--format", "json", "--detailed-exitcode"]).code(3).json();
    assert_eq!(plan["blocked"], true);
    let [verdict] = verdicts(&plan, "scp").try_into().expect("one verdict");
    let told = |key: &str| verdict[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(told("outcome"), "fail");
    assert_eq!(told("rule"), "policies/scp/tables.json");
    assert_eq!(told("statement"), "NoTables");
    assert_eq!(told("action"), "dynamodb:CreateTable");
    assert_eq!(told("resource"), "arn:aws:dynamodb:eu-central-1:123456789012:table/orders");
    assert_eq!(told("step"), "tables.orders#1");
    assert_eq!(verdict["source"]["line"], 4);
}

#[test]
fn allowed_plan_has_one_pass_verdict_and_is_applied() {
    let stack = Stack::new(&guarded("{root: [policies/a.json], account: [policies/b]}"))
        .file("policies/a.json", deny("NoUsers", "iam:CreateUser", &Value::Null))
        .file("policies/b/b.json", deny("NoKeys", "iam:CreateAccessKey", &Value::Null));
    let place = Place::new(stack);
    let plan = place.run(&["plan", "--format", "json"]).success().json();
    let [verdict] = verdicts(&plan, "scp").try_into().expect("one verdict");
    assert_eq!(verdict["outcome"], "pass");
    let message = verdict["message"].as_str().unwrap_or_default();
    assert!(message.contains("2 service control policies: none denies, which is not the same as allowed"), "{message}");
    place.run(&["apply", "--yes"]).success();
}

#[test]
fn denied_deletion_is_reported_by_destroy_and_replace() {
    let place = Place::of(TABLE);
    place.run(&["apply", "--yes"]).success();
    place.stack.rewrite(&guarded("{root: [policies/scp/tables.json]}"));
    place.stack.write("policies/scp/tables.json", deny("TablesStay", "dynamodb:DeleteTable", &Value::Null));
    place.emulator.clear_log();
    let output = place.run(&["destroy", "--yes", "--allow-delete", "tables.orders"]).code(3);
    for said in ["dynamodb:DeleteTable", "policies/scp/tables.json", "`TablesStay`", "level `root`"] {
        assert!(output.stdout.contains(said), "{said} is not in\n{}", output.stdout);
    }
    assert_eq!(place.emulator.mutations(), [""; 0]);

    place.stack.replace("partition_key: pk", "partition_key: id");
    let output = place.run(&["plan", "--allow-replace", "tables.orders"]).code(3);
    assert!(output.stdout.contains("`TablesStay`"), "{}", output.stdout);
    assert!(!output.stdout.contains("`dynamodb:CreateTable`"), "only the deletion is denied\n{}", output.stdout);
}

#[test]
fn unknown_verdict_warns_and_blocks_with_unknown_deny() {
    let vpce = json!({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}});
    let stack = Stack::new(&guarded("[policies/scp]")).file("policies/scp/net.json", deny("Net", "dynamodb:*", &vpce));
    let place = Place::new(stack);
    let output = place.run(&["plan"]).success();
    assert!(output.stdout.contains("depends on `aws:SourceVpce`"), "{}", output.stdout);
    assert!(output.stdout.contains(" unknown."), "{}", output.stdout);
    place.run(&["apply", "--yes", "--unknown", "deny"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    let saved = place.stack.path("plan.json").display().to_string();
    place.run(&["plan", "--unknown", "deny", "--out", &saved]).code(3);
    place.run(&["apply", &saved]).code(3);
    let yaml = place.stack.yaml().replace("guardrails: {", "guardrails: {unknown: deny, ");
    place.stack.rewrite(&yaml);
    place.run(&["plan"]).code(3);
    place.run(&["plan", "--unknown", "warn"]).success();
}

#[test]
fn managed_rules_without_local_implementation_are_reported() {
    let stack = Stack::new(&format!("{TABLE}guardrails: {{config_rules: [{{rule: DYNAMODB_IN_BACKUP_PLAN}}]}}\n"));
    let place = Place::new(stack);
    let plan = place.run(&["plan", "--format", "json"]).success().json();
    let [verdict] = verdicts(&plan, "config").try_into().expect("one verdict");
    assert_eq!((&verdict["rule"], &verdict["outcome"]), (&json!("DYNAMODB_IN_BACKUP_PLAN"), &json!("unknown")));
    let output = underpin(place.stack.dir(), &["validate"]).success();
    assert!(output.stderr.contains("DYNAMODB_IN_BACKUP_PLAN"), "{}", output.stderr);
    place.run(&["apply", "--yes", "--unknown", "deny"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0]);
}

#[test]
fn errors_in_policies_are_reported_with_location() {
    let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\"Effect\": \"Denied\", \"Action\": \"s3:*\", \"Resource\": \"*\"}\n}\n";
    let stack = Stack::new(&guarded("[policies/scp]")).file("policies/scp/wrong.json", text);
    let output = underpin(stack.dir(), &["validate"]).code(1);
    assert!(output.stderr.contains("policies/scp/wrong.json:3:"), "{}", output.stderr);
    assert!(output.stderr.contains("Denied"), "the line is shown\n{}", output.stderr);
}

/// AWS treats an unfilled placeholder as a variable without a value, which matches nothing.
#[test]
fn placeholder_in_a_policy_is_a_warning_with_location() {
    let condition = json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::${Account}:user/sandbox"}});
    let text = deny("Spares", "dynamodb:CreateTable", &condition);
    let stack = Stack::new(&guarded("[policies/scp]")).file("policies/scp/one.json", text);
    let place = Place::new(stack);
    for arguments in [&["validate"][..], &["plan"], &["explain", "dynamodb:CreateTable"]] {
        let output = place.run(arguments);
        let said = "warning: `${Account}` is not a known key of AWS";
        assert_eq!(output.stderr.matches(said).count(), 1, "{arguments:?}: {}", output.stderr);
        assert!(output.stderr.contains("policies/scp/one.json:1:"), "{}", output.stderr);
        assert!(output.stderr.contains("${aws:PrincipalAccount}"), "{}", output.stderr);
    }
    let output = place.run(&["plan"]).code(3);
    assert!(output.stdout.contains("`Spares`"), "nobody is spared: {}", output.stdout);
    place.stack.write(
        "policies/scp/one.json",
        deny(
            "Spares",
            "dynamodb:CreateTable",
            &json!({
                "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:user/sandbox"}
            }),
        ),
    );
    let output = place.run(&["plan"]).success();
    assert!(!output.stderr.contains("warning: `${"), "{}", output.stderr);
}

#[test]
fn project_stack_passes_its_policies() {
    let place = Place::new(Stack::project());
    let plan = place.run(&["plan", "--format", "json"]).success().json();
    let [verdict] = verdicts(&plan, "scp").try_into().expect("one verdict");
    assert_eq!(verdict["outcome"], "pass", "{verdict}");
}

/// Aliases, a function's URL, backups and scheduled scaling are read before something is adopted, replaced or
/// deleted; if the caller may not read them, a note reports it, and no more.
#[test]
fn denied_additional_reads_do_not_block_the_plan() {
    let yaml = guarded("[policies/scp]").replace("tables:\n", "functions: {f: {runtime: python3.13, handler: m.h, code: m.py, role: 'arn:aws:iam::123456789012:role/r'}}\ntables:\n");
    let stack = Stack::new(&yaml)
        .file("m.py", "def h(event, context): pass\n")
        .file("policies/scp/urls.json", deny("NoUrls", "lambda:*FunctionUrlConfig*", &Value::Null))
        .file("policies/scp/backups.json", deny("NoBackups", "dynamodb:ListBackups", &Value::Null))
        .file("policies/scp/times.json", deny("NoTimes", "application-autoscaling:DescribeScheduled*", &Value::Null));
    let place = Place::new(stack);
    let plan = place.plan(&[]);
    assert_eq!(plan["blocked"], false, "{}", plan["verdicts"]);
    let asked: Vec<String> = place.emulator.requests().iter().map(Request::name).collect();
    let denied =
        ["lambda:GetFunctionUrlConfig", "dynamodb:ListBackups", "application-autoscaling:DescribeScheduledActions"];
    assert!(!asked.iter().any(|name| denied.contains(&name.as_str())), "nobody looks closer here: {asked:?}");
    place.run(&["plan", "--destroy", "--allow-delete", "tables.orders"]).success();
    // The calls that read the outcome are judged as before.
    place.stack.write("policies/scp/looks.json", deny("NoLooks", "lambda:GetFunction", &Value::Null));
    let output = place.run(&["plan"]).code(3);
    assert!(output.stdout.contains("`NoLooks`"), "{}", output.stdout);
}
