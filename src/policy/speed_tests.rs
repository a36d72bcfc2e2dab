//! Measures, on demand: `cargo test --release --no-default-features --lib policy::speed -- --ignored --nocapture`.

use std::time::Instant;

use serde_json::{Value, json};

use super::cases_tests::{chain, full_access};
use super::*;

/// A policy typical of organizations: lists of actions, a region lock, exempt roles, tags.
fn document(index: usize) -> Value {
    let actions: Vec<String> = (0..30).map(|n| format!("service{index}:*Action{n}")).collect();
    json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Regions", "Effect": "Deny", "NotAction": ["iam:*", "sts:*", "organizations:*", "support:*"],
         "Resource": "*", "Condition": {
            "StringNotEquals": {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]},
            "ArnNotLike": {"aws:PrincipalArn": [format!("arn:aws:iam::*:role/breakglass{index}")]}}},
        {"Sid": "Actions", "Effect": "Deny", "Action": actions, "Resource": "*"},
        {"Sid": "Tables", "Effect": "Deny", "Action": ["dynamodb:Delete*", "dynamodb:*Backup*"],
         "Resource": ["arn:aws:dynamodb:*:*:table/keep-*", "arn:aws:dynamodb:*:*:table/${aws:PrincipalTag/team}-*"]},
        {"Sid": "Tags", "Effect": "Deny", "Action": "dynamodb:CreateTable", "Resource": "*",
         "Condition": {"ForAnyValue:StringLike": {"aws:TagKeys": ["secret-*", "*-internal"]}}},
    ]})
}

#[test]
#[ignore = "a measurement, not a test"]
#[expect(clippy::print_stdout, reason = "it is what one wants to see")]
fn thousand_requests_are_allowed_by_25_policies() {
    let documents: Vec<Value> = (0..24).map(document).collect();
    let levels: Vec<Vec<Value>> = documents.chunks(5).map(|five| [&[full_access()], five].concat()).collect();
    let start = Instant::now();
    let chain = chain(&levels, PolicyKind::Scp);
    let compiled = start.elapsed();
    let start = Instant::now();
    let mut allowed = 0;
    for index in 0..1000 {
        let resource = format!("arn:aws:dynamodb:eu-central-1:111122223333:table/t{index}");
        let request = Request::new("dynamodb:CreateTable", &resource)
            .with_value("aws:RequestedRegion", "eu-central-1")
            .with("aws:TagKeys", Known::Values(vec!["owner".to_owned(), "team".to_owned()]))
            .by("arn:aws:iam::111122223333:role/dev");
        allowed += usize::from(chain.judge(&request).decision == Decision::Allowed);
    }
    println!("compiled in {compiled:?}; 1,000 requests judged in {:?}", start.elapsed());
    assert_eq!(allowed, 1000);
}
