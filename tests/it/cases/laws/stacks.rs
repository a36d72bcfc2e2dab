//! Stacks of every kind, with references between the resources.

use serde_json::{Value, json};
use underpin::base::{Address, pending};

use super::engine::Resource;
use super::world::World;

/// No resource at all.
pub(super) fn nothing(_: &World) -> Vec<Resource> {
    Vec::new()
}

fn resource(section: &str, name: &str, body: Value) -> Resource {
    Resource { address: Address::new(section, name), body }
}

/// The placeholder of a value that is known after the table's creation.
fn stream() -> String {
    pending::text(&"tables.law.stream_arn".parse().expect("a reference"))
}

fn allows(action: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": action, "Resource": "arn:aws:dynamodb:eu-central-1:123456789012:table/law",
    }]})
}

/// One of each, with many parts.
pub(super) fn first(world: &World) -> Vec<Resource> {
    vec![
        resource(
            "tables",
            "law",
            json!({
                "partition_key": "pk", "sort_key": "sk",
                "billing": {"mode": "provisioned", "read_capacity": 5, "write_capacity": 5},
                "global_secondary_indexes": {
                    "one": {"partition_key": "a", "sort_key": "sk"},
                    "two": {"partition_key": {"name": "n", "type": "N"}, "projection": "keys_only"},
                },
                "stream": "new_image",
                "time_to_live": "expires",
                "auto_scaling": {"read": {"min": 1, "max": 9, "target": 70}},
                "contributor_insights": true,
                "tags": {"team": "one"},
            }),
        ),
        resource(
            "vpc_endpoints",
            "law",
            json!({"service": "dynamodb", "policy": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "dynamodb:*", "Resource": "*"}],
            }}),
        ),
        resource(
            "security_group_rules",
            "law",
            json!({
                "security_group": world.network.groups[0], "source": "10.0.0.0/16", "port": 5432,
                "description": "first", "tags": {"team": "one"},
            }),
        ),
        resource(
            "roles",
            "law",
            json!({
                "assumed_by": "lambda.amazonaws.com",
                "managed_policies": ["AWSLambdaInvocation-DynamoDB", "service-role/AWSLambdaVPCAccessExecutionRole"],
                "inline_policies": {"reads": allows("dynamodb:Query"), "writes": allows("dynamodb:PutItem")},
            }),
        ),
        resource(
            "functions",
            "law",
            json!({
                "runtime": "python3.13", "handler": "a.b", "code": world.codes[0],
                "role": "arn:aws:iam::123456789012:role/law",
                "vpc": {"subnets": "default", "security_groups": "default"},
                "environment": {"TABLE_NAME": "law"},
                "reserved_concurrency": 3, "log_retention": 14,
                "permissions": {"cognito": {"principal": "cognito-idp.amazonaws.com"}},
            }),
        ),
        resource("triggers", "law/messages", json!({"function": "law", "stream": stream(), "batch_size": 100})),
    ]
}

/// The same with a change in every part.
pub(super) fn second(world: &World) -> Vec<Resource> {
    vec![
        resource(
            "tables",
            "law",
            json!({
                "partition_key": "pk", "sort_key": "sk",
                "billing": {"mode": "on_demand", "max_read_request_units": 7},
                "global_secondary_indexes": {
                    "one": {"partition_key": "b", "sort_key": "sk"},
                    "three": {"partition_key": "a"},
                },
                "stream": "new_and_old_images",
                "time_to_live": "expires_at",
                "encryption": "aws_managed",
                "point_in_time_recovery": {"period_days": 7},
                "deletion_protection": false,
                "tags": {"team": "two", "more": "yes"},
            }),
        ),
        resource("vpc_endpoints", "law", json!({"service": "dynamodb", "route_tables": "main"})),
        resource(
            "security_group_rules",
            "law",
            json!({
                "security_group": world.network.groups[0], "source": "10.1.0.0/16", "port": {"from": 5432, "to": 5433},
                "tags": {"team": "two"},
            }),
        ),
        resource(
            "roles",
            "law",
            json!({
                "assumed_by": ["lambda.amazonaws.com", "ec2.amazonaws.com"],
                "description": "the second",
                "managed_policies": ["AWSLambdaInvocation-DynamoDB", world.policies[0]],
                "inline_policies": {"reads": allows("dynamodb:GetItem")},
                "permissions_boundary": world.policies[1],
                "max_session_duration": 7200,
                "tags": {"team": "two"},
            }),
        ),
        resource(
            "functions",
            "law",
            json!({
                "runtime": "python3.12", "handler": "a.c", "code": world.codes[1],
                "role": "arn:aws:iam::123456789012:role/law",
                "environment": {"TABLE_NAME": "law", "MORE": "yes"},
                "memory": 256,
                "reserved_concurrency": 4, "log_retention": 30,
                "permissions": {"events": {"principal": "events.amazonaws.com"}},
                "tags": {"team": "two"},
            }),
        ),
        resource(
            "triggers",
            "law/messages",
            json!({
                "function": "law", "stream": stream(), "batch_size": 10, "filters": [{"eventName": ["INSERT"]}],
            }),
        ),
    ]
}
