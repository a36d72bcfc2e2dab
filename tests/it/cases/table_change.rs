//! `table put`, `delete` and `drop`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{Dynalite, Emulator, ORDERS, Observer, Output, Place, Run, Stack};

const TABLE: &str = "underpin-test-change";

fn create(observer: &Observer) {
    observer.call(
        "dynamodb",
        "create_table",
        json!({
            "TableName": TABLE,
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "N"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            "BillingMode": "PAY_PER_REQUEST",
        }),
    );
    for _ in 0..100 {
        if observer.table(TABLE)["TableStatus"] == "ACTIVE" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

fn item(observer: &Observer, pk: &str, sk: &str) -> Value {
    let key = json!({"pk": {"S": pk}, "sk": {"N": sk}});
    observer.call("dynamodb", "get_item", json!({"TableName": TABLE, "Key": key, "ConsistentRead": true}))["Item"]
        .clone()
}

fn items_are_put_and_deleted(endpoint: &str) {
    let observer = Observer::at(endpoint);
    create(&observer);
    let folder = tempfile::tempdir().expect("a folder can be made");
    let command = |arguments: &[&str]| {
        Run::new(folder.path()).args(&["table"]).args(arguments).args(&[
            "--endpoint-url",
            endpoint,
            "--region",
            "eu-central-1",
        ])
    };
    let run = |arguments: &[&str]| -> Output { command(arguments).output() };
    let said = run(&["put", TABLE, "pk=a", "sk=1", "text=x = y", "n=5", "--type", "n=N"]).success().stderr;
    assert!(said.contains("The item was put."), "{said}");
    let expected = json!({"pk": {"S": "a"}, "sk": {"N": "1"}, "text": {"S": "x = y"}, "n": {"N": "5"}});
    assert_eq!(item(&observer, "a", "1"), expected);
    run(&["put", TABLE, r#"{"pk": "b", "sk": 2, "list": [1]}"#]).success();
    command(&["put", TABLE, "-"])
        .stdin(r#"{"pk": {"S": "c"}, "sk": {"N": "3"}, "set": {"SS": ["x"]}}"#)
        .output()
        .success();
    assert_eq!(item(&observer, "c", "3")["set"], json!({"SS": ["x"]}));
    std::fs::write(folder.path().join("item.json"), r#"{"pk": "d", "sk": 12345678901234567890123456789012345678}"#)
        .expect("it is written");
    run(&["put", TABLE, "@item.json"]).success();

    let kept = run(&["put", TABLE, "pk=a", "sk=1", "--if-absent"]).code(1).stderr;
    assert!(kept.contains("has an item with this key"), "{kept}");
    assert_eq!(item(&observer, "a", "1"), expected);
    let replaced = run(&["put", TABLE, "pk=a", "sk=1", "--format", "json", "--consumed-capacity"]).success().json();
    assert_eq!(replaced["replaced"], json!({"pk": "a", "sk": 1, "n": 5, "text": "x = y"}));
    assert_eq!(replaced["items"], json!([{"pk": "a", "sk": 1}]));
    assert!(replaced["consumed_capacity"]["capacity_units"].as_f64().is_some_and(|units| units >= 1.0), "{replaced}");

    let gone = run(&["delete", TABLE, "pk=d", "sk=12345678901234567890123456789012345678", "--format", "json"])
        .success()
        .stdout;
    assert!(gone.contains("\"sk\": 12345678901234567890123456789012345678"), "{gone}");
    let none = run(&["delete", TABLE, "pk=d", "sk=1"]).success().stderr;
    assert!(none.contains("There was no item with this key."), "{none}");
    assert_eq!(run(&["scan", TABLE, "--format", "json"]).success().json()["count"], 3);
}

#[test]
fn items_are_put_and_deleted_in_the_sandbox() {
    let emulator = Emulator::start();
    items_are_put_and_deleted(&emulator.endpoint());
    emulator.assert_no_invalid_requests();
}

#[test]
fn items_are_put_and_deleted_on_dynalite() {
    let Some(dynalite) = Dynalite::start() else { return };
    items_are_put_and_deleted(&dynalite.endpoint());
}

#[test]
fn wrong_input_of_changes_is_named_and_nothing_is_changed() {
    let emulator = Emulator::start();
    let observer = Observer::of(&emulator);
    create(&observer);
    emulator.clear_log();
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mut said = String::new();
    for arguments in [
        &["put", TABLE][..],
        &["put", TABLE, "pk=a"],
        &["put", TABLE, "pk=a", "sk=one"],
        &["put", TABLE, "pk=", "sk=1"],
        &["put", TABLE, "pk=a", "sk=1", "pk=b"],
        &["put", TABLE, "pk=a", "sk=1", "text"],
        &["put", TABLE, "pk=a", "sk=1", "--type", "sk=S"],
        &["put", TABLE, "pk=a", "sk=1", "--type", "n=N"],
        &["put", TABLE, "pk=a", "sk=1", "n=1", "--type", "n=FLOAT"],
        &["put", TABLE, "{\"pk\": \"a\"}"],
        &["put", TABLE, "{\"pk\": \"a\", \"sk\": \"1\"}"],
        &["put", TABLE, "{\"pk\": \"a\", \"sk\": 1"],
        &["put", TABLE, "@no-such-file.json"],
        &["put", "underpin-test-chagne", "pk=a", "sk=1"],
        &["delete", TABLE, "pk=a"],
        &["delete", TABLE, "pk=a", "sk=1", "n=1"],
        &["delete", TABLE],
        &["drop"],
    ] {
        let run = Run::new(folder.path()).at(&emulator).args(&["table"]).args(arguments);
        let output = run.args(&["--region", "eu-central-1"]).output();
        assert!(matches!(output.code, 1 | 64), "{arguments:?}: {}", output.stderr);
        let _ = writeln!(said, "$ underpin table {}\n{}", arguments.join(" "), output.stderr);
    }
    insta::assert_snapshot!(said.replace(&emulator.endpoint(), "[endpoint]"));
    assert_eq!(emulator.mutations(), [""; 0], "nothing was changed");
}

#[test]
fn drop_is_destroy_with_the_same_consent_and_names_it() {
    let place = Place::new(Stack::new(&ORDERS.replace("  orders: {", "  orders: {name: shop-orders, ")));
    place.apply(&[]);
    let used = place.run(&["table", "drop"]).code(64).stderr;
    assert!(used.contains("Usage: underpin table drop"), "{used}");
    for name in ["tables.orders", "orders", "shop-orders"] {
        place.emulator.clear_log();
        let refused = place.run(&["table", "drop", name, "--yes"]).code(3);
        assert!(
            refused.stderr.contains("This is `underpin destroy --target tables.orders --yes`."),
            "{}",
            refused.stderr
        );
        assert!(refused.stdout.contains("--allow-delete tables.orders"), "{}", refused.stdout);
        assert_eq!(place.emulator.mutations(), [""; 0]);
    }
    place.run(&["table", "drop", "orders"]).code(3);
    let other = place.run(&["table", "drop", "parcels", "--yes"]).code(64).stderr;
    assert!(other.contains("`tables.parcels`, which is not in this stack"), "{other}");
    assert_eq!(place.observer.table("shop-orders")["TableStatus"], "ACTIVE");
    place.run(&["table", "drop", "orders", "--yes", "--allow-delete", "tables.orders"]).success();
    assert_eq!(place.observer.table("shop-orders"), Value::Null);
}
