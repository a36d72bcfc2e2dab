//! `explain`: decisions and deciding statements, without an account.

use std::fs;

use serde_json::{Value, json};

use super::scp::deny;
use crate::support::{Place, Stack, underpin};

const ALLOW: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

fn layout() -> Stack {
    let region = json!({"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}});
    let keys = json!({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}});
    Stack::new("stack: shop\n")
        .file("scps/0-root/all.json", ALLOW)
        .file("scps/1-ou/all.json", ALLOW)
        .file("scps/1-ou/region.json", deny("Lock", "dynamodb:CreateTable", &region))
        .file("scps/1-ou/tags.json", deny("Tags", "dynamodb:TagResource", &keys))
        .file("scps/2-account/all.json", ALLOW)
        .file("scps/2-account/delete.json", deny("Stay", "dynamodb:DeleteTable", &Value::Null))
}

#[test]
fn explain_names_the_deciding_policy_at_each_level() {
    let stack = layout();
    let explain = |code: i32, arguments: &[&str]| {
        let arguments: Vec<&str> = [&["explain", "--scps", "scps", "--format", "json"], arguments].concat();
        underpin(stack.dir(), &arguments).code(code).json()
    };
    let denied = explain(3, &["dynamodb:DeleteTable"]);
    assert_eq!(denied["decision"], "explicitly_denied");
    assert_eq!(denied["unknown_keys"], json!([]));
    let levels: Vec<(&str, &str)> = denied["levels"]
        .as_array()
        .expect("levels")
        .iter()
        .map(|level| (level["level"].as_str().unwrap_or_default(), level["decision"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(levels, [("0-root", "allowed"), ("1-ou", "allowed"), ("2-account", "explicitly_denied")]);
    assert_eq!(denied["levels"][2]["policy"], "scps/2-account/delete.json");
    assert_eq!(denied["levels"][2]["statement"], "Stay");

    assert_eq!(explain(0, &["dynamodb:UpdateTable"])["decision"], "allowed");
    let open = explain(3, &["dynamodb:CreateTable"]);
    assert_eq!((&open["decision"], &open["unknown_keys"]), (&json!("unknown"), &json!(["aws:RequestedRegion"])));
    let here = ["dynamodb:CreateTable", "--context", "aws:RequestedRegion=eu-central-1"];
    assert_eq!(explain(0, &here)["decision"], "allowed");
    assert_eq!(explain(3, &["dynamodb:CreateTable", "--complete-context"])["decision"], "explicitly_denied");
    assert_eq!(explain(0, &["dynamodb:DeleteTable", "--management-account"])["decision"], "allowed");
    let linked = "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    assert_eq!(explain(0, &["dynamodb:DeleteTable", "--principal", linked])["decision"], "allowed");

    let tags = |second: &str, code| {
        let tag = format!("aws:TagKeys={second}");
        explain(code, &["dynamodb:TagResource", "--context", "aws:TagKeys=a", "--context", &tag])["decision"].clone()
    };
    assert_eq!(tags("b", 3), "explicitly_denied");
    assert_eq!(tags("c", 0), "allowed");
}

#[test]
fn flat_policy_folder_is_one_level_and_denies_implicitly() {
    let stack =
        Stack::new("stack: shop\n").file("flat/delete.json", deny("Stay", "dynamodb:DeleteTable", &Value::Null));
    let explain = |arguments: &[&str]| underpin(stack.dir(), &[&["explain", "--scps", "flat"], arguments].concat());
    let output = explain(&["dynamodb:UpdateTable"]).code(3);
    assert!(output.stdout.contains("implicitly denied"), "{}", output.stdout);
    assert!(output.stderr.contains("--beside-full-access"), "{}", output.stderr);
    explain(&["dynamodb:UpdateTable", "--beside-full-access"]).success();
    let output = explain(&["dynamodb:DeleteTable", "--beside-full-access"]).code(3);
    assert!(output.stdout.contains("Stay in flat/delete.json"), "{}", output.stdout);
    for wrong in [
        &["dynamodb"][..],
        &["dynamodb:*"],
        &["dynamodb:DeleteTable", "--resource", "orders"],
        &["s3:GetObject", "--context", "x"],
        &[],
    ] {
        explain(wrong).code(64);
    }
    underpin(stack.dir(), &["explain", "s3:GetObject", "--scps", "nowhere"]).code(1);
}

#[test]
fn without_a_resource_a_statement_scoped_to_one_is_unknown() {
    let scoped = r#"{"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Action": ["dynamodb:DeleteTable", "dynamodb:ListTables"], "Resource": "arn:aws:dynamodb:*:*:table/prod-*"
    }]}"#;
    let stack = Stack::new("stack: shop\nguardrails: {scps: [scps]}\n").file("scps/prod.json", scoped);
    let explain = |action: &str, arguments: &[&str]| underpin(stack.dir(), &[&["explain", action], arguments].concat());
    let delete = "dynamodb:DeleteTable";
    let output = explain(delete, &[]).code(3);
    for said in ["dynamodb:DeleteTable on any resource: unknown", "depends on resource\n", "`--resource ARN`"] {
        assert!(output.stdout.contains(said), "{said} is not in\n{}", output.stdout);
    }
    let data = explain(delete, &["--format", "json"]).code(3).json();
    assert_eq!((&data["decision"], &data["unknown_keys"]), (&json!("unknown"), &json!(["resource"])));
    let table = |name: &str| format!("arn:aws:dynamodb:eu-central-1:123456789012:table/{name}");
    let output = explain(delete, &["--resource", &table("prod-orders")]).code(3);
    assert!(output.stdout.contains("explicitly denied"), "{}", output.stdout);
    explain(delete, &["--resource", &table("orders")]).success();
    // A policy without resources, and an action without resources, do not depend on a resource.
    explain("dynamodb:UpdateTable", &[]).success();
    explain("dynamodb:ListTables", &[]).success();
    let output = explain(delete, &["--resource", "*"]).success();
    assert!(output.stderr.contains("`--resource ARN`"), "{}", output.stderr);
}

#[test]
fn principal_is_any_sort_of_caller_and_keys_of_other_actions_are_absent() {
    let spared = json!({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deployer"}});
    let owner = json!({"StringEquals": {"ec2:Owner": "amazon"}});
    let stack = Stack::new("stack: shop\nguardrails: {scps: [scps]}\n")
        .file("scps/spared.json", deny("Spared", "dynamodb:CreateTable", &spared))
        .file("scps/owner.json", deny("Owner", "*", &owner));
    let by = |principal: &str| underpin(stack.dir(), &["explain", "dynamodb:CreateTable", "--principal", principal]);
    by("arn:aws:iam::123456789012:role/deployer").success();
    by("arn:aws:iam::123456789012:role/ci/deployer").code(3);
    let session = by("arn:aws:sts::123456789012:assumed-role/deployer/run-7").code(3);
    assert!(session.stdout.contains("depends on aws:PrincipalArn\n"), "{}", session.stdout);
    let other = by("arn:aws:sts::123456789012:assumed-role/other/run-7").code(3);
    assert!(other.stdout.contains("explicitly denied"), "{}", other.stdout);
}

#[test]
fn a_saved_plan_is_explained_call_by_call() {
    let stack = Stack::new("stack: shop\nregion: eu-central-1\ntables: {orders: {partition_key: pk}}\n")
        .file("scps/all.json", ALLOW)
        .file("scps/pitr.json", deny("Backups", "dynamodb:UpdateContinuousBackups", &Value::Null));
    let place = Place::new(stack);
    place.run(&["plan", "--out", "plan.json"]).success();
    let arguments = ["explain", "--plan", "plan.json", "--scps", "scps", "--format", "json"];
    let explained = underpin(place.stack.dir(), &arguments).code(3).json();
    assert_eq!(explained["decision"], "explicitly_denied");
    let steps = explained["steps"].as_array().expect("steps");
    let denied: Vec<&Value> = steps.iter().filter(|step| step["decision"] == "explicitly_denied").collect();
    assert_eq!(denied.len(), 1);
    assert_eq!(denied[0]["action"], "dynamodb:UpdateContinuousBackups");
    assert_eq!(denied[0]["address"], "tables.orders");
    assert!(steps.len() > 1);

    let text = underpin(place.stack.dir(), &arguments[..5]).code(3).stdout;
    insta::assert_snapshot!("explain_plan", text);
    fs::remove_file(place.stack.path("scps/pitr.json")).expect("it was there");
    let text = underpin(place.stack.dir(), &arguments[..5]).success();
    assert!(text.stdout.ends_with(": none denied, which is not the same as authorized\n"), "{}", text.stdout);
    assert_eq!(text.stdout.lines().count(), 1, "what is allowed is counted");
    let all = underpin(place.stack.dir(), &[&arguments[..5], &["-v"]].concat()).success();
    assert!(all.stdout.contains("dynamodb:UpdateContinuousBackups on"), "{}", all.stdout);
}

#[test]
fn explain_takes_region_and_account_from_the_stack() {
    let home = json!({"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}});
    let ours = json!({"StringNotEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}});
    let stack = Stack::new("stack: shop\nregion: eu-central-1\naccount: '123456789012'\nguardrails: {scps: [scps]}\n")
        .file("scps/region.json", deny("Lock", "dynamodb:*", &home))
        .file("scps/roles.json", deny("Roles", "iam:*", &home))
        .file("scps/ours.json", deny("Ours", "sqs:*", &ours));
    let explain = |arguments: &[&str]| underpin(stack.dir(), &[&["explain"], arguments].concat());
    let table = |region: &str| format!("arn:aws:dynamodb:{region}:123456789012:table/orders");
    let delete = "dynamodb:DeleteTable";

    let of_file = explain(&[delete]).success();
    assert!(of_file.stdout.contains("aws:RequestedRegion is eu-central-1, from the stack file"), "{}", of_file.stdout);
    let of_arn = explain(&[delete, "--resource", &table("us-east-1")]).code(3);
    assert!(of_arn.stdout.contains("aws:RequestedRegion is us-east-1, from `--resource`"), "{}", of_arn.stdout);
    let of_flag = explain(&[delete, "--resource", &table("us-east-1"), "--region", "eu-central-1"]).success();
    assert!(of_flag.stdout.contains("from `--region`"), "{}", of_flag.stdout);
    let given = explain(&[delete, "--context", "aws:requestedRegion=us-west-2"]).code(3);
    assert!(!given.stdout.contains("assuming"), "{}", given.stdout);
    // With a complete context nothing more can be unknown.
    explain(&[delete, "--complete-context"]).code(3);
    let global = explain(&["iam:CreateRole"]).code(3);
    assert!(global.stdout.contains("aws:RequestedRegion is us-east-1"), "{}", global.stdout);

    let queue = |account: &str| format!("arn:aws:sqs:eu-central-1:{account}:q");
    explain(&["sqs:SendMessage", "--resource", &queue("123456789012")]).success();
    explain(&["sqs:SendMessage", "--resource", &queue("210987654321")]).code(3);
    let data = explain(&["sqs:SendMessage", "--resource", &queue("210987654321"), "--format", "json"]).code(3).json();
    let account = json!({"key": "aws:ResourceAccount", "value": "210987654321", "from": "`--resource`"});
    assert!(data["assumed"].as_array().expect("a list").contains(&account), "{data:#}");
}

#[test]
fn unknown_action_name_is_a_warning() {
    let stack = Stack::new("stack: shop\n").file("scps/all.json", ALLOW);
    let table = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders";
    let says = |action: &str| {
        underpin(stack.dir(), &["explain", action, "--scps", "scps", "--resource", table]).success().stderr
    };
    assert_eq!(
        says("dynamodb:DeleteTabel"),
        "warning: AWS is not known to have this action: `dynamodb:DeleteTabel`\n  hint: did you mean \
         `dynamodb:DeleteTable`?\n"
    );
    assert_eq!(says("foo:Bar"), "warning: AWS is not known to have this service: `foo:Bar`\n");
    assert_eq!(says("dynamodb:DeleteTable"), "");
}
