use proptest::prelude::*;
use serde_json::json;

use super::*;

/// A policy of one statement: `rest` in addition to an Allow.
fn policy(rest: &Value) -> Value {
    let mut statement = json!({"Effect": "Allow"});
    if let (Some(statement), Some(rest)) = (statement.as_object_mut(), rest.as_object()) {
        statement.extend(rest.clone());
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn same(left: &Value, right: &Value) -> bool {
    let (left, right) = (policy(left), policy(right));
    assert_eq!(same_meaning(&left, &right), same_meaning(&right, &left), "symmetric");
    same_meaning(&left, &right)
}

#[test]
fn equivalent_policy_spellings_are_equal() {
    let pairs = [
        (json!({"Action": "s3:Get*"}), json!({"Action": ["s3:Get*"]})),
        (json!({"Action": ["a:B", "c:D"]}), json!({"Action": ["c:D", "a:B", "c:D"]})),
        (json!({"Action": "DynamoDB:getItem"}), json!({"Action": "dynamodb:GetItem"})),
        (json!({"NotResource": ["b", "a"]}), json!({"NotResource": ["a", "b"]})),
        (json!({"Principal": "*"}), json!({"Principal": {"AWS": "*"}})),
        (json!({"Principal": "*"}), json!({"Principal": {"AWS": ["*"]}})),
        (
            json!({"Principal": {"AWS": "123456789012"}}),
            json!({"Principal": {"AWS": ["arn:aws:iam::123456789012:root"]}}),
        ),
        (
            json!({"NotPrincipal": {"AWS": ["arn:aws-cn:iam::123456789012:root", "123456789012"]}}),
            json!({"NotPrincipal": {"AWS": "123456789012"}}),
        ),
        (
            json!({"Principal": {"Service": ["b", "a"], "AWS": "*"}}),
            json!({"Principal": {"AWS": "*", "Service": ["a", "b"]}}),
        ),
        (
            json!({"Condition": {"stringlike": {"AWS:SourceArn": "x"}}}),
            json!({"Condition": {"StringLike": {"aws:sourcearn": ["x"]}}}),
        ),
        (json!({"Condition": {"Bool": {"a:b": true}}}), json!({"Condition": {"Bool": {"a:b": "True"}}})),
        (
            json!({"Condition": {"NumericLessThan": {"a:b": 10}}}),
            json!({"Condition": {"NumericLessThan": {"a:b": ["10"]}}}),
        ),
        (json!({"Condition": {}}), json!({})),
        (json!({"Condition": {"Bool": {}}}), json!({})),
        (json!({"Sid": ""}), json!({})),
    ];
    for (left, right) in pairs {
        assert!(same(&left, &right), "{left} is {right}");
    }
}

#[test]
fn semantic_policy_differences_are_detected() {
    let pairs = [
        (json!({"Sid": "a"}), json!({"Sid": "b"})),
        (json!({"Sid": "a"}), json!({})),
        (json!({"Effect": "Deny"}), json!({})),
        (json!({"Action": "*"}), json!({"NotAction": "*"})),
        (json!({"Resource": "arn:aws:s3:::A"}), json!({"Resource": "arn:aws:s3:::a"})),
        (json!({"Principal": {"AWS": "123456789012"}}), json!({"Principal": {"AWS": "123456789013"}})),
        (
            json!({"Principal": {"AWS": "123456789012"}}),
            json!({"Principal": {"AWS": "arn:aws:iam::123456789012:role/root"}}),
        ),
        (json!({"Principal": {"Service": "*"}}), json!({"Principal": "*"})),
        (json!({"Condition": {"StringEquals": {"a:b": "X"}}}), json!({"Condition": {"StringEquals": {"a:b": "x"}}})),
        (
            json!({"Condition": {"StringEquals": {"a:b": "x"}}}),
            json!({"Condition": {"StringEqualsIfExists": {"a:b": "x"}}}),
        ),
        (
            json!({"Condition": {"StringEquals": {"a:b": "x", "A:b": "y"}}}),
            json!({"Condition": {"StringEquals": {"a:b": "x"}}}),
        ),
        (
            json!({"Condition": {"StringEquals": {"a:b": "x"}, "stringequals": {"a:b": "y"}}}),
            json!({"Condition": {"StringEquals": {"a:b": "y"}}}),
        ),
        (
            json!({"Resource": "\u{E000}tables.a.stream_arn\u{E001}"}),
            json!({"Resource": "\u{E000}tables.b.stream_arn\u{E001}"}),
        ),
        (
            json!({"Condition": {"StringLike": {"a:\u{E000}roles.A.id\u{E001}": "x"}}}),
            json!({"Condition": {"StringLike": {"a:\u{E000}roles.a.id\u{E001}": "x"}}}),
        ),
    ];
    for (left, right) in pairs {
        assert!(!same(&left, &right), "{left} is not {right}");
    }
}

#[test]
fn missing_policy_version_means_2008_10_17() {
    let without = json!({"Statement": []});
    assert!(same_meaning(&without, &json!({"Version": "2008-10-17", "Statement": []})));
    assert!(!same_meaning(&without, &json!({"Version": "2012-10-17", "Statement": []})));
    assert!(!same_meaning(&without, &json!({"Id": "x", "Statement": []})));
}

#[test]
fn statement_order_is_ignored_and_single_statement_equals_list() {
    let (a, b) = (json!({"Effect": "Allow", "Action": "a:*"}), json!({"Effect": "Deny", "Action": ["b:*"]}));
    assert!(same_meaning(&json!({"Statement": a}), &json!({"Statement": [a]})));
    assert!(same_meaning(&json!({"Statement": [a, b]}), &json!({"Statement": [b, a, b]})));
    assert!(!same_meaning(&json!({"Statement": [a, b]}), &json!({"Statement": [a]})));
}

#[test]
fn non_policy_json_only_gets_sorted_keys() {
    let value = json!({"b": [{"z": 1, "a": 2}, 3], "a": null});
    assert_eq!(canonicalize(&value).to_string(), r#"{"a":null,"b":[{"a":2,"z":1},3]}"#);
    assert_eq!(canonicalize(&json!("text")), json!("text"));
}

/// Any JSON, often with words of the policy language.
pub(in crate::policy) fn any_json() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "Statement",
        "Version",
        "Effect",
        "Allow",
        "Deny",
        "Action",
        "NotAction",
        "Resource",
        "Principal",
        "Condition",
        "StringEquals",
        "stringequals",
        "ForAnyValue:StringLike",
        "Bool",
        "AWS",
        "Sid",
        "*",
        "s3:GetObject",
        "S3:getobject",
        "aws:X",
        "AWS:x",
        "2012-10-17",
        "123456789012",
        "\u{E000}a\u{E001}",
        "${",
        "arn:aws:iam::123456789012:root",
        "Service",
        "NotPrincipal",
    ]);
    let text = prop_oneof![4 => word.prop_map(str::to_owned), 1 => ".{0,6}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn canonicalization_is_idempotent(value in any_json()) {
        for value in [json!({"Statement": {"Condition": value}}), json!({"Statement": value}), value] {
            let once = canonicalize(&value);
            prop_assert_eq!(canonicalize(&once), once.clone());
            prop_assert!(same_meaning(&value, &once));
        }
    }
}
