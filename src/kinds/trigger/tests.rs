//! Laws and cases of triggers that need no AWS.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::identity::{FUNCTION, SOURCE};
use super::source::pending_table;
use super::testing::{Sources, bodies};
use super::*;
use crate::base::{Address, Environment, Outputs, pending};
use crate::kind::{Change, Context, Difference, Kind, Observed, PlannedOperation, Rule, StepContext, holds};
use crate::path;

const UUID: &str = "14e0db71-5d35-4eb5-b481-8945cf9d10c2";
const STREAM: &str = "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026-01-01T00:00:00.000";
const QUEUE: &str = "arn:aws:sqs:eu-central-1:123456789012:q";

fn env() -> Environment {
    Environment::new("123456789012", "eu-central-1")
}

fn spec(body: Value) -> TriggerSpec {
    serde_json::from_value(body).expect("a trigger")
}

fn normal(body: Value) -> TriggerSpec {
    let (mut spec, env) = (spec(body), env());
    Trigger::normalize(&mut spec, &Context { name: "f/x", env: &env, facts: None }).expect("nothing to resolve");
    spec
}

fn observed(spec: TriggerSpec) -> Observed<TriggerSpec> {
    Observed { spec, outputs: Outputs::new(), unique_id: UUID.to_owned(), unmanaged: Vec::new() }
}

fn differences(before: &TriggerSpec, after: &TriggerSpec) -> Vec<Difference> {
    let tree = |spec: &TriggerSpec| serde_json::to_value(spec).expect("a tree");
    let (before, after) = (tree(before), tree(after));
    let mut keys: Vec<String> =
        [&before, &after].iter().filter_map(|v| v.as_object()).flat_map(|v| v.keys()).cloned().collect();
    keys.sort();
    keys.dedup();
    let differ = |key: &String| before[key] != after[key];
    let side = |value: &Value| (!value.is_null()).then(|| value.clone());
    keys.iter()
        .filter(|key| differ(key))
        .map(|key| Difference {
            path: path![key],
            before: side(&before[key]),
            after: side(&after[key]),
            sensitive: false,
            forces_replacement: holds(Trigger::RULES, Rule::CreateOnly, &path![key]),
        })
        .collect()
}

fn moves(change: Change<'_, TriggerSpec>) -> Vec<PlannedOperation<Op>> {
    let (address, env) = (Address::new("triggers", "f/x"), env());
    Trigger::steps(change, &StepContext { address: &address, name: "f/x", env: &env, token: "t", facts: None })
}

fn update(before: &Observed<TriggerSpec>, after: &TriggerSpec) -> Vec<PlannedOperation<Op>> {
    let differences = differences(&before.spec, after);
    moves(Change::Update { before, after, differences: &differences })
}

fn trees(moves: &[PlannedOperation<Op>]) -> Value {
    moves.iter().map(|one| serde_json::to_value(&one.op).expect("a tree")).collect()
}

proptest! {
    #[test]
    fn normalization_is_idempotent(body in bodies("f", &Sources::imagined())) {
        let once = normal(body);
        let tree = serde_json::to_value(&once).expect("a tree");
        prop_assert_eq!(&normal(tree), &once);
        let env = env();
        prop_assert_eq!(Trigger::check(&once, &Context { name: "f/x", env: &env, facts: None }), Vec::new());
    }

    #[test]
    fn every_difference_has_a_call_or_forces_replacement(
        a in bodies("f", &Sources::imagined()),
        b in bodies("f", &Sources::imagined()),
    ) {
        let (a, b) = (observed(normal(a)), normal(b));
        let differences = differences(&a.spec, &b);
        let moves = update(&a, &b);
        if !differences.iter().any(|difference| difference.forces_replacement) {
            for difference in &differences {
                // A tag is covered by itself.
                let about = |cover: &crate::base::PropertyPath| {
                    cover.covers(&difference.path) || difference.path.covers(cover)
                };
                prop_assert!(moves.iter().flat_map(|one| &one.covers).any(about), "{}", difference.path);
            }
        }
        for one in &moves {
            let tree = serde_json::to_value(&one.op).expect("a tree");
            prop_assert_eq!(&serde_json::from_value::<Op>(tree.clone()).expect("an operation"), &one.op);
            let name = tree.as_object().and_then(|map| map.keys().next().cloned());
            prop_assert_eq!(name.as_deref(), Some(Trigger::call(&one.op).operation));
        }
        prop_assert!(update(&observed(b.clone()), &b).is_empty());
    }
}

#[test]
fn defaults_follow_the_source() {
    let stream = serde_json::to_value(normal(json!({"function": "f", "stream": STREAM}))).expect("a tree");
    assert_eq!(
        stream,
        json!({
            "function": "f", "stream": STREAM, "starting_position": "latest", "enabled": true, "batch_size": 100,
            "maximum_batching_window": 0, "filters": [], "report_batch_item_failures": false,
            "bisect_on_error": false, "maximum_retry_attempts": -1, "maximum_record_age": -1,
            "parallelization_factor": 1, "tumbling_window": 0, "tags": {}
        })
    );
    let queue = serde_json::to_value(normal(json!({"function": "f", "queue": QUEUE}))).expect("a tree");
    assert_eq!(
        queue,
        json!({
            "function": "f", "queue": QUEUE, "enabled": true, "batch_size": 10, "maximum_batching_window": 0,
            "filters": [], "report_batch_item_failures": false, "tags": {}
        })
    );
}

#[test]
fn everything_is_set_at_creation() {
    let spec = normal(json!({
        "function": "f", "stream": STREAM, "starting_position": "trim_horizon", "batch_size": 50, "enabled": false,
        "maximum_batching_window": 5, "filters": [{"eventName": ["INSERT"]}], "report_batch_item_failures": true,
        "bisect_on_error": true, "maximum_retry_attempts": 3, "maximum_record_age": 3600,
        "parallelization_factor": 2, "tumbling_window": 30, "on_failure": QUEUE, "tags": {"a": "b"}
    }));
    let moves = moves(Change::Create { after: &spec });
    assert_eq!(
        trees(&moves),
        json!([{"CreateEventSourceMapping": {
            "EventSourceArn": STREAM, "FunctionName": "f", "Enabled": false, "BatchSize": 50,
            "FilterCriteria": {"Filters": [{"Pattern": "{\"eventName\":[\"INSERT\"]}"}]},
            "MaximumBatchingWindowInSeconds": 5, "ParallelizationFactor": 2, "StartingPosition": "TRIM_HORIZON",
            "DestinationConfig": {"OnFailure": {"Destination": QUEUE}}, "MaximumRecordAgeInSeconds": 3600,
            "BisectBatchOnFunctionError": true, "MaximumRetryAttempts": 3, "Tags": {"a": "b"},
            "TumblingWindowInSeconds": 30, "FunctionResponseTypes": ["ReportBatchItemFailures"]
        }}])
    );
    let (address, env) = (Address::new("triggers", "f/x"), env());
    let cx = StepContext { address: &address, name: "f/x", env: &env, token: "t", facts: None };
    let requests = Trigger::requires_of(&moves[0].op, &spec, &cx);
    let actions: Vec<_> = requests.iter().map(|request| request.action.as_str()).collect();
    assert_eq!(actions, ["lambda:CreateEventSourceMapping", "lambda:TagResource"]);
    assert_eq!(requests[0].resource, "*");
    assert_eq!(requests[0].context["lambda:FunctionArn"], ["arn:aws:lambda:eu-central-1:123456789012:function:f"]);
    assert_eq!(requests[0].context["aws:RequestTag/a"], ["b"]);
}

#[test]
fn removed_properties_are_sent_as_empty_values() {
    let before = observed(normal(json!({
        "function": "f", "stream": STREAM, "filters": [{"a": ["b"]}], "report_batch_item_failures": true,
        "on_failure": QUEUE, "tumbling_window": 30, "batch_size": 7, "tags": {"a": "b", "c": "d"}
    })));
    let after = normal(json!({"function": "f", "stream": STREAM, "tags": {"c": "e"}}));
    let arn = format!("arn:aws:lambda:eu-central-1:123456789012:event-source-mapping:{UUID}");
    assert_eq!(
        trees(&update(&before, &after)),
        json!([
            {"UpdateEventSourceMapping": {
                "UUID": UUID, "BatchSize": 100, "FilterCriteria": {"Filters": []},
                "DestinationConfig": {"OnFailure": {"Destination": ""}}, "TumblingWindowInSeconds": 0,
                "FunctionResponseTypes": []
            }},
            {"TagResource": {"Resource": arn, "Tags": {"c": "e"}}},
            {"UntagResource": {"Resource": arn, "TagKeys": ["a"]}}
        ])
    );
    let before = observed(normal(json!({"function": "f", "queue": QUEUE, "maximum_concurrency": 5})));
    let after = normal(json!({"function": "f", "queue": QUEUE}));
    assert_eq!(
        trees(&update(&before, &after)),
        json!([{"UpdateEventSourceMapping": {"UUID": UUID, "ScalingConfig": {}}}])
    );
}

#[test]
fn large_queue_batch_is_sent_with_its_window() {
    let queue =
        |size: u32| normal(json!({"function": "f", "queue": QUEUE, "batch_size": size, "maximum_batching_window": 1}));
    assert_eq!(
        trees(&update(&observed(queue(10)), &queue(100))),
        json!([{"UpdateEventSourceMapping": {"UUID": UUID, "BatchSize": 100, "MaximumBatchingWindowInSeconds": 1}}])
    );
}

#[test]
fn limits_of_aws_are_checked() {
    let env = env();
    let check = |body: Value| -> Vec<String> {
        let problems = Trigger::check(&spec(body), &Context { name: "f/x", env: &env, facts: None });
        problems.iter().map(|problem| problem.path.to_string()).collect()
    };
    assert!(check(json!({"function": "f", "stream": STREAM})).is_empty());
    assert_eq!(check(json!({"function": "f"})), ["stream"]);
    assert_eq!(check(json!({"function": "f", "stream": STREAM, "queue": QUEUE})), ["queue"]);
    assert_eq!(
        check(json!({"function": "f", "queue": QUEUE, "bisect_on_error": true, "starting_position": "latest"})),
        ["starting_position", "bisect_on_error"]
    );
    assert_eq!(check(json!({"function": "f", "queue": QUEUE, "batch_size": 11})), ["batch_size"]);
    let fifo = format!("{QUEUE}.fifo");
    assert_eq!(
        check(json!({"function": "f", "queue": fifo, "batch_size": 11, "maximum_batching_window": 1})),
        ["batch_size", "maximum_batching_window"]
    );
    assert_eq!(
        check(json!({"function": "f", "stream": STREAM, "maximum_concurrency": 2, "maximum_record_age": 30})),
        ["maximum_concurrency", "maximum_record_age"]
    );
    assert_eq!(
        check(
            json!({"function": "f", "stream": STREAM, "starting_position": {"at_timestamp": "2026-01-01T00:00:00Z"}})
        ),
        ["starting_position.at_timestamp"]
    );
    let kinesis = "arn:aws:kinesis:eu-central-1:123456789012:stream/k";
    assert_eq!(
        check(json!({"function": "f", "stream": kinesis, "starting_position": {"at_timestamp": "soon"}})),
        ["starting_position.at_timestamp"]
    );
    assert_eq!(
        check(json!({"function": "f", "stream": STREAM, "filters": ["no json", {}, "{\"a\": [\"b\"]}"]})),
        ["filters.0", "filters.1"]
    );
    let pending = pending::text(&"tables.t.stream_arn".parse().expect("a reference"));
    assert!(check(json!({"function": "f", "stream": pending})).is_empty());
}

#[test]
fn filters_are_compared_as_json() {
    let spec = normal(json!({"function": "f", "stream": STREAM, "filters": ["{\"b\": [1], \"a\": [2]}"]}));
    assert_eq!(spec.filters, [json!({"a": [2], "b": [1]})]);
}

#[test]
fn starting_position_timestamp_is_normalized() {
    let kinesis = "arn:aws:kinesis:eu-central-1:123456789012:stream/k";
    let at =
        |time: &str| normal(json!({"function": "f", "stream": kinesis, "starting_position": {"at_timestamp": time}}));
    assert_eq!(at("2026-01-01T02:00:00+02:00"), at("2026-01-01T00:00:00Z"));
    for wrong in [json!("newest"), json!({"at": "x"}), json!({}), json!({"at_timestamp": "x", "y": "z"})] {
        assert!(serde_json::from_value::<StartingPosition>(wrong).is_err());
    }
}

#[test]
fn trigger_replacement_is_a_warning() {
    let other = STREAM.replace("2026", "2025");
    let before = observed(normal(json!({"function": "f", "stream": other})));
    let after = normal(json!({"function": "f", "stream": STREAM}));
    let delete = Change::Delete { before: &before, backup: None };
    let warnings = Trigger::warnings(delete, &differences(&before.spec, &after));
    assert!(warnings.iter().any(|warning| warning.contains("replaced") && warning.contains("lost")), "{warnings:?}");
    let gone: Vec<Difference> = differences(&before.spec, &before.spec);
    assert!(Trigger::warnings(delete, &gone).iter().all(|warning| !warning.contains("replaced")));
}

#[test]
fn identity_contains_function_and_source() {
    let (address, env) = (Address::new("triggers", "f/x"), env());
    let pending = pending::text(&"tables.t.stream_arn".parse().expect("a reference"));
    let spec = normal(json!({"function": "f", "stream": pending}));
    let id = Trigger::identity(&address, &spec, &Context { name: "f/x", env: &env, facts: None });
    assert_eq!(id.details[FUNCTION], "f");
    assert_eq!(pending_table(&id.details[SOURCE]).as_deref(), Some("t"));
    assert_eq!(pending_table(STREAM), None);
}

#[test]
fn concurrency_above_reserved_concurrency_is_a_warning() {
    let spec = normal(json!({"function": "f", "queue": QUEUE, "maximum_concurrency": 5}));
    let on = |reserved: Value| {
        let function = json!({"reserved_concurrency": reserved});
        Trigger::dependency_advice(&spec, &Address::new("functions", "f"), "f", &function)
    };
    assert!(on(json!(5)).is_empty() && on(Value::Null).is_empty());
    let told = on(json!(4));
    assert!(told[0].message.contains("reserved concurrency of 4"), "{told:?}");
}

#[test]
fn filters_are_checked_against_the_source_table() {
    let pending = pending::text(&"tables.t.stream_arn".parse().expect("a reference"));
    let filters = json!([{"dynamodb": {"OldImage": {"a": {"S": ["x"]}}}}]);
    let table = json!({"partition_key": "pk", "stream": "new_image"});
    let on = |stream: &str, name: &str| {
        let spec = normal(json!({"function": "f", "stream": stream, "filters": filters}));
        Trigger::dependency_advice(&spec, &Address::new("tables", name), name, &table).len()
    };
    assert_eq!((on(&pending, "t"), on(STREAM, "t"), on(&pending, "u"), on(STREAM, "u")), (1, 1, 0, 0));
}
