//! The single read calls, each with its own error.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::{
    ContinuousBackupsDescription, ContributorInsightsSummary, KinesisDataStreamDestination, SseStatus, SseType,
    TableDescription, TimeToLiveDescription,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde_json::Value;

use super::answers::ANSWERS;
use crate::aws::{Aws, Body, CallError};
use crate::kind::{UnmanagedFeature, newer};

/// The answers about one table.
pub(super) struct TableAnswers {
    pub(super) name: String,
    pub(super) table: TableDescription,
    /// The features that only the answer's text shows.
    pub(super) newer: Vec<UnmanagedFeature>,
    pub(super) expiry: Option<TimeToLiveDescription>,
    pub(super) backups: Option<ContinuousBackupsDescription>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) policy: Option<Value>,
    pub(super) insights: Vec<ContributorInsightsSummary>,
    pub(super) kinesis: Vec<KinesisDataStreamDestination>,
}

/// The KMS key of the encryption, if there is one.
pub(super) fn kms_key(table: &TableDescription) -> Option<&str> {
    let description = table.sse_description.as_ref()?;
    let on = !matches!(description.status, None | Some(SseStatus::Disabled | SseStatus::Disabling));
    let by_kms = description.sse_type == Some(SseType::Kms);
    if on && by_kms { description.kms_master_key_arn() } else { None }
}

/// The codes for a table that does not exist. Source: API reference; the second where AWS's own documents differ.
pub(super) const NOT_THERE: &[&str] = &["ResourceNotFoundException", "TableNotFoundException", "ResourceNotFound"];

/// Converts an SDK error of `DynamoDB`.
pub(super) fn failed<E>(operation: &'static str) -> impl FnOnce(SdkError<E, HttpResponse>) -> CallError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    move |error| CallError::of("dynamodb", operation, &error)
}

/// The table; `None` if there is none.
pub(super) async fn table(aws: &Aws, name: &str) -> Result<Option<TableDescription>, CallError> {
    Ok(table_and_newer(aws, name).await?.map(|(table, _)| table))
}

/// The table, with its features that only the answer's text shows.
pub(super) async fn table_and_newer(
    aws: &Aws,
    name: &str,
) -> Result<Option<(TableDescription, Vec<UnmanagedFeature>)>, CallError> {
    let body = Body::default();
    let call = aws.dynamodb().describe_table().table_name(name).customize().interceptor(body.clone());
    match call.send().await.map_err(failed("DescribeTable")) {
        Ok(answer) => match answer.table {
            Some(table) => Ok(Some((table, newer("DescribeTable", ANSWERS, &body, aws)))),
            None => Err(CallError::unexpected("DescribeTable", "the answer holds no table")),
        },
        Err(error) if error.is(NOT_THERE) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Time to live.
pub(super) async fn expiry(aws: &Aws, name: &str) -> Result<Option<TimeToLiveDescription>, CallError> {
    let answer = aws.dynamodb().describe_time_to_live().table_name(name).send().await;
    Ok(answer.map_err(failed("DescribeTimeToLive"))?.time_to_live_description)
}

/// Point-in-time recovery.
pub(super) async fn backups(aws: &Aws, name: &str) -> Result<Option<ContinuousBackupsDescription>, CallError> {
    let answer = aws.dynamodb().describe_continuous_backups().table_name(name).send().await;
    Ok(answer.map_err(failed("DescribeContinuousBackups"))?.continuous_backups_description)
}

/// All tags, those that AWS sets itself included.
pub(super) async fn tags(aws: &Aws, arn: &str) -> Result<BTreeMap<String, String>, CallError> {
    let mut tags = BTreeMap::new();
    let mut token = None;
    loop {
        let call = aws.dynamodb().list_tags_of_resource().resource_arn(arn).set_next_token(token);
        let answer = call.send().await.map_err(failed("ListTagsOfResource"))?;
        tags.extend(answer.tags.into_iter().flatten().map(|tag| (tag.key, tag.value)));
        token = answer.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(tags);
        }
    }
}

/// The resource-based policy; `None` if there is none.
pub(super) async fn policy(aws: &Aws, arn: &str) -> Result<Option<Value>, CallError> {
    let answer = aws.dynamodb().get_resource_policy().resource_arn(arn).send().await;
    match answer.map_err(failed("GetResourcePolicy")) {
        Ok(answer) => answer.policy.map(|text| parse(&text)).transpose(),
        Err(error) if error.is(&["PolicyNotFoundException"]) => Ok(None),
        Err(error) => Err(error),
    }
}

fn parse(text: &str) -> Result<Value, CallError> {
    let unexpected = |error: serde_json::Error| {
        CallError::unexpected("GetResourcePolicy", format!("the policy is not JSON: {error}"))
    };
    serde_json::from_str(text).map_err(unexpected)
}

/// Contributor insights of the table and all its indexes.
pub(super) async fn insights(aws: &Aws, name: &str) -> Result<Vec<ContributorInsightsSummary>, CallError> {
    let mut found = Vec::new();
    let mut pages = aws.dynamodb().list_contributor_insights().table_name(name).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(failed("ListContributorInsights"))?;
        found.extend(page.contributor_insights_summaries.into_iter().flatten());
    }
    Ok(found)
}

/// Asks if the endpoint supports streams. The call belongs to another API, DynamoDB Streams, which emulators of
/// DynamoDB answer at the same address; it is made only there. Its input has the form of `ListTables`.
/// Source: DynamoDB Streams API reference, `ListStreams`.
pub(super) async fn streams(aws: &Aws) -> Result<(), CallError> {
    let call = aws.dynamodb().list_tables().limit(1).customize();
    let call = call.mutate_request(|request| {
        request.headers_mut().insert("x-amz-target", "DynamoDBStreams_20120810.ListStreams");
    });
    call.send().await.map(drop).map_err(failed("ListStreams"))
}

/// The Kinesis streams that get the table's changes.
pub(super) async fn kinesis(aws: &Aws, name: &str) -> Result<Vec<KinesisDataStreamDestination>, CallError> {
    let answer = aws.dynamodb().describe_kinesis_streaming_destination().table_name(name).send().await;
    let answer = answer.map_err(failed("DescribeKinesisStreamingDestination"))?;
    Ok(answer.kinesis_data_stream_destinations.unwrap_or_default())
}

/// The ARN of the key that AWS manages for `DynamoDB`; `None` if the account has none yet.
pub(super) async fn managed_key(aws: &Aws) -> Result<Option<String>, CallError> {
    match aws.describe_key("alias/aws/dynamodb").await {
        Ok(key) => Ok(key.and_then(|key| key.arn)),
        Err(error) if error.is(&["NotFoundException"]) || error.is_unsupported() => Ok(None),
        Err(error) => Err(error),
    }
}
