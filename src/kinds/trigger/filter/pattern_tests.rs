//! Tests of filters: each refusal with its place, and the patterns that can never match.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::pattern::EventPattern;
use super::*;

const TABLE: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026-01-01T00:00:00.000";
const KINESIS: &str = "arn:aws:kinesis:eu-central-1:123456789012:stream/k";
const QUEUE: &str = "arn:aws:sqs:eu-central-1:123456789012:q";

fn spec(source: &str, filters: impl Into<Value>) -> TriggerSpec {
    let property = if source == QUEUE { "queue" } else { "stream" };
    serde_json::from_value(json!({"function": "f", property: source, "filters": filters.into()})).expect("a trigger")
}

fn texts(problems: Vec<Problem>) -> Vec<String> {
    problems.into_iter().map(|problem| format!("{}: {}", problem.path, problem.message)).collect()
}

/// The only refusal of a filter.
fn refusal(filter: impl Into<Value>) -> (String, String, String) {
    let mut found = problems(&spec(QUEUE, json!([filter.into()])));
    assert_eq!(found.len(), 1, "{found:?}");
    let Problem { path, message, hint, .. } = found.remove(0);
    (path.to_string(), message, hint.unwrap_or_default())
}

#[test]
fn invalid_filters_are_reported_at_the_wrong_value() {
    let cases = [
        (json!({"body": "a"}), "body", "`a` is a single value", "write `body: [a]`"),
        (json!({"body": {"a": 1}}), "body.a", "`1` is a single value", "`a: [1]`"),
        (json!({"body": {"a": true}}), "body.a", "is a single value", "`a: [true]`"),
        (json!({"body": {"a": null}}), "body.a", "has no value", "[null]"),
        (json!({"body": {"a": {"prefix": "x"}}}), "body.a.prefix", "outside a list", "`a: [{prefix: x}]`"),
        (json!({"body": {"a": []}}), "body.a", "empty list", "['']"),
        (json!({"body": {}}), "body", "empty mapping", "leave the property out"),
        (json!({"body": {"a": [["x"]]}}), "body.a.0", "list within a list", "one list"),
        (json!({"body": {"a": ["x", {}]}}), "body.a.1", "empty mapping", "`prefix`"),
        (json!({"body": {"a": [{"prefx": "x"}]}}), "body.a.0.prefx", "not an operator", "did you mean `prefix`?"),
        (json!({"body": {"a": [{"regex": "x"}]}}), "body.a.0.regex", "not an operator", "`numeric`"),
        (json!({"body": [{"a": ["x"]}]}), "body.0.a", "not an operator", "without the brackets"),
        (json!({"body": {"a": [{"prefix": "x", "suffix": "y"}]}}), "body.a.0.suffix", "in one mapping", "for each"),
        (json!({"body": {"a": [{"prefix": 5}]}}), "body.a.0.prefix", "takes a text", "in quotes"),
        (json!({"body": {"a": [{"suffix": ["x"]}]}}), "body.a.0.suffix", "not a list", "for each"),
        (json!({"body": {"a": [{"prefix": {"suffix": "x"}}]}}), "body.a.0.prefix", "equals-ignore-case", ""),
        (json!({"body": {"a": [{"equals-ignore-case": null}]}}), "body.a.0.equals-ignore-case", "a text", ""),
        (json!({"body": {"a": [{"exists": "true"}]}}), "body.a.0.exists", "true or false", "without quotes"),
        (json!({"body": {"a": [{"anything-but": []}]}}), "body.a.0.anything-but", "empty list", ""),
        (json!({"body": {"a": [{"anything-but": null}]}}), "body.a.0.anything-but", "`null`", ""),
        (json!({"body": {"a": [{"anything-but": ["x", 1]}]}}), "body.a.0.anything-but.1", "mixed", ""),
        (json!({"body": {"a": [{"anything-but": [true]}]}}), "body.a.0.anything-but.0", "no null", ""),
        (
            json!({"body": {"a": [{"anything-but": {"numeric": 1}}]}}),
            "body.a.0.anything-but.numeric",
            "can't be used",
            "",
        ),
        (json!({"body": {"a": [{"anything-but": {"prefix": ""}}]}}), "body.a.0.anything-but.prefix", "empty", ""),
        (json!({"body": {"a": [{"numeric": 5}]}}), "body.a.0.numeric", "takes a list", "for instance"),
        (json!({"body": {"a": [{"numeric": []}]}}), "body.a.0.numeric", "an operator and a number", ""),
        (json!({"body": {"a": [{"numeric": [">"]}]}}), "body.a.0.numeric", "an operator and a number", ""),
        (json!({"body": {"a": [{"numeric": [5]}]}}), "body.a.0.numeric", "an operator and a number", ""),
        (json!({"body": {"a": [{"numeric": [5, ">"]}]}}), "body.a.0.numeric.0", "needs an operator", ""),
        (json!({"body": {"a": [{"numeric": [">", "5"]}]}}), "body.a.0.numeric.1", "not a number", "without quotes"),
        (json!({"body": {"a": [{"numeric": ["!=", 5]}]}}), "body.a.0.numeric.0", "not an operator", "`<=`"),
        (json!({"body": {"a": [{"numeric": ["<", 5, ">", 1]}]}}), "body.a.0.numeric.2", "can follow `<`", "begins"),
        (json!({"body": {"a": [{"numeric": ["=", 5, "<", 9]}]}}), "body.a.0.numeric.2", "can follow `=`", "begins"),
        (json!({"body": {"a": [{"numeric": [">", 5, ">", 9]}]}}), "body.a.0.numeric.2", "upper bound", "ends"),
        (json!({"body": {"a": [{"numeric": [">", 9, "<", 5]}]}}), "body.a.0.numeric.3", "not below", "smaller"),
        (json!({"body": {"a": [{"numeric": [">", 1, "<", 2, "<", 3]}]}}), "body.a.0.numeric.4", "at most", ""),
        (json!({"body": {"a": [{"cidr": "10.0.0.0/33"}]}}), "body.a.0.cidr", "not a network", ""),
        (json!({"body": {"a": [{"wildcard": "a**b"}]}}), "body.a.0.wildcard", "two `*`", ""),
        (json!({"body": {"a": [{"wildcard": "a\\b"}]}}), "body.a.0.wildcard", "backslash", ""),
        (json!({"$or": {"a": ["x"]}}), "$or", "a list of patterns", ""),
        (json!({"$or": [{"a": ["x"]}]}), "$or", "at least two", ""),
        (json!({"$or": [{"a": ["x"]}, "b"]}), "$or.1", "only patterns", ""),
        (json!({"$or": [{"a": ["x"]}, {"prefix": ["x"]}]}), "$or.1.prefix", "name of a property", ""),
        (json!({"$or": [{"a": ["x"]}, {}]}), "$or.1", "empty mapping", ""),
    ];
    for (filter, at, message, hint) in cases {
        let found = refusal(filter.clone());
        assert_eq!(found.0, format!("filters.0.{at}"), "{filter}: {found:?}");
        assert!(found.1.contains(message) && found.2.contains(hint), "{filter}: {found:?}");
    }
}

#[test]
fn filters_as_json_text_are_parsed() {
    let (at, message, _) = refusal(json!("{\"body\": {\"a\": 1}}"));
    assert_eq!(at, "filters.0");
    assert!(message.contains("at `body.a` in the filter's text"), "{message}");
    assert!(refusal(json!("{\"body\": ")).1.contains("not JSON"));
    assert!(refusal(json!("[1]")).1.contains("not an object"));
    assert!(refusal(json!("{}")).1.contains("empty filter"));
    assert!(refusal(json!({})).1.contains("empty filter"));
    let long = json!({"body": {"a": ["x".repeat(5000)]}});
    assert!(refusal(long).1.contains("4,096"));
    let stream = |filter: Value| texts(problems(&spec(KINESIS, json!([filter]))));
    assert_eq!(stream(json!({"data": ["x"]})).len(), 1, "a stream's data is a mapping");
    assert_eq!(stream(json!({"data": {"x": [1]}})), [""; 0]);
}

#[test]
fn documented_filters_are_accepted_without_warning() {
    let body = json!({
        "a": [null], "b": [""], "c": ["x", 1, true], "d": [{"equals-ignore-case": "x"}], "e": [{"anything-but": ["x"]}],
        "f": [{"numeric": ["=", 100]}], "g": [{"numeric": [">", 10, "<=", 20]}], "h": [{"exists": true}],
        "i": [{"exists": false}], "j": [{"prefix": "us-"}], "k": [{"suffix": ".png"}], "l": [{"anything-but": "x"}],
        "m": [{"anything-but": 5}], "n": [{"prefix": {"equals-ignore-case": "x"}}], "o": [{"numeric": ["<", -1.5]}],
        "$or": [{"p": ["x"]}, {"q": [{"numeric": ["<", 10]}], "r": {"s": ["t"]}}]
    });
    let table = json!({
        "eventName": ["INSERT", {"anything-but": "REMOVE"}], "eventID": [{"prefix": "a"}],
        "userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]},
        "dynamodb": {
            "Keys": {"pk": {"S": [{"prefix": "MSG#"}]}, "sk": {"N": ["101"]}}, "SizeBytes": [{"numeric": [">", 5]}],
            "NewImage": {"a": {"M": {"b": {"L": {"S": ["x"]}}}}, "c": {"BOOL": [true]}, "d": {"NULL": [true]},
                         "e": {"S": [{"exists": false}]}, "f": {"SS": ["x"]}},
            "OldImage": {"a": {"S": ["x"]}}
        }
    });
    let cases = [
        (QUEUE, json!({"body": body.clone(), "messageAttributes": {"kind": {"stringValue": ["x"]}}})),
        (QUEUE, json!({"body": ["plain text"], "attributes": {"MessageGroupId": ["g"]}})),
        (KINESIS, json!({"data": body, "partitionKey": ["1"], "approximateArrivalTimestamp": [{"numeric": [">", 1]}]})),
        (TABLE, table),
        (TABLE, json!({"dynamodb.NewImage.x.S": ["y"]})),
    ];
    for (source, filter) in cases {
        let trigger = spec(source, json!([filter]));
        assert_eq!(texts(problems(&trigger)), [""; 0], "{filter}");
        assert_eq!(texts(advice(&trigger)), [""; 0], "{filter}");
    }
}

#[test]
fn filters_that_never_match_are_warnings() {
    let cases = [
        (TABLE, json!({"eventName": ["insert"]}), "eventName.0: `eventName` is never `insert`"),
        (TABLE, json!({"eventName": [{"prefix": "DEL"}]}), "eventName.0: `eventName` never has such a value"),
        (TABLE, json!({"body": {"a": ["x"]}}), "body: a record of a table's stream has no `body`"),
        (TABLE, json!({"data": {"a": ["x"]}}), "data: a record of a table's stream has no `data`"),
        (TABLE, json!({"dynamodb": {"newImage": {"a": {"S": ["x"]}}}}), "dynamodb.newImage: what is there has no"),
        (TABLE, json!({"dynamodb": {"NewImage": {"a": ["x"]}}}), "dynamodb.NewImage.a: `a` is a mapping in a record"),
        (TABLE, json!({"dynamodb": {"NewImage": [{"exists": true}]}}), "dynamodb.NewImage.0: `exists` looks at values"),
        (TABLE, json!({"dynamodb": {"NewImage": {"a": [{"exists": true}]}}}), "dynamodb.NewImage.a.0: `exists`"),
        (TABLE, json!({"dynamodb": {"NewImage": {"a": {"String": ["x"]}}}}), "NewImage.a.String: `String` is not one"),
        (TABLE, json!({"dynamodb": {"NewImage": {"a": {"N": [{"numeric": [">", 5]}]}}}}), "a.N.0: `N` is written as a"),
        (TABLE, json!({"dynamodb": {"NewImage": {"a": {"N": [5]}}}}), "a.N.0: `N` is written as a text"),
        (TABLE, json!({"dynamodb": {"NewImage": {"a": {"N": ["x"]}}}}), "a.N.0: `x` is not a number"),
        (TABLE, json!({"dynamodb": {"NewImage": {"a": {"S": [true]}}}}), "a.S.0: `S` is a text"),
        (TABLE, json!({"dynamodb": {"NewImage": {"a": {"BOOL": ["true"]}}}}), "a.BOOL.0: `BOOL` is true or false"),
        (TABLE, json!({"dynamodb": {"NewImage": {"a": {"M": {"b": ["x"]}}}}}), "a.M.b: `b` is a mapping"),
        (TABLE, json!({"dynamodb": {"SizeBytes": ["5"]}}), "dynamodb.SizeBytes.0: `SizeBytes` is a number"),
        (TABLE, json!({"eventID": {"a": ["x"]}}), "eventID: `eventID` is a value"),
        (TABLE, json!({"eventName": ["INSERT"], "dynamodb": {"OldImage": {"a": {"S": ["x"]}}}}), "an `INSERT` has no"),
        (TABLE, json!({"eventName": ["REMOVE"], "dynamodb": {"NewImage": {"a": {"S": ["x"]}}}}), "a `REMOVE` has no"),
        (TABLE, json!({"$or": [{"eventName": ["x"]}, {"eventID": ["y"]}]}), "$or.0.eventName.0"),
        (KINESIS, json!({"body": {"a": ["x"]}}), "body: a record of a Kinesis stream has no `body`"),
        (KINESIS, json!({"kinesis": {"data": {"a": ["x"]}}}), "kinesis: a record of a Kinesis stream has no"),
        (KINESIS, json!({"dynamodb": {"a": ["x"]}}), "dynamodb: a record of a Kinesis stream has no"),
        (QUEUE, json!({"eventName": ["INSERT"]}), "eventName: a message of a queue has no `eventName`"),
        (QUEUE, json!({"attributes": {"SentTimestamp": [{"numeric": [">", 5]}]}}), "SentTimestamp.0: `SentTimestamp`"),
        (QUEUE, json!({"body": {"a": {"numeric": [">", 5]}}}), "body.a.numeric: `numeric` is outside a list"),
        (QUEUE, json!({"body": {"a": [{"wildcard": "*x*"}]}}), "body.a.0.wildcard: AWS does not list `wildcard`"),
        (QUEUE, json!({"body": {"a": [{"anything-but": {"prefix": "x"}}]}}), "anything-but: AWS does not list"),
        (QUEUE, json!({"body": {"a": [{"cidr": "10.0.0.0/8"}]}}), "body.a.0.cidr: AWS does not list `cidr`"),
    ];
    for (source, filter, wanted) in cases {
        let trigger = spec(source, json!([filter]));
        assert_eq!(texts(problems(&trigger)), [""; 0], "{filter}");
        let found = texts(advice(&trigger));
        assert!(found.len() == 1 && found[0].contains(wanted), "{filter}: {found:?}");
        let as_text = texts(advice(&spec(source, json!([filter.to_string()]))));
        assert!(as_text.len() == 1 && as_text[0].starts_with("filters.0: "), "{filter}: {as_text:?}");
    }
    let many: Vec<_> = (0..6).map(|n| json!({"body": {"a": [n]}})).collect();
    let found = texts(advice(&spec(QUEUE, json!(many))));
    assert!(found[0].contains("6 filters, and by default Lambda takes 5"), "{found:?}");
}

#[test]
fn filters_are_checked_against_the_tables_stream_view() {
    let on = |table: Value, filter: Value| {
        let table = StreamedTable::new("tables.t".to_owned(), &table);
        texts(advice_on_table(&spec(TABLE, json!([filter])), &table))
    };
    let new = json!({"dynamodb": {"NewImage": {"a": {"S": ["x"]}}}});
    let old = json!({"dynamodb": {"OldImage": {"a": {"S": ["x"]}}}});
    let key = json!({"dynamodb": {"Keys": {"a": {"S": ["x"]}}}});
    for (stream, fits) in [
        ("keys_only", [false, false]),
        ("new_image", [true, false]),
        ("old_image", [false, true]),
        ("new_and_old_images", [true, true]),
        ("off", [true, true]),
    ] {
        let table = json!({"partition_key": "pk", "stream": stream});
        for (filter, fits) in [&new, &old].into_iter().zip(fits) {
            let found = on(table.clone(), filter.clone());
            assert_eq!(found.is_empty(), fits, "{stream} {filter}: {found:?}");
        }
    }
    let table = json!({"partition_key": "pk", "sort_key": {"name": "sk", "type": "N"}, "stream": "new_image"});
    let found = on(table.clone(), key);
    assert!(
        found[0].starts_with("filters.0.dynamodb.Keys.a: `a` does not belong to the key of `tables.t`"),
        "{found:?}"
    );
    let found = on(table.clone(), json!({"dynamodb": {"Keys": {"pk": {"S": ["x"]}, "sk": {"S": ["x"]}}}}));
    assert!(found.len() == 1 && found[0].contains("`sk` of `tables.t` has the type `N`"), "{found:?}");
    let absent = json!({"dynamodb": {"OldImage": {"a": {"S": [{"exists": false}]}}}});
    assert_eq!(on(table, absent), [""; 0], "what is never there is what is asked for");
}

/// A list of allowed values, as Lambda accepts it.
fn comparisons() -> BoxedStrategy<Value> {
    let operator = prop_oneof![
        "[a-z]{0,4}".prop_map(|text| json!({"prefix": text})),
        "[a-z]{0,4}".prop_map(|text| json!({"suffix": {"equals-ignore-case": text}})),
        "[a-z]{0,4}".prop_map(|text| json!({"equals-ignore-case": text})),
        prop::collection::vec("[a-z]{0,4}", 1..3).prop_map(|texts| json!({"anything-but": texts})),
        prop::collection::vec(-5_i32..5, 1..3).prop_map(|numbers| json!({"anything-but": numbers})),
        (prop::sample::select(vec!["=", "<", "<=", ">", ">="]), -9_i32..9)
            .prop_map(|(sign, number)| json!({"numeric": [sign, number]})),
        (-9_i32..0, 1_i32..9).prop_map(|(low, high)| json!({"numeric": [">=", low, "<", high]})),
        any::<bool>().prop_map(|there| json!({"exists": there})),
    ];
    let value = prop_oneof![
        "[a-zA-Z ]{0,4}".prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        operator,
    ];
    prop::collection::vec(value, 1..4).prop_map(Value::from).boxed()
}

fn patterns() -> BoxedStrategy<Value> {
    let mapping = |inner: BoxedStrategy<Value>| {
        prop::collection::btree_map("[a-z]{1,3}", inner, 1..4).prop_map(|map| json!(map)).boxed()
    };
    let leafs = mapping(comparisons());
    leafs
        .prop_recursive(3, 12, 3, move |inner| {
            let inner = prop_oneof![comparisons(), inner].boxed();
            (mapping(inner.clone()), prop::option::of((mapping(inner.clone()), mapping(inner))))
                .prop_map(|(mut map, or)| {
                    if let Some((one, other)) = or {
                        map["$or"] = json!([one, other]);
                    }
                    map
                })
                .boxed()
        })
        .boxed()
}

/// The paths of a tree, of leaves and of inner values.
fn places(value: &Value, at: &PropertyPath, into: &mut Vec<PropertyPath>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| {
            into.push(at.child(key));
            places(inner, &at.child(key), into);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, inner)| {
            into.push(at.child(index.to_string()));
            places(inner, &at.child(index.to_string()), into);
        }),
        _ => {}
    }
}

fn put(value: &mut Value, keys: &[String], new: Value) {
    let Some((key, rest)) = keys.split_first() else {
        *value = new;
        return;
    };
    match value {
        Value::Object(map) => put(map.get_mut(key).expect("a key"), rest, new),
        Value::Array(items) => put(&mut items[key.parse::<usize>().expect("an index")], rest, new),
        _ => unreachable!("the place is there"),
    }
}

proptest! {
    #[test]
    fn generated_event_patterns_are_accepted(pattern in patterns()) {
        let (_, problems) = EventPattern::parse(&pattern, &PropertyPath::root());
        prop_assert_eq!(problems, vec![], "{}", pattern);
    }

    #[test]
    fn pattern_error_has_the_path_of_the_broken_value(
        pattern in patterns(),
        which in any::<prop::sample::Index>(),
        broken in prop::sample::select(vec![json!({}), json!([]), json!([[]]), json!({"a": 1}), json!({"zz": "x"})]),
    ) {
        let mut all = Vec::new();
        places(&pattern, &PropertyPath::root(), &mut all);
        let at = all[which.index(all.len())].clone();
        let mut changed = pattern;
        put(&mut changed, at.keys(), broken);
        let (_, problems) = EventPattern::parse(&changed, &PropertyPath::root());
        prop_assert!(!problems.is_empty(), "{}", changed);
        for problem in problems {
            prop_assert!(problem.path.covers(&at) || at.covers(&problem.path), "{} is not at {at}: {changed}", problem.path);
        }
    }

    #[test]
    fn any_json_filter_is_parsed_without_panic(text in "\\PC{0,60}", source in prop::sample::select(vec![TABLE, KINESIS, QUEUE])) {
        let trigger = spec(source, json!([text]));
        let _ = (problems(&trigger), advice(&trigger));
    }
}
