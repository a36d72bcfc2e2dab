//! Orphans are planned for deletion; data and protection are removed only with consent, and with a backup.

use serde_json::{Value, json};

use crate::support::{ORDERS_AND_PARCELS, PARCELS, Place, Stack, actions, calls, denials, owned};

fn with_item(place: &Place, table: &str) {
    let item = json!({"TableName": table, "Item": {"id": {"S": "1"}}});
    place.observer.call("dynamodb", "put_item", item);
}

fn backups(place: &Place) -> Vec<String> {
    let listed = place.observer.call("dynamodb", "list_backups", json!({"BackupType": "USER"}));
    let all = listed["BackupSummaries"].as_array().expect("a list").iter();
    all.map(|backup| backup["TableName"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn orphaned_table_is_unprotected_and_deleted_with_consent() {
    let place = Place::of(ORDERS_AND_PARCELS);
    place.apply(&[]);
    place.stack.rewrite(PARCELS);
    let plan = place.plan(&[]);
    assert_eq!(actions(&plan), owned(&[("tables.orders", "delete")]));
    assert_eq!(denials(&plan), [("consent".to_owned(), "delete".to_owned(), Some("tables.orders".to_owned()))]);
    let refused = place.run(&["apply", "--yes"]).code(3);
    assert!(refused.stdout.contains("it is no longer in the file"), "{}", refused.stdout);
    place.run(&["apply", "--yes", "--allow-delete", "tables.parcels"]).code(3);
    place.run(&["apply", "--yes", "--allow-unprotect", "tables.orders"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0], "other consents are none");

    let plan = place.plan(&["--allow-delete", "tables.orders"]);
    assert_eq!(calls(&plan), ["dynamodb:UpdateTable", "dynamodb:DeleteTable"], "an empty table needs no backup");
    assert_eq!(plan["steps"][0]["input"]["DeletionProtectionEnabled"], false);
    let text = place.run(&["plan", "--allow-delete", "tables.orders"]).success().stdout;
    assert!(text.contains("turn deletion protection off") && text.contains("consented:"), "{text}");
    place.emulator.clear_log();
    place.apply(&["--allow-delete", "tables.orders"]);
    assert_eq!(place.emulator.mutations(), ["dynamodb:UpdateTable", "dynamodb:DeleteTable"]);
    assert_eq!(place.observer.table("orders"), json!(null));
    assert_eq!(place.observer.table("parcels")["TableStatus"], "ACTIVE");
}

#[test]
fn table_with_items_is_backed_up_before_deletion_by_default() {
    let place = Place::of(ORDERS_AND_PARCELS);
    place.apply(&[]);
    with_item(&place, "orders");
    with_item(&place, "parcels");
    place.stack.rewrite("{stack: shop, region: eu-central-1}");
    let consents = ["--allow-delete", "tables.orders", "--allow-delete", "tables.parcels"];
    let plan = place.plan(&consents);
    let of = |name: &str| calls(&plan).iter().filter(|call| call.ends_with(name)).count();
    assert_eq!((of(":CreateBackup"), of(":DeleteTable")), (2, 2));
    let plan = place.plan(&[&consents[..], &["--no-backup"]].concat());
    assert!(!calls(&plan).contains(&"dynamodb:CreateBackup".to_owned()));

    let aimed = ["apply", "--yes", "--allow-delete", "tables.orders", "--target", "tables.orders"];
    let said = place.run(&aimed).success().stderr;
    assert!(said.contains("Applied. 3 API calls made"), "{said}");
    assert!(said.contains("Kept, and charged until you delete it: backup `orders-"), "{said}");
    assert_eq!(backups(&place), ["orders"]);
    assert_eq!(place.observer.table("parcels")["TableStatus"], "ACTIVE", "only what was aimed at is deleted");
    place.apply(&["--allow-delete", "tables.parcels", "--no-backup"]);
    assert_eq!(backups(&place), ["orders"]);
}

#[test]
fn failed_backup_stops_the_deletion() {
    let place = Place::of(ORDERS_AND_PARCELS);
    place.apply(&[]);
    with_item(&place, "orders");
    place.emulator.fault(json!({
        "service": "dynamodb", "operation": "CreateBackup", "status": 400, "code": "AccessDeniedException",
    }));
    place.stack.rewrite(PARCELS);
    let output = place.run(&["apply", "--yes", "--allow-delete", "tables.orders"]);
    assert!(matches!(output.code, 1 | 5), "{}", output.stderr);
    assert_eq!(place.observer.table("orders")["TableStatus"], "ACTIVE");
    place.emulator.clear_faults();
    place.apply(&["--allow-delete", "tables.orders"]);
    assert_eq!(backups(&place), ["orders"]);
}

#[test]
fn backup_of_interrupted_deletion_is_named_and_a_new_one_is_made() {
    let place = Place::of(ORDERS_AND_PARCELS);
    place.apply(&[]);
    with_item(&place, "orders");
    place.emulator.fault(json!({
        "service": "dynamodb", "operation": "DeleteTable", "status": 400, "code": "AccessDeniedException",
    }));
    place.stack.rewrite(PARCELS);
    place.run(&["apply", "--yes", "--allow-delete", "tables.orders"]).code(5);
    assert_eq!(backups(&place), ["orders"]);
    place.emulator.clear_faults();
    // Another owner's backup is left alone.
    let nightly = json!({"TableName": "orders", "BackupName": "nightly"});
    place.observer.call("dynamodb", "create_backup", nightly);
    let text = place.run(&["plan"]).code(3).stdout;
    assert!(text.contains("tables.orders: an unfinished deletion left the backup `orders-2"), "{text}");
    assert!(!text.contains("nightly"), "{text}");
    // A running backup is waited for.
    place.emulator.fault(json!({
        "service": "dynamodb", "operation": "CreateBackup", "status": 400, "code": "BackupInUseException", "times": 1,
    }));
    place.apply(&["--allow-delete", "tables.orders"]);
    assert_eq!(backups(&place).len(), 3);
    assert_eq!(place.observer.table("orders"), json!(null));
}

#[test]
fn destroy_backs_up_too_and_deletes_in_reverse_order() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    let item = json!({"TableName": "cruddur-messages", "Item": {"pk": {"S": "1"}, "sk": {"S": "1"}}});
    place.observer.call("dynamodb", "put_item", item);
    place.emulator.clear_log();
    place.destroy(&["tables.cruddur-messages"]);
    let made = place.emulator.mutations();
    let at =
        |name: &str| made.iter().position(|call| call == name).unwrap_or_else(|| panic!("{name} is not in {made:?}"));
    for (first, then) in [
        ("lambda:DeleteEventSourceMapping", "lambda:DeleteFunction"),
        ("lambda:DeleteFunction", "iam:DeleteRole"),
        ("lambda:DeleteEventSourceMapping", "dynamodb:DeleteTable"),
        ("iam:DetachRolePolicy", "iam:DeleteRole"),
        ("iam:DeleteRolePolicy", "iam:DeleteRole"),
        ("dynamodb:CreateBackup", "dynamodb:DeleteTable"),
        ("dynamodb:UpdateTable", "dynamodb:DeleteTable"),
    ] {
        assert!(at(first) < at(then), "{first} comes before {then}: {made:?}");
    }
    assert_eq!(backups(&place), ["cruddur-messages"]);
}

#[test]
fn stateless_resource_is_deleted_without_consent() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    let yaml = place.stack.yaml();
    let (before, rest) = yaml.split_once("vpc_endpoints:").expect("there are endpoints");
    let after = rest.split_once("environments:").expect("there are environments").1;
    place.stack.rewrite(&format!("{before}environments:{after}"));
    let plan = place.plan(&[]);
    let mut seen = actions(&plan);
    seen.sort();
    let expected = [
        ("functions.cruddur-messaging-stream", "delete"),
        ("roles.cruddur-messaging-stream", "delete"),
        ("triggers.cruddur-messaging-stream/messages", "delete"),
        ("vpc_endpoints.cruddur-ddb", "delete"),
    ];
    assert_eq!(seen, owned(&expected));
    assert_eq!(denials(&plan), []);
    place.apply(&[]);
    assert_eq!(place.observer.role("cruddur-messaging-stream"), json!(null));
    assert_eq!(place.observer.mappings("cruddur-messaging-stream"), json!([]));
    assert_eq!(place.observer.table("cruddur-messages")["TableStatus"], "ACTIVE");
}

#[test]
fn table_replacement_needs_consent_and_backs_up_first() {
    let place = Place::of(ORDERS_AND_PARCELS);
    place.apply(&[]);
    with_item(&place, "orders");
    let id = place.observer.table("orders")["TableId"].clone();
    place.stack.rewrite(&ORDERS_AND_PARCELS.replacen("partition_key: id", "partition_key: number", 1));
    let plan = place.run(&["plan", "--format", "json"]).code(3).json();
    assert_eq!(actions(&plan), owned(&[("tables.orders", "replace")]));
    assert_eq!(denials(&plan), [("consent".to_owned(), "replace".to_owned(), Some("tables.orders".to_owned()))]);
    place.run(&["apply", "--yes", "--allow-delete", "tables.orders"]).code(3);
    assert_eq!(place.observer.table("orders")["TableId"], id);
    place.emulator.clear_log();
    place.apply(&["--allow-replace", "tables.orders"]);
    let made = place.emulator.mutations();
    let place_of = |name: &str| made.iter().position(|call| call == name).unwrap_or_else(|| panic!("{name}: {made:?}"));
    assert!(place_of("dynamodb:UpdateTable") < place_of("dynamodb:DeleteTable"));
    assert!(place_of("dynamodb:CreateBackup") < place_of("dynamodb:DeleteTable"));
    assert!(place_of("dynamodb:DeleteTable") < place_of("dynamodb:CreateTable"));
    let table = place.observer.table("orders");
    assert_ne!(table["TableId"], id);
    assert_eq!(table["KeySchema"][0]["AttributeName"], "number");
    assert_eq!(table["DeletionProtectionEnabled"], true);
}

#[test]
fn point_in_time_recovery_is_turned_off_only_with_consent() {
    let place = Place::of(ORDERS_AND_PARCELS);
    place.apply(&[]);
    let off = ORDERS_AND_PARCELS.replacen("partition_key: id,", "partition_key: id, point_in_time_recovery: false,", 1);
    place.stack.rewrite(&off);
    let plan = place.run(&["plan", "--format", "json"]).code(3).json();
    assert_eq!(denials(&plan), [("consent".to_owned(), "unprotect".to_owned(), Some("tables.orders".to_owned()))]);
    place.apply(&["--allow-unprotect", "tables.orders"]);
    let status = |place: &Place| -> Value {
        place.observer.table("orders")["ContinuousBackups"]["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"].clone()
    };
    assert_eq!(status(&place), "DISABLED");
    place.stack.rewrite(ORDERS_AND_PARCELS);
    place.apply(&[]);
    assert_eq!(status(&place), "ENABLED");
}

#[test]
fn deletion_of_unsupported_live_features_needs_consent() {
    let place = Place::new(Stack::project());
    place.apply(&[]);
    let snapshot = json!({"FunctionName": "cruddur-messaging-stream", "SnapStart": {"ApplyOn": "PublishedVersions"}});
    place.observer.call("lambda", "update_function_configuration", snapshot);
    let plan = place.run(&["plan", "--destroy", "--format", "json"]).code(3).json();
    let version = json!({"FunctionName": "cruddur-messaging-stream"});
    place.observer.call("lambda", "publish_version", version);
    let alias = json!({"FunctionName": "cruddur-messaging-stream", "Name": "live", "FunctionVersion": "1"});
    place.observer.call("lambda", "create_alias", alias);
    let asked: Vec<_> = denials(&plan).into_iter().filter_map(|(_, _, address)| address).collect();
    assert_eq!(asked, ["tables.cruddur-messages", "functions.cruddur-messaging-stream"]);
    let text = place.run(&["plan", "--destroy"]).code(3).stdout;
    assert!(text.contains("what the stack file can't express: snap_start, aliases"), "{text}");
}

#[test]
fn orphaned_function_is_deleted_with_its_trigger() {
    let yaml = "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id, billing: {mode: on_demand}, stream: new_image}
roles:
  worker: {assumed_by: lambda.amazonaws.com}
";
    let function = "functions:
  worker:
    runtime: python3.13
    handler: main.handler
    code: main.py
    role: ${roles.worker.arn}
    triggers: {orders: {stream: \"${tables.orders.stream_arn}\", starting_position: latest}}
";
    let stack = Stack::new(&format!("{yaml}{function}")).file("main.py", "def handler(event, _): pass\n");
    let place = Place::new(stack);
    place.apply(&[]);
    place.stack.rewrite(yaml);
    place.run(&["apply", "--yes", "--target", "functions.worker"]).success();
    assert_eq!(place.observer.function("worker"), json!(null));
    assert_eq!(place.observer.mappings("worker"), json!([]));
    place.run(&["plan", "--detailed-exitcode"]).success();
}

#[test]
fn expiring_items_or_shorter_recovery_needs_consent() {
    let place = Place::of(
        "{stack: shop, region: eu-central-1, tables: {orders: {partition_key: id, point_in_time_recovery: true}}}",
    );
    place.apply(&[]);
    place.stack.replace("point_in_time_recovery: true", "time_to_live: expires");
    // A table that never held an item can lose none: a run that was interrupted before this call goes on.
    let plan = place.run(&["plan"]).success();
    assert!(plan.stdout.contains("AWS deletes the items whose `expires` is in the past"), "{}", plan.stdout);
    let item = json!({"id": {"S": "1"}, "expires": {"N": "1"}});
    place.observer.call("dynamodb", "put_item", json!({"TableName": "orders", "Item": item}));
    let plan = place.run(&["plan"]).code(3);
    assert!(plan.stdout.contains("--allow-unprotect tables.orders"), "{}", plan.stdout);
    place.apply(&["--allow-unprotect", "tables.orders"]);
    place.stack.replace("time_to_live: expires", "time_to_live: expires, point_in_time_recovery: {period_days: 1}");
    let plan = place.run(&["plan"]).code(3);
    assert!(plan.stdout.contains("older than 1 day"), "{}", plan.stdout);
    place.emulator.clear_log();
    place.run(&["apply", "--yes"]).code(3);
    assert_eq!(place.emulator.mutations(), [""; 0]);
    place.apply(&["--allow-unprotect", "tables.orders"]);
    place.stack.replace("{period_days: 1}", "{period_days: 7}");
    place.apply(&[]);
}
