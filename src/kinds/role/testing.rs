//! Random roles that AWS would accept.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::spec::{Principals, RoleSpec};

fn document() -> impl Strategy<Value = Value> {
    let action = prop::sample::select(vec!["dynamodb:Query", "dynamodb:PutItem", "s3:GetObject", "logs:PutLogEvents"]);
    (prop::collection::btree_set(action, 1..3), "[a-z]{1,8}").prop_map(|(actions, name)| {
        json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Action": actions.into_iter().collect::<Vec<_>>(),
            "Resource": format!("arn:aws:s3:::{name}"),
        }]})
    })
}

/// Roles for the account 123456789012 in the partition `aws`.
pub(crate) fn arbitrary() -> impl Strategy<Value = RoleSpec> {
    let service = prop::sample::select(vec!["lambda.amazonaws.com", "ecs-tasks.amazonaws.com", "ec2.amazonaws.com"]);
    let policy = prop::sample::select(vec![
        "AWSLambdaInvocation-DynamoDB",
        "service-role/AWSLambdaVPCAccessExecutionRole",
        "service-role/AWSLambdaBasicExecutionRole",
        "ReadOnlyAccess",
    ]);
    (
        prop::collection::btree_set(service, 1..3),
        prop::collection::btree_set(policy.clone(), 0..4),
        prop::collection::btree_map("[A-Za-z][A-Za-z0-9+=,.@_-]{0,12}", document(), 0..3),
        prop::option::of(policy),
        prop::option::of("[ -~]{1,20}"),
        prop::sample::select(vec!["/", "/team/", "/a/b/"]),
        3600_u32..=43200,
        prop::collection::btree_map("[a-z]{1,6}", "[a-zA-Z0-9 _.:/=+@-]{0,10}", 0..4),
    )
        .prop_map(
            |(services, managed, inline_policies, boundary, description, path, max_session_duration, tags)| RoleSpec {
                assumed_by: Some(Principals(services.into_iter().map(str::to_owned).collect())),
                assume_role_policy: None,
                managed_policies: managed.into_iter().map(str::to_owned).collect(),
                inline_policies,
                grants: Vec::new(),
                permissions_boundary: boundary.map(str::to_owned),
                description,
                path: path.to_owned(),
                max_session_duration,
                tags,
            },
        )
}
