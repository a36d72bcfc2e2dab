//! Tests of the check, on rules of their own.

use serde_json::{Value, json};

use super::*;
use crate::base::Environment;
use crate::kind::{PathRule, Rule};

const ARNS: &[ArnRule] = &[
    ArnRule::new("queue", "the ARN of a queue", &[ArnForm::new("sqs", "")]),
    ArnRule::new(
        "policies.*",
        "the ARN of a managed policy",
        &[ArnForm::new("iam", "policy/").region(Reach::Empty).account(Reach::OwnOr("aws"))],
    ),
    ArnRule::new(
        "layer",
        "the ARN of a layer's version",
        &[
            ArnForm::new("lambda", "layer:"),
            ArnForm::new("lambda", "awslayer:").region(Reach::Empty).account(Reach::Empty),
        ],
    ),
    ArnRule::new(
        "stream",
        "the ARN of a stream",
        &[ArnForm::new("dynamodb", "table/").attribute("tables", "stream_arn")],
    ),
    ArnRule::new("source", "an ARN", &[]),
];
const RULES: &[PathRule] = &[PathRule::new("document", Rule::Policy)];

fn found(env: &Environment, spec: &Value) -> Vec<String> {
    check(ARNS, RULES, spec, env).into_iter().map(|one| format!("{}: {}", one.path, one.message)).collect()
}

fn here() -> Environment {
    Environment::new("123456789012", "eu-central-1")
}

#[test]
fn arns_in_the_stacks_partition_and_region_are_accepted() {
    let env = here();
    for good in [
        json!({"queue": "arn:aws:sqs:eu-central-1:123456789012:q"}),
        json!({"queue": "arn:aws:sqs:eu-central-1:999999999999:q"}),
        json!({"policies": ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::123456789012:policy/a/b", "Named"]}),
        json!({"layer": "arn:aws:lambda:eu-central-1:999999999999:layer:l:1"}),
        json!({"layer": "arn:aws:lambda:::awslayer:l"}),
        json!({"stream": "\u{E000}tables.a.stream_arn\u{E001}"}),
        json!({"source": "arn:aws:s3:::bucket"}),
        json!({"source": "arn:aws:events:us-east-1:999999999999:rule/*"}),
        json!({"queue": "arn:\u{E000}tables.a.stream_arn\u{E001}:sqs:us-east-1:123456789012:q"}),
        json!({"document": {"Statement": {"Effect": "Allow", "Resource": ["*", "arn:aws:s3:::a", "arn:*:s3:::a"]}}}),
        json!({"document": {"Statement": [{"Principal": {"AWS": ["*", "123456789012", "arn:aws:iam::1:root"]}}]}}),
    ] {
        assert_eq!(found(&env, &good), [""; 0], "{good}");
    }
}

#[test]
fn arns_of_another_partition_region_or_account_are_refused() {
    let env = here();
    for (bad, part) in [
        (json!({"queue": "arn:aws-cn:sqs:eu-central-1:123456789012:q"}), "partition `aws-cn`"),
        (json!({"queue": "arn:aws:sqs:us-east-1:123456789012:q"}), "is in `us-east-1`"),
        (json!({"queue": "arn:aws:sqs:us-east-1:\u{E000}roles.a.id\u{E001}:q"}), "is in `us-east-1`"),
        (json!({"queue": "arn:aws:sns:eu-central-1:123456789012:t"}), "is not the ARN of a queue"),
        (json!({"queue": "\u{E000}tables.a.stream_arn\u{E001}"}), "`${tables.a.stream_arn}` is not the ARN of a queue"),
        (json!({"policies": ["arn:aws:iam::999999999999:policy/a"]}), "policies.0: "),
        (json!({"policies": ["arn:aws:iam::123456789012:role/a"]}), "is not the ARN of a managed policy"),
        (json!({"layer": "arn:aws:lambda:us-east-1:123456789012:layer:l:1"}), "is in `us-east-1`"),
        (json!({"layer": "arn:aws:lambda:eu-central-1::awslayer:l"}), "names a region"),
        (json!({"source": "arn:aws-us-gov:s3:::bucket"}), "partition `aws-us-gov`"),
        (json!({"document": {"Statement": [{"Resource": "arn:aws-cn:s3:::b"}]}}), "document.Statement.0.Resource: "),
        (
            json!({"document": {"Statement": {"Principal": {"AWS": ["*", "arn:aws-cn:iam::1:root"]}}}}),
            "Principal.AWS.1: ",
        ),
    ] {
        let found = found(&env, &bad);
        assert!(found.len() == 1 && found[0].contains(part), "{bad}: {found:?}");
    }
}

#[test]
fn arns_are_not_checked_against_assumed_region_and_account() {
    let spec = json!({
        "queue": "arn:aws-cn:sqs:cn-north-1:999999999999:q",
        "policies": ["arn:aws-cn:iam::999999999999:policy/a"],
        "document": {"Statement": [{"Resource": "arn:aws-cn:s3:::b"}]},
    });
    assert_eq!(found(&Environment::assumed(None, None), &spec), [""; 0]);
    assert_eq!(found(&Environment::assumed(None, Some("cn-north-1".to_owned())), &spec), [""; 0]);
    assert_eq!(found(&Environment::assumed(Some("999999999999".to_owned()), None), &spec), [""; 0]);
    assert_eq!(found(&Environment::assumed(None, Some("cn-northwest-1".to_owned())), &spec).len(), 1);
    assert_eq!(found(&Environment::assumed(Some("123456789012".to_owned()), None), &spec).len(), 1);
}
