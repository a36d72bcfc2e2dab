//! `table query`: access patterns, run on the sandbox and on dynalite, and what it refuses.

use serde_json::{Value, json};

use crate::support::{Dynalite, Observer, Output, Place, Run, Stack, underpin};

const GROUP: &str = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399";
const ME: &str = "11111111-1111-4111-8111-111111111111";
const OTHER: &str = "22222222-2222-4222-8222-222222222222";

/// The project's table at an endpoint.
struct There {
    stack: Stack,
    endpoint: String,
    observer: Observer,
}

impl There {
    fn new(endpoint: String) -> Self {
        let there = Self { stack: Stack::project(), observer: Observer::at(&endpoint), endpoint };
        there.run(&["apply", "--yes"]).success();
        there
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let at = ["--env", "local", "--endpoint-url", &self.endpoint];
        Run::new(self.stack.dir()).args(arguments).args(&at).output()
    }

    fn query(&self, pattern: &str, arguments: &[&str]) -> Value {
        let asked = [&["table", "query", pattern, "--format", "json"], arguments].concat();
        self.run(&asked).success().json()
    }

    /// The requests of a pattern, as the command prints them.
    fn requests(&self, pattern: &str, arguments: &[(&str, String)]) -> Vec<Value> {
        let pairs: Vec<String> = arguments.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut asked = vec!["table", "query", pattern, "--print-request"];
        asked.extend(pairs.iter().map(String::as_str));
        self.run(&asked).success().json().as_array().expect("requests").clone()
    }

    /// Sends the requests of a pattern that writes; where there are no transactions, one action after the other.
    /// Returns the units that were consumed.
    fn write(&self, pattern: &str, arguments: &[(&str, String)], transactions: bool) -> f64 {
        let mut units = 0.0;
        for request in self.requests(pattern, arguments) {
            let input = request["input"].clone();
            if request["operation"] == "TransactWriteItems" && !transactions {
                for action in input["TransactItems"].as_array().expect("actions") {
                    let (kind, action) = action.as_object().expect("an action").iter().next().expect("a kind");
                    let operation = format!("{}_item", kind.to_lowercase());
                    let mut action = action.clone();
                    action["ReturnConsumedCapacity"] = json!("INDEXES");
                    units += consumed(&self.observer.call("dynamodb", &operation, action));
                }
            } else {
                let operation = match request["operation"].as_str().expect("an operation") {
                    "TransactWriteItems" => "transact_write_items",
                    "PutItem" => "put_item",
                    other => panic!("{other}"),
                };
                units += consumed(&self.observer.call("dynamodb", operation, input));
            }
        }
        units
    }

    /// The predicted costs of a pattern.
    fn cost(&self, pattern: &str) -> Value {
        let valid = underpin(self.stack.dir(), &["validate", "--format", "json"]).success().json();
        let patterns = valid["access_patterns"].as_array().expect("patterns");
        patterns.iter().find(|one| one["pattern"] == pattern).expect("the pattern")["cost"].clone()
    }
}

fn consumed(answer: &Value) -> f64 {
    let all = match &answer["ConsumedCapacity"] {
        Value::Null => Vec::new(),
        Value::Array(tables) => tables.clone(),
        one => vec![one.clone()],
    };
    all.iter().map(|one| one["CapacityUnits"].as_f64().expect("units")).sum()
}

/// A text that fills an item up to 400 bytes, the size that the patterns state: names and values in UTF-8.
fn filled(attributes: &[(&str, &str)]) -> String {
    let known: usize = attributes.iter().map(|(name, value)| name.len() + value.len()).sum();
    "x".repeat(400 - known - "message".len())
}

fn member(time: &str, of: &str, user: &str, handle: &str) -> Vec<(&'static str, String)> {
    let key = format!("GRP#{of}");
    let name = handle.to_uppercase();
    let known = [
        ("pk", key.as_str()),
        ("sk", time),
        ("message_group_uuid", GROUP),
        ("user_uuid", user),
        ("user_display_name", name.as_str()),
        ("user_handle", handle),
    ];
    vec![("created_at", time.to_owned()), ("message", filled(&known))]
}

/// Every pattern of the project's stack. `counts` says whether the endpoint counts units as AWS documents it.
fn each_pattern_runs(there: &There, transactions: bool, counts: bool) {
    let people = [
        ("my_user_uuid", ME.to_owned()),
        ("my_display_name", "MINE".to_owned()),
        ("my_handle", "mine".to_owned()),
        ("other_user_uuid", OTHER.to_owned()),
        ("other_display_name", "YOUR".to_owned()),
        ("other_handle", "your".to_owned()),
    ];
    let of = |names: &[&str]| people.iter().filter(|(name, _)| names.contains(name)).cloned().collect::<Vec<_>>();
    let group = |group: &str| ("message_group_uuid", group.to_owned());
    let cost = there.cost("create-message-group");
    // A conversation, and 19 others that are only in the list.
    for number in 0..20 {
        let time = format!("2026-11-30T10:{number:02}:00+00:00");
        let other = format!("{number:08}-0000-4000-8000-000000000000");
        let group = group(if number == 0 { GROUP } else { &other });
        let arguments = [member(&time, ME, OTHER, "your"), people.to_vec(), vec![group]].concat();
        let units = there.write("create-message-group", &arguments, transactions);
        // Moto does not say what a transaction consumes. dynalite has none, and counts each put for the table alone.
        if !transactions {
            assert_eq!(Some(units * 2.0), cost["table"]["write"].as_f64(), "{cost}");
        }
    }
    let cost = there.cost("create-message")["total"]["write"].as_f64();
    for minute in 0..25 {
        let time = format!("2026-11-30T11:{minute:02}:00+00:00");
        let id = format!("{minute:08}-0000-4000-8000-000000000001");
        let key = format!("MSG#{GROUP}");
        let known = [
            ("pk", key.as_str()),
            ("sk", time.as_str()),
            ("message_uuid", id.as_str()),
            ("user_uuid", ME),
            ("user_display_name", "MINE"),
            ("user_handle", "mine"),
        ];
        let mine = of(&["my_user_uuid", "my_display_name", "my_handle"]);
        let more = vec![("created_at", time.clone()), ("message_uuid", id.clone()), ("message", filled(&known))];
        let units = there.write("create-message", &[mine, more, vec![group(GROUP)]].concat(), transactions);
        assert_eq!(Some(units), cost);
    }
    let user = format!("my_user_uuid={ME}");
    let conversation = format!("message_group_uuid={GROUP}");
    let reads: [(&str, &[&str], u64); 3] = [
        ("list-message-groups", &[&user, "year=2026"], 20),
        ("list-messages", &[&conversation], 20),
        ("groups-of-conversation", &[&conversation], 2),
    ];
    for (pattern, arguments, count) in reads {
        let answer = there.query(pattern, arguments);
        assert_eq!((&answer["count"], &answer["scanned_count"]), (&json!(count), &json!(count)), "{pattern}: {answer}");
        let units = &answer["consumed_capacity"]["capacity_units"];
        if counts {
            assert_eq!(*units, there.cost(pattern)["total"]["read"], "{pattern}");
        } else {
            assert!(units.is_number(), "{pattern}: {answer}");
        }
    }
    // The newest is first, and a page goes on where the last one ended.
    let first = there.query("list-messages", &[&conversation, "--limit", "20"]);
    assert_eq!(first["items"][0]["sk"], "2026-11-30T11:24:00+00:00");
    let next = first["next"].as_str().expect("there is more").to_owned();
    let rest = there.query("list-messages", &[&conversation, "--start", &next]);
    assert_eq!((&rest["count"], &rest["next"]), (&json!(5), &json!(null)), "{rest}");
    assert_eq!(rest["items"][0]["sk"], "2026-11-30T11:04:00+00:00");
    let none = there.query("list-message-groups", &[&user, "year=2025"]);
    assert_eq!((&none["count"], &none["items"]), (&json!(0), &json!([])));

    // A reply moves the row of the conversation to its time.
    let reply = [
        of(&["my_user_uuid", "other_user_uuid", "other_display_name", "other_handle"]),
        vec![
            group(GROUP),
            ("last_message_at", "2026-11-30T10:00:00+00:00".to_owned()),
            ("created_at", "2026-11-30T11:24:00+00:00".to_owned()),
            ("message", "a reply".to_owned()),
        ],
    ]
    .concat();
    there.write("update-message-group", &reply, transactions);
    let groups = there.query("list-message-groups", &[&user, "year=2026"]);
    assert_eq!(groups["items"][0]["message"], "a reply");
    assert_eq!(groups["items"][0]["message_group_uuid"], GROUP);
    assert_eq!(groups["count"], 20, "the old row is gone");
}

#[test]
fn each_pattern_of_the_project_runs_on_the_sandbox() {
    let place = Place::new(Stack::project());
    let there = There::new(place.emulator.endpoint());
    each_pattern_runs(&there, true, false);
    let text = there.run(&["table", "query", "list-messages", &format!("message_group_uuid={GROUP}"), "--limit", "2"]);
    let text = text.success();
    assert!(text.stdout.contains("2026-11-30T11:24:00+00:00"), "{}", text.stdout);
    queries_are_filtered(&there);
    assert!(text.stderr.contains("2 items"), "{}", text.stderr);
}

#[test]
fn each_pattern_of_the_project_runs_on_dynalite_for_the_predicted_units() {
    let Some(dynalite) = Dynalite::start() else { return };
    let there = There::new(dynalite.endpoint());
    each_pattern_runs(&there, false, true);
    queries_are_filtered(&there);
}

/// Filters and a projection beside a pattern, on the 25 messages of a conversation.
fn queries_are_filtered(there: &There) {
    let conversation = format!("message_group_uuid={GROUP}");
    let some = "00000003-0000-4000-8000-000000000001";
    let one = there.query("list-messages", &[&conversation, "--filter", &format!("message_uuid={some}")]);
    assert_eq!((&one["count"], &one["scanned_count"]), (&json!(1), &json!(25)), "{one}");
    let condition = [
        "--filter-expression",
        "begins_with(#m, :start) OR user_handle = :nobody",
        "--expression-attribute-names",
        "{\"#m\": \"message_uuid\"}",
        "--expression-attribute-values",
        "{\":start\": {\"S\": \"0000000\"}, \":nobody\": {\"S\": \"nobody\"}}",
        "--projection-expression",
        "#m",
    ];
    let found = there.query("list-messages", &[&[conversation.as_str()], &condition[..]].concat());
    assert_eq!((&found["count"], &found["scanned_count"]), (&json!(10), &json!(25)), "{found}");
    assert_eq!(found["items"][0], json!({"message_uuid": "00000009-0000-4000-8000-000000000001"}));
    // A pipe is read once.
    let piped = ["table", "query", "list-messages", &conversation, "--format", "json", "--filter-expression"];
    let piped = [&piped[..], &["message_uuid = :m", "--expression-attribute-values", "@/dev/stdin"]].concat();
    let piped = Run::new(there.stack.dir()).args(&piped).args(&["--env", "local", "--endpoint-url", &there.endpoint]);
    let piped = piped.stdin(&format!("{{\":m\": {{\"S\": \"{some}\"}}}}")).output().success().json();
    assert_eq!(piped["count"], 1);
    let limited = there.query("list-messages", &[&conversation, "--filter", "user_handle=mine", "--limit", "3"]);
    assert_eq!((&limited["count"], &limited["items"][0]["sk"]), (&json!(3), &json!("2026-11-30T11:24:00+00:00")));
}

const SHOP: &str = r#"
stack: shop
region: eu-central-1
tables:
  orders:
    partition_key: pk
    sort_key: {name: number, type: N}
    access_patterns:
      order: {key: {pk: "ORD#{order}", number: "{number}"}}
      newest: {key: {pk: "ORD#{order}"}, order: newest_first}
      newest-of: {key: {pk: "ORD#{order}"}, order: newest_first, filter: {state: {exists: true}}, attributes: [total]}
      by-name: {key: {name: "{name}"}}
      remove: {write: {delete: [{pk: "ORD#{order}", number: "{number}"}]}}
      by-day: {key: {pk: "DAY#{day}"}, parameters: {day: {format: date}}}
  parcels:
    partition_key: pk
    access_patterns:
      newest: {key: {pk: "PAR#{parcel}"}}
"#;

#[test]
fn what_can_not_be_asked_is_refused_before_anything_is_called() {
    let place = Place::of(SHOP);
    place.emulator.clear_log();
    let cases: [(&str, &[&str]); 17] = [
        ("unknown pattern", &["ordr", "order=1"]),
        ("nothing alike", &["customers"]),
        ("of several tables", &["newest", "order=1"]),
        ("unknown table", &["order/newest", "order=1"]),
        ("unknown parameter", &["order", "ordr=1", "number=1"]),
        ("missing parameter", &["order", "order=1"]),
        ("no parameters", &["order"]),
        ("wrong type", &["order", "order=1", "number=one"]),
        ("wrong format", &["by-day", "day=today"]),
        ("twice", &["order", "order=1", "order=2", "number=1"]),
        ("no pair", &["order", "order"]),
        ("a write", &["remove", "order=1", "number=1"]),
        ("a scan", &["by-name", "name=x"]),
        ("a filter of the key", &["newest-of", "order=1", "--filter", "number=1"]),
        ("the same", &["newest-of", "order=1", "--filter-expression", "attribute_exists(pk)"]),
        ("no value", &["newest-of", "order=1", "--filter-expression", "state = :state"]),
        ("a filter of a write", &["remove", "order=1", "number=1", "--print-request", "--filter", "state=open"]),
    ];
    let shown = cases.map(|(what, arguments)| {
        let output = place.run(&[&["table", "query"], arguments].concat()).code(64);
        assert_eq!(output.stdout, "", "{what}");
        format!("# {what}\n{}", output.stderr)
    });
    insta::assert_snapshot!("query_refusals", shown.join("\n"));
    let token = place.run(&["table", "query", "order", "order=1", "number=1", "--start", "nowhere"]).code(64);
    assert!(token.stderr.contains("`--start` names no place to go on"), "{}", token.stderr);
    assert_eq!(place.emulator.requests().len(), 0, "nothing was called");
}

#[test]
fn a_table_that_is_not_there_is_named() {
    let place = Place::of(SHOP);
    let output = place.run(&["table", "query", "order", "order=1", "number=1"]).code(1);
    assert!(output.stderr.contains("orders"), "{}", output.stderr);
}

#[test]
fn requests_are_printed_and_not_made() {
    let place = Place::of(SHOP);
    place.emulator.clear_log();
    let read = place.run(&["table", "query", "order", "order=7", "number=12", "--print-request"]).success().json();
    assert_eq!(read[0]["operation"], "Query");
    assert_eq!(read[0]["input"]["ExpressionAttributeValues"], json!({":v0": {"S": "ORD#7"}, ":v1": {"N": "12"}}));
    let state = ["--filter", "state=open", "--filter", "big=true", "--type", "big=BOOL"];
    let named = ["--projection-expression", "#s", "--expression-attribute-names", "{\"#s\": \"state\"}"];
    let asked = [&["table", "query", "newest-of", "order=7", "--print-request"], &state[..], &named[..]].concat();
    insta::assert_json_snapshot!("filtered_request", place.run(&asked).success().json());
    let taken = ["table", "query", "newest-of", "order=7", "--print-request", "--filter-expression", "#a0 = :v0"];
    let theirs = [
        "--expression-attribute-names",
        "{\"#a0\": \"x\"}",
        "--expression-attribute-values",
        "{\":v0\": {\"S\": \"x\"}}",
    ];
    let taken = place.run(&[&taken[..], &theirs[..]].concat()).code(64);
    assert!(taken.stderr.contains("`#a0` is a placeholder of the pattern's own request"), "{}", taken.stderr);
    let write = place.run(&["table", "query", "remove", "order=7", "number=12", "--print-request"]).success().json();
    assert_eq!(write[0]["operation"], "DeleteItem");
    assert_eq!(write[0]["input"]["Key"], json!({"number": {"N": "12"}, "pk": {"S": "ORD#7"}}));
    assert_eq!(place.emulator.requests().len(), 0);
}
