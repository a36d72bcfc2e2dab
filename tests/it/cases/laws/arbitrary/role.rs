//! Roles: every form of a trust policy, and policies in several spellings.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::cases::laws::world::World;

fn statement(resource: &str) -> BoxedStrategy<Value> {
    let actions = prop_oneof![
        Just(json!("dynamodb:Query")),
        Just(json!(["dynamodb:Query"])),
        Just(json!(["dynamodb:PutItem", "dynamodb:Query"])),
        Just(json!(["s3:GetObject*", "logs:*"])),
    ];
    let condition = prop_oneof![
        2 => Just(Value::Null),
        1 => Just(json!({"StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/team}"}})),
        1 => Just(json!({"Bool": {"aws:SecureTransport": ["true"]}, "NumericLessThan": {"s3:max-keys": "10"}})),
    ];
    let resource = resource.to_owned();
    (actions, condition, prop::option::of("[A-Z][a-z0-9]{0,6}"))
        .prop_map(move |(action, condition, sid)| {
            let mut statement = json!({"Effect": "Allow", "Action": action, "Resource": resource});
            if !condition.is_null() {
                statement["Condition"] = condition;
            }
            if let Some(sid) = sid {
                statement["Sid"] = json!(sid);
            }
            statement
        })
        .boxed()
}

fn document() -> BoxedStrategy<Value> {
    let one = statement("*").prop_map(|statement| json!(statement));
    let two =
        (statement("arn:aws:dynamodb:*:*:table/a"), statement("arn:aws:s3:::b/*")).prop_map(|(mut one, mut two)| {
            // A Sid occurs once in a document.
            one.as_object_mut().expect("a statement").remove("Sid");
            two["Effect"] = json!("Deny");
            json!([one, two])
        });
    prop_oneof![one, two].prop_map(|statement| json!({"Version": "2012-10-17", "Statement": statement})).boxed()
}

fn trust() -> BoxedStrategy<(&'static str, Value)> {
    let services = ["lambda.amazonaws.com", "ecs-tasks.amazonaws.com", "ec2.amazonaws.com"];
    let document = |principal: Value, condition: Value| {
        let mut statement = json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
        if !condition.is_null() {
            statement["Condition"] = condition;
        }
        ("assume_role_policy", json!({"Version": "2012-10-17", "Statement": [statement]}))
    };
    prop_oneof![
        prop::sample::select(services.to_vec()).prop_map(|service| ("assumed_by", json!(service))),
        prop::sample::subsequence(services.to_vec(), 2..=3).prop_shuffle().prop_map(|all| ("assumed_by", json!(all))),
        Just(document(json!({"AWS": "123456789012"}), Value::Null)),
        Just(document(
            json!({"AWS": "arn:aws:iam::123456789012:root"}),
            json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}})
        )),
        Just(document(
            json!({"Service": ["lambda.amazonaws.com"]}),
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:123456789012:function:*"}})
        )),
    ]
    .boxed()
}

/// Roles with the customer's policies of the world and AWS's own.
pub(super) fn roles(world: &World) -> BoxedStrategy<Value> {
    let mut policies = world.policies.clone();
    policies.extend(
        ["AWSLambdaInvocation-DynamoDB", "service-role/AWSLambdaVPCAccessExecutionRole", "job-function/ViewOnlyAccess"]
            .map(str::to_owned),
    );
    policies.push("arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned());
    let managed = prop::sample::subsequence(policies.clone(), 0..=policies.len()).prop_shuffle();
    let inline = prop::collection::btree_map("[a-z][A-Za-z0-9+=,.@_-]{0,6}", document(), 0..4);
    let boundary = prop::option::of(prop::sample::select(policies));
    let texts = (prop::option::of("[ -~]{1,30}"), prop::sample::select(vec!["/", "/", "/", "/team/", "/a/b/"]));
    let tags = prop::collection::btree_map("[a-d]{1,2}", "[a-zA-Z0-9 _.:/=+@-]{0,8}", 0..4);
    (trust(), managed, inline, boundary, texts, prop::option::of(3600_u32..=43200), tags)
        .prop_map(|((how, who), managed, inline, boundary, (description, path), session, tags)| {
            let mut body = Map::new();
            body.insert(how.to_owned(), who);
            body.insert("managed_policies".to_owned(), json!(managed));
            body.insert("inline_policies".to_owned(), json!(inline));
            body.insert("path".to_owned(), json!(path));
            body.insert("tags".to_owned(), json!(tags));
            let optional = [
                ("permissions_boundary", boundary.map(Value::from)),
                ("description", description.map(Value::from)),
                ("max_session_duration", session.map(Value::from)),
            ];
            body.extend(optional.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
            Value::Object(body)
        })
        .boxed()
}
