//! Arbitrary triggers, as bodies of `stack.yaml`, for laws. Needs nothing of this crate, so that
//! the integration tests can include it by its path.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// The sources that the triggers may read; together at least one.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// ARNs of streams of tables.
    pub table_streams: Vec<String>,
    /// ARNs of Kinesis streams.
    pub kinesis_streams: Vec<String>,
    /// ARNs of standard queues.
    pub queues: Vec<String>,
    /// ARNs of queues for discarded records.
    pub destinations: Vec<String>,
}

impl Sources {
    /// Sources with well-formed names.
    pub fn imagined() -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Self {
            table_streams: texts(&[
                "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026-01-01T00:00:00.000",
                "arn:aws:dynamodb:eu-central-1:123456789012:table/u/stream/2026-02-01T00:00:00.000",
            ]),
            kinesis_streams: texts(&["arn:aws:kinesis:eu-central-1:123456789012:stream/k"]),
            queues: texts(&["arn:aws:sqs:eu-central-1:123456789012:q"]),
            destinations: texts(&["arn:aws:sqs:eu-central-1:123456789012:failed"]),
        }
    }
}

type Entry = BoxedStrategy<Option<(String, Value)>>;

fn maybe(key: &'static str, value: impl Strategy<Value = Value> + 'static) -> Entry {
    prop::option::of(value.prop_map(move |value| (key.to_owned(), value))).boxed()
}

fn always(key: &'static str, value: impl Strategy<Value = Value> + 'static) -> Entry {
    value.prop_map(move |value| Some((key.to_owned(), value))).boxed()
}

fn of(values: Vec<Value>) -> BoxedStrategy<Value> {
    prop::sample::select(values).boxed()
}

fn texts(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| json!(text)).collect()
}

fn common(function: &str) -> Vec<Entry> {
    let patterns = vec![
        json!({"eventName": ["INSERT"]}),
        json!({"eventName": ["INSERT", "MODIFY"], "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "MSG#"}]}}}}),
        json!({"body": {"kind": [{"exists": true}]}}),
    ];
    vec![
        always("function", Just(json!(function))),
        maybe("enabled", any::<bool>().prop_map(Value::from)),
        maybe("report_batch_item_failures", any::<bool>().prop_map(Value::from)),
        maybe("filters", prop::sample::subsequence(patterns, 0..=3).prop_shuffle().prop_map(Value::from)),
        maybe("tags", prop::collection::btree_map("[a-c]", "[a-z]{0,4}", 0..3).prop_map(|tags| json!(tags))),
    ]
}

fn of_stream(
    function: &str,
    streams: &[String],
    positions: Vec<Value>,
    sources: &Sources,
) -> BoxedStrategy<Vec<Entry>> {
    let mut entries = common(function);
    entries.extend([
        always("stream", of(texts(streams))),
        maybe("starting_position", of(positions)),
        maybe("batch_size", (1_u32..=10_000).prop_map(Value::from)),
        maybe("maximum_batching_window", (0_u32..=300).prop_map(Value::from)),
        maybe("bisect_on_error", any::<bool>().prop_map(Value::from)),
        maybe("maximum_retry_attempts", (-1_i32..=10_000).prop_map(Value::from)),
        maybe("maximum_record_age", prop_oneof![Just(-1_i32), 60..=604_800].prop_map(Value::from)),
        maybe("parallelization_factor", (1_u32..=10).prop_map(Value::from)),
        maybe("tumbling_window", (0_u32..=900).prop_map(Value::from)),
    ]);
    if !sources.destinations.is_empty() {
        entries.push(maybe("on_failure", of(texts(&sources.destinations))));
    }
    Just(entries).boxed()
}

fn of_queue(function: &str, sources: &Sources) -> BoxedStrategy<Vec<Entry>> {
    let mut entries = common(function);
    entries.extend([
        always("queue", of(texts(&sources.queues))),
        // A batch of more than ten needs a window.
        always("maximum_batching_window", (1_u32..=300).prop_map(Value::from)),
        maybe("batch_size", (1_u32..=10_000).prop_map(Value::from)),
        maybe("maximum_concurrency", (2_u32..=1000).prop_map(Value::from)),
    ]);
    Just(entries).boxed()
}

/// Bodies of triggers of `function` that read one of `sources`.
pub fn bodies(function: &str, sources: &Sources) -> BoxedStrategy<Value> {
    let mut sorts = Vec::new();
    let anywhere = vec![json!("latest"), json!("trim_horizon")];
    if !sources.table_streams.is_empty() {
        sorts.push(of_stream(function, &sources.table_streams, anywhere.clone(), sources));
    }
    if !sources.kinesis_streams.is_empty() {
        let mut positions = anywhere;
        positions.push(json!({"at_timestamp": "2026-01-01T02:00:00+02:00"}));
        sorts.push(of_stream(function, &sources.kinesis_streams, positions, sources));
    }
    if !sources.queues.is_empty() {
        sorts.push(of_queue(function, sources));
    }
    prop::strategy::Union::new(sorts)
        .prop_flat_map(|entries| entries)
        .prop_map(|entries| Value::Object(entries.into_iter().flatten().collect::<Map<_, _>>()))
        .boxed()
}
