//! The command on DynamoDB Local: each change of a table by itself, every field looked at by boto3, and then nothing
//! to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::support::{Answer, DynamoDbLocal, Observer, Output, Run, Stack, Stub};

const NAME: &str = "local-table";
const ADDRESS: &str = "tables.local-table";

struct Bench {
    local: DynamoDbLocal,
    observer: Observer,
    stack: Stack,
}

impl Bench {
    fn run(&self, arguments: &[&str]) -> Output {
        Run::new(self.stack.dir()).args(&[arguments, &["--env", "local"]].concat()).output()
    }

    /// Applies a body, and makes sure that nothing is left to do.
    #[track_caller]
    fn become_this(&self, what: &str, body: &Value, more: &[&str]) {
        self.stack.rewrite(&stack(&self.local.endpoint(), body));
        let arguments = [&["plan", "--detailed-exitcode"], more].concat();
        assert_eq!(self.run(&arguments).code, 2, "{what} is a change");
        let applied = self.run(&[&["apply", "--yes"], more].concat());
        assert_eq!(applied.code, 0, "{what}\n{}\n{}", applied.stdout, applied.stderr);
        let after = self.run(&["plan", "--detailed-exitcode"]);
        assert_eq!(after.code, 0, "after {what} nothing is left to do\n{}\n{}", after.stdout, after.stderr);
    }

    /// All that DynamoDB Local tells of the table, but for moments, sizes and ARNs.
    fn seen(&self) -> Value {
        told(&self.observer.table(NAME))
    }
}

fn stack(endpoint: &str, body: &Value) -> String {
    let stack = json!({
        "stack": "local",
        "region": "eu-central-1",
        "tables": {NAME: body},
        "environments": {"local": {"endpoint_url": endpoint, "sections": ["tables"]}}
    });
    format!("{stack:#}\n")
}

fn throughput(of: &Value) -> Value {
    json!([of["ProvisionedThroughput"]["ReadCapacityUnits"], of["ProvisionedThroughput"]["WriteCapacityUnits"]])
}

fn keys(of: &Value) -> Value {
    let one = |key: &Value| json!(format!("{} {}", text(&key["KeyType"]), text(&key["AttributeName"])));
    json!(of["KeySchema"].as_array().into_iter().flatten().map(one).collect::<Vec<_>>())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn told(table: &Value) -> Value {
    let mut types: Vec<String> = table["AttributeDefinitions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| format!("{} {}", text(&one["AttributeName"]), text(&one["AttributeType"])))
        .collect();
    types.sort();
    let indexes = |section: &str, global: bool| -> Value {
        let one = |(name, index): (&String, &Value)| {
            let mut told = json!({"keys": keys(index), "projection": index["Projection"]});
            if global {
                told["status"] = index["IndexStatus"].clone();
                told["capacity"] = throughput(index);
            }
            (name.clone(), told)
        };
        table[section].as_object().into_iter().flatten().map(one).collect()
    };
    let mode = &table["BillingModeSummary"]["BillingMode"];
    let expires = table["TimeToLive"]["TimeToLiveStatus"] == "ENABLED";
    let stream = &table["StreamSpecification"];
    json!({
        "status": table["TableStatus"],
        "keys": keys(table),
        "types": types,
        "billing": if mode.is_null() { "PROVISIONED" } else { text(mode) },
        "capacity": throughput(table),
        "global": indexes("GlobalSecondaryIndexes", true),
        "local": indexes("LocalSecondaryIndexes", false),
        "stream": if stream["StreamEnabled"] == true { stream["StreamViewType"].clone() } else { Value::Null },
        "expires": if expires { table["TimeToLive"]["AttributeName"].clone() } else { Value::Null },
    })
}

fn first() -> (Value, Value) {
    let body = json!({
        "partition_key": "pk",
        "sort_key": "sk",
        "billing": {"mode": "provisioned", "read_capacity": 5, "write_capacity": 4},
        "global_secondary_indexes": {"by-a": {"partition_key": "a", "read_capacity": 3, "write_capacity": 2}},
        "local_secondary_indexes": {"local": {"sort_key": {"name": "n", "type": "N"}, "projection": "keys_only"}}
    });
    let seen = json!({
        "status": "ACTIVE",
        "keys": ["HASH pk", "RANGE sk"],
        "types": ["a S", "n N", "pk S", "sk S"],
        "billing": "PROVISIONED",
        "capacity": [5, 4],
        "global": {"by-a": {
            "keys": ["HASH a"], "projection": {"ProjectionType": "ALL"}, "status": "ACTIVE", "capacity": [3, 2]
        }},
        "local": {"local": {"keys": ["HASH pk", "RANGE n"], "projection": {"ProjectionType": "KEYS_ONLY"}}},
        "stream": null,
        "expires": null
    });
    (body, seen)
}

/// What is changed, the properties that are written, and the fields that are seen to change: everything else stays.
fn changes() -> Vec<(&'static str, Value, Value)> {
    let by_a = |capacity: [u32; 2]| json!({"keys": ["HASH a"], "projection": {"ProjectionType": "ALL"}, "status": "ACTIVE", "capacity": capacity});
    let by_b = |projection: Value, capacity: [u32; 2]| json!({"keys": ["HASH b", "RANGE sk"], "projection": projection, "status": "ACTIVE", "capacity": capacity});
    let (all, keys_only) = (json!({"ProjectionType": "ALL"}), json!({"ProjectionType": "KEYS_ONLY"}));
    let written_a = json!({"partition_key": "a", "read_capacity": 3, "write_capacity": 2});
    let written_b = json!({"partition_key": "b", "sort_key": "sk", "read_capacity": 6, "write_capacity": 7});
    let keys_of_b = json!({
        "partition_key": "b", "sort_key": "sk", "read_capacity": 6, "write_capacity": 7, "projection": "keys_only"
    });
    vec![
        (
            "the table's capacity",
            json!({"billing": {"mode": "provisioned", "read_capacity": 8, "write_capacity": 4}}),
            json!({"capacity": [8, 4]}),
        ),
        (
            "billing on demand",
            json!({"billing": {"mode": "on_demand"}, "global_secondary_indexes": {"by-a": {"partition_key": "a"}}}),
            // Of an index it goes on telling what was.
            json!({"billing": "PAY_PER_REQUEST", "capacity": [0, 0]}),
        ),
        (
            "provisioned billing",
            json!({
                "billing": {"mode": "provisioned", "read_capacity": 5, "write_capacity": 4},
                // It refuses the capacity that the index had before, as if it still had it.
                "global_secondary_indexes": {
                    "by-a": {"partition_key": "a", "read_capacity": 1, "write_capacity": 1}
                }
            }),
            json!({"billing": "PROVISIONED", "capacity": [5, 4], "global": {"by-a": by_a([1, 1])}}),
        ),
        (
            "one more index",
            json!({"global_secondary_indexes": {"by-a": written_a, "by-b": written_b}}),
            json!({
                "types": ["a S", "b S", "n N", "pk S", "sk S"],
                "global": {"by-a": by_a([3, 2]), "by-b": by_b(all, [6, 7])}
            }),
        ),
        (
            "the projection of an index",
            json!({"global_secondary_indexes": {"by-a": written_a, "by-b": keys_of_b}}),
            json!({"global": {"by-a": by_a([3, 2]), "by-b": by_b(keys_only.clone(), [6, 7])}}),
        ),
        (
            "the capacity of an index",
            json!({"global_secondary_indexes": {
                "by-a": {"partition_key": "a", "read_capacity": 9, "write_capacity": 2}, "by-b": keys_of_b
            }}),
            json!({"global": {"by-a": by_a([9, 2]), "by-b": by_b(keys_only.clone(), [6, 7])}}),
        ),
        (
            "one index less",
            json!({"global_secondary_indexes": {"by-b": keys_of_b}}),
            json!({"types": ["b S", "n N", "pk S", "sk S"], "global": {"by-b": by_b(keys_only, [6, 7])}}),
        ),
        ("no index", json!({"global_secondary_indexes": {}}), json!({"types": ["n N", "pk S", "sk S"], "global": {}})),
        ("a stream", json!({"stream": "new_image"}), json!({"stream": "NEW_IMAGE"})),
        ("another stream", json!({"stream": "keys_only"}), json!({"stream": "KEYS_ONLY"})),
        ("no stream", json!({"stream": "off"}), json!({"stream": null})),
        ("time to live", json!({"time_to_live": "expires"}), json!({"expires": "expires"})),
        ("no time to live", json!({"time_to_live": null}), json!({"expires": null})),
    ]
}

#[test]
fn each_change_by_itself_through_the_command() {
    let Some(local) = DynamoDbLocal::start() else { return };
    let observer = Observer::at(&local.endpoint());
    let bench = Bench { local, observer, stack: Stack::new("stack: local\n") };
    let (mut body, mut expected) = first();
    bench.become_this("the table", &body, &[]);
    assert_eq!(bench.seen(), expected);
    let made = bench.observer.table(NAME)["TableId"].clone();
    for (what, written, seen) in changes() {
        for (key, value) in written.as_object().expect("properties") {
            body[key] = value.clone();
        }
        for (key, value) in seen.as_object().expect("fields") {
            expected[key] = value.clone();
        }
        bench.become_this(what, &body, &[]);
        assert_eq!(bench.seen(), expected, "after {what}");
    }
    assert_eq!(bench.observer.table(NAME)["TableId"], made, "it is the same table");
}

#[test]
fn a_key_replaces_the_table_and_nothing_is_left_of_it() {
    let Some(local) = DynamoDbLocal::start() else { return };
    let observer = Observer::at(&local.endpoint());
    let bench = Bench { local, observer, stack: Stack::new("stack: local\n") };
    let (mut body, mut expected) = first();
    bench.become_this("the table", &body, &[]);
    let made = bench.observer.table(NAME)["CreationDateTime"].clone();
    body["sort_key"] = json!({"name": "sk", "type": "B"});
    expected["types"] = json!(["a S", "n N", "pk S", "sk B"]);
    bench.become_this("another key", &body, &["--allow-replace", ADDRESS]);
    assert_eq!(bench.seen(), expected);
    assert_ne!(bench.observer.table(NAME)["CreationDateTime"], made, "it is another table");
    bench.run(&["destroy", "--yes"]).code(3);
    bench.run(&["destroy", "--yes", "--allow-delete", ADDRESS]).success();
    assert_eq!(bench.observer.table(NAME), Value::Null);
}

/// DynamoDB Local answers with 500 where STS is asked for, and the SDK asks six times in a quarter of a minute.
#[test]
fn an_endpoint_without_sts_is_not_asked_for_long() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let stub = Stub::start(move |request| {
        let (status, code) = match request.name().as_str() {
            "sts GetCallerIdentity" => {
                counter.fetch_add(1, Ordering::SeqCst);
                (500, "")
            }
            "dynamodb DescribeTable" => (400, "ResourceNotFoundException"),
            _ => (400, "UnknownOperationException"),
        };
        let headers = vec![("content-type".to_owned(), "application/x-amz-json-1.0".to_owned())];
        Answer { status, headers, body: json!({"__type": code}).to_string().into_bytes() }
    });
    let place = Stack::new(&stack(&stub.endpoint(), &first().0));
    let plan = Run::new(place.dir()).args(&["plan", "--env", "local", "--format", "json"]).output().success().json();
    assert_eq!(plan["summary"]["create"], 1);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
