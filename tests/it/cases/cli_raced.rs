//! A call whose answer was lost was made all the same: what it left is held against what was wanted with the same
//! eyes as in the plan.

use serde_json::json;

use crate::support::Place;

#[test]
fn what_the_endpoint_lacks_is_no_sign_that_somebody_else_made_it() {
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
    // An endpoint that knows no tags, as DynamoDB Local.
    let unknown = json!({"service": "dynamodb", "operation": "ListTagsOfResource", "status": 400, "code": "UnknownOperationException"});
    set(unknown);
    set(json!({"service": "dynamodb", "operation": "CreateTable", "nth": 1, "drop": true}));
    let output = place.run(&["apply", "--yes"]).success();
    assert!(output.stderr.contains("Applied."), "{}", output.stderr);
    assert_eq!(place.observer.table("orders")["TableStatus"], "ACTIVE");
}
