//! Roles.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use underpin::base::Address;

use crate::cases::laws::compare::{Body, Differences, document, set};

fn arn(policy: &Value) -> Value {
    let policy = policy.as_str().expect("a policy is named");
    if policy.starts_with("arn:") { json!(policy) } else { json!(format!("arn:aws:iam::aws:policy/{policy}")) }
}

pub(super) fn compare(seen: &Value, body: &Value, address: &Address, found: &mut Differences) {
    let body = Body(body);
    let trust = match body.get("assumed_by") {
        Value::Null => body.get("assume_role_policy").clone(),
        services => json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"Service": services}, "Action": "sts:AssumeRole",
        }}),
    };
    found.same("trust", &document(&seen["AssumeRolePolicyDocument"]), &document(&trust));
    let attached: Vec<Value> = body.get("managed_policies").as_array().into_iter().flatten().map(arn).collect();
    found.same("managed policies", &set(&seen["AttachedPolicies"]), &set(&json!(attached)));
    let inline: BTreeMap<&String, Value> =
        body.entries("inline_policies").map(|(name, policy)| (name, document(policy.0))).collect();
    let live: BTreeMap<&String, Value> =
        Body(seen).entries("InlinePolicies").map(|(name, policy)| (name, document(policy.0))).collect();
    found.same("inline policies", &live, &inline);
    let boundary = body.get("permissions_boundary");
    let boundary = if boundary.is_null() { json!(null) } else { arn(boundary) };
    found.same("boundary", &seen["PermissionsBoundary"]["PermissionsBoundaryArn"], &boundary);
    found.same("description", &Body(seen).or("Description", json!("")), &body.or("description", json!("")));
    found.same("path", &seen["Path"], &body.or("path", json!("/")));
    found.same("session", &seen["MaxSessionDuration"], &body.or("max_session_duration", json!(3600)));
    found.same("tags", &seen["Tags"], &body.tags(address));
}
