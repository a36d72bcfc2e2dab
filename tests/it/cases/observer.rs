//! The tests' own tools: emulator, observer, and the library's connection to them.

use serde_json::json;

use crate::support::{Dynalite, Emulator, Observer, aws, aws_at};

fn a_table() -> serde_json::Value {
    json!({
        "TableName": "things",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    })
}

#[test]
fn observer_sees_created_resources_until_reset() {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    assert_eq!(observer.table("things"), json!(null));
    observer.call("dynamodb", "create_table", a_table());
    assert_eq!(observer.table("things")["TableStatus"], "ACTIVE");
    assert_eq!(observer.refused("dynamodb", "create_table", a_table()), "ResourceInUseException");
    assert_eq!(observer.role("nobody"), json!(null));
    assert_eq!(observer.function("nothing"), json!(null));
    assert_eq!(observer.endpoints("vpc_endpoints.none"), json!([]));
    assert_eq!(observer.mappings("nothing"), json!([]));
    emulator.reset();
    assert_eq!(observer.table("things"), json!(null));
}

#[test]
fn request_log_marks_writes_and_invalid_requests() {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    observer.call("dynamodb", "create_table", a_table());
    observer.call("dynamodb", "list_tables", json!({}));
    let requests = emulator.requests();
    let seen: Vec<_> = requests.iter().map(|request| (request.name(), request.mutating)).collect();
    assert_eq!(seen, [("dynamodb:CreateTable".to_owned(), true), ("dynamodb:ListTables".to_owned(), false)]);
    emulator.assert_no_invalid_requests();
    emulator.clear_log();
    assert!(emulator.requests().is_empty());
    // botocore accepts a name that AWS's model does not.
    observer.refused("dynamodb", "list_tables", json!({"ExclusiveStartTableName": "no spaces"}));
    assert!(emulator.requests()[0].invalid.is_some());
    // An emulator that is returned with a refused request in its log fails the test.
    emulator.clear_log();
}

#[test]
fn fault_occurs_the_given_number_of_times() {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    emulator.fault(json!({
        "service": "dynamodb", "operation": "ListTables", "times": 1, "status": 400, "code": "AccessDeniedException",
    }));
    assert_eq!(observer.refused("dynamodb", "list_tables", json!({})), "AccessDeniedException");
    observer.call("dynamodb", "list_tables", json!({}));
}

#[tokio::test]
async fn the_librarys_connection_reaches_the_emulator() {
    let emulator = Emulator::start();
    let tables = aws(&emulator).dynamodb().list_tables().send().await.expect("is answered");
    assert!(tables.table_names().is_empty());
    assert_eq!(emulator.requests()[0].region, crate::support::REGION);
    emulator.assert_no_invalid_requests();
}

#[tokio::test]
async fn dynalite_is_reachable_if_available() {
    let Some(dynalite) = Dynalite::start() else { return };
    let observer = Observer::at(&dynalite.endpoint());
    observer.call("dynamodb", "create_table", a_table());
    let tables = aws_at(&dynalite.endpoint()).dynamodb().list_tables().send().await.expect("is answered");
    assert_eq!(tables.table_names(), ["things"]);
    assert_eq!(observer.table("things")["ContinuousBackups"], json!(null));
}
