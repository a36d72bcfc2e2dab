//! The real kinds: one mistake is reported once, and hides no other.

use serde_json::{Map, Value, json};

use super::*;
use crate::base::PropertyPath;
use crate::path;

/// The errors of a stack of the real kinds.
fn told(stack: &Value) -> Vec<String> {
    let text = serde_json::to_string_pretty(stack).expect("a text");
    let document = Document::parse(example_folder().join("stack.yaml"), text, &crate::kinds::REGISTRY)
        .unwrap_or_else(|error| panic!("{error}"));
    let env = Environment::new("123456789012", "eu-central-1");
    let (vault, archives) = (Vault::new([1; 32]), Archives::default());
    let loaded = document.load(None, &|_| env.clone(), &crate::kinds::REGISTRY, &vault, &archives, &variables);
    let errors = loaded.err().map(|failure| failure.diagnostics).unwrap_or_default();
    errors.into_iter().map(|error| error.message).collect()
}

fn policy(principal: bool) -> Value {
    let mut statement = json!({"Sid": "A", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"});
    if principal {
        statement["Principal"] = json!("*");
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// A stack that gives nearly every property.
fn full() -> Value {
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]});
    json!({
        "stack": "s",
        "region": "eu-central-1",
        "tags": {"team": "a"},
        "tables": {
            "scaled": {
                "name": "scaled-table", "partition_key": {"name": "pk", "type": "N"}, "sort_key": "sk",
                "billing": {"mode": "provisioned", "read_capacity": 5},
                "global_secondary_indexes": {"global-one": {
                    "partition_key": ["a", "b"], "sort_key": {"name": "sk"}, "projection": {"include": ["x", "y"]},
                    "read_capacity": 5, "auto_scaling": {"write": {"min": 1, "max": 9}}
                }},
                "local_secondary_indexes": {"local-one": {"sort_key": {"name": "lk", "type": "B"}, "projection": "all"}},
                "stream": "new_image", "deletion_protection": true, "point_in_time_recovery": {"period_days": 7},
                "encryption": {"kms_key": "arn:aws:kms:eu-central-1:123456789012:key/x"},
                "time_to_live": "ttl", "table_class": "standard",
                "auto_scaling": {"write": {"min": 1, "max": 9, "target": 50}},
                "contributor_insights": true, "resource_policy": policy(true), "tags": {"a": "b"}
            },
            "asked": {
                "partition_key": "pk", "billing": {"mode": "on_demand", "max_read_request_units": 5},
                "global_secondary_indexes": {"global-one": {"partition_key": "a", "max_write_request_units": 7}}
            }
        },
        "vpc_endpoints": {
            "gateway": {
                "service": "dynamodb", "type": "gateway", "vpc": "vpc-1", "route_tables": ["rtb-1", "rtb-2"],
                "policy": policy(true), "tags": {"a": "b"}
            },
            "interface": {
                "service": "sqs", "vpc": "default", "subnets": ["subnet-1"], "security_groups": "default",
                "private_dns": true
            }
        },
        "roles": {
            "role": {
                "assumed_by": ["lambda.amazonaws.com", "ec2.amazonaws.com"], "path": "/team/",
                "managed_policies": ["A", "service-role/B"], "inline_policies": {"one": policy(false)},
                "permissions_boundary": "C", "description": "d", "max_session_duration": 3600, "tags": {"a": "b"}
            },
            "trusted": {"assume_role_policy": trust}
        },
        "functions": {
            "function": {
                "runtime": "python3.13", "handler": "lambda_function.lambda_handler",
                "code": "lambdas/cruddur-messaging-stream", "role": "${roles.role.arn}", "architecture": "arm64",
                "memory": 128, "timeout": 5, "ephemeral_storage": 512, "environment": {"TABLE": "t"},
                "vpc": {"subnets": ["subnet-1", "subnet-2"], "security_groups": "default"},
                "dead_letter": "arn:aws:sqs:eu-central-1:123456789012:q", "tracing": "active",
                "layers": ["arn:aws:lambda:eu-central-1:123456789012:layer:l:1"],
                "kms_key": "arn:aws:kms:eu-central-1:123456789012:key/x", "reserved_concurrency": 5,
                "log_retention": 7, "description": "d", "tags": {"a": "b"},
                "permissions": {"cognito": {"principal": "cognito-idp.amazonaws.com", "source_account": "123456789012"}},
                "triggers": {
                    "stream": {
                        "stream": "${tables.scaled.stream_arn}", "starting_position": "latest", "batch_size": 9,
                        "bisect_on_error": true, "maximum_retry_attempts": 3, "maximum_record_age": 60,
                        "filters": [{"eventName": ["INSERT"]}], "parallelization_factor": 2, "tumbling_window": 5,
                        "on_failure": "arn:aws:sqs:eu-central-1:123456789012:q", "report_batch_item_failures": true
                    },
                    "queue": {
                        "queue": "arn:aws:sqs:eu-central-1:123456789012:q", "batch_size": 11, "enabled": false,
                        "maximum_batching_window": 5, "maximum_concurrency": 5
                    }
                }
            }
        }
    })
}

/// Every place below the sections of a stack, outside of policy documents.
fn places(value: &Value, at: &PropertyPath, into: &mut Vec<PropertyPath>) {
    if at.keys().last().is_some_and(|key| key.ends_with("policy")) || value.get("Statement").is_some() {
        return;
    }
    if at.keys().len() > 2 {
        into.push(at.clone());
    }
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| places(value, &at.child(key), into)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| places(value, &at.child(index.to_string()), into));
        }
        _ => {}
    }
}

/// The holder of a place, and its key.
fn holder<'v>(stack: &'v mut Value, at: &PropertyPath) -> (&'v mut Value, String) {
    let (key, above) = at.keys().split_last().expect("a place");
    let holder = above.iter().fold(stack, |value, key| match value {
        Value::Array(items) => &mut items[key.parse::<usize>().expect("an index")],
        value => &mut value[key],
    });
    (holder, key.clone())
}

fn with(stack: &Value, at: &PropertyPath, value: &Value) -> Value {
    let mut stack = stack.clone();
    match holder(&mut stack, at) {
        (Value::Array(items), key) => items[key.parse::<usize>().expect("an index")] = value.clone(),
        (holder, key) => holder[key] = value.clone(),
    }
    stack
}

/// The stack with a key misspelt.
fn misspelt(stack: &Value, at: &PropertyPath) -> Option<Value> {
    let mut stack = stack.clone();
    let (Value::Object(map), key) = holder(&mut stack, at) else { return None };
    let entries = std::mem::take(map);
    let renamed = |(old, value): (String, Value)| (if old == key { format!("{old}x") } else { old }, value);
    *map = entries.into_iter().map(renamed).collect::<Map<_, _>>();
    Some(stack)
}

#[test]
fn one_mistake_gives_one_error() {
    let full = full();
    assert_eq!(told(&full), Vec::<String>::new());
    let mut all = Vec::new();
    places(&full, &PropertyPath::root(), &mut all);
    assert!(all.len() > 90, "{}", all.len());
    let mut told_twice = Vec::new();
    let mut check = |what: String, stack: &Value| {
        let errors = told(stack);
        if errors.len() > 1 {
            told_twice.push(format!("{what}: {errors:#?}"));
        }
    };
    // The path of a role is part of its ARN, which is then invalid in every reference.
    for at in all.iter().filter(|at| **at != path!["roles", "role", "path"]) {
        for wrong in [json!("${env:UNSET}"), json!([[[]]]), json!("?!"), json!(-5)] {
            check(format!("{at} = {wrong}"), &with(&full, at, &wrong));
        }
        if let Some(stack) = misspelt(&full, at) {
            check(format!("{at} misspelt"), &stack);
        }
    }
    assert!(told_twice.is_empty(), "{}", told_twice.join("\n"));
}

#[test]
fn no_mistake_hides_another() {
    let told = |section: &str, body: Value| told(&json!({"stack": "s", section: {"name": body}}));
    let billing = json!({"partition_key": "pk", "bogus": 1, "billing": {"mode": "provisioned"}});
    assert_eq!(told("tables", billing).len(), 3, "the key, and two capacities");
    let nested = json!({"bogus": 1, "billing": {"mode": "provisioned", "read_capacity": "x"}});
    assert_eq!(told("tables", nested).len(), 4, "two keys, a word, and a capacity");
    let statement =
        json!([{"Effect": "Alow", "Principal": {"Service": "a.amazonaws.com"}, "Action": "sts:AssumeRole"}]);
    let trust = json!({"Version": "2012-10-17", "Statement": statement});
    let role = json!({"description": "${env:UNSET}", "assume_role_policy": trust});
    assert_eq!(told("roles", role).len(), 2, "the variable, and the policy");
    assert_eq!(told("roles", json!({"bogus": 1})).len(), 2, "the key, and that nobody is trusted");
    assert_eq!(told("roles", json!({"trust_policy": trust})).len(), 1, "the key tells what is meant");
    let function = json!({"code": "nowhere", "handler": "a.b", "environment": {"AWS_REGION": "x"}});
    assert_eq!(told("functions", function).len(), 4, "the code, two keys, and a variable");
}
