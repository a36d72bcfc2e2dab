//! The properties of a trigger that an author may write, and AWS's defaults.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use super::position::StartingPosition;

/// A trigger (event source mapping), desired or live.
///
/// Properties of streams only are absent for a queue, and the other way round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TriggerSpec {
    /// The function that is invoked: its name. In `stack.yaml` a trigger is written under its function.
    #[schemars(length(min = 1))]
    pub function: String,
    /// The stream that is read: the ARN of a `DynamoDB` stream, usually `${tables.NAME.stream_arn}`, or of a
    /// Kinesis data stream or consumer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:[a-z-]+:(dynamodb|kinesis):[a-z0-9-]+:[0-9]{12}:.+$"))]
    pub stream: Option<String>,
    /// The SQS queue (ARN) that is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:.+$"))]
    pub queue: Option<String>,
    /// The position from which a stream is read: `latest`, `trim_horizon`, or `{at_timestamp: …}` for Kinesis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starting_position: Option<StartingPosition>,
    /// True if records are read.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The most records of one invocation: by default 100 of a stream, 10 of a queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10000))]
    pub batch_size: Option<u32>,
    /// Seconds for which records are gathered.
    #[serde(default)]
    #[schemars(range(min = 0, max = 300))]
    pub maximum_batching_window: u32,
    /// Patterns of the records that the function gets; without any, it gets all.
    #[serde(default)]
    #[schemars(schema_with = "filters")]
    pub filters: Vec<Value>,
    /// True if the function reports which records of a batch failed.
    #[serde(default)]
    pub report_batch_item_failures: bool,
    /// Streams: split a batch in two when the function fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bisect_on_error: Option<bool>,
    /// Streams: how often a failed batch is tried again; -1 for as long as the records live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -1, max = 10000))]
    pub maximum_retry_attempts: Option<i32>,
    /// Streams: seconds after which a record is discarded; -1 for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -1, max = 604_800))]
    pub maximum_record_age: Option<i32>,
    /// Streams: batches of one shard that are processed at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10))]
    pub parallelization_factor: Option<u32>,
    /// Streams: seconds of a tumbling window; 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 900))]
    pub tumbling_window: Option<u32>,
    /// Streams: the standard SQS queue, standard SNS topic or S3 bucket (ARN), or the Kafka topic (`kafka://NAME`),
    /// that gets discarded records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(
        length(max = 350),
        regex(
            pattern = r"^(arn:aws[a-zA-Z0-9-]*:[a-zA-Z0-9-]+:[a-z0-9-]*:([0-9]{12})?:.+|kafka://[^.][a-zA-Z0-9_.-]{0,248})$"
        )
    )]
    pub on_failure: Option<String>,
    /// Queues: how many invocations the queue may cause at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 1000))]
    pub maximum_concurrency: Option<u32>,
    /// Tags, merged over the stack's.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

impl TriggerSpec {
    /// The ARN of the stream or queue.
    pub fn source(&self) -> Option<&str> {
        self.stream.as_deref().or(self.queue.as_deref())
    }

    /// Fills in AWS's defaults, for the type of the source.
    /// Source: API reference, `CreateEventSourceMapping`.
    pub fn fill_in(&mut self) {
        if self.queue.is_some() {
            self.batch_size.get_or_insert(10);
        } else {
            self.starting_position.get_or_insert_default();
            self.batch_size.get_or_insert(100);
            self.bisect_on_error.get_or_insert(false);
            self.maximum_retry_attempts.get_or_insert(-1);
            self.maximum_record_age.get_or_insert(-1);
            self.parallelization_factor.get_or_insert(1);
            self.tumbling_window.get_or_insert(0);
        }
        self.on_failure.take_if(|text| text.is_empty());
        for filter in &mut self.filters {
            *filter = pattern(std::mem::take(filter));
        }
    }
}

/// Turns a pattern that is given as JSON text into the pattern itself.
fn pattern(filter: Value) -> Value {
    match &filter {
        Value::String(text) => match serde_json::from_str(text) {
            Ok(inner @ Value::Object(_)) => inner,
            _ => filter,
        },
        _ => filter,
    }
}

fn yes() -> bool {
    true
}

/// The schema of filters. Source: Developer Guide, "Control which events Lambda sends to your function": up to five
/// filters, ten on request.
fn filters(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "maxItems": 10,
        "items": {"anyOf": [{"type": "object"}, {"type": "string"}]}
    })
}
