//! Reads what a table is: its keys, indexes, capacity and settings.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, KeySchemaElement, KeyType as Role, Projection, ProjectionType,
    ProvisionedThroughputDescription, ScalarAttributeType, TableDescription,
};

use crate::aws::{Aws, CallError};
use crate::items::{IndexFacts, IndexKeys, KeyAttribute, KeyType, TableFacts, TableKeys};

/// The codes for a table that does not exist.
const NOT_THERE: &[&str] = &["ResourceNotFoundException", "TableNotFoundException", "ResourceNotFound"];

/// The names of all tables of the account and region, in the order of the service.
pub async fn table_names(aws: &Aws) -> Result<Vec<String>, CallError> {
    let mut names = Vec::new();
    let mut pages = aws.dynamodb().list_tables().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::of("dynamodb", "ListTables", &error))?;
        names.extend(page.table_names.into_iter().flatten());
    }
    Ok(names)
}

/// Reads a table; `None` if there is none.
pub async fn table(aws: &Aws, name: &str) -> Result<Option<TableFacts>, CallError> {
    let answer = aws.dynamodb().describe_table().table_name(name).send().await;
    let table = match answer.map_err(|error| CallError::of("dynamodb", "DescribeTable", &error)) {
        Ok(answer) => answer.table,
        Err(error) if error.is(NOT_THERE) => return Ok(None),
        Err(error) => return Err(error),
    };
    let unexpected = |what: &str| CallError::unexpected("DescribeTable", what);
    facts(name, table.ok_or_else(|| unexpected("the answer holds no table"))?)
        .map(Some)
        .map_err(|what| unexpected(&what))
}

fn facts(name: &str, table: TableDescription) -> Result<TableFacts, String> {
    let definitions = table.attribute_definitions.unwrap_or_default();
    let (partition, sort) = keys(table.key_schema.as_deref().unwrap_or_default(), &definitions)?;
    let partition = partition.into_iter().next().ok_or("the table has no partition key")?;
    let mut indexes = Vec::new();
    for index in table.global_secondary_indexes.iter().flatten() {
        let (partition, sort) = keys(index.key_schema(), &definitions)?;
        let name = index.index_name().unwrap_or_default().to_owned();
        let (read_capacity, write_capacity) = units(index.provisioned_throughput());
        indexes.push(IndexFacts {
            keys: IndexKeys { name, partition, sort },
            is_global: true,
            projection: projection(index.projection()),
            status: index.index_status().map(|status| status.as_str().to_owned()),
            read_capacity,
            write_capacity,
            item_count: index.item_count(),
            size_bytes: index.index_size_bytes(),
        });
    }
    for index in table.local_secondary_indexes.iter().flatten() {
        let (partition, sort) = keys(index.key_schema(), &definitions)?;
        let name = index.index_name().unwrap_or_default().to_owned();
        indexes.push(IndexFacts {
            keys: IndexKeys { name, partition, sort },
            is_global: false,
            projection: projection(index.projection()),
            status: None,
            read_capacity: None,
            write_capacity: None,
            item_count: index.item_count(),
            size_bytes: index.index_size_bytes(),
        });
    }
    let (read_capacity, write_capacity) = units(table.provisioned_throughput.as_ref());
    let stream = table.stream_specification.as_ref().filter(|stream| stream.stream_enabled);
    Ok(TableFacts {
        name: table.table_name.unwrap_or_else(|| name.to_owned()),
        arn: table.table_arn,
        status: table.table_status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        created: table.creation_date_time.and_then(|at| jiff::Timestamp::from_second(at.secs()).ok()),
        keys: TableKeys {
            partition,
            sort: sort.into_iter().next(),
            indexes: indexes.iter().map(|one| one.keys.clone()).collect(),
        },
        indexes,
        billing: match table.billing_mode_summary.and_then(|summary| summary.billing_mode) {
            Some(mode) => mode.as_str().to_lowercase(),
            // Tables of before the choice have no summary. Source: API reference, `BillingModeSummary`.
            None => "provisioned".to_owned(),
        },
        read_capacity,
        write_capacity,
        item_count: table.item_count.unwrap_or_default(),
        size_bytes: table.table_size_bytes.unwrap_or_default(),
        stream: stream.and_then(|stream| stream.stream_view_type.as_ref()).map(|view| view.as_str().to_lowercase()),
        stream_arn: table.latest_stream_arn.filter(|_| stream.is_some()),
        deletion_protection: table.deletion_protection_enabled,
        encryption: table.sse_description.and_then(|sse| sse.kms_master_key_arn),
        table_class: table
            .table_class_summary
            .and_then(|class| class.table_class)
            .map(|class| class.as_str().to_lowercase()),
    })
}

/// The attributes of a partition key and of a sort key, with their types.
fn keys(
    schema: &[KeySchemaElement],
    definitions: &[AttributeDefinition],
) -> Result<(Vec<KeyAttribute>, Vec<KeyAttribute>), String> {
    let (mut partition, mut sort) = (Vec::new(), Vec::new());
    for element in schema {
        let name = element.attribute_name();
        let defined = definitions.iter().find(|one| one.attribute_name() == name);
        let kind = match defined.map(AttributeDefinition::attribute_type) {
            Some(ScalarAttributeType::S) => KeyType::S,
            Some(ScalarAttributeType::N) => KeyType::N,
            Some(ScalarAttributeType::B) => KeyType::B,
            _ => return Err(format!("the key attribute `{name}` has no type that is known here")),
        };
        let key = KeyAttribute { name: name.to_owned(), kind };
        if *element.key_type() == Role::Hash { partition.push(key) } else { sort.push(key) }
    }
    Ok((partition, sort))
}

/// The capacity units; none on demand, which is reported as zero.
fn units(throughput: Option<&ProvisionedThroughputDescription>) -> (Option<u64>, Option<u64>) {
    let unit = |units: Option<i64>| units.and_then(|units| u64::try_from(units).ok()).filter(|units| *units > 0);
    let read = throughput.and_then(|throughput| unit(throughput.read_capacity_units()));
    (read, throughput.and_then(|throughput| unit(throughput.write_capacity_units())))
}

fn projection(projection: Option<&Projection>) -> String {
    match projection.and_then(Projection::projection_type) {
        None | Some(ProjectionType::All) => "all".to_owned(),
        Some(ProjectionType::KeysOnly) => "keys_only".to_owned(),
        _ => format!("include: {}", projection.map(|one| one.non_key_attributes().join(", ")).unwrap_or_default()),
    }
}

/// The settings that calls of their own show. `None` where the endpoint does not support the call.
#[derive(Debug, Clone, Default)]
pub struct TableExtras {
    /// The tags.
    pub tags: Option<BTreeMap<String, String>>,
    /// The attribute by which items expire; the empty text if there is none.
    pub time_to_live: Option<String>,
    /// True if the table can be restored to a point in time.
    pub point_in_time_recovery: Option<bool>,
}

/// Reads the settings that calls of their own show.
pub async fn extras(aws: &Aws, table: &TableFacts) -> Result<TableExtras, CallError> {
    let (tags, time_to_live, recovery) = futures::future::try_join3(
        tags(aws, table.arn.as_deref()),
        time_to_live(aws, &table.name),
        recovery(aws, &table.name),
    )
    .await?;
    Ok(TableExtras { tags, time_to_live, point_in_time_recovery: recovery })
}

/// The answer, or `None` where the endpoint does not support the call, or the caller may not make it.
fn supported<T>(answer: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_unsupported() || error.is_denied() => Ok(None),
        Err(error) => Err(error),
    }
}

async fn tags(aws: &Aws, arn: Option<&str>) -> Result<Option<BTreeMap<String, String>>, CallError> {
    let Some(arn) = arn else { return Ok(None) };
    let mut tags = BTreeMap::new();
    let mut token = None;
    loop {
        let call = aws.dynamodb().list_tags_of_resource().resource_arn(arn).set_next_token(token);
        let answer = call.send().await.map_err(|error| CallError::of("dynamodb", "ListTagsOfResource", &error));
        let Some(answer) = supported(answer)? else { return Ok(None) };
        tags.extend(answer.tags.into_iter().flatten().map(|tag| (tag.key, tag.value)));
        token = answer.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(Some(tags));
        }
    }
}

async fn time_to_live(aws: &Aws, name: &str) -> Result<Option<String>, CallError> {
    let answer = aws.dynamodb().describe_time_to_live().table_name(name).send().await;
    let answer = supported(answer.map_err(|error| CallError::of("dynamodb", "DescribeTimeToLive", &error)))?;
    let description = answer.map(|answer| answer.time_to_live_description);
    Ok(description.map(|description| description.and_then(|one| one.attribute_name).unwrap_or_default()))
}

async fn recovery(aws: &Aws, name: &str) -> Result<Option<bool>, CallError> {
    use aws_sdk_dynamodb::types::PointInTimeRecoveryStatus as Status;
    let answer = aws.dynamodb().describe_continuous_backups().table_name(name).send().await;
    let answer = supported(answer.map_err(|error| CallError::of("dynamodb", "DescribeContinuousBackups", &error)))?;
    let recovery = answer.map(|answer| {
        let description = answer.continuous_backups_description.and_then(|one| one.point_in_time_recovery_description);
        description.and_then(|one| one.point_in_time_recovery_status) == Some(Status::Enabled)
    });
    Ok(recovery)
}
