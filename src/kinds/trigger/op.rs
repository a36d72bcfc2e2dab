//! The API calls of a trigger, spelled as AWS's API reference spells them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::kind::{Call, setting, tags};
use crate::kinds::lambda_tags::{TagResource, UntagResource};

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// Creates the mapping.
    CreateEventSourceMapping(Box<CreateEventSourceMapping>),
    /// Changes the mapping.
    UpdateEventSourceMapping(Box<UpdateEventSourceMapping>),
    /// Sets tags.
    TagResource(TagResource),
    /// Removes tags.
    UntagResource(UntagResource),
    /// Deletes the mapping.
    DeleteEventSourceMapping(DeleteEventSourceMapping),
}

/// The input of `CreateEventSourceMapping`. Source: Lambda API reference, `CreateEventSourceMapping`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateEventSourceMapping {
    /// The stream's or queue's ARN.
    pub event_source_arn: String,
    /// The function's name.
    pub function_name: String,
    /// True if records are read.
    pub enabled: bool,
    /// The largest number of records in a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_size: Option<u32>,
    /// Filters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<FilterCriteria>,
    /// The batching window in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_batching_window_in_seconds: Option<u32>,
    /// The batches of a shard that run at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallelization_factor: Option<u32>,
    /// The position from which a stream is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starting_position: Option<String>,
    /// The time from which a stream is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starting_position_timestamp: Option<String>,
    /// The destination of discarded records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_config: Option<DestinationConfig>,
    /// The age in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_record_age_in_seconds: Option<i32>,
    /// True if a failed batch is split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bisect_batch_on_function_error: Option<bool>,
    /// The number of times that a failed batch is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_retry_attempts: Option<i32>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The tumbling window in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tumbling_window_in_seconds: Option<u32>,
    /// The response types, `ReportBatchItemFailures`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function_response_types: Option<Vec<String>>,
    /// The limit of concurrency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling_config: Option<ScalingConfig>,
}

/// The input of `UpdateEventSourceMapping`. Source: Lambda API reference. Absent members stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UpdateEventSourceMapping {
    /// The mapping's UUID.
    #[serde(rename = "UUID")]
    pub uuid: String,
    /// True if records are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The largest number of records in a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_size: Option<u32>,
    /// Filters; an empty list removes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter_criteria: Option<FilterCriteria>,
    /// The batching window in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_batching_window_in_seconds: Option<u32>,
    /// The destination of discarded records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_config: Option<DestinationConfig>,
    /// The age in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_record_age_in_seconds: Option<i32>,
    /// True if a failed batch is split.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bisect_batch_on_function_error: Option<bool>,
    /// The number of times that a failed batch is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_retry_attempts: Option<i32>,
    /// The batches of a shard that run at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallelization_factor: Option<u32>,
    /// The tumbling window in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tumbling_window_in_seconds: Option<u32>,
    /// The response types, `ReportBatchItemFailures`; an empty list removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function_response_types: Option<Vec<String>>,
    /// The limit of concurrency; an empty one removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling_config: Option<ScalingConfig>,
}

/// The member `FilterCriteria`. Source: Lambda API reference, `FilterCriteria`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct FilterCriteria {
    /// Filters.
    pub filters: Vec<Filter>,
}

/// The member `Filter`. Source: Lambda API reference, `Filter`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Filter {
    /// A pattern as JSON text.
    pub pattern: String,
}

/// The member `DestinationConfig`. Source: Lambda API reference, `DestinationConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DestinationConfig {
    /// The destination of discarded records.
    pub on_failure: OnFailure,
}

/// The member `OnFailure`. Source: Lambda API reference, `OnFailure`: the pattern of `Destination` begins with the
/// empty text, which removes the destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OnFailure {
    /// The ARN.
    pub destination: String,
}

/// The member `ScalingConfig`. Source: Lambda API reference, `ScalingConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ScalingConfig {
    /// The number of invocations at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_concurrency: Option<u32>,
}

/// The input of `DeleteEventSourceMapping`. Source: Lambda API reference, `DeleteEventSourceMapping`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeleteEventSourceMapping {
    /// The mapping's UUID.
    #[serde(rename = "UUID")]
    pub uuid: String,
}

/// The name of a call, and the errors that it may end with.
pub(super) fn call(op: &Op) -> Call {
    let named = |operation, title: &str| Call { service: "lambda", operation, title: title.to_owned(), expects: &[] };
    match op {
        // Source: API reference, `CreateEventSourceMapping`: 409, there is one for this source and function.
        Op::CreateEventSourceMapping(_) => {
            Call { expects: &["ResourceConflictException"], ..named("CreateEventSourceMapping", "create trigger") }
        }
        Op::UpdateEventSourceMapping(update) => named("UpdateEventSourceMapping", &settings(update)),
        Op::TagResource(tag) => named("TagResource", &format!("set {}", tags::named(tag.tags.keys()))),
        Op::UntagResource(untag) => named("UntagResource", &format!("remove {}", tags::named(&untag.tag_keys))),
        Op::DeleteEventSourceMapping(_) => named("DeleteEventSourceMapping", "delete trigger"),
    }
}

/// The title of a change: the parts of the mapping that it sets.
fn settings(update: &UpdateEventSourceMapping) -> String {
    let UpdateEventSourceMapping {
        uuid: _,
        enabled,
        batch_size,
        filter_criteria,
        maximum_batching_window_in_seconds,
        destination_config,
        maximum_record_age_in_seconds,
        bisect_batch_on_function_error,
        maximum_retry_attempts,
        parallelization_factor,
        tumbling_window_in_seconds,
        function_response_types,
        scaling_config,
    } = update;
    let on = |on: bool| if on { "on" } else { "off" };
    // -1 means no limit.
    let limit = |number: i32, unit: &str| if number < 0 { "no limit".to_owned() } else { format!("{number}{unit}") };
    setting([
        enabled.map(|enabled| format!("the trigger {}", on(enabled))),
        batch_size.map(|size| format!("batch size to {size}")),
        maximum_batching_window_in_seconds.map(|seconds| format!("batching window to {seconds} s")),
        filter_criteria.as_ref().map(|_| "the filters".to_owned()),
        bisect_batch_on_function_error.map(|bisect| format!("bisecting on error {}", on(bisect))),
        maximum_retry_attempts.map(|attempts| format!("retries to {}", limit(attempts, ""))),
        maximum_record_age_in_seconds.map(|age| format!("record age to {}", limit(age, " s"))),
        parallelization_factor.map(|factor| format!("parallelization factor to {factor}")),
        tumbling_window_in_seconds.map(|seconds| format!("tumbling window to {seconds} s")),
        function_response_types.as_ref().map(|types| format!("partial batch failures {}", on(!types.is_empty()))),
        destination_config.as_ref().map(|_| "the destination of failures".to_owned()),
        scaling_config.as_ref().map(|_| "the maximum concurrency".to_owned()),
    ])
}
