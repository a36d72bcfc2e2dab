//! Renamed keys, names and stacks; sections and regions that a run does not read.

use serde_json::json;

use crate::support::{Place, Run, Stack, actions, calls, denials, owned, paths};

const TABLE: &str = "
stack: shop
region: eu-central-1
tables:
  orders: {name: shop-orders, partition_key: id, billing: {mode: on_demand}}
";

const ROLE: &str = "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id, billing: {mode: on_demand}, deletion_protection: false, point_in_time_recovery: false}
roles:
  worker: {assumed_by: lambda.amazonaws.com}
environments:
  tables-only: {sections: [tables]}
";

#[test]
fn a_renamed_key_keeps_the_resource() {
    let place = Place::of(TABLE);
    place.apply(&[]);
    let id = place.observer.table("shop-orders")["TableId"].clone();
    place.stack.replace("  orders: {name", "  purchases: {name");
    let plan = place.plan(&[]);
    assert_eq!(actions(&plan), owned(&[("tables.purchases", "update")]));
    assert_eq!(paths(&plan, "tables.purchases"), ["tags.underpin:address"]);
    place.apply(&[]);
    let table = place.observer.table("shop-orders");
    assert_eq!((&table["TableId"], &table["Tags"]["underpin:address"]), (&id, &json!("tables.purchases")));
}

#[test]
fn renamed_physical_name_creates_anew_and_deletes_the_old_with_consent() {
    let place = Place::of(TABLE);
    place.apply(&[]);
    place.stack.replace("name: shop-orders", "name: shop-purchases");
    let plan = place.run(&["plan", "--format", "json"]).code(3).json();
    assert_eq!(actions(&plan), owned(&[("tables.orders", "create"), ("tables.shop-orders", "delete")]));
    assert_eq!(denials(&plan)[0].2.as_deref(), Some("tables.shop-orders"));
    let hint = plan["verdicts"][0]["hint"].as_str().unwrap_or_default();
    assert!(hint.contains("if it was renamed, write `name: shop-orders` under `tables.orders`"), "{hint}");
    place.run(&["apply", "--yes", "--allow-delete", "tables.orders"]).code(3);
    place.apply(&["--allow-delete", "tables.shop-orders"]);
    assert_eq!(place.observer.table("shop-orders"), json!(null));
    assert_eq!(place.observer.table("shop-purchases")["TableStatus"], "ACTIVE");
}

#[test]
fn previous_names_keep_the_resources_of_a_renamed_stack() {
    let place = Place::of(TABLE);
    place.apply(&[]);
    let id = place.observer.table("shop-orders")["TableId"].clone();
    place.stack.replace("stack: shop", "stack: store");
    place.run(&["plan"]).code(3);
    place.stack.replace("stack: store", "stack: store\nprevious_names: [shop]");
    let plan = place.plan(&[]);
    assert_eq!(paths(&plan, "tables.orders"), ["tags.underpin:stack"]);
    place.apply(&[]);
    assert_eq!(place.observer.table("shop-orders")["TableId"], id);
    // Resources that it owned under its old name, and that are no longer in the file, are its own to remove.
    place.stack.replace("previous_names: [shop]", "previous_names: [shop]\n# nothing else");
    place.run(&["plan", "--detailed-exitcode"]).success();
}

#[test]
fn renamed_stack_deletes_orphans_of_its_previous_name() {
    let place = Place::of(TABLE);
    place.apply(&[]);
    place.stack.rewrite("{stack: store, previous_names: [shop], region: eu-central-1}");
    let plan = place.run(&["plan", "--format", "json"]).code(3).json();
    assert_eq!(actions(&plan), owned(&[("tables.orders", "delete")]));
    place.apply(&["--allow-delete", "tables.orders"]);
    assert_eq!(place.observer.table("shop-orders"), json!(null));
}

#[test]
fn excluded_sections_are_never_searched() {
    let place = Place::of(ROLE);
    // The environment's name is part of the scope.
    let all = ["--env", "tables-only"];
    place.stack.replace("sections: [tables]", "sections: [tables, roles]");
    place.apply(&all);
    place.run(&["plan", "--env", "tables-only", "--detailed-exitcode"]).success();
    place.stack.replace("sections: [tables, roles]", "sections: [tables]");
    let plan = place.plan(&all);
    assert_eq!(actions(&plan), [], "what is not looked at is not taken for removed");
    let asked: Vec<String> = place.emulator.requests().iter().map(|request| request.service.clone()).collect();
    assert!(!asked.contains(&"iam".to_owned()), "{asked:?}");
    let orphaned = place.stack.yaml().replace("  worker: {assumed_by: lambda.amazonaws.com}", "  {}");
    place.stack.rewrite(&orphaned);
    assert_eq!(actions(&place.plan(&all)), []);
    let destroyed = place.run(&["destroy", "--yes", "--env", "tables-only", "--allow-delete", "tables.orders"]);
    let _ = destroyed.success();
    assert_eq!(place.observer.role("worker")["RoleName"], "worker", "nor is it destroyed");
}

#[test]
fn role_of_another_region_is_not_deleted() {
    let place = Place::of(ROLE);
    place.apply(&[]);
    let yaml = place.stack.yaml();
    // The same stack in a second region, without the role: roles belong to the account, not to a region.
    place.stack.rewrite(&yaml.replace("roles:\n  worker: {assumed_by: lambda.amazonaws.com}\n", ""));
    let there = ["--region", "us-east-1"];
    let plan = place.run(&["plan", "--format", "json", "--region", "us-east-1"]).success().json();
    assert_eq!(actions(&plan), owned(&[("tables.orders", "create")]));
    let _ = place.run(&[&["apply", "--yes"], &there[..]].concat()).success();
    let destroyed = ["destroy", "--yes", "--region", "us-east-1", "--allow-delete", "tables.orders"];
    let _ = place.run(&destroyed).success();
    assert_eq!(place.observer.role("worker")["RoleName"], "worker");
    assert_eq!(place.observer.table("orders")["TableStatus"], "ACTIVE", "the first region's table is as it was");
    // With the role, it is refused: two scopes can't own one role.
    place.stack.rewrite(&yaml);
    let refused = place.run(&["plan", "--region", "us-east-1"]).code(3);
    assert!(refused.stdout.contains("default/eu-central-1"), "{}", refused.stdout);
    place.run(&["plan", "--detailed-exitcode"]).success();
}

#[test]
fn target_is_applied_with_its_dependencies_only() {
    let place = Place::new(crate::support::Stack::project());
    let plan = place.plan(&["--target", "functions.cruddur-messaging-stream"]);
    let (role, function) = ("roles.cruddur-messaging-stream", "functions.cruddur-messaging-stream");
    assert_eq!(actions(&plan), owned(&[(role, "create"), (function, "create")]));
    let _ = place.run(&["apply", "--yes", "--target", function]).success();
    assert_eq!(place.observer.table("cruddur-messages"), json!(null));
    assert_eq!(place.observer.function("cruddur-messaging-stream")["MemorySize"], 128);
    let plan = place.plan(&["--target", "tables.cruddur-messages"]);
    assert_eq!(calls(&plan), ["dynamodb:CreateTable", "dynamodb:UpdateContinuousBackups"]);
    place.apply(&[]);
}

#[test]
fn failed_orphan_search_is_reported() {
    let place = Place::of(ROLE);
    place.apply(&[]);
    place.emulator.fault(json!({
        "service": "iam", "operation": "GetAccountAuthorizationDetails", "status": 403, "code": "AccessDenied",
        "message": "not authorized to perform iam:GetAccountAuthorizationDetails",
    }));
    let output = place.run(&["plan"]).success();
    assert!(output.stdout.contains("removals of roles were not searched"), "{}", output.stdout);
}

#[test]
fn role_names_differing_only_in_case_are_refused() {
    let stack = Stack::new(
        "stack: shop\nregion: eu-central-1\nroles:\n  Abc: {assumed_by: lambda.amazonaws.com}\n  \
         other: {name: aBC, assumed_by: lambda.amazonaws.com}\ntables:\n  t: {partition_key: a}\n  T: {partition_key: a}\n",
    );
    let output = Run::new(stack.dir()).args(&["validate"]).output().code(1);
    assert!(
        output.stderr.contains("`Abc` and `aBC` of `roles` are the same physical name for AWS"),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains("stack.yaml:5:"), "{}", output.stderr);
    assert!(!output.stderr.contains("of `tables`"), "names of tables are told apart by case: {}", output.stderr);
}
