//! The output of plans, in each format.

use serde_json::{Value, json};

use crate::support::{Place, Stack, misfit, schema};

const YAML: &str = "
stack: shop
region: eu-central-1
tags: {project: shop}
tables:
  orders:
    partition_key: id
    billing: {mode: on_demand}
    stream: new_image
vpc_endpoints:
  tables: {service: dynamodb, vpc: default, route_tables: main}
roles:
  worker:
    assumed_by: lambda.amazonaws.com
    managed_policies: [service-role/AWSLambdaBasicExecutionRole]
    inline_policies: {read: policy.json}
functions:
  worker:
    runtime: python3.13
    handler: main.handler
    code: code
    role: ${roles.worker.arn}
    environment: {GREETING: hello}
    triggers:
      orders: {stream: \"${tables.orders.stream_arn}\", starting_position: latest}
";

const POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": "${tables.orders.arn}"},
    {"Sid": "Streams", "Effect": "Allow", "Action": "dynamodb:ListStreams", "Resource": "*"}
  ]
}"#;

fn place() -> Place {
    let stack = Stack::with_code(YAML).file("policy.json", POLICY);
    Place::new(stack)
}

/// Replaces values that differ from run to run.
fn redacted(text: &str) -> String {
    let rules = [
        (r"\b(vpc|vpce|subnet|sg|rtb)-[0-9a-f]{8,17}\b", "$1-…"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "(uuid)"),
        (r"\bAROA[0-9A-Z]{17}\b", "AROA…"),
        (r"/stream/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+", "/stream/(label)"),
        (r"\b20[0-9]{6}T[0-9]{6}Z\b", "(now)"),
        (r"\b127\.0\.0\.1:[0-9]+\b", "127.0.0.1:(port)"),
        (r"\b[0-9a-f]{64}\b", "(digest)"),
        (r"\b[0-9a-f]{32}\b", "(token)"),
    ];
    rules.iter().fold(text.to_owned(), |text, (pattern, to)| {
        regex_lite::Regex::new(pattern).expect("the pattern is one").replace_all(&text, *to).into_owned()
    })
}

/// Makes snapshots of the plan in every format; the JSON one also fits its schema.
fn snapshots(place: &Place, name: &str, code: i32) {
    let format = |format: &str| place.run(&["plan", "--format", format]).code(code);
    let text = format("text");
    insta::assert_snapshot!(
        format!("{name}_text"),
        redacted(&(text.stdout + "---- on standard error\n" + &text.stderr))
    );
    insta::assert_snapshot!(format!("{name}_markdown"), redacted(&format("markdown").stdout));
    let json = format("json");
    fits_the_schema(&json.json());
    insta::assert_snapshot!(format!("{name}_json"), redacted(&json.stdout));
}

#[test]
fn create() {
    snapshots(&place(), "create", 0);
}

#[test]
fn no_change() {
    let place = place();
    place.apply(&[]);
    snapshots(&place, "no_change", 0);
}

#[test]
fn update() {
    let place = place();
    place.apply(&[]);
    place.stack.write("policy.json", POLICY.replace("\"dynamodb:Query\"", "\"dynamodb:BatchGetItem\""));
    place.stack.replace("    code: code\n", "    code: code\n    memory: 256\n");
    place.stack.replace("{GREETING: hello}", "{GREETING: goodbye, NAME: you}");
    place.stack.replace("stream: new_image\n", "stream: new_image\n    time_to_live: expires\n");
    place.stack.replace("starting_position: latest", "starting_position: latest, batch_size: 10");
    place.stack.replace("tags: {project: shop}", "tags: {project: shop, team: till}");
    snapshots(&place, "update", 0);
}

#[test]
fn replace_refused() {
    let place = Place::of(
        "stack: shop\nregion: eu-central-1\ntables:\n  orders:\n    partition_key: id\n    billing: {mode: on_demand}\n",
    );
    place.apply(&[]);
    place.observer.call("dynamodb", "put_item", json!({"TableName": "orders", "Item": {"id": {"S": "1"}}}));
    place.stack.replace("partition_key: id", "partition_key: {name: number, type: N}");
    snapshots(&place, "replace_refused", 3);
}

#[test]
fn delete_refused() {
    let place = Place::of(
        "stack: shop\nregion: eu-central-1\ntables:\n  orders:\n    partition_key: id\n    billing: {mode: on_demand}\n",
    );
    place.apply(&[]);
    place.stack.rewrite("stack: shop\nregion: eu-central-1\n");
    snapshots(&place, "delete_refused", 3);
}

#[test]
fn adopt() {
    let place = Place::of(
        "stack: shop\nregion: eu-central-1\ntables:\n  orders:\n    partition_key: id\n    billing: {mode: on_demand}\n",
    );
    let table = json!({
        "TableName": "orders", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}], "BillingMode": "PAY_PER_REQUEST",
    });
    place.observer.call("dynamodb", "create_table", table);
    snapshots(&place, "adopt", 0);
}

#[test]
fn json_plan_has_the_documented_fields() {
    let plan = place().plan(&[]);
    let has = |value: &Value, keys: &[&str]| {
        let object = value.as_object().expect("it is an object");
        for key in keys {
            assert!(object.contains_key(*key), "`{key}` is not in {value:#}");
        }
    };
    has(&plan, &["format_version", "stack", "environment", "summary", "changes", "steps", "verdicts", "blocked"]);
    assert_eq!(plan["format_version"], "1");
    has(&plan["environment"], &["partition", "account", "region"]);
    has(&plan["summary"], &["create", "update", "replace", "delete", "adopt", "no_op"]);
    has(&plan["changes"][0], &["address", "kind", "action", "reason", "properties"]);
    let property = &plan["changes"][0]["properties"][0];
    has(property, &["path", "before", "after", "sensitive", "forces_replacement", "known_after_apply"]);
    has(&plan["steps"][0], &["id", "address", "service", "operation", "input", "requires", "covers", "after"]);
    has(&plan["steps"][0]["requires"][0], &["action", "resource", "context"]);
    let blocked = Place::of("{stack: shop, region: eu-central-1, account: \"999988887777\"}");
    let blocked = blocked.run(&["plan", "--format", "json"]).code(3).json();
    fits_the_schema(&blocked);
    let keys = ["guardrail", "rule", "address", "step", "outcome", "message", "statement", "source"];
    has(&blocked["verdicts"][0], &keys);
}

#[test]
fn plan_schema_rejects_invalid_plans() {
    let schema = schema("plan");
    let mut plan = place().plan(&[]);
    assert_eq!(misfit(&schema, &schema, &plan, "plan"), None);
    plan["changes"][0]["action"] = json!("explode");
    assert!(misfit(&schema, &schema, &plan, "plan").is_some());
    plan["changes"][0]["action"] = json!("create");
    plan["format_version"] = json!("2");
    assert!(misfit(&schema, &schema, &plan, "plan").is_some());
    plan.as_object_mut().map(|plan| plan.remove("format_version"));
    assert!(misfit(&schema, &schema, &plan, "plan").is_some());
}

#[track_caller]
fn fits_the_schema(plan: &Value) {
    let schema = schema("plan");
    if let Some(misfit) = misfit(&schema, &schema, plan, "plan") {
        panic!("{misfit}");
    }
}
