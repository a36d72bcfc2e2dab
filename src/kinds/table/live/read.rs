//! Reads tables: seven calls each, all at once; then those that depend on their answers, for all tables together.
//!
//! A first read makes four: tags come in bulk, and are read directly if the listing does not have the table; Contributor
//! Insights are read if the file speaks of them; and Kinesis streams, which no file can set, are not.

use aws_sdk_dynamodb::types::{TableDescription, TableStatus};
use futures::future::join_all;

use super::describe::{self, NOT_THERE, TableAnswers, kms_key};
use super::scale::{self, Scales};
use super::{decode, wait};
use crate::aws::{Aws, CallError};
use crate::kind::{FirstRead, Identity, ReadOutcome, Unsupported, or_unsupported};
use crate::kinds::table::identity::{BY_KMS, arn};
use crate::kinds::table::spec::TableSpec;

/// The result of reading a table.
struct TableRead {
    told: Option<TableAnswers>,
    unsupported: Vec<Unsupported>,
}

/// Properties that only an endpoint with backups has: one without is `DynamoDB` Local, which accepts them
/// silently, or does not know them.
const WITH_BACKUPS: &[&str] = &[
    "point_in_time_recovery",
    "backup",
    "encryption",
    "table_class",
    "auto_scaling",
    "global_secondary_indexes.*.auto_scaling",
    "billing.max_read_request_units",
    "billing.max_write_request_units",
    "global_secondary_indexes.*.max_read_request_units",
    "global_secondary_indexes.*.max_write_request_units",
];

async fn look(id: &Identity, aws: &Aws) -> Result<TableRead, CallError> {
    let name = id.name.as_str();
    let arn = arn(aws.env(), name);
    let first = FirstRead::of(id);
    let listed = async {
        match &first {
            Some(first) => aws.tags_in_bulk(&arn, &first.stacks).await,
            None => None,
        }
    };
    let tags = async {
        match listed.await {
            Some(tags) => Ok(tags),
            None => describe::tags(aws, &arn).await,
        }
    };
    // No file can set these destinations, and no rule judges them.
    let kinesis = async { if first.is_some() { Ok(Vec::new()) } else { describe::kinesis(aws, name).await } };
    let (table, expiry, backups, tags, policy, insights, kinesis) = tokio::join!(
        describe::table_and_newer(aws, name),
        describe::expiry(aws, name),
        describe::backups(aws, name),
        tags,
        describe::policy(aws, &arn),
        describe::insights(aws, name),
        kinesis,
    );
    let mut unsupported = Vec::new();
    let skipped = &mut unsupported;
    let expiry = or_unsupported(expiry, &["time_to_live"], skipped);
    let backups = or_unsupported(backups, WITH_BACKUPS, skipped);
    let tags = or_unsupported(tags, &["tags"], skipped);
    let policy = or_unsupported(policy, &["resource_policy"], skipped);
    let properties = ["contributor_insights", "global_secondary_indexes.*.contributor_insights"];
    let insights = or_unsupported(insights, &properties, skipped);
    // It returns only features that the language can't express: an endpoint without the call has none.
    let kinesis = or_unsupported(kinesis, &[], skipped);
    // An endpoint without backups may have no streams, and accept them silently.
    if skipped.iter().any(|skipped| skipped.property == "backup") && !aws.is_at_aws() {
        or_unsupported(describe::streams(aws).await, &["stream"], skipped)?;
    }
    let Some((table, newer)) = table? else { return Ok(TableRead { told: None, unsupported }) };
    // Every current endpoint returns it; one that does not is an early DynamoDB Local.
    if table.deletion_protection_enabled.is_none() {
        let reason = "the endpoint does not report it".to_owned();
        unsupported.push(Unsupported { property: "deletion_protection".to_owned(), reason });
    }
    let told = TableAnswers {
        name: name.to_owned(),
        table,
        newer,
        expiry: expiry?,
        backups: backups?,
        tags: tags?,
        policy: policy?,
        insights: insights?,
        kinesis: kinesis?,
    };
    Ok(TableRead { told: Some(told), unsupported })
}

/// Reads a table that is complete: while it is being created, its tags and other parts can't be read
/// yet, which does not mean that it has none. One that is being deleted counts as deleted.
async fn look_at_whole(id: &Identity, aws: &Aws) -> Result<TableRead, CallError> {
    let name = id.name.as_str();
    for again in [true, false] {
        let state = |table: &TableDescription| table.table_status.clone();
        match Box::pin(look(id, aws)).await {
            Ok(mut seen) => match seen.told.as_ref().and_then(|told| state(&told.table)) {
                Some(TableStatus::Deleting) => {
                    seen.told = None;
                    return Ok(seen);
                }
                Some(TableStatus::Creating) if again => wait::created(aws, name).await?,
                _ => return Ok(seen),
            },
            // The table exists, and a part of it does not: it is being created or deleted.
            Err(error) if again && error.is(NOT_THERE) => match describe::table(aws, name).await?.map(|t| state(&t)) {
                Some(Some(TableStatus::Creating)) => wait::created(aws, name).await?,
                Some(Some(TableStatus::Deleting)) | None => {
                    return Ok(TableRead { told: None, unsupported: Vec::new() });
                }
                _ => return Err(error),
            },
            Err(error) => return Err(error),
        }
    }
    Err(CallError::unexpected("DescribeTable", format!("the table `{name}` changes faster than it can be read")))
}

/// Reads several tables.
pub(super) async fn read_many(ids: &[Identity], aws: &Aws) -> Vec<Result<ReadOutcome<TableSpec>, CallError>> {
    let looks = join_all(ids.iter().map(|id| look_at_whole(id, aws))).await;
    let present: Vec<&TableAnswers> = looks.iter().flatten().filter_map(|look| look.told.as_ref()).collect();
    let resources: Vec<String> =
        looks.iter().flatten().filter(|look| scales(look)).flat_map(scaling_resources).collect();
    let by_kms = present.iter().any(|told| kms_key(&told.table).is_some());
    let managed = async { if by_kms { describe::managed_key(aws).await } else { Ok(None) } };
    let (scales, managed) = tokio::join!(scale::read(aws, &resources), managed);
    // If no table should have a key, any key is a difference, and its owner need not be known.
    let wanted = ids.iter().any(|id| id.details.contains_key(BY_KMS));
    let managed = match managed {
        Err(error) if error.is_denied() && !wanted => Ok(None),
        answer => answer,
    };
    looks.into_iter().map(|look| look.and_then(|look| finish(look, &scales, &managed, aws))).collect()
}

fn scales(look: &TableRead) -> bool {
    !look.unsupported.iter().any(|skipped| skipped.property == "auto_scaling")
}

fn scaling_resources(look: &TableRead) -> Vec<String> {
    let Some(told) = &look.told else { return Vec::new() };
    let indexes = told.table.global_secondary_indexes.iter().flatten();
    let indexes = indexes.filter_map(|index| index.index_name.as_deref());
    std::iter::once(None)
        .chain(indexes.map(Some))
        .map(|index| crate::kinds::table::scaling::scaling_resource(&told.name, index))
        .collect()
}

fn finish(
    look: TableRead,
    scales: &Result<Scales, CallError>,
    managed: &Result<Option<String>, CallError>,
    aws: &Aws,
) -> Result<ReadOutcome<TableSpec>, CallError> {
    let TableRead { told, mut unsupported } = look;
    let Some(told) = told else { return Ok(ReadOutcome { live: None, unsupported }) };
    let none = Scales::default();
    let scales = match scales {
        _ if unsupported.iter().any(|skipped| skipped.property == "auto_scaling") => &none,
        Ok(scales) => scales,
        Err(error) if error.is_unsupported() => {
            let reason = format!("the endpoint does not support {}", error.operation);
            for property in ["auto_scaling", "global_secondary_indexes.*.auto_scaling"] {
                unsupported.push(Unsupported { property: property.to_owned(), reason: reason.clone() });
            }
            &none
        }
        Err(error) => return Err(error.clone()),
    };
    let managed = match kms_key(&told.table) {
        Some(_) => managed.clone()?,
        None => None,
    };
    let live = decode::observe(told, scales, managed.as_deref(), aws.env())?;
    Ok(ReadOutcome { live: Some(live), unsupported })
}
