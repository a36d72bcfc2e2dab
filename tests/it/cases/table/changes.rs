//! The command, one change of a table at a time: boto3 checks every field, and then nothing is left to do. On the
//! sandbox, where every operation takes time, and on a DynamoDB Local that is named.

use serde_json::{Value, json};

use crate::support::{DynamoDbLocal, Emulator, Observer, Output, Run, Stack};

/// The prefix of all tables that the tests make on a DynamoDB Local.
pub(super) const NAME: &str = "underpin-test-table";
pub(super) const ADDRESS: &str = "tables.underpin-test-table";

/// A stack with one table, on an endpoint.
pub(super) struct Bench {
    endpoint: String,
    pub(super) observer: Observer,
    pub(super) stack: Stack,
}

impl Bench {
    pub(super) fn at(endpoint: &str) -> Self {
        Self { endpoint: endpoint.to_owned(), observer: Observer::at(endpoint), stack: Stack::new("stack: local\n") }
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Output {
        Run::new(self.stack.dir()).args(&[arguments, &["--env", "local"]].concat()).output()
    }

    /// Writes the stack anew.
    pub(super) fn declare(&self, body: &Value) {
        self.stack.rewrite(&stack(&self.endpoint, body));
    }

    /// Applies a body, and makes sure that nothing is left to do.
    #[track_caller]
    pub(super) fn become_this(&self, what: &str, body: &Value, more: &[&str]) {
        self.declare(body);
        let arguments = [&["plan", "--detailed-exitcode"], more].concat();
        let plan = self.run(&arguments);
        assert_eq!(plan.code, 2, "{what} is a change\n{}\n{}", plan.stdout, plan.stderr);
        let applied = self.run(&[&["apply", "--yes"], more].concat());
        assert_eq!(applied.code, 0, "{what}\n{}\n{}", applied.stdout, applied.stderr);
        let after = self.run(&["plan", "--detailed-exitcode"]);
        assert_eq!(after.code, 0, "after {what} nothing is left to do\n{}\n{}", after.stdout, after.stderr);
    }

    /// The table as it is described, but for times, sizes and ARNs.
    pub(super) fn seen(&self) -> Value {
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

pub(super) fn first() -> (Value, Value) {
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

/// The changes: a name, the properties that are written, and the fields that change; all other fields stay.
/// For an index, DynamoDB Local still reports the capacity that it had before it was on demand, and refuses it as if it
/// still had it.
fn changes(keeps_capacity: bool) -> Vec<(&'static str, Value, Value)> {
    let on_demand = if keeps_capacity { [3, 2] } else { [0, 0] };
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
            json!({"billing": "PAY_PER_REQUEST", "capacity": [0, 0], "global": {"by-a": by_a(on_demand)}}),
        ),
        (
            "provisioned billing",
            json!({
                "billing": {"mode": "provisioned", "read_capacity": 5, "write_capacity": 4},
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

/// Makes the changes one after the other.
fn change_by_change(bench: &Bench, keeps_capacity: bool) {
    let (mut body, mut expected) = first();
    bench.become_this("the table", &body, &[]);
    assert_eq!(bench.seen(), expected);
    let made = bench.observer.table(NAME)["TableId"].clone();
    for (what, written, seen) in changes(keeps_capacity) {
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

/// The sandbox refuses, as AWS does, an unchanged capacity, a stream that is on already, several indexes at once, and a
/// table or index that is not ready: a change in a form that AWS would refuse fails here.
#[test]
fn each_single_change_succeeds_on_a_slow_endpoint() {
    let emulator = Emulator::with(&["--slow", "100"]);
    change_by_change(&Bench::at(&emulator.endpoint()), false);
    emulator.assert_no_invalid_requests();
}

#[test]
fn each_single_change_succeeds_on_dynamodb_local() {
    let Some(local) = DynamoDbLocal::named() else { return };
    change_by_change(&Bench::at(&local.endpoint()), true);
}

#[test]
fn key_change_replaces_the_table_completely_on_dynamodb_local() {
    let Some(local) = DynamoDbLocal::named() else { return };
    let bench = Bench::at(&local.endpoint());
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
