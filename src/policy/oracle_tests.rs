//! Compares the evaluator with the crate `iam-rs`, where both know the same of the language.

use iam_rs::{Arn, Context, ContextValue, IAMPolicy, IAMRequest, Principal, PrincipalId, evaluate_policies};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::cases_tests::policy;
use super::*;

fn words(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![
        select(words).prop_map(Value::from),
        prop::collection::vec(select(words), 1..3).prop_map(Value::from)
    ]
}

fn condition() -> impl Strategy<Value = Value> {
    let operators = vec![
        ("StringEquals", ["x", "y"]),
        ("StringNotEquals", ["x", "y"]),
        ("StringEqualsIgnoreCase", ["X", "y"]),
        ("StringNotEqualsIgnoreCase", ["X", "y"]),
        ("StringLike", ["x*", "?"]),
        ("StringNotLike", ["x*", "?"]),
        ("StringEqualsIfExists", ["x", "y"]),
        ("StringNotEqualsIfExists", ["x", "y"]),
        ("StringLikeIfExists", ["x*", "?"]),
        ("Null", ["true", "false"]),
    ];
    let line = (select(operators), select(vec!["a:x", "a:y"]), any::<bool>(), any::<bool>());
    prop::collection::vec(line, 0..3).prop_map(|lines| {
        let mut blocks = Map::new();
        for ((operator, values), key, both, first) in lines {
            let block = blocks.entry(operator).or_insert_with(|| json!({}));
            let both = both && operator != "Null";
            block[key] = if both { json!(values) } else { json!(values[usize::from(first)]) };
        }
        Value::Object(blocks)
    })
}

fn statement() -> impl Strategy<Value = Value> {
    let actions = words(&["*", "s3:*", "S3:get*", "s3:PutObject", "ec2:RunInstances", "s3:?etObject"]);
    let resources = words(&["*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x", "arn:aws:ec2:*:*:instance/?"]);
    let (action, resource) = (select(vec!["Action", "NotAction"]), select(vec!["Resource", "NotResource"]));
    let effect = select(vec!["Allow", "Deny"]);
    (effect, (action, actions), (resource, resources), condition()).prop_map(|(effect, action, resource, condition)| {
        let mut statement = json!({"Effect": effect, action.0: action.1, resource.0: resource.1});
        if condition.as_object().is_some_and(|blocks| !blocks.is_empty()) {
            statement["Condition"] = condition;
        }
        statement
    })
}

fn theirs(document: &Value, action: &str, resource: &str, context: &[(&str, Option<&str>)]) -> Result<Decision, String> {
    let mut known = Context::new();
    for (key, value) in context {
        if let Some(value) = value {
            known.insert((*key).to_owned(), ContextValue::String((*value).to_owned()));
        }
    }
    let policy = IAMPolicy::from_json(&document.to_string()).map_err(|error| error.to_string())?;
    let resource = Arn::parse(resource).map_err(|error| error.to_string())?;
    let principal = Principal::Aws(PrincipalId::String("arn:aws:iam::111122223333:role/dev".to_owned()));
    let request = IAMRequest::new_with_context(principal, action, resource, known);
    Ok(match evaluate_policies(&[policy], &request).map_err(|error| error.to_string())? {
        iam_rs::Decision::Allow => Decision::Allowed,
        iam_rs::Decision::Deny => Decision::ExplicitlyDenied,
        iam_rs::Decision::NotApplicable => Decision::ImplicitlyDenied,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn iam_rs_agrees(
        statements in prop::collection::vec(statement(), 1..4),
        action in select(vec!["s3:GetObject", "s3:PutObject", "ec2:RunInstances"]),
        resource in select(vec!["arn:aws:s3:::b/x", "arn:aws:s3:::b/y/z", "arn:aws:ec2:eu-west-1:111122223333:instance/i"]),
        x in prop::option::of(select(vec!["x", "X", "y", "xyz"])),
        y in prop::option::of(select(vec!["x", "Y", "z"])),
    ) {
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        let mut request = Request::new(action, resource).others(Unnamed::Absent);
        for (key, value) in [("a:x", x), ("a:y", y)] {
            if let Some(value) = value {
                request = request.with_value(key, value);
            }
        }
        let ours = evaluate([&policy("p", &document, PolicyKind::Identity)], &request).decision;
        prop_assert_eq!(Ok(ours), theirs(&document, action, resource, &[("a:x", x), ("a:y", y)]), "{}", document);
    }
}
