//! Compares the evaluator with the crate `iam-rs`, on the part of the language that both know.

use iam_rs::{Arn, Context, ContextValue, IAMPolicy, IAMRequest, Principal, PrincipalId, evaluate_policies};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::cases_tests::policy;
use super::*;

fn words(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![select(words).prop_map(Value::from), prop::collection::vec(select(words), 1..3).prop_map(Value::from)]
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
        ("NumericLessThan", ["5", "7.5"]),
        ("NumericGreaterThanEquals", ["5", "7.5"]),
        ("NumericNotEquals", ["5", "7.5"]),
        ("DateLessThan", ["2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"]),
        ("DateGreaterThanEquals", ["2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"]),
        ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"]),
        ("NotIpAddress", ["10.0.0.0/8", "2001:db8::/32"]),
        ("Bool", ["true", "false"]),
        ("ArnLike", ["arn:aws:iam::*:role/?ev", "arn:aws:s3:::*"]),
        ("ArnNotLike", ["arn:aws:iam::*:role/?ev", "arn:aws:s3:::*"]),
        ("ForAllValues:StringEquals", ["x", "y"]),
        ("ForAnyValue:StringEquals", ["x", "y"]),
        ("ForAllValues:StringLike", ["x*", "?"]),
        ("ForAnyValue:StringLike", ["x*", "?"]),
        ("ForAllValues:StringNotEquals", ["x", "y"]),
        ("ForAnyValue:StringNotEquals", ["x", "y"]),
    ];
    let line = (select(operators), select(vec!["a:x", "a:y"]), any::<bool>(), any::<bool>());
    prop::collection::vec(line, 0..3).prop_map(|lines| {
        let mut blocks = Map::new();
        for ((operator, values), key, both, first) in lines {
            let block = blocks.entry(operator).or_insert_with(|| json!({}));
            let both = both && !["Null", "Bool"].contains(&operator);
            let key = match operator {
                name if name.contains(':') => "a:list",
                name if name.starts_with("Numeric") => "a:number",
                name if name.starts_with("Date") => "a:date",
                name if name.starts_with("Arn") => "a:arn",
                name if name.contains("Ip") && !name.contains("String") => "a:ip",
                "Bool" => "a:truth",
                _ => key,
            };
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

/// The fact about one key, in their types and in ours.
type Fact = Option<(ContextValue, Vec<String>)>;

fn fact(values: Vec<&'static str>, of: fn(&str) -> ContextValue) -> impl Strategy<Value = Fact> {
    prop::option::of(select(values)).prop_map(move |value| value.map(|value| (of(value), vec![value.to_owned()])))
}

fn texts(values: Vec<&'static str>) -> impl Strategy<Value = Fact> {
    fact(values, |text| ContextValue::String(text.to_owned()))
}

fn facts() -> impl Strategy<Value = Vec<(&'static str, Fact)>> {
    let list = prop::option::of(prop::collection::vec(select(vec!["x", "y", "z", "xyz"]), 1..4)).prop_map(|values| {
        let values: Option<Vec<String>> = values.map(|values| values.into_iter().map(str::to_owned).collect());
        values.map(|values| (ContextValue::StringList(values.clone()), values))
    });
    let number = |text: &str| ContextValue::Number(text.parse().unwrap_or_default());
    let moments = vec!["2020-01-01T00:00:00Z", "2020-06-01T00:00:00Z", "2022-01-01T00:00:00Z"];
    let arns = vec!["arn:aws:iam::111122223333:role/dev", "arn:aws:iam::111122223333:user/dev", "arn:aws:s3:::b"];
    (
        texts(vec!["x", "X", "y", "xyz"]),
        texts(vec!["x", "Y", "z"]),
        fact(vec!["4", "5", "7.5", "10"], number),
        texts(moments),
        texts(vec!["10.1.2.3", "11.0.0.1", "2001:db8::1"]),
        fact(vec!["true", "false"], |text| ContextValue::Boolean(text == "true")),
        texts(arns),
        list,
    )
        .prop_map(|(x, y, number, date, ip, truth, arn, list)| {
            vec![
                ("a:x", x),
                ("a:y", y),
                ("a:number", number),
                ("a:date", date),
                ("a:ip", ip),
                ("a:truth", truth),
                ("a:arn", arn),
                ("a:list", list),
            ]
        })
}

fn theirs(document: &Value, action: &str, resource: &str, facts: &[(&str, Fact)]) -> Result<Decision, String> {
    let mut known = Context::new();
    for (key, fact) in facts {
        if let Some((value, _)) = fact {
            known.insert((*key).to_owned(), value.clone());
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
    fn decisions_match_the_iam_rs_crate(
        statements in prop::collection::vec(statement(), 1..4),
        action in select(vec!["s3:GetObject", "s3:PutObject", "ec2:RunInstances"]),
        resource in select(vec!["arn:aws:s3:::b/x", "arn:aws:s3:::b/y/z", "arn:aws:ec2:eu-west-1:111122223333:instance/i"]),
        facts in facts(),
    ) {
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        let mut request = Request::new(action, resource).others(Unnamed::Absent);
        for (key, fact) in &facts {
            if let Some((_, values)) = fact {
                request = request.with(key, Known::Values(values.clone()));
            }
        }
        let ours = evaluate([&policy("p", &document, PolicyKind::Identity)], &request).decision;
        prop_assert_eq!(Ok(ours), theirs(&document, action, resource, &facts), "{}", document);
    }
}
