//! Functions, with their log group, concurrency and permissions.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use underpin::base::Address;

use crate::cases::laws::compare::{Body, Differences, document, set};
use crate::cases::laws::world::World;

pub(super) fn compare(seen: &Value, body: &Value, address: &Address, world: &World, found: &mut Differences) {
    let body = Body(body);
    for (key, live) in [("runtime", "Runtime"), ("handler", "Handler"), ("role", "Role")] {
        found.same(key, &seen[live], body.get(key));
    }
    found.same("code", &seen["CodeSha256"], &body.get("code")["sha256"]);
    found.same("architecture", &seen["Architectures"][0], &body.or("architecture", json!("x86_64")));
    found.same("memory", &seen["MemorySize"], &body.or("memory", json!(128)));
    found.same("timeout", &seen["Timeout"], &body.or("timeout", json!(3)));
    found.same("storage", &seen["EphemeralStorage"]["Size"], &body.or("ephemeral_storage", json!(512)));
    let variables = Body(&seen["Environment"]).or("Variables", json!({}));
    found.same("environment", &variables, &body.or("environment", json!({})));
    network(seen, body, world, found);
    found.same("dead letters", &seen["DeadLetterConfig"]["TargetArn"], body.get("dead_letter"));
    let tracing = if body.get("tracing") == "active" { "Active" } else { "PassThrough" };
    found.same("tracing", &seen["TracingConfig"]["Mode"], &json!(tracing));
    let layers: Vec<&Value> = seen["Layers"].as_array().into_iter().flatten().map(|layer| &layer["Arn"]).collect();
    found.same("layers", &json!(layers), &body.or("layers", json!([])));
    found.same("key", &seen["KMSKeyArn"], body.get("kms_key"));
    found.same("description", &Body(seen).or("Description", json!("")), &body.or("description", json!("")));
    found.same("tags", &seen["Tags"], &body.tags(address));
    parts(seen, body, found);
}

fn network(seen: &Value, body: Body<'_>, world: &World, found: &mut Differences) {
    let vpc = body.within("vpc");
    let wanted = |key: &str, default: &[String]| match vpc.get(key) {
        Value::Null if vpc.0.is_null() => json!([]),
        Value::Null | Value::String(_) => json!(default),
        ids => ids.clone(),
    };
    let live = |key: &str| set(&seen["VpcConfig"][key]);
    found.same("subnets", &live("SubnetIds"), &set(&wanted("subnets", &world.network.subnets)));
    found.same("groups", &live("SecurityGroupIds"), &set(&wanted("security_groups", &world.network.groups[..1])));
}

/// Compares the parts that the file names; others are unmanaged, and may be as they were.
fn parts(seen: &Value, body: Body<'_>, found: &mut Differences) {
    let concurrency = body.get("reserved_concurrency");
    if !concurrency.is_null() {
        found.same("concurrency", &seen["ReservedConcurrency"], concurrency);
    }
    let retention = body.get("log_retention");
    if !retention.is_null() {
        found.same("log retention", &seen["LogGroup"]["retentionInDays"], retention);
    }
    if body.get("permissions").is_null() {
        return;
    }
    let wanted: BTreeMap<&String, Value> =
        body.entries("permissions").map(|(sid, permission)| (sid, statement(sid, permission, seen))).collect();
    let live: BTreeMap<&String, Value> =
        Body(seen).entries("Permissions").map(|(sid, statement)| (sid, document(statement.0))).collect();
    found.same("permissions", &live, &wanted);
}

fn statement(sid: &str, permission: Body<'_>, seen: &Value) -> Value {
    let principal = permission.get("principal").as_str().expect("a principal");
    let principal = match principal {
        service if service.ends_with(".amazonaws.com") => json!({"Service": service}),
        arn if arn.starts_with("arn:") => json!({"AWS": arn}),
        account => json!({"AWS": format!("arn:aws:iam::{account}:root")}),
    };
    let mut condition = json!({});
    if let Value::String(arn) = permission.get("source_arn") {
        condition["ArnLike"] = json!({"AWS:SourceArn": arn});
    }
    if let Value::String(account) = permission.get("source_account") {
        condition["StringEquals"] = json!({"AWS:SourceAccount": account});
    }
    let mut statement = json!({
        "Sid": sid, "Effect": "Allow", "Principal": principal, "Action": permission.get("action"),
        "Resource": seen["FunctionArn"],
    });
    if condition != json!({}) {
        statement["Condition"] = condition;
    }
    document(&statement)
}
