//! The calls of a trigger, each with a wait until it has taken effect.

use aws_sdk_lambda::primitives::{DateTime, DateTimeFormat};
use aws_sdk_lambda::types::{
    DestinationConfig, EventSourcePosition, Filter, FilterCriteria, FunctionResponseType, OnFailure, ScalingConfig,
};

use super::super::identity::mapping_arn;
use super::super::op::{self, Op};
use super::read::{get_config, is_gone};
use crate::aws::{Aws, CallError, Refusal, WaitLimits, int, retry_while, until};
use crate::base::Outputs;

/// The time limit for a role and its policies to become visible: mostly seconds, at times more than a minute.
const PROPAGATION: WaitLimits = WaitLimits::seconds(180);
/// The time limit for a change of a mapping to take effect: about a minute for streams, at times several.
const TAKES_EFFECT: WaitLimits = WaitLimits::seconds(600);

/// Makes a call.
pub(super) async fn run(op: Op, aws: &Aws) -> Result<Outputs, CallError> {
    match op {
        Op::CreateEventSourceMapping(op) => create(&op, aws).await,
        Op::UpdateEventSourceMapping(op) => update(&op, aws).await.map(|()| Outputs::new()),
        Op::DeleteEventSourceMapping(op) => delete(&op, aws).await.map(|()| Outputs::new()),
        Op::TagResource(op) => {
            let call = aws.lambda().tag_resource().resource(op.resource);
            let answer = call.set_tags(Some(op.tags.into_iter().collect())).send().await;
            answer.map(|_| Outputs::new()).map_err(|error| CallError::of("lambda", "TagResource", &error))
        }
        Op::UntagResource(op) => {
            let call = aws.lambda().untag_resource().resource(op.resource).set_tag_keys(Some(op.tag_keys));
            let answer = call.send().await;
            answer.map(|_| Outputs::new()).map_err(|error| CallError::of("lambda", "UntagResource", &error))
        }
    }
}

/// The function's role or its policies are not known everywhere yet. Texts as
/// measured by others and kept by Terraform's provider: "Cannot access stream ARN. Please ensure the role can
/// perform the `GetRecords`, `GetShardIterator`, `DescribeStream`, and `ListStreams` Actions on your stream in IAM.",
/// "The function execution role does not have permissions to call `ReceiveMessage` on SQS" (older: "The provided
/// execution role …"), "The role defined for the function cannot be assumed by Lambda.".
const RETRYABLE: &[Refusal] = &[Refusal::of(&["InvalidParameterValueException"]).saying(&[
    "Please ensure the role can perform",
    "execution role does not have permissions to call",
    "The role defined for the function cannot be assumed by Lambda",
])];

/// An earlier change of the mapping is still in progress.
/// Source: API reference, `UpdateEventSourceMapping`, `ResourceInUseException`.
const BUSY: &[Refusal] = &[Refusal::of(&["ResourceInUseException"])];

async fn create(op: &op::CreateEventSourceMapping, aws: &Aws) -> Result<Outputs, CallError> {
    const OPERATION: &str = "CreateEventSourceMapping";
    let op::CreateEventSourceMapping {
        event_source_arn,
        function_name,
        enabled,
        batch_size,
        filter_criteria,
        maximum_batching_window_in_seconds,
        parallelization_factor,
        starting_position,
        starting_position_timestamp,
        destination_config,
        maximum_record_age_in_seconds,
        bisect_batch_on_function_error,
        maximum_retry_attempts,
        tags,
        tumbling_window_in_seconds,
        function_response_types,
        scaling_config,
    } = op;
    let time = starting_position_timestamp.as_deref().map(timestamp).transpose()?;
    let answer = retry_while(PROPAGATION, RETRYABLE, || async {
        let call = aws
            .lambda()
            .create_event_source_mapping()
            .event_source_arn(event_source_arn)
            .function_name(function_name)
            .enabled(*enabled)
            .set_batch_size(batch_size.map(int))
            .set_filter_criteria(filter_criteria.as_ref().map(criteria))
            .set_maximum_batching_window_in_seconds(maximum_batching_window_in_seconds.map(int))
            .set_parallelization_factor(parallelization_factor.map(int))
            .set_starting_position(starting_position.as_deref().map(EventSourcePosition::from))
            .set_starting_position_timestamp(time)
            .set_destination_config(destination_config.as_ref().map(destination))
            .set_maximum_record_age_in_seconds(*maximum_record_age_in_seconds)
            .set_bisect_batch_on_function_error(*bisect_batch_on_function_error)
            .set_maximum_retry_attempts(*maximum_retry_attempts)
            .set_tags((!tags.is_empty()).then(|| tags.clone().into_iter().collect()))
            .set_tumbling_window_in_seconds(tumbling_window_in_seconds.map(int))
            .set_function_response_types(function_response_types.as_deref().map(responses))
            .set_scaling_config(scaling_config.as_ref().map(scaling));
        call.send().await.map_err(|error| CallError::of("lambda", OPERATION, &error))
    })
    .await?;
    let uuid = answer.uuid().ok_or_else(|| CallError::unexpected(OPERATION, "the answer has no UUID"))?;
    settled(OPERATION, uuid, aws).await?;
    let arn = mapping_arn(uuid, aws.env());
    Ok(Outputs::from([("id".to_owned(), uuid.to_owned()), ("arn".to_owned(), arn)]))
}

async fn update(op: &op::UpdateEventSourceMapping, aws: &Aws) -> Result<(), CallError> {
    const OPERATION: &str = "UpdateEventSourceMapping";
    let op::UpdateEventSourceMapping {
        uuid,
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
    } = op;
    let call = || async {
        let call = aws
            .lambda()
            .update_event_source_mapping()
            .uuid(uuid)
            .set_enabled(*enabled)
            .set_batch_size(batch_size.map(int))
            .set_filter_criteria(filter_criteria.as_ref().map(criteria))
            .set_maximum_batching_window_in_seconds(maximum_batching_window_in_seconds.map(int))
            .set_destination_config(destination_config.as_ref().map(destination))
            .set_maximum_record_age_in_seconds(*maximum_record_age_in_seconds)
            .set_bisect_batch_on_function_error(*bisect_batch_on_function_error)
            .set_maximum_retry_attempts(*maximum_retry_attempts)
            .set_parallelization_factor(parallelization_factor.map(int))
            .set_tumbling_window_in_seconds(tumbling_window_in_seconds.map(int))
            .set_function_response_types(function_response_types.as_deref().map(responses))
            .set_scaling_config(scaling_config.as_ref().map(scaling));
        call.send().await.map_err(|error| CallError::of("lambda", OPERATION, &error))
    };
    // A new destination or a new role needs the role's policies, too.
    retry_while(TAKES_EFFECT, BUSY, || retry_while(PROPAGATION, RETRYABLE, call)).await?;
    settled(OPERATION, uuid, aws).await
}

/// Waits until a mapping is enabled or disabled.
/// Source: API reference, `EventSourceMappingConfiguration`, `State`.
async fn settled(operation: &str, uuid: &str, aws: &Aws) -> Result<(), CallError> {
    let what = format!("event source mapping `{uuid}` to be enabled or disabled");
    until(operation, &what, TAKES_EFFECT, || async {
        // Just after creation another server may not know it yet.
        let Some(config) = get_config(uuid, aws).await? else { return Ok(None) };
        Ok(matches!(config.state(), Some("Enabled" | "Disabled")).then_some(()))
    })
    .await
}

async fn delete(op: &op::DeleteEventSourceMapping, aws: &Aws) -> Result<(), CallError> {
    const OPERATION: &str = "DeleteEventSourceMapping";
    let op::DeleteEventSourceMapping { uuid } = op;
    let answer = retry_while(TAKES_EFFECT, BUSY, || async {
        let answer = aws.lambda().delete_event_source_mapping().uuid(uuid).send().await;
        answer.map_err(|error| CallError::of("lambda", OPERATION, &error))
    })
    .await;
    match answer {
        Err(error) if error.is(&["ResourceNotFoundException"]) => return Ok(()),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    let what = format!("event source mapping `{uuid}` to be gone");
    until(OPERATION, &what, TAKES_EFFECT, || async { Ok(is_gone(uuid, aws).await?.then_some(())) }).await
}

fn timestamp(text: &str) -> Result<DateTime, CallError> {
    DateTime::from_str(text, DateTimeFormat::DateTimeWithOffset)
        .map_err(|error| CallError::unexpected("CreateEventSourceMapping", format!("`{text}` is not a time: {error}")))
}

fn criteria(criteria: &op::FilterCriteria) -> FilterCriteria {
    let filter = |filter: &op::Filter| Filter::builder().pattern(&filter.pattern).build();
    FilterCriteria::builder().set_filters(Some(criteria.filters.iter().map(filter).collect())).build()
}

fn destination(config: &op::DestinationConfig) -> DestinationConfig {
    let on_failure = OnFailure::builder().destination(&config.on_failure.destination).build();
    DestinationConfig::builder().on_failure(on_failure).build()
}

fn responses(types: &[String]) -> Vec<FunctionResponseType> {
    types.iter().map(|name| FunctionResponseType::from(name.as_str())).collect()
}

fn scaling(config: &op::ScalingConfig) -> ScalingConfig {
    ScalingConfig::builder().set_maximum_concurrency(config.maximum_concurrency.map(int)).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str, message: &str) -> CallError {
        CallError { code: Some(code.to_owned()), ..CallError::unexpected("CreateEventSourceMapping", message) }
    }

    #[test]
    fn only_iam_propagation_errors_are_retried() {
        let spreads = [
            "Cannot access stream arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/x. Please ensure the \
             role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your \
             stream in IAM.",
            "The function execution role does not have permissions to call ReceiveMessage on SQS",
            "The provided execution role does not have permissions to call ReceiveMessage on SQS",
        ];
        for message in spreads {
            assert!(refused("InvalidParameterValueException", message).is_any_of(RETRYABLE), "{message}");
            assert!(!refused("AccessDeniedException", message).is_any_of(RETRYABLE), "{message}");
        }
        let denied = "Please ensure the role can perform … with an explicit deny in a service control policy";
        assert!(!refused("InvalidParameterValueException", denied).is_any_of(RETRYABLE));
        assert!(!refused("InvalidParameterValueException", "Unrecognized event source.").is_any_of(RETRYABLE));
        assert!(!refused("ResourceConflictException", "already exists").is_any_of(RETRYABLE));
    }
}
