//! Runs at the same time, and calls that were made though their answers were lost: the live resource is compared with
//! the desired one by the plan's own options, and what is left of the shown plan is done.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::{Answer, Asked, Output, Place, Run, Stack, Stub, pass_on};

/// Runs the command many times at once.
pub(super) fn at_once(place: &Place, number: usize, arguments: &[&str]) -> Vec<Output> {
    let run = |_| {
        let run = place.command(arguments);
        let mut command = run.command();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().expect("the command starts");
        // Its home is kept until it has ended.
        (child, run)
    };
    let running: Vec<_> = (0..number).map(run).collect();
    let end = |(child, _run): (std::process::Child, Run)| {
        let output = child.wait_with_output().expect("it ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("its output is text");
        Output { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
    };
    running.into_iter().map(end).collect()
}

#[test]
fn twenty_applies_at_once_make_one_of_everything_and_all_exit_0() {
    let place = Place::new(Stack::project());
    for output in at_once(&place, 20, &["apply", "--yes"]) {
        let output = output.success();
        assert!(output.stderr.contains("the live resources match the file") || output.stdout.contains("No changes"));
    }
    // A refused call is the mark of a race; of each creation one was accepted.
    let requests = place.emulator.requests();
    for operation in ["CreateTable", "CreateRole", "CreateVpcEndpoint", "CreateFunction", "CreateEventSourceMapping"] {
        let made = requests.iter().filter(|one| one.operation == operation && one.status < 400).count();
        assert_eq!(made, 1, "{operation}");
    }
    assert!(requests.iter().any(|one| one.operation.starts_with("Create") && one.status >= 400), "nothing raced");
    place.run(&["plan", "--detailed-exitcode"]).success();
}

/// A refusal of DynamoDB.
fn refused(code: &str, message: &str) -> Answer {
    let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": message});
    let headers = vec![("content-type".to_owned(), "application/x-amz-json-1.0".to_owned())];
    Answer { status: 400, headers, body: body.to_string().into_bytes() }
}

/// Applies through a stub that, once, does `first` instead of passing on the call of this name.
fn disturbed(
    place: &Place,
    call: &'static str,
    arguments: &[&str],
    first: impl Fn(&Asked, u16) -> Answer + Send + Sync + 'static,
) -> Output {
    let port = place.emulator.port();
    let done = AtomicBool::new(false);
    let stub = Stub::start(move |asked| {
        if asked.name() == call && !done.swap(true, Ordering::SeqCst) {
            return first(asked, port);
        }
        pass_on(asked, port).expect("the emulator answers")
    });
    let run = Run::new(place.stack.dir()).args(arguments).env("AWS_ENDPOINT_URL", stub.endpoint());
    run.output()
}

/// The report of an apply in JSON lines.
fn report(output: &Output) -> Value {
    let mut lines = output.json_lines();
    let last = lines.last_mut().expect("there is a report");
    assert_eq!(last["event"], "report", "{last}");
    last["report"].take()
}

fn states(report: &Value) -> Vec<&str> {
    let steps = report["steps"].as_array().expect("the report has steps");
    steps.iter().filter_map(|step| step["state"].as_str()).collect()
}

const WITH_RECOVERY: &str = "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id, billing: {mode: on_demand}, point_in_time_recovery: true}
";

#[test]
fn table_that_another_run_created_halfway_is_completed() {
    let place = Place::of(WITH_RECOVERY);
    let output = disturbed(&place, "dynamodb CreateTable", &["apply", "--yes", "--format", "json"], |asked, port| {
        pass_on(asked, port).expect("the emulator answers");
        refused("ResourceInUseException", "Table already exists: orders")
    });
    let report = report(&output.clone().success());
    assert_eq!(report["failures"], json!([]));
    assert!(states(&report).iter().all(|state| ["done", "done_elsewhere"].contains(state)), "{report}");
    place.run(&["plan", "--detailed-exitcode"]).success();
}

#[test]
fn change_that_another_run_makes_at_the_same_time_is_waited_for() {
    let place = Place::of(WITH_RECOVERY);
    place.apply(&[]);
    place.stack.replace("billing: {mode: on_demand}", "billing: {mode: on_demand}, tags: {a: b}");
    let tag = "dynamodb TagResource";
    let output = disturbed(&place, tag, &["apply", "--yes", "--format", "json"], |asked, port| {
        pass_on(asked, port).expect("the emulator answers");
        refused("ConcurrentModificationException", "try again")
    });
    let report = report(&output.success());
    assert_eq!((states(&report), &report["failures"]), (vec!["done"], &json!([])));
}

#[test]
fn value_that_was_changed_meanwhile_is_not_overwritten_in_a_later_round() {
    let place = Place::of(
        "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id, billing: {mode: provisioned, read_capacity: 5, write_capacity: 5}}
",
    );
    place.apply(&[]);
    place.stack.replace("read_capacity: 5", "read_capacity: 6");
    let output = disturbed(&place, "dynamodb UpdateTable", &["apply", "--yes", "--format", "json"], |asked, port| {
        let mut theirs = asked.clone();
        theirs.body = String::from_utf8_lossy(&asked.body).replace(":6", ":9").into_bytes();
        pass_on(&theirs, port).expect("the emulator answers");
        refused("ValidationException", "the capacity is as it was")
    });
    let report = report(&output.code(5));
    let stopped = report["stopped"].as_str().expect("it says why it did not go on");
    assert!(stopped.contains("tables.orders: `billing.read_capacity` is not as it was shown"), "{stopped}");
    let units = &place.observer.table("orders")["ProvisionedThroughput"]["ReadCapacityUnits"];
    assert_eq!(units, 9);
}

#[test]
fn lasting_refusal_with_the_code_of_a_race_is_reported_as_it_is() {
    let place = Place::of(WITH_RECOVERY);
    let not_found = json!({
        "service": "dynamodb", "operation": "CreateTable", "status": 400, "code": "ResourceNotFoundException",
        "message": "the key is not there",
    });
    place.emulator.fault(not_found);
    let output = place.run(&["apply", "--yes"]).code(1);
    assert!(output.stderr.contains("the key is not there"), "{}", output.stderr);
    let calls = place.emulator.requests().into_iter().filter(|one| one.operation == "CreateTable").count();
    assert_eq!(calls, 1, "a call that a new plan only repeats is not made again");
}

#[test]
fn missing_tag_support_is_not_a_concurrent_creation() {
    let place = Place::of(
        "
stack: shop
region: eu-central-1
tags: {project: shop}
tables:
  orders: {partition_key: id, billing: {mode: on_demand}, point_in_time_recovery: false}
",
    );
    let set = |fault| place.emulator.fault(fault);
    // An endpoint without tags, like DynamoDB Local.
    let unknown = json!({"service": "dynamodb", "operation": "ListTagsOfResource", "status": 400, "code": "UnknownOperationException"});
    set(unknown);
    set(json!({"service": "dynamodb", "operation": "CreateTable", "nth": 1, "drop": true}));
    let output = place.run(&["apply", "--yes"]).success();
    assert!(output.stderr.contains("Applied."), "{}", output.stderr);
    assert_eq!(place.observer.table("orders")["TableStatus"], "ACTIVE");
}

const ORDERS: &str = "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id, billing: {mode: on_demand}, stream: new_image, point_in_time_recovery: false}
";

#[test]
fn refused_update_is_not_a_concurrent_change() {
    let place = Place::of(ORDERS);
    place.apply(&[]);
    place.stack.replace("stream: new_image", "stream: keys_only");
    place.emulator.fault(json!({
        "service": "dynamodb", "operation": "UpdateTable", "status": 400, "code": "ValidationException",
        "message": "a stream of today can't be turned off",
    }));
    let output = place.run(&["apply", "--yes"]);
    assert!(output.stderr.contains("a stream of today can't be turned off"), "{}", output.stderr);
    for untrue in ["somebody else", "it exists already"] {
        assert!(!output.stderr.contains(untrue), "{}", output.stderr);
    }
}

#[test]
fn concurrently_created_resource_is_reported_as_foreign() {
    let place = Place::of(ORDERS);
    let port = place.emulator.port();
    let stub = Stub::start(move |asked| {
        if asked.name() == "dynamodb CreateTable" {
            let theirs = String::from_utf8_lossy(&asked.body)
                .replace("NEW_IMAGE", "OLD_IMAGE")
                .replace(r#""Value":"shop""#, r#""Value":"theirs""#);
            let mut first = asked.clone();
            first.body = theirs.into_bytes();
            pass_on(&first, port).expect("the emulator answers");
        }
        pass_on(asked, port).expect("the emulator answers")
    });
    let run = Run::new(place.stack.dir()).args(&["apply", "--yes"]).env("AWS_ENDPOINT_URL", stub.endpoint());
    let output = run.output();
    assert!(output.stderr.contains("somebody else created it in the meantime, and `"), "{}", output.stderr);
}
