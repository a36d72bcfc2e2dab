//! The laws of evaluation, on random policies and requests.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::cases_tests::{policy, with_context};
use super::*;

const KEYS: [&str; 3] = ["a:x", "a:y", "aws:TagKeys"];

fn one_or_some(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => select(words).prop_map(Value::from),
        1 => prop::collection::vec(select(words), 1..3).prop_map(Value::from),
    ]
}

fn actions() -> impl Strategy<Value = Value> {
    one_or_some(&["*", "s3:*", "S3:get*", "s3:?etObject", "s3:PutObject", "ec2:RunInstances", "*:*Object"])
}

fn resources() -> impl Strategy<Value = Value> {
    one_or_some(&[
        "*",
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b/x",
        "arn:aws:s3:*:*:b/${a:x}",
        "arn:aws:s3",
        "arn:aws:s3:::?/y",
    ])
}

fn condition() -> impl Strategy<Value = Value> {
    let operator = select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringLikeIfExists",
        "StringNotLike",
        "stringequalsignorecase",
        "NumericLessThan",
        "NumericNotEquals",
        "DateGreaterThan",
        "ArnLike",
        "NotIpAddress",
        "Null",
        "Bool",
        "ForAllValues:StringLike",
        "ForAnyValue:StringEquals",
        "ForAnyValue:StringNotLikeIfExists",
        "ForAllValues:NumericLessThanEquals",
    ]);
    let line = (operator, select(&KEYS[..]), any::<prop::sample::Index>()).prop_map(|(operator, key, value)| {
        let values: &[&str] = match operator {
            name if name.contains("Numeric") => &["5", "-1.5"],
            name if name.contains("Date") => &["2020", "1577836800"],
            "NotIpAddress" => &["10.0.0.0/8", "::/0"],
            "Null" | "Bool" => &["true", "False"],
            "ArnLike" => &["*", "arn:aws:s3:::b/*", "arn:aws:s3:::?", "arn:aws:s3:::${a:y}"],
            _ => &["x", "X*", "?", "*", "${a:y}", "${a:y, 'x'}", "arn:aws:s3:::b/*"],
        };
        (operator, key, *value.get(values))
    });
    prop::collection::vec(line, 0..3).prop_map(|lines| {
        let mut blocks: Map<String, Value> = Map::new();
        for (operator, key, value) in lines {
            // Only set operators are for keys with several values.
            let key = if operator.contains(':') || key != "aws:TagKeys" { key } else { KEYS[0] };
            let block = blocks.entry(operator).or_insert_with(|| json!({}));
            block[key] = json!([value]);
        }
        Value::Object(blocks)
    })
}

fn statement() -> impl Strategy<Value = Value> {
    let effect = select(vec!["Allow", "Allow", "Deny"]);
    let (action, resource) = (select(vec!["Action", "Action", "NotAction"]), select(vec!["Resource", "NotResource"]));
    (effect, (action, actions()), (resource, resources()), condition()).prop_map(|(effect, action, resource, condition)| {
        json!({"Effect": effect, action.0: action.1, resource.0: resource.1, "Condition": condition})
    })
}

fn statements() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(statement(), 0..5)
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn judge(statements: &[Value], request: &Request) -> Judgement {
    let policies = if statements.is_empty() { vec![] } else { vec![document(statements)] };
    let policies: Vec<Policy> = policies.iter().map(|it| policy("p", it, PolicyKind::Identity)).collect();
    evaluate(&policies, request)
}

/// The fact about one key: unknown, or its values, where `?` is one that is known only after apply.
type Fact = Option<Vec<&'static str>>;

fn value() -> impl Strategy<Value = &'static str> {
    select(vec!["x", "X", "y", "5", "4", "2021-01-01", "arn:aws:s3:::b/x", "10.0.0.1", "true", ""])
}

fn fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(vec![])),
        4 => prop::collection::vec(value(), 1..3).prop_map(Some),
        1 => Just(Some(vec!["?"])),
    ]
}

fn known_fact() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![1 => Just(vec![]), 4 => prop::collection::vec(value(), 1..3)]
}

#[derive(Debug, Clone)]
struct Asked {
    action: &'static str,
    resource: &'static str,
    facts: Vec<Fact>,
}

fn asked(fact: impl Strategy<Value = Fact>) -> impl Strategy<Value = Asked> {
    let action = select(vec!["s3:GetObject", "s3:PutObject", "ec2:RunInstances", "S3:getobject"]);
    let resource = select(vec!["arn:aws:s3:::b/x", "arn:aws:s3:::b/y", "arn:aws:ec2:eu-west-1:1:b/x", "*"]);
    (action, resource, prop::collection::vec(fact, 3)).prop_map(|(action, resource, facts)| Asked {
        action,
        resource,
        facts,
    })
}

/// The request, with `fill` in place of the unknown values.
fn request(asked: &Asked, fill: Option<&[Vec<&str>]>) -> Request {
    let mut request = Request::new(asked.action, asked.resource);
    for (index, (key, fact)) in KEYS.iter().zip(&asked.facts).enumerate() {
        let filling = fill.map(|fill| fill[index].clone());
        let values = match (fact, filling) {
            (None, None) => {
                request = request.with(key, Known::Unknown);
                continue;
            }
            (None, Some(values)) if *key == "aws:TagKeys" => values,
            (None, Some(values)) => values.into_iter().take(1).collect(),
            (Some(values), filling) if values.as_slice() == ["?"] => match filling {
                None => vec!["\u{E000}ref\u{E001}"],
                // It is exactly one value.
                Some(values) => vec![values.first().copied().unwrap_or("z")],
            },
            (Some(values), _) => values.clone(),
        };
        request = with_context(request, &json!({*key: values}));
    }
    request.others(Unnamed::Absent)
}

fn is_denied(decision: Decision) -> bool {
    matches!(decision, Decision::ExplicitlyDenied | Decision::ImplicitlyDenied)
}

fn with_effect(mut statement: Value, effect: &str) -> Value {
    statement["Effect"] = json!(effect);
    statement
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn adding_a_deny_never_allows(before in statements(), more in statement(), asked in asked(fact())) {
        let request = request(&asked, None);
        let (first, mut statements) = (judge(&before, &request), before);
        statements.push(with_effect(more, "Deny"));
        let second = judge(&statements, &request).decision;
        prop_assert!(second != Decision::Allowed || first.decision == Decision::Allowed);
        prop_assert!(!is_denied(first.decision) || is_denied(second));
    }

    #[test]
    fn adding_an_allow_never_denies(before in statements(), more in statement(), asked in asked(fact())) {
        let request = request(&asked, None);
        let (first, mut statements) = (judge(&before, &request).decision, before);
        statements.push(with_effect(more, "Allow"));
        let second = judge(&statements, &request).decision;
        prop_assert!(!is_denied(second) || is_denied(first));
        prop_assert!(first != Decision::Allowed || second == Decision::Allowed);
        prop_assert_eq!(second == Decision::ExplicitlyDenied, first == Decision::ExplicitlyDenied);
    }

    #[test]
    fn the_order_of_statements_never_matters(
        before in statements(), asked in asked(fact()), seed in any::<prop::sample::Index>(),
    ) {
        let request = request(&asked, None);
        let mut after = before.clone();
        after.reverse();
        if !after.is_empty() {
            let by = seed.index(after.len());
            after.rotate_left(by);
        }
        let (first, second) = (judge(&before, &request), judge(&after, &request));
        prop_assert_eq!((first.decision, first.unknown_keys), (second.decision, second.unknown_keys));
    }

    #[test]
    fn statements_of_one_policy_or_of_several_are_the_same(all in statements(), asked in asked(fact())) {
        let request = request(&asked, None);
        let one = |statement| policy("p", &document(std::slice::from_ref(statement)), PolicyKind::Identity);
        let several: Vec<Policy> = all.iter().map(one).collect();
        let (first, second) = (judge(&all, &request), evaluate(&several, &request));
        prop_assert_eq!((first.decision, first.unknown_keys), (second.decision, second.unknown_keys));
    }

    #[test]
    fn certain_decision_holds_for_every_unknown_value(
        all in statements(), asked in asked(fact()), fill in prop::collection::vec(known_fact(), 3),
    ) {
        let open = judge(&all, &request(&asked, None));
        let filled = judge(&all, &request(&asked, Some(&fill))).decision;
        prop_assert!(filled != Decision::Unknown);
        match open.decision {
            Decision::Unknown => prop_assert!(!open.unknown_keys.is_empty()),
            Decision::ImplicitlyDenied => prop_assert!(is_denied(filled)),
            certain => prop_assert_eq!(certain, filled),
        }
        for key in &open.unknown_keys {
            let named = KEYS.iter().zip(&asked.facts).any(|(name, fact)| name == key && fact.is_none());
            prop_assert!(named || key == "ref", "{key} is one of those not known");
        }
    }

    #[test]
    fn canonical_form_gives_the_same_decision(all in prop::collection::vec(statement(), 1..5), asked in asked(fact())) {
        let request = request(&asked, None);
        let written = document(&all);
        let decide = |document: &Value| evaluate([&policy("p", document, PolicyKind::Identity)], &request);
        let (first, second) = (decide(&written), decide(&canonicalize(&written)));
        let lower = |it: &Judgement| it.unknown_keys.iter().map(|key| key.to_lowercase()).collect::<Vec<_>>();
        prop_assert_eq!((first.decision, lower(&first)), (second.decision, lower(&second)));
    }

    #[test]
    fn clause_and_its_negation_partition_all_requests(
        action in actions(), resource in resources(), asked in asked(known_fact().prop_map(Some)),
    ) {
        let request = request(&asked, None);
        let decide = |action_name: &str, resource_name: &str| {
            let statement = json!({"Effect": "Allow", action_name: action, resource_name: resource});
            judge(&[statement], &request).decision == Decision::Allowed
        };
        let quarters = [
            decide("Action", "Resource"),
            decide("Action", "NotResource"),
            decide("NotAction", "Resource"),
            decide("NotAction", "NotResource"),
        ];
        prop_assert_eq!(quarters.into_iter().filter(|applies| *applies).count(), 1);
    }

    #[test]
    fn levels_intersect(first in statements(), second in statements(), asked in asked(fact())) {
        let request = request(&asked, None);
        let level = |name: &str, statements: &[Value]| Level {
            name: name.to_owned(),
            policies: statements.iter().map(|it| policy("p", &document(std::slice::from_ref(it)), PolicyKind::Identity)).collect(),
        };
        let chain = Chain::of(vec![level("root", &first), level("account", &second)]);
        let (root, account) = (judge(&first, &request).decision, judge(&second, &request).decision);
        let expected = [Decision::ExplicitlyDenied, Decision::ImplicitlyDenied, Decision::Unknown, Decision::Allowed]
            .into_iter()
            .find(|decision| *decision == root || *decision == account);
        prop_assert_eq!(Some(chain.judge(&request).decision), expected);
    }
}
