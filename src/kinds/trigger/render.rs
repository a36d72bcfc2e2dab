//! A trigger as CloudFormation writes it.
//!
//! AWS Config has no type for event source mappings (API reference, `ResourceType`; looked up in botocore 1.43.11).
//! The properties follow the `CloudFormation` template reference, `AWS::Lambda::EventSourceMapping`.

use serde_json::{Value, json};

use super::identity::TYPE;
use super::spec::{StartingPosition, TriggerSpec};
use crate::kind::{RenderContext, Rendering};
use crate::path;

/// The trigger's properties in a template.
pub(super) fn cloudformation(spec: &TriggerSpec, _: &RenderContext<'_>) -> Vec<Rendering> {
    let TriggerSpec {
        function,
        stream,
        queue,
        starting_position,
        enabled,
        batch_size,
        maximum_batching_window,
        filters,
        report_batch_item_failures,
        bisect_on_error,
        maximum_retry_attempts,
        maximum_record_age,
        parallelization_factor,
        tumbling_window,
        on_failure,
        maximum_concurrency,
        tags,
    } = spec;
    let mut mapping = Rendering::new(TYPE);
    mapping.put("/FunctionName", function.as_str(), path!["function"]);
    mapping.put_some("/EventSourceArn", queue.as_deref(), path!["queue"]);
    mapping.put_some("/EventSourceArn", stream.as_deref(), path!["stream"]);
    if let Some(position) = starting_position {
        mapping.put("/StartingPosition", position.as_str(), path!["starting_position"]);
        mapping.put_some("/StartingPositionTimestamp", timestamp(position), path!["starting_position", "at_timestamp"]);
    }
    mapping.put("/Enabled", *enabled, path!["enabled"]);
    mapping.put_some("/BatchSize", *batch_size, path!["batch_size"]);
    mapping.put("/MaximumBatchingWindowInSeconds", *maximum_batching_window, path!["maximum_batching_window"]);
    if !filters.is_empty() {
        let pattern = |filter: &Value| match filter {
            Value::String(text) => json!({"Pattern": text}),
            tree => json!({"Pattern": tree.to_string()}),
        };
        let patterns: Value = filters.iter().map(pattern).collect();
        mapping.put("/FilterCriteria", json!({"Filters": patterns}), path!["filters"]);
        for index in 0..filters.len() {
            mapping.trace(&format!("/FilterCriteria/Filters/{index}"), path!["filters", index.to_string()]);
        }
    }
    let responses: &[&str] = if *report_batch_item_failures { &["ReportBatchItemFailures"] } else { &[] };
    mapping.put("/FunctionResponseTypes", json!(responses), path!["report_batch_item_failures"]);
    mapping.put_some("/BisectBatchOnFunctionError", *bisect_on_error, path!["bisect_on_error"]);
    mapping.put_some("/MaximumRetryAttempts", *maximum_retry_attempts, path!["maximum_retry_attempts"]);
    mapping.put_some("/MaximumRecordAgeInSeconds", *maximum_record_age, path!["maximum_record_age"]);
    mapping.put_some("/ParallelizationFactor", *parallelization_factor, path!["parallelization_factor"]);
    mapping.put_some("/TumblingWindowInSeconds", *tumbling_window, path!["tumbling_window"]);
    let destination = on_failure.as_ref().map(|arn| json!({"OnFailure": {"Destination": arn}}));
    mapping.put_some("/DestinationConfig", destination, path!["on_failure"]);
    let most = maximum_concurrency.map(|most| json!({"MaximumConcurrency": most}));
    mapping.put_some("/ScalingConfig", most, path!["maximum_concurrency"]);
    mapping.put_tags(tags);
    vec![mapping]
}

/// The time in seconds since 1970, if the position has one.
fn timestamp(position: &StartingPosition) -> Option<i64> {
    position.timestamp().and_then(|time| time.parse::<jiff::Timestamp>().ok()).map(jiff::Timestamp::as_second)
}
