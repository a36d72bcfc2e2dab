//! Unmodified moto, as an example of any endpoint that lacks operations: it answers an unknown operation with an HTML
//! page and the status 404 or 500.

use serde_json::{Value, json};

use crate::support::{Answer, Asked, Moto, Observer, Output, Run, Stack, Stub, actions, pass_on};

const TABLE: &str = "tables.cruddur-messages";

fn run(stack: &Stack, endpoint: &str, arguments: &[&str]) -> Output {
    Run::new(stack.dir()).env("AWS_ENDPOINT_URL", endpoint).args(arguments).output()
}

/// Counts how often an operation is named as one that the endpoint does not know.
fn named(text: &str, operation: &str) -> usize {
    let lines = text.lines().filter(|line| line.contains("this endpoint does not support"));
    lines.map(|line| line.matches(operation).count()).sum()
}

#[test]
fn project_stack_is_applied_and_destroyed_on_plain_moto() {
    let moto = Moto::start();
    let (stack, endpoint) = (Stack::project(), moto.endpoint());
    let observer = Observer::at(&endpoint);
    let planned = run(&stack, &endpoint, &["plan", "--detailed-exitcode"]).code(2);
    // What no file can set is read of a table that is there and changes: here, before it is deleted.
    let (insights, kinesis) = ("DynamoDB: ListContributorInsights", "DynamoDB: DescribeKinesisStreamingDestination");
    assert_eq!((named(&planned.stdout, insights), named(&planned.stdout, kinesis)), (1, 0), "{}", planned.stdout);
    let applied = run(&stack, &endpoint, &["apply", "--yes"]).success();
    assert!(applied.stderr.contains("the live resources match the file"), "{}", applied.stderr);
    let nothing = run(&stack, &endpoint, &["plan", "--detailed-exitcode"]).success();
    assert!(nothing.stdout.contains("No changes."), "{}", nothing.stdout);

    // A manual change of live resources.
    observer.call(
        "lambda",
        "update_function_configuration",
        json!({
            "FunctionName": "cruddur-messaging-stream", "Timeout": 60,
        }),
    );
    observer.call("iam", "put_role_policy", json!({
        "RoleName": "cruddur-messaging-stream", "PolicyName": "more",
        "PolicyDocument": r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}"#,
    }));
    let drift = run(&stack, &endpoint, &["plan", "--format", "json"]).success().json();
    let differ: Vec<String> =
        actions(&drift).into_iter().map(|(address, action)| format!("{address} {action}")).collect();
    assert_eq!(differ, ["roles.cruddur-messaging-stream update", "functions.cruddur-messaging-stream update"]);
    run(&stack, &endpoint, &["apply", "--yes"]).success();
    run(&stack, &endpoint, &["plan", "--detailed-exitcode"]).success();

    let destroyed = run(&stack, &endpoint, &["destroy", "--yes", "--allow-delete", TABLE]).success();
    // Features of a function outside the file are read before it is deleted.
    for operation in ["GetRuntimeManagementConfig", "ListProvisionedConcurrencyConfigs", "GetFunctionRecursionConfig"] {
        assert_eq!(named(&destroyed.stdout, &format!("Lambda: {operation}")), 1, "{}", destroyed.stdout);
    }
    for operation in [insights, kinesis] {
        assert_eq!(named(&destroyed.stdout, operation), 1, "{}", destroyed.stdout);
    }
    assert!(destroyed.stderr.contains("nothing of the stack is left"), "{}", destroyed.stderr);
    assert_eq!(observer.call("lambda", "list_functions", json!({}))["Functions"], json!([]));
    assert_eq!(observer.call("dynamodb", "list_tables", json!({}))["TableNames"], json!([]));
}

#[test]
fn unsupported_properties_are_skipped_and_reported_on_plain_moto() {
    let moto = Moto::start();
    let stack = Stack::new(
        "stack: shop\nregion: eu-central-1\ntables:\n  orders: {partition_key: id, billing: {mode: on_demand}, \
         contributor_insights: true}\n",
    );
    let endpoint = moto.endpoint();
    let plan = run(&stack, &endpoint, &["plan"]).success();
    assert!(
        plan.stdout.contains("`contributor_insights` is skipped: the endpoint does not support it"),
        "{}",
        plan.stdout
    );
    assert!(!plan.stdout.contains("dynamodb:UpdateContributorInsights"), "{}", plan.stdout);
    run(&stack, &endpoint, &["apply", "--yes"]).success();
    run(&stack, &endpoint, &["plan", "--detailed-exitcode"]).success();
    // moto accepts another class, and does not keep it.
    stack.replace("contributor_insights: true", "table_class: standard_infrequent_access");
    for _ in 0..2 {
        let applied = run(&stack, &endpoint, &["apply", "--yes"]).success();
        assert!(applied.stderr.contains("this endpoint did not apply it"), "{}", applied.stderr);
        assert!(!applied.stderr.contains("the live resources match the file"), "{}", applied.stderr);
    }
}

/// An HTML page, as web servers and proxies write it.
fn page(status: u16) -> Answer {
    let body = format!("<!doctype html>\n<html lang=en>\n<title>{status}</title>\n<h1>{status}</h1>\n").into_bytes();
    Answer { status, headers: vec![("content-type".to_owned(), "text/html".to_owned())], body }
}

/// Unmodified moto behind a server that answers some requests with HTML pages.
fn lacking(moto: &Moto, lacks: impl Fn(&Asked) -> Option<u16> + Send + Sync + 'static) -> Stub {
    let port = moto.endpoint().rsplit(':').next().and_then(|port| port.parse().ok()).expect("it has a port");
    Stub::start(move |asked| match lacks(asked) {
        Some(status) => page(status),
        None => pass_on(asked, port).unwrap_or_else(|_| page(502)),
    })
}

fn verdicts<'p>(plan: &'p Value, address: &str) -> Vec<&'p str> {
    let all = plan["verdicts"].as_array().expect("verdicts").iter();
    let of = all.filter(|verdict| verdict["address"] == address && verdict["guardrail"] == "endpoint");
    of.filter_map(|verdict| verdict["message"].as_str()).collect()
}

#[test]
fn unreadable_resource_is_unknown_and_unchanged_with_its_dependents() {
    let moto = Moto::start();
    let stub = lacking(&moto, |asked| (asked.target.contains("/functions/") && asked.method == "GET").then_some(404));
    let (stack, endpoint) = (Stack::project(), stub.endpoint());
    let plan = run(&stack, &endpoint, &["plan", "--format", "json"]).success().json();
    let function = verdicts(&plan, "functions.cruddur-messaging-stream");
    assert!(function.len() == 1 && function[0].contains("GetFunction"), "{function:?}");
    let made: Vec<String> = actions(&plan).into_iter().map(|(address, _)| address).collect();
    assert!(!made.iter().any(|address| address.starts_with("functions.")), "{made:?}");
    assert!(made.contains(&TABLE.to_owned()), "{made:?}");
    run(&stack, &endpoint, &["plan", "--unknown", "deny"]).code(3);
}

#[test]
fn server_error_503_is_not_a_missing_operation() {
    let moto = Moto::start();
    let stub = lacking(&moto, |asked| asked.name().ends_with("ListContributorInsights").then_some(503));
    let stack = Stack::new("stack: shop\nregion: eu-central-1\ntables:\n  orders: {partition_key: id}\n");
    run(&stack, &moto.endpoint(), &["apply", "--yes"]).success();
    let plan = run(&stack, &stub.endpoint(), &["plan"]).code(1);
    assert!(plan.stderr.contains("ListContributorInsights"), "{}", plan.stderr);
}
