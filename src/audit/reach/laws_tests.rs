//! Whoever the evaluator allows is listed, and nobody else for sure.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::tests::{ACCOUNT, TABLE, reach_of, role, table};
use super::*;
use crate::policy::{Decision, Document, Policy, Request, evaluate};

fn statement() -> impl Strategy<Value = Value> {
    let effect = select(vec!["Allow", "Allow", "Allow", "Deny"]);
    let action = select(vec![
        "dynamodb:GetItem",
        "dynamodb:*",
        "*",
        "dynamodb:Put*",
        "dynamodb:?pdateTable",
        "s3:*",
        "DynamoDB:query",
    ]);
    let key = select(vec!["Action", "Action", "NotAction"]);
    let resource = select(vec![
        "*",
        TABLE,
        "arn:aws:dynamodb:*:*:table/*",
        "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/index/*",
        "arn:aws:dynamodb:eu-central-1:123456789012:table/other",
        "arn:aws:s3:::b/*",
    ]);
    let condition = select(vec![
        json!({}),
        json!({}),
        json!({"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}),
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app/*"}}),
        json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
        json!({"StringEquals": {"aws:PrincipalTag/team": "x"}}),
    ]);
    (effect, key, action, resource, condition).prop_map(|(effect, key, action, resource, condition)| {
        json!({"Effect": effect, key: action, "Resource": resource, "Condition": condition})
    })
}

/// The decision of the evaluator alone on a request of the role, with what the caller can choose.
fn decision(statements: &[Value], action: &str, resource: &str) -> Decision {
    let document = Document::from_aws(&json!({"Version": "2012-10-17", "Statement": statements})).expect("a policy");
    let request = Request::new(action, resource)
        .with_value("aws:RequestedRegion", "eu-central-1")
        .by("arn:aws:iam::123456789012:role/app/worker")
        .no_other("aws:PrincipalTag/");
    evaluate([&Policy::new("p", &document)], &request).decision
}

proptest! {
    #[test]
    fn whoever_the_evaluator_allows_is_listed(statements in prop::collection::vec(statement(), 1..4)) {
        let reach = reach_of(&[table(None), role(&json!(statements))]);
        let access = reach.principals.iter().find(|one| one.kind == PrincipalKind::Role);
        let level = |level: Level| access.and_then(|access| access.levels.iter().find(|one| one.level == level));
        let index = format!("{TABLE}/index/by-customer");
        for (action, resource, of) in [
            ("dynamodb:GetItem", TABLE, Level::Read),
            ("dynamodb:Query", index.as_str(), Level::Read),
            ("dynamodb:PutItem", TABLE, Level::Write),
            ("dynamodb:UpdateTable", TABLE, Level::Manage),
        ] {
            let certainty = level(of).map(|one| one.certainty);
            match decision(&statements, action, resource) {
                Decision::Allowed => prop_assert_eq!(certainty, Some(Certainty::Allowed), "{} {:?}", action, statements),
                Decision::Unknown => prop_assert!(certainty.is_some(), "{} {:?}", action, statements),
                Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => {}
            }
        }
        // What is said to be sure is allowed to the named action.
        for one in access.into_iter().flat_map(|access| &access.levels) {
            let (action, resource) = match one.action.split_once(" on ") {
                Some((action, "the stream")) => (action, format!("{TABLE}/stream/2026")),
                Some((action, index)) => (action, format!("{TABLE}/{index}")),
                None => (one.action.as_str(), TABLE.to_owned()),
            };
            let expected = match one.certainty {
                Certainty::Allowed => Decision::Allowed,
                Certainty::Unknown => Decision::Unknown,
            };
            prop_assert_eq!(decision(&statements, action, &resource), expected, "{} {:?}", one.action, statements);
        }
    }
}

/// Measures, on demand: `cargo test --release --no-default-features --lib reach::laws -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a test"]
#[expect(clippy::print_stdout, reason = "it is what one wants to see")]
fn thousand_roles_and_ten_tables() {
    let worker = role(&json!([
        {"Sid": "Read", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": [TABLE, format!("{TABLE}/index/*")]},
        {"Sid": "Logs", "Effect": "Allow", "Action": "logs:*", "Resource": "*"}]));
    let roles = (0..1000).map(|n| {
        let mut role = worker.clone();
        role["ARN"] = json!(format!("arn:aws:iam::{ACCOUNT}:role/app/worker{n}"));
        role
    });
    let tables = (0..10).map(|n| {
        let mut table = table(None);
        table["resourceName"] = json!("orders");
        table["awsRegion"] = json!(format!("eu-central-{n}"));
        table
    });
    let items: Vec<Value> = roles.chain(tables).collect();
    let unknown = std::collections::BTreeMap::new();
    let start = std::time::Instant::now();
    let account = Account::new(ACCOUNT, items.iter().map(|body| ReadItem { body, unknown: &unknown }), &[]);
    let reach = account.reach("orders");
    let listed: usize = reach.iter().map(|one| one.principals.len()).sum();
    println!("{listed} accesses to {} tables in {:?}", reach.len(), start.elapsed());
    assert_eq!(listed, 10 * 1001);
}
