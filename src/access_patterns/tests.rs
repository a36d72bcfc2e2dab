//! The patterns of one table: what is refused, what is found, what it costs, what it needs, and what is sent.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::testing::{messages, pattern, patterns, plain};
use super::*;

/// A snapshot that does not repeat the test's text.
macro_rules! snap {
    ($value:expr) => {
        insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!($value) })
    };
}

/// The patterns of the example, with the transaction written out.
fn example() -> BTreeMap<String, AccessPattern> {
    patterns(json!({
        "list-message-groups": {
            "key": {"pk": "GRP#{my_user_uuid}"}, "sort": {"begins_with": "{year}"}, "order": "newest_first", "limit": 20
        },
        "list-messages": {"key": {"pk": "MSG#{message_group_uuid}"}, "order": "newest_first", "limit": 20},
        "groups-of-conversation": {"index": "by-group", "key": {"message_group_uuid": "{message_group_uuid}"}},
        "create-message": {"write": {"put": [{"pk": "MSG#{message_group_uuid}", "sk": "{created_at}"}]}},
        "update-groups": {"write": {"transact": {
            "delete": [{"pk": "GRP#{user_uuid}", "sk": "{last_message_at}", "condition": {"pk": {"exists": true}}}],
            "put": [{"pk": "GRP#{user_uuid}", "sk": "{created_at}", "message_group_uuid": "{message_group_uuid}"}],
        }}},
    }))
}

fn problems(value: Value) -> String {
    let found = check(&BTreeMap::from([("p".to_owned(), pattern(value))]), &messages());
    let mut out = String::new();
    for problem in found {
        let _ = writeln!(out, "{}: {}", problem.path, problem.message);
        let _ = writeln!(out, "  hint: {}", problem.hint.as_deref().unwrap_or("-"));
    }
    if out.is_empty() { "none\n".to_owned() } else { out }
}

#[test]
fn patterns_of_the_project_have_neither_problems_nor_findings() {
    assert_eq!(check(&example(), &plain()), []);
    assert_eq!(findings(&example(), &plain()), []);
    for (name, pattern) in example() {
        let text = serde_json::to_value(&pattern).expect("a tree");
        assert_eq!(serde_json::from_value::<AccessPattern>(text).expect("a pattern"), pattern, "{name}");
    }
}

#[test]
fn a_table_without_patterns_has_no_findings() {
    assert_eq!(findings(&BTreeMap::new(), &messages()), []);
}

#[test]
fn impossible_reads_are_refused() {
    let cases = [
        ("neither read nor write", json!({})),
        ("both", json!({"key": {"pk": "a"}, "write": {"put": {"pk": "a", "sk": "b"}}})),
        ("unknown index", json!({"index": "by-grup", "key": {"message_group_uuid": "{id}"}})),
        ("another index's key", json!({"index": "by-group", "key": {"pk": "MSG#{id}"}})),
        ("a misspelt key", json!({"index": "by-group", "key": {"message_group_uid": "{id}"}})),
        (
            "no sort key left",
            json!({"index": "by-group", "key": {"message_group_uuid": "A{a}", "sk": "{b}"}, "sort": {"begins_with": "{c}"}}),
        ),
        (
            "consistent on a global index",
            json!({"index": "by-group", "key": {"message_group_uuid": "{id}"}, "consistent": true}),
        ),
        (
            "not projected",
            json!({"index": "by-author", "key": {"user_uuid": "{u}"}, "attributes": ["message", "user_handle", "messag"]}),
        ),
        (
            "filter not projected",
            json!({"index": "by-author", "key": {"user_uuid": "{u}"}, "filter": {"handle": "{h}"}}),
        ),
        ("filter on the key", json!({"key": {"pk": "A{a}"}, "filter": {"sk": {"begins_with": "{b}"}, "pk": "x"}})),
        ("an attribute twice", json!({"key": {"pk": "A{a}"}, "attributes": ["message", "message"]})),
        (
            "begins_with of a number",
            json!({"index": "by-author", "key": {"user_uuid": "{u}"}, "sort": {"begins_with": "1"}}),
        ),
        ("a text for a number", json!({"index": "by-author", "key": {"user_uuid": "{u}"}, "sort": "A{n}"})),
        ("a number for a text", json!({"key": {"pk": 5}})),
        ("a truth value for a text", json!({"key": {"pk": true}})),
        ("an empty key", json!({"key": {"pk": ""}})),
        ("bounds reversed", json!({"key": {"pk": "A{a}"}, "sort": {"between": ["b", "a"]}})),
        (
            "bounds of two types",
            json!({"index": "by-author", "key": {"user_uuid": "{u}"}, "sort": {"between": [1, "b"]}}),
        ),
        ("broken template", json!({"key": {"pk": "A#{a"}, "sort": {"begins_with": "}"}})),
        ("unused parameter", json!({"key": {"pk": "A{abc}"}, "parameters": {"abd": {"format": "uuid"}}})),
        ("declared otherwise", json!({"key": {"pk": "{a}"}, "parameters": {"a": {"type": "N", "format": "date"}}})),
        (
            "values of no format",
            json!({"key": {"pk": "D#{a}"}, "parameters": {"a": {"format": "date", "values": ["2026-02-30"]}}}),
        ),
        ("a scan by a key", json!({"scan": true, "key": {"pk": "A{a}"}})),
        (
            "a gap in a sort key",
            json!({"index": "by-place", "key": {"country": "{c}", "city": "{d}", "day": "{e}"}, "sort": {"at_least": "2020"}}),
        ),
        ("part of a partition key", json!({"index": "by-place", "key": {"country": "{c}"}})),
    ];
    snap!(cases.map(|(what, value)| format!("## {what}\n{}", problems(value))).join("\n"));
}

#[test]
fn impossible_writes_are_refused() {
    let put = json!({"pk": "GRP#{u}", "sk": "{t}"});
    let many: Vec<Value> = (0..101).map(|n| json!({"pk": format!("GRP#{n}"), "sk": "{t}"})).collect();
    let cases = [
        ("no key", json!({"write": {"put": [{"sk": "{t}", "message": "{m}"}]}})),
        ("a misspelt key", json!({"write": {"put": [{"pk": "A{a}", "s_k": "{t}"}]}})),
        ("more than the key", json!({"write": {"delete": [{"pk": "A{a}", "sk": "{t}", "message": "{m}"}]}})),
        (
            "a key updated",
            json!({"write": {"update": [{"pk": "A{a}", "sk": "{t}", "set": {"sk": "{now}", "message": "{m}"}}]}}),
        ),
        ("a key removed", json!({"write": {"update": {"pk": "A{a}", "sk": "{t}", "remove": ["pk"]}}})),
        ("nothing changed", json!({"write": {"update": {"pk": "A{a}", "sk": "{t}"}}})),
        ("changed twice", json!({"write": {"update": {"pk": "A{a}", "sk": "{t}", "set": {"n": 1}, "add": {"n": 1}}}})),
        ("a text added", json!({"write": {"update": {"pk": "A{a}", "sk": "{t}", "add": {"n": "x{n}"}}}})),
        (
            "an index's key of a wrong type",
            json!({"write": {"put": [{"pk": "A{a}", "sk": "{t}", "message_group_uuid": 5, "score": "high"}]}}),
        ),
        (
            "an empty key of an index",
            json!({"write": {"put": [{"pk": "A{a}", "sk": "{t}", "message_group_uuid": ""}]}}),
        ),
        ("one item twice in a transaction", json!({"write": {"transact": [{"delete": put}, {"put": put}]}})),
        ("one item twice", json!({"write": {"put": [put, put]}})),
        ("too many actions", json!({"write": {"transact": {"put": many}}})),
        ("a check without a condition", json!({"write": {"transact": {"check": [put]}}})),
        (
            "a check without a transaction",
            json!({"write": {"check": [{"pk": "A{a}", "sk": "{t}", "condition": {"pk": {"exists": true}}}]}}),
        ),
        ("nothing", json!({"write": {}})),
    ];
    snap!(cases.map(|(what, value)| format!("## {what}\n{}", problems(value))).join("\n"));
}

#[test]
fn a_hundred_actions_are_a_transaction() {
    let items: Vec<Value> = (0..100).map(|n| json!({"pk": format!("GRP#{n}"), "sk": "{t}"})).collect();
    assert_eq!(problems(json!({"write": {"transact": {"put": items}}})), "none\n");
}

#[test]
fn equal_keys_are_found_whatever_their_spelling() {
    let twice = |one: Value, other: Value| {
        let found = problems(json!({"write": {"transact": {"put": [
            {"pk": one, "sk": "{t}"}, {"pk": other, "sk": "{t}"}
        ]}}}));
        found.contains("two actions on one item")
    };
    assert!(twice(json!("A{x}"), json!("A{x}")));
    assert!(twice(json!("A{{"), json!("A{{")));
    assert!(!twice(json!("A{x}"), json!("A{y}")), "different parameters may be different items");
}

/// The findings about patterns of a table.
fn found(all: Value, keys: &TableKeys) -> String {
    let mut out = String::new();
    for Finding { rule, path, message, hint } in findings(&patterns(all), keys) {
        let _ = writeln!(out, "{rule} at {path}\n  {message}\n  hint: {}", hint.as_deref().unwrap_or("-"));
    }
    if out.is_empty() { "none\n".to_owned() } else { out }
}

#[test]
fn bad_designs_are_found() {
    let used = json!({"used": {"index": "by-group", "key": {"message_group_uuid": "{id}"}}});
    let with = |more: Value| {
        let mut all = used.clone();
        for (name, pattern) in more.as_object().expect("a mapping") {
            all[name] = pattern.clone();
        }
        found(all, &plain())
    };
    let cases = [
        ("a scan by an unknown attribute", with(json!({"by-handle": {"key": {"user_handle": "{handle}"}}}))),
        (
            "a scan with an order",
            with(json!({"by-user": {"key": {"user_uuid": "{u}"}, "sort": {"begins_with": "{y}"}}})),
        ),
        ("a scan by two attributes", with(json!({"by-both": {"key": {"status": "{status}", "owner": "{owner}"}}}))),
        ("a scan by a number", with(json!({"by-n": {"key": {"n": "{n}"}, "parameters": {"n": {"type": "N"}}}}))),
        (
            "a scan of all",
            with(json!({"all": {"scan": true}, "some": {"scan": true, "filter": {"user_handle": "{h}"}}})),
        ),
        ("a filter", with(json!({"unread": {"key": {"pk": "GRP#{u}"}, "filter": {"status": "unread"}}}))),
        (
            "a filter that no key takes",
            with(json!({"unread": {"key": {"pk": "GRP#{u}"}, "filter": {"text": {"contains": "{w}"}}}})),
        ),
        ("an attribute beside the key", with(json!({"unread": {"key": {"pk": "GRP#{u}", "status": "unread"}}}))),
        ("an unused index", found(json!({"a": {"key": {"pk": "GRP#{u}"}}}), &plain())),
        (
            "constant partitions",
            with(json!({
                "all-messages": {"key": {"pk": "MESSAGES"}, "order": "newest_first"},
                "create": {"write": {"put": [{"pk": "MESSAGES", "sk": "{created_at}"}]}},
                "settings": {"key": {"pk": "SETTINGS", "sk": "app"}},
            })),
        ),
        (
            "few values",
            with(json!({
                "by-status": {"key": {"pk": "S#{status}"}},
                "by-shard": {"key": {"pk": "{shard}"}, "parameters": {"shard": {"values": ["0", "1", "2"]}}},
                "by-flag": {"key": {"pk": "{is_open}"}},
            })),
        ),
        (
            "days",
            with(json!({
                "of-day": {"key": {"pk": "D#{day}"}},
                "create": {"write": {"put": [{"pk": "D#{date}", "sk": "{created_at}"}]}},
                "of-month": {"key": {"pk": "M#{m}"}, "parameters": {"m": {"format": "month"}}},
            })),
        ),
        (
            "a hot index",
            with(json!({"open": {"write": {"put": [
                {"pk": "T#{id}", "sk": "{created_at}", "message_group_uuid": "OPEN"}
            ]}}})),
        ),
        (
            "a large transaction",
            with(json!({"move": {"item_size": 409_600, "write": {"transact": {
                "put": (0..11).map(|n| json!({"pk": format!("A{n}#{{a}}"), "sk": "{b}"})).collect::<Vec<_>>()
            }}}})),
        ),
        (
            "an order without a sort key",
            found(
                json!({"a": {"key": {"user": "{u}"}, "order": "descending"}}),
                &TableKeys { partition: testing::string("user"), sort: None, indexes: BTreeMap::new() },
            ),
        ),
        (
            "a local index",
            found(
                json!({
                    "longest": {"index": "by-length", "key": {"pk": "MSG#{g}"}, "attributes": ["message"], "order": "descending"},
                    "create": {"write": {"put": [{"pk": "MSG#{g}", "sk": "{created_at}", "length": "{length}"}]}},
                    "used": {"index": "by-group", "key": {"message_group_uuid": "{id}"}},
                    "author": {"index": "by-author", "key": {"user_uuid": "{u}"}},
                    "place": {"index": "by-place", "key": {"country": "{a}", "city": "{b}"}},
                }),
                &messages(),
            ),
        ),
    ];
    snap!(cases.map(|(what, found)| format!("## {what}\n{found}")).join("\n"));
}

#[test]
fn keys_that_spread_are_no_hot_partitions() {
    let all = json!({
        "a": {"key": {"pk": "D#{day}#{user_uuid}"}},
        "b": {"key": {"pk": "S#{status}#{shard_of_id}"}},
        "c": {"key": {"pk": "{user_uuid}"}},
        "d": {"key": {"pk": "{updated}"}, "parameters": {"updated": {"format": "time"}}},
        "e": {"key": {"pk": "CONFIG", "sk": "app"}},
        "f": {"write": {"put": [{"pk": "CONFIG", "sk": "app"}]}},
    });
    let mut keys = plain();
    keys.indexes.clear();
    assert_eq!(found(all, &keys), "none\n");
}

#[test]
fn the_best_key_serves_a_read() {
    let keys = messages();
    let of =
        |value: Value| served(&pattern(value), &keys).map(|served| (served.index.unwrap_or_default(), served.one_item));
    assert_eq!(of(json!({"key": {"pk": "A{a}"}})), Some((String::new(), false)));
    assert_eq!(of(json!({"key": {"pk": "A{a}", "sk": "{b}"}})), Some((String::new(), true)));
    assert_eq!(of(json!({"key": {"pk": "A{a}", "length": 5}})), Some(("by-length".to_owned(), false)));
    assert_eq!(of(json!({"key": {"user_uuid": "{a}"}})), Some(("by-author".to_owned(), false)));
    assert_eq!(
        of(json!({"key": {"country": "{a}", "city": "{b}", "year": "2026"}, "sort": {"at_least": "{d}"}})),
        Some(("by-place".to_owned(), false))
    );
    assert_eq!(of(json!({"key": {"handle": "{a}"}})), None);
    assert_eq!(of(json!({"scan": true})), None);
}

#[test]
fn units_follow_the_rounding_rules_of_aws() {
    let all = patterns(json!({
        "put-group": {"write": {"put": [{"pk": "GRP#{u}", "sk": "{t}", "message_group_uuid": "{g}"}]}},
        "put-message": {"write": {"put": [{"pk": "MSG#{g}", "sk": "{t}"}]}},
    }));
    let of = |value: Value| {
        let cost = cost::cost(&pattern(value), &all, &plain()).expect("a cost");
        (cost.total.read, cost.total.write, cost.at_most)
    };
    let read = |more: Value| {
        let mut value = json!({"key": {"pk": "A{a}"}});
        value.as_object_mut().expect("a mapping").extend(more.as_object().expect("a mapping").clone());
        of(value)
    };
    // 20 items of 300 bytes are 6,000 bytes: two units of 4 KB, halved.
    assert_eq!(read(json!({"limit": 20, "item_size": 300})), (1.0, 0.0, false));
    assert_eq!(read(json!({"limit": 20, "item_size": 300, "consistent": true})), (2.0, 0.0, false));
    assert_eq!(read(json!({"items": 1, "item_size": 1})), (0.5, 0.0, false));
    assert_eq!(read(json!({"item_size": 4096})), (0.5, 0.0, false));
    assert_eq!(read(json!({"item_size": 4097})), (1.0, 0.0, false));
    assert_eq!(read(json!({"limit": 20})), (2.5, 0.0, false));
    // A page has 1 MB.
    assert_eq!(read(json!({"limit": 100_000})), (128.0, 0.0, false));
    let item = |more: Value| {
        let mut value = json!({"key": {"pk": "A{a}", "sk": "{b}"}});
        value.as_object_mut().expect("a mapping").extend(more.as_object().expect("a mapping").clone());
        of(value)
    };
    assert_eq!(item(json!({})), (0.5, 0.0, false));
    assert_eq!(item(json!({"item_size": 5000, "consistent": true})), (2.0, 0.0, false));
    // A message is not in the index, a group is.
    let message = json!({"pk": "MSG#{x}", "sk": "{y}"});
    let group = json!({"pk": "GRP#{x}", "sk": "{y}", "message_group_uuid": "{z}"});
    assert_eq!(of(json!({"write": {"put": [message]}})), (0.0, 1.0, false));
    assert_eq!(of(json!({"write": {"put": [message]}, "item_size": 1025})), (0.0, 2.0, false));
    assert_eq!(of(json!({"write": {"put": [group]}})), (0.0, 2.0, false));
    assert_eq!(of(json!({"write": {"put": [group, message]}})), (0.0, 3.0, false));
    let key = |kind: &str| json!({"pk": format!("{kind}#{{x}}"), "sk": "{y}"});
    assert_eq!(of(json!({"write": {"delete": [key("GRP")]}})), (0.0, 2.0, false));
    assert_eq!(of(json!({"write": {"delete": [key("MSG")]}})), (0.0, 1.0, false));
    assert_eq!(
        of(json!({"write": {"delete": [key("OTHER")]}})),
        (0.0, 2.0, true),
        "nobody knows whether it is in the index"
    );
    assert_eq!(of(json!({"write": {"transact": {"put": [message]}}})), (0.0, 2.0, false));
    assert_eq!(of(json!({"write": {"transact": {"delete": [key("GRP")], "put": [group]}}})), (0.0, 8.0, true));
    let update = |set: Value| json!({"write": {"update": {"pk": "GRP#{x}", "sk": "{y}", "set": set}}});
    assert_eq!(of(update(json!({"message": "{m}"}))), (0.0, 2.0, false));
    assert_eq!(of(update(json!({"message_group_uuid": "{m}"}))), (0.0, 3.0, true));
}

/// The policy of some patterns of the project's table.
fn granted(all: Value) -> Value {
    let all = patterns(all);
    let keys = messages();
    let arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/cruddur-messages".to_owned();
    grant_policy(&[GrantedTable { arn, keys: &keys, patterns: all.values().collect() }])
}

#[test]
fn grants_allow_what_the_patterns_do_and_nothing_else() {
    let cases = [
        ("the project", serde_json::to_value(example()).expect("a tree")),
        (
            "one item, and many",
            json!({
                "a": {"key": {"pk": "GRP#{u}", "sk": "{t}"}},
                "b": {"key": {"pk": "GRP#{u}"}},
                "c": {"key": {"pk": "{any}"}, "limit": 3},
            }),
        ),
        ("attributes", json!({"a": {"index": "by-author", "key": {"user_uuid": "{u}"}, "attributes": ["message"]}})),
        ("a scan", json!({"a": {"scan": true}})),
        (
            "a transaction with a check, and a put alone",
            json!({
                "a": {"write": {"transact": [
                    {"check": {"pk": "USR#{u}", "sk": "A", "condition": {"pk": {"exists": true}}}},
                    {"update": {"pk": "CNT#{u}", "sk": "A", "add": {"n": 1}}},
                ]}},
                "b": {"write": {"put": {"pk": "MSG#{g}", "sk": "{t}"}}},
            }),
        ),
        ("wildcards in a key", json!({"a": {"key": {"pk": "50%*?$#{x}"}}})),
    ];
    let shown = |(what, value): (&str, Value)| {
        format!("## {what}\n{}\n", serde_json::to_string_pretty(&granted(value)).expect("JSON"))
    };
    snap!(cases.map(shown).join("\n"));
}

#[test]
fn leading_keys_are_required_where_they_are_limited() {
    let policy = granted(serde_json::to_value(example()).expect("a tree"));
    for statement in policy["Statement"].as_array().expect("statements") {
        let limited =
            statement["Condition"].as_object().is_some_and(|all| all.keys().any(|key| key.starts_with("ForAllValues")));
        let required = statement["Condition"]["Null"].is_object();
        assert_eq!(limited, required, "{statement:#}");
    }
}

fn given(text: &[(&str, &str)]) -> Vec<(String, String)> {
    text.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn arguments_that_do_not_fit_are_refused() {
    let read = pattern(json!({
        "key": {"pk": "GRP#{user_uuid}", "status": "{status}"}, "filter": {"n": {"at_least": "{n}"}},
        "parameters": {
            "user_uuid": {"format": "uuid"}, "status": {"values": ["open", "closed"]}, "n": {"type": "N"}
        }
    }));
    let id = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399";
    let cases: [(&str, &[(&str, &str)]); 7] = [
        ("missing", &[]),
        ("one missing", &[("user_uuid", id), ("n", "5")]),
        ("unknown", &[("user_id", id)]),
        ("twice", &[("n", "5"), ("n", "6")]),
        ("wrong type", &[("n", "five")]),
        ("wrong format", &[("user_uuid", "me")]),
        ("wrong value", &[("status", "opened")]),
    ];
    let shown = |(what, arguments): (&str, &[(&str, &str)])| {
        let error = Arguments::read(&read, &messages(), &given(arguments)).expect_err("refused");
        format!("{what}: {}\n  hint: {}\n", error.message, error.hint)
    };
    let none = Arguments::read(&pattern(json!({"key": {"pk": "A"}})), &messages(), &given(&[("a", "b")]));
    let none = none.expect_err("refused");
    snap!(format!("{}no parameters: {}\n  hint: {}\n", cases.map(shown).concat(), none.message, none.hint));
}

#[test]
fn requests_are_in_the_spelling_of_aws() {
    let keys = messages();
    let mut out = String::new();
    let cases = [
        (
            "a page",
            json!({"key": {"pk": "GRP#{u}"}, "sort": {"begins_with": "{year}"}, "order": "newest_first", "limit": 20}),
        ),
        (
            "an item",
            json!({"key": {"pk": "GRP#{u}", "sk": "{year}"}, "consistent": true, "attributes": ["message", "name"]}),
        ),
        ("an index", json!({"index": "by-author", "key": {"user_uuid": "{u}"}, "sort": {"between": [1, "{n}"]}})),
        (
            "a filter",
            json!({"key": {"pk": "GRP#{u}", "status": "open"}, "filter": {"a": {"exists": false}, "b": {"contains": "{n}"}}}),
        ),
        (
            "a transaction",
            json!({"write": {"transact": [
                {"delete": {"pk": "GRP#{u}", "sk": "{year}", "condition": {"message": "{n}"}}},
                {"put": {"pk": "GRP#{u}", "sk": "{n}", "seen": true, "condition": {"pk": {"exists": false}}}},
                {"update": {"pk": "C#{u}", "sk": "a", "set": {"x": "{n}"}, "add": {"count": 1}, "remove": ["y"]}},
                {"check": {"pk": "D#{u}", "sk": "a", "condition": {"pk": {"exists": true}}}},
            ]}}),
        ),
        (
            "writes one by one",
            json!({"write": {"put": [{"pk": "A#{u}", "sk": "{year}"}], "delete": [{"pk": "B#{u}", "sk": "{n}"}]}}),
        ),
    ];
    for (what, value) in cases {
        let pattern = pattern(value);
        let all = given(&[("u", "1"), ("year", "2026"), ("n", "7")]);
        let used = |(name, _): &(String, String)| {
            serde_json::to_string(&pattern).expect("JSON").contains(&format!("{{{name}}}"))
        };
        let all: Vec<_> = all.into_iter().filter(used).collect();
        let arguments = Arguments::read(&pattern, &keys, &all).expect("they fit");
        let requests: Vec<Request> = match read_request("t", &pattern, &keys, &arguments) {
            Some(request) => vec![request],
            None => write_requests("t", &pattern, &keys, &arguments),
        };
        let _ = writeln!(out, "## {what}");
        for Request { operation, input } in requests {
            let _ = writeln!(out, "{operation} {}", serde_json::to_string_pretty(&input).expect("JSON"));
        }
    }
    snap!(out);
}
