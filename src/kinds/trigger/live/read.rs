//! Reading mappings: a listing for each function, and the tags that listings omit.

use std::collections::BTreeMap;

use aws_sdk_lambda::operation::get_event_source_mapping::GetEventSourceMappingOutput;
use aws_sdk_lambda::types::{EventSourceMappingConfiguration, EventSourcePosition, FunctionResponseType};
use futures::future::try_join_all;
use serde_json::Value;

use super::super::TriggerSpec;
use super::super::identity::mapping_arn;
use super::super::spec::StartingPosition;
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::{FirstRead, Observed, ReadOutcome, UnmanagedFeature, Unsupported, or_unsupported};

/// A mapping with its tags.
#[derive(Debug, Clone)]
pub(super) struct Mapping {
    pub(super) config: EventSourceMappingConfiguration,
    pub(super) tags: BTreeMap<String, String>,
    /// The properties that the endpoint can't return.
    pub(super) unsupported: Vec<Unsupported>,
}

/// The mappings of a function, without those that are being deleted.
pub(super) async fn list(function: &str, first: Option<&FirstRead>, aws: &Aws) -> Result<Vec<Mapping>, CallError> {
    let mut pages = aws.lambda().list_event_source_mappings().function_name(function).into_paginator().send();
    let mut configs = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => configs.extend(page.event_source_mappings.unwrap_or_default()),
            Err(error) => {
                let error = CallError::of("lambda", "ListEventSourceMappings", &error);
                // No such function, so none of its mappings.
                if error.is(&["ResourceNotFoundException"]) {
                    break;
                }
                return Err(error);
            }
        }
    }
    with_all_tags(configs, first, aws).await
}

/// The mappings of a function among those of the region.
pub(super) async fn among(
    all: &[EventSourceMappingConfiguration],
    function: &str,
    first: &FirstRead,
    aws: &Aws,
) -> Result<Vec<Mapping>, CallError> {
    let is_its = |config: &&EventSourceMappingConfiguration| {
        config.function_arn().is_some_and(|arn| function_name(arn) == function_name(function))
    };
    with_all_tags(all.iter().filter(is_its).cloned().collect(), Some(first), aws).await
}

/// Mappings with their tags, which a first read takes from the tagging API's listing where that has them.
async fn with_all_tags(
    mut configs: Vec<EventSourceMappingConfiguration>,
    first: Option<&FirstRead>,
    aws: &Aws,
) -> Result<Vec<Mapping>, CallError> {
    configs.retain(|config| config.state() != Some("Deleting"));
    let with_tags = try_join_all(configs.into_iter().map(async |config| {
        let uuid =
            config.uuid().ok_or_else(|| CallError::unexpected("ListEventSourceMappings", "a mapping without UUID"))?;
        let listed = match first {
            Some(first) => aws.tags_in_bulk(&mapping_arn(uuid, aws.env()), &first.stacks).await,
            None => None,
        };
        let tags = match listed {
            Some(tags) => Ok(Some(tags)),
            None => tags(uuid, aws).await,
        };
        // One that was deleted between the two calls has none.
        with_tags(config, tags)
    }));
    Ok(with_tags.await?.into_iter().flatten().collect())
}

/// One mapping; `None` if there is none.
pub(super) async fn get(uuid: &str, aws: &Aws) -> Result<Option<Mapping>, CallError> {
    let (config, tags) = tokio::join!(get_config(uuid, aws), tags(uuid, aws));
    config?.map_or(Ok(None), |config| with_tags(config, tags))
}

/// A mapping with the answer for its tags; `None` if that means that there is no such mapping.
fn with_tags(config: EventSourceMappingConfiguration, tags: Tags) -> Result<Option<Mapping>, CallError> {
    let mut unsupported = Vec::new();
    let tags = match tags {
        Ok(None) => return Ok(None),
        answer => or_unsupported(answer.map(Option::unwrap_or_default), &["tags"], &mut unsupported)?,
    };
    Ok(Some(Mapping { config, tags, unsupported }))
}

/// Tags; `None` if the resource does not exist.
type Tags = Result<Option<BTreeMap<String, String>>, CallError>;

/// One mapping without its tags; `None` if there is none, or if it is being deleted.
pub(super) async fn get_config(uuid: &str, aws: &Aws) -> Result<Option<EventSourceMappingConfiguration>, CallError> {
    match aws.lambda().get_event_source_mapping().uuid(uuid).send().await {
        Ok(answer) => Ok(Some(configuration(answer)).filter(|config| config.state() != Some("Deleting"))),
        Err(error) => {
            let error = CallError::of("lambda", "GetEventSourceMapping", &error);
            if error.is(&["ResourceNotFoundException"]) { Ok(None) } else { Err(error) }
        }
    }
}

/// Returns whether nothing is left of a mapping.
pub(super) async fn is_gone(uuid: &str, aws: &Aws) -> Result<bool, CallError> {
    match aws.lambda().get_event_source_mapping().uuid(uuid).send().await {
        Ok(_) => Ok(false),
        Err(error) => {
            let error = CallError::of("lambda", "GetEventSourceMapping", &error);
            if error.is(&["ResourceNotFoundException"]) { Ok(true) } else { Err(error) }
        }
    }
}

async fn tags(uuid: &str, aws: &Aws) -> Tags {
    match aws.lambda().list_tags().resource(mapping_arn(uuid, aws.env())).send().await {
        Ok(answer) => Ok(Some(answer.tags.unwrap_or_default().into_iter().collect())),
        Err(error) => {
            let error = CallError::of("lambda", "ListTags", &error);
            if error.is(&["ResourceNotFoundException"]) { Ok(None) } else { Err(error) }
        }
    }
}

/// The answer of `GetEventSourceMapping` as an entry of a listing, which has the same members.
fn configuration(answer: GetEventSourceMappingOutput) -> EventSourceMappingConfiguration {
    EventSourceMappingConfiguration::builder()
        .set_uuid(answer.uuid)
        .set_starting_position(answer.starting_position)
        .set_starting_position_timestamp(answer.starting_position_timestamp)
        .set_batch_size(answer.batch_size)
        .set_maximum_batching_window_in_seconds(answer.maximum_batching_window_in_seconds)
        .set_parallelization_factor(answer.parallelization_factor)
        .set_event_source_arn(answer.event_source_arn)
        .set_filter_criteria(answer.filter_criteria)
        .set_filter_criteria_error(answer.filter_criteria_error)
        .set_kms_key_arn(answer.kms_key_arn)
        .set_metrics_config(answer.metrics_config)
        .set_logging_config(answer.logging_config)
        .set_scaling_config(answer.scaling_config)
        .set_function_arn(answer.function_arn)
        .set_state(answer.state)
        .set_state_transition_reason(answer.state_transition_reason)
        .set_destination_config(answer.destination_config)
        .set_topics(answer.topics)
        .set_queues(answer.queues)
        .set_source_access_configurations(answer.source_access_configurations)
        .set_self_managed_event_source(answer.self_managed_event_source)
        .set_maximum_record_age_in_seconds(answer.maximum_record_age_in_seconds)
        .set_bisect_batch_on_function_error(answer.bisect_batch_on_function_error)
        .set_maximum_retry_attempts(answer.maximum_retry_attempts)
        .set_tumbling_window_in_seconds(answer.tumbling_window_in_seconds)
        .set_function_response_types(answer.function_response_types)
        .set_amazon_managed_kafka_event_source_config(answer.amazon_managed_kafka_event_source_config)
        .set_self_managed_kafka_event_source_config(answer.self_managed_kafka_event_source_config)
        .set_document_db_event_source_config(answer.document_db_event_source_config)
        .set_provisioned_poller_config(answer.provisioned_poller_config)
        .build()
}

/// A mapping in the words of `stack.yaml`.
pub(super) fn observe(mapping: Mapping, aws: &Aws) -> Result<ReadOutcome<TriggerSpec>, CallError> {
    const OPERATION: &str = "GetEventSourceMapping";
    let Mapping { config, tags, unsupported } = mapping;
    if let Some(error) = config.filter_criteria_error() {
        // An empty list of filters would be a wrong answer.
        let message = "the filters could not be decrypted";
        return Err(CallError::within("lambda", OPERATION, error.error_code(), message));
    }
    let uuid = config.uuid().ok_or_else(|| CallError::unexpected(OPERATION, "a mapping without UUID"))?.to_owned();
    let source = config.event_source_arn().map(str::to_owned);
    let is_queue = source.as_deref().is_some_and(|arn| arn.split(':').nth(2) == Some("sqs"));
    let number = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    let on_failure = config.destination_config().and_then(|destination| destination.on_failure());
    let (stream, queue) = if is_queue { (None, source) } else { (source, None) };
    let mut spec = TriggerSpec {
        function: config.function_arn().map(function_name).unwrap_or_default(),
        stream,
        queue,
        starting_position: position(&config),
        enabled: !matches!(config.state(), Some("Disabled" | "Disabling")),
        batch_size: number(config.batch_size()),
        maximum_batching_window: number(config.maximum_batching_window_in_seconds()).unwrap_or_default(),
        filters: filters(&config),
        report_batch_item_failures: config
            .function_response_types()
            .contains(&FunctionResponseType::ReportBatchItemFailures),
        bisect_on_error: config.bisect_batch_on_function_error(),
        maximum_retry_attempts: config.maximum_retry_attempts(),
        maximum_record_age: config.maximum_record_age_in_seconds(),
        parallelization_factor: number(config.parallelization_factor()),
        tumbling_window: number(config.tumbling_window_in_seconds()),
        on_failure: on_failure.and_then(|on_failure| on_failure.destination()).map(str::to_owned),
        maximum_concurrency: number(
            config.scaling_config().and_then(aws_sdk_lambda::types::ScalingConfig::maximum_concurrency),
        ),
        tags,
    };
    let told = spec.starting_position.clone();
    spec.fill_in();
    spec.starting_position = told;
    if is_queue {
        // Properties of streams only come back as AWS's defaults, or not at all.
        spec.starting_position = None;
        spec.bisect_on_error = None;
        spec.maximum_retry_attempts = None;
        spec.maximum_record_age = None;
        spec.parallelization_factor = None;
        spec.tumbling_window = None;
    }
    let arn = mapping_arn(&uuid, aws.env());
    let outputs = Outputs::from([("id".to_owned(), uuid.clone()), ("arn".to_owned(), arn)]);
    let live = Some(Observed { spec, outputs, unique_id: uuid, unmanaged: unmanaged(&config) });
    Ok(ReadOutcome { live, unsupported })
}

/// The name in a function's ARN, with the alias or version that may follow it.
fn function_name(arn: &str) -> String {
    arn.split_once(":function:").map_or(arn, |(_, name)| name).to_owned()
}

fn position(config: &EventSourceMappingConfiguration) -> Option<StartingPosition> {
    match config.starting_position()? {
        EventSourcePosition::Latest => Some(StartingPosition::Latest),
        EventSourcePosition::TrimHorizon => Some(StartingPosition::TrimHorizon),
        EventSourcePosition::AtTimestamp => {
            let time = config.starting_position_timestamp()?;
            let nanos = i32::try_from(time.subsec_nanos()).ok()?;
            let time = jiff::Timestamp::new(time.secs(), nanos).ok()?;
            Some(StartingPosition::AtTimestamp(time.to_string()))
        }
        _ => None,
    }
}

fn filters(config: &EventSourceMappingConfiguration) -> Vec<Value> {
    let filters = config.filter_criteria().map(aws_sdk_lambda::types::FilterCriteria::filters).unwrap_or_default();
    filters.iter().filter_map(|filter| filter.pattern()).map(Value::from).collect()
}

/// The features that `stack.yaml` can't express.
fn unmanaged(config: &EventSourceMappingConfiguration) -> Vec<UnmanagedFeature> {
    let mut found = Vec::new();
    let mut see = |feature: &str, seen: Option<String>| {
        found.extend(seen.map(|detail| UnmanagedFeature { feature: feature.to_owned(), detail }));
    };
    let some = |list: &[String]| (!list.is_empty()).then(|| list.join(", "));
    let given = |given: bool| given.then(|| "configured".to_owned());
    let on_success = config.destination_config().and_then(|destination| destination.on_success());
    let arn = config.event_source_arn();
    let service = arn.and_then(|arn| arn.split(':').nth(2));
    see("source", service.filter(|service| !["dynamodb", "kinesis", "sqs"].contains(service)).map(str::to_owned));
    see("topics", some(config.topics()));
    see("queues", some(config.queues()));
    see("source_access", given(!config.source_access_configurations().is_empty()));
    see("self_managed_source", given(config.self_managed_event_source().is_some()));
    see("managed_kafka", given(config.amazon_managed_kafka_event_source_config().is_some()));
    see("self_managed_kafka", given(config.self_managed_kafka_event_source_config().is_some()));
    see("document_db", given(config.document_db_event_source_config().is_some()));
    see("kms_key", config.kms_key_arn().filter(|key| !key.is_empty()).map(str::to_owned));
    see("metrics", given(config.metrics_config().is_some_and(|metrics| !metrics.metrics().is_empty())));
    see("logging", given(config.logging_config().is_some_and(|logging| logging.system_log_level().is_some())));
    see("pollers", given(config.provisioned_poller_config().is_some()));
    see("on_success", on_success.and_then(|to| to.destination()).filter(|to| !to.is_empty()).map(str::to_owned));
    let others = config.function_response_types().iter();
    let others = others.filter(|response| **response != FunctionResponseType::ReportBatchItemFailures);
    see("response_types", some(&others.map(|response| response.as_str().to_owned()).collect::<Vec<_>>()));
    let qualifier = config.function_arn().map(function_name).filter(|name| name.contains(':'));
    see("qualified_function", qualifier);
    found
}
