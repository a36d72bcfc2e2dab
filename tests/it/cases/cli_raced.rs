//! Calls that were made though their answers were lost: the live resource is compared with the desired one by the
//! plan's own options.

use serde_json::json;

use crate::support::{Place, Run, Stub, pass_on};

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
