//! The API calls of a change of a trigger.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::base::PropertyPath;
use crate::kind::tags::{TagCalls, TagOrder};
use crate::kind::{Change, Difference, Observed, PlannedOperation, StepContext};
use crate::kinds::lambda_tags::{TagResource, UntagResource};
use crate::path;

use super::identity::mapping_arn;
use super::op::{
    CreateEventSourceMapping, DeleteEventSourceMapping, DestinationConfig, Filter, FilterCriteria, OnFailure, Op,
    ScalingConfig, UpdateEventSourceMapping,
};
use super::spec::TriggerSpec;

/// The operations of a change.
pub(super) fn steps(change: Change<'_, TriggerSpec>, cx: &StepContext<'_>) -> Vec<PlannedOperation<Op>> {
    match change {
        Change::Create { after } => vec![create(after)],
        Change::Update { before, after, differences } => update(before, after, differences, cx),
        Change::Delete { before, backup: _ } => {
            let delete = DeleteEventSourceMapping { uuid: before.unique_id.clone() };
            vec![PlannedOperation::new(Op::DeleteEventSourceMapping(delete), [PropertyPath::root()])]
        }
    }
}

fn create(after: &TriggerSpec) -> PlannedOperation<Op> {
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
    } = after;
    let starting_position = starting_position.as_ref();
    let create = CreateEventSourceMapping {
        event_source_arn: stream.as_ref().or(queue.as_ref()).cloned().unwrap_or_default(),
        function_name: function.clone(),
        enabled: *enabled,
        batch_size: *batch_size,
        filter_criteria: (!filters.is_empty()).then(|| criteria(filters)),
        maximum_batching_window_in_seconds: (*maximum_batching_window > 0).then_some(*maximum_batching_window),
        parallelization_factor: *parallelization_factor,
        starting_position: starting_position.map(|position| position.as_str().to_owned()),
        starting_position_timestamp: starting_position.and_then(|position| position.timestamp()).map(str::to_owned),
        destination_config: on_failure.as_deref().map(destination),
        maximum_record_age_in_seconds: *maximum_record_age,
        bisect_batch_on_function_error: *bisect_on_error,
        maximum_retry_attempts: *maximum_retry_attempts,
        tags: tags.clone(),
        tumbling_window_in_seconds: tumbling_window.filter(|seconds| *seconds > 0),
        function_response_types: report_batch_item_failures.then(|| response_types(true)),
        scaling_config: maximum_concurrency.map(|most| ScalingConfig { maximum_concurrency: Some(most) }),
    };
    PlannedOperation::new(Op::CreateEventSourceMapping(Box::new(create)), [PropertyPath::root()])
}

fn update(
    before: &Observed<TriggerSpec>,
    after: &TriggerSpec,
    differences: &[Difference],
    cx: &StepContext<'_>,
) -> Vec<PlannedOperation<Op>> {
    let TriggerSpec {
        // These four can only be set at creation.
        function: _,
        stream: _,
        queue: _,
        starting_position: _,
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
    } = after;
    let mut covers = Vec::new();
    let mut touch = |key: &str| {
        let touched = differences.iter().any(|difference| difference.is_in(key));
        if touched {
            covers.push(path![key]);
        }
        touched
    };
    let update = UpdateEventSourceMapping {
        uuid: before.unique_id.clone(),
        enabled: touch("enabled").then_some(*enabled),
        batch_size: batch_size.filter(|_| touch("batch_size")),
        filter_criteria: touch("filters").then(|| criteria(filters)),
        maximum_batching_window_in_seconds: touch("maximum_batching_window").then_some(*maximum_batching_window),
        destination_config: touch("on_failure").then(|| destination(on_failure.as_deref().unwrap_or_default())),
        maximum_record_age_in_seconds: maximum_record_age.filter(|_| touch("maximum_record_age")),
        bisect_batch_on_function_error: bisect_on_error.filter(|_| touch("bisect_on_error")),
        maximum_retry_attempts: maximum_retry_attempts.filter(|_| touch("maximum_retry_attempts")),
        parallelization_factor: parallelization_factor.filter(|_| touch("parallelization_factor")),
        tumbling_window_in_seconds: tumbling_window.filter(|_| touch("tumbling_window")),
        function_response_types: touch("report_batch_item_failures")
            .then(|| response_types(*report_batch_item_failures)),
        scaling_config: touch("maximum_concurrency")
            .then_some(ScalingConfig { maximum_concurrency: *maximum_concurrency }),
    };
    let update = with_window(update, after);
    let mut moves = Vec::new();
    if !covers.is_empty() {
        moves.push(PlannedOperation::new(Op::UpdateEventSourceMapping(Box::new(update)), covers));
    }
    moves.extend(retag(&before.spec.tags, tags, &mapping_arn(&before.unique_id, cx.env)));
    moves
}

/// Adds the window to a queue's batch of more than ten, or the other way round: Lambda checks both together.
fn with_window(mut update: UpdateEventSourceMapping, after: &TriggerSpec) -> UpdateEventSourceMapping {
    if after.queue.is_some()
        && (update.batch_size.is_some() || update.maximum_batching_window_in_seconds.is_some())
        && (after.maximum_batching_window > 0 || update.maximum_batching_window_in_seconds.is_some())
    {
        update.batch_size = after.batch_size;
        update.maximum_batching_window_in_seconds = Some(after.maximum_batching_window);
    }
    update
}

fn retag(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    resource: &str,
) -> Vec<PlannedOperation<Op>> {
    let calls = TagCalls {
        property: "tags",
        order: TagOrder::SetFirst,
        set: |tags| Op::TagResource(TagResource { resource: resource.to_owned(), tags }),
        remove: |tag_keys| Op::UntagResource(UntagResource { resource: resource.to_owned(), tag_keys }),
    };
    calls.between(before, after)
}

fn criteria(filters: &[Value]) -> FilterCriteria {
    let text = |filter: &Value| match filter {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    FilterCriteria { filters: filters.iter().map(|filter| Filter { pattern: text(filter) }).collect() }
}

fn destination(arn: &str) -> DestinationConfig {
    DestinationConfig { on_failure: OnFailure { destination: arn.to_owned() } }
}

fn response_types(report: bool) -> Vec<String> {
    if report { vec!["ReportBatchItemFailures".to_owned()] } else { Vec::new() }
}
