//! The conversion of AWS's answers to the properties of `stack.yaml`.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode as Mode, ContinuousBackupsDescription, ContributorInsightsMode,
    ContributorInsightsStatus, ContributorInsightsSummary, DestinationStatus, GlobalSecondaryIndexDescription,
    IndexStatus, KeySchemaElement, KeyType as Part, KinesisDataStreamDestination, OnDemandThroughput,
    PointInTimeRecoveryStatus, Projection as Held, ProjectionType, ProvisionedThroughputDescription,
    ScalarAttributeType, StreamViewType, TableClass as Class, TableDescription, TableStatus, TimeToLiveStatus,
};

use super::describe::{TableAnswers, kms_key};
use super::scale::Scales;
use crate::aws::CallError;
use crate::base::{Environment, Outputs};
use crate::kind::{Observed, UnmanagedFeature};
use crate::kinds::table::identity::{ITEMS, arn};
use crate::kinds::table::properties::{
    ContributorInsights, Encryption, IndexKey, KeyAttribute, KeyType, PointInTimeRecovery, Projection, USUAL_PERIOD,
};
use crate::kinds::table::scaling::scaling_resource;
use crate::kinds::table::spec::{Billing, BillingMode, GlobalIndex, LocalIndex, Stream, TableClass, TableSpec};

fn unexpected(message: impl Into<String>) -> CallError {
    CallError::unexpected("DescribeTable", message)
}

/// Converts the answers to properties.
pub(super) fn observe(
    told: TableAnswers,
    scales: &Scales,
    managed_key: Option<&str>,
    env: &Environment,
) -> Result<Observed<TableSpec>, CallError> {
    let TableAnswers { name, table, newer, expiry, backups, tags, policy, insights, kinesis } = told;
    let types = types(table.attribute_definitions())?;
    let (partition, sort) = keys(table.key_schema(), &types)?;
    let partition_key = single(partition)?.ok_or_else(|| unexpected("the table has no partition key"))?;
    let sort_key = single(sort)?;
    let mode = mode(&table)?;
    let (read_capacity, write_capacity) = capacity(mode, table.provisioned_throughput());
    let (max_read_request_units, max_write_request_units) = limits(mode, table.on_demand_throughput());
    let stream = stream(&table)?;
    let table_class = class(&table)?;
    let encryption = match kms_key(&table) {
        None => Encryption::AwsOwned,
        Some(key) if Some(key) == managed_key => Encryption::AwsManaged,
        Some(key) => Encryption::CustomerKey(key.to_owned()),
    };
    let point_in_time_recovery = recovery(backups);
    let time_to_live = expiry
        .filter(|e| matches!(e.time_to_live_status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)))
        .and_then(|expiry| expiry.attribute_name);
    let insights = insights_by_index(insights);
    let insight = |index: Option<&str>| insights.get(&index.map(str::to_owned)).copied().unwrap_or_default();
    let mut local_secondary_indexes = BTreeMap::new();
    for index in table.local_secondary_indexes() {
        let (_, sort) = keys(index.key_schema(), &types)?;
        let sort_key = single(sort)?.ok_or_else(|| unexpected("a local index has no sort key"))?;
        let local = LocalIndex { sort_key, projection: projection(index.projection())? };
        local_secondary_indexes.insert(index.index_name().unwrap_or_default().to_owned(), local);
    }
    let mut unmanaged = unmanaged_features(&table, &kinesis, env);
    unmanaged.extend(newer);
    let auto_scaling = scales.of(&scaling_resource(&name, None), &mut unmanaged);
    let mut global_secondary_indexes = BTreeMap::new();
    for index in table.global_secondary_indexes() {
        // An index that is being deleted counts as deleted.
        if index.index_status() == Some(&IndexStatus::Deleting) {
            continue;
        }
        let index_name = index.index_name().unwrap_or_default().to_owned();
        let mut global = global(index, mode, &types)?;
        global.auto_scaling = scales.of(&scaling_resource(&name, Some(&index_name)), &mut unmanaged);
        global.contributor_insights = insight(Some(&index_name));
        global_secondary_indexes.insert(index_name, global);
    }
    let mut outputs = Outputs::from([("name".to_owned(), name.clone()), ("arn".to_owned(), arn(env, &name))]);
    if stream != Stream::Off
        && let Some(arn) = table.latest_stream_arn()
    {
        outputs.insert("stream_arn".to_owned(), arn.to_owned());
    }
    outputs.extend(table.item_count().map(|count| (ITEMS.to_owned(), count.to_string())));
    // An emulator may have no TableId: the time of creation tells namesakes apart, too.
    let created = || table.creation_date_time().map(|at| at.as_nanos().to_string());
    let unique_id = table.table_id().map(str::to_owned).or_else(created).unwrap_or_default();
    let mut spec = TableSpec {
        partition_key,
        sort_key,
        billing: Billing { mode, read_capacity, write_capacity, max_read_request_units, max_write_request_units },
        global_secondary_indexes,
        local_secondary_indexes,
        stream,
        deletion_protection: table.deletion_protection_enabled().unwrap_or(false),
        point_in_time_recovery,
        encryption,
        time_to_live,
        table_class,
        auto_scaling,
        contributor_insights: insight(None),
        resource_policy: policy,
        access_patterns: BTreeMap::new(),
        tags,
    };
    spec.normalize(&name);
    Ok(Observed { spec, outputs, unique_id, unmanaged })
}

fn mode(table: &TableDescription) -> Result<BillingMode, CallError> {
    match table.billing_mode_summary().and_then(|summary| summary.billing_mode()) {
        // An absent summary means provisioned. Source: measured; API reference, `BillingModeSummary`.
        None | Some(Mode::Provisioned) => Ok(BillingMode::Provisioned),
        Some(Mode::PayPerRequest) => Ok(BillingMode::OnDemand),
        Some(other) => Err(unexpected(format!("the billing mode `{}` is not known here", other.as_str()))),
    }
}

fn class(table: &TableDescription) -> Result<TableClass, CallError> {
    match table.table_class_summary().and_then(|summary| summary.table_class()) {
        None | Some(Class::Standard) => Ok(TableClass::Standard),
        Some(Class::StandardInfrequentAccess) => Ok(TableClass::StandardInfrequentAccess),
        Some(other) => Err(unexpected(format!("the table class `{}` is not known here", other.as_str()))),
    }
}

fn recovery(backups: Option<ContinuousBackupsDescription>) -> PointInTimeRecovery {
    let recovery = backups.and_then(|backups| backups.point_in_time_recovery_description);
    match recovery {
        Some(recovery) if recovery.point_in_time_recovery_status == Some(PointInTimeRecoveryStatus::Enabled) => {
            let days = recovery.recovery_period_in_days.and_then(|days| u64::try_from(days).ok());
            PointInTimeRecovery::On { period_days: days.unwrap_or(USUAL_PERIOD) }
        }
        _ => PointInTimeRecovery::Off,
    }
}

fn insights_by_index(summaries: Vec<ContributorInsightsSummary>) -> BTreeMap<Option<String>, ContributorInsights> {
    summaries
        .into_iter()
        .map(|summary| {
            let on = matches!(
                summary.contributor_insights_status,
                Some(ContributorInsightsStatus::Enabled | ContributorInsightsStatus::Enabling)
            );
            let told = match (on, summary.contributor_insights_mode) {
                (false, _) => ContributorInsights::Off,
                (true, Some(ContributorInsightsMode::ThrottledKeys)) => ContributorInsights::ThrottledKeys,
                (true, _) => ContributorInsights::On,
            };
            (summary.index_name, told)
        })
        .collect()
}

/// The features of the table that the language can't express.
fn unmanaged_features(
    table: &TableDescription,
    kinesis: &[KinesisDataStreamDestination],
    env: &Environment,
) -> Vec<UnmanagedFeature> {
    let mut unmanaged = Vec::new();
    let mut tell =
        |feature: &str, detail: String| unmanaged.push(UnmanagedFeature { feature: feature.to_owned(), detail });
    for replica in table.replicas() {
        let region = replica.region_name().unwrap_or("an unknown region");
        if region != env.region {
            tell("replica", format!("in {region}"));
        }
    }
    for witness in table.global_table_witnesses() {
        tell("global table witness", format!("in {}", witness.region_name().unwrap_or("an unknown region")));
    }
    // Version 2019.11.21 lists its replicas; the one before it does not.
    // Source: DynamoDB Developer Guide, "Determining the version of a global table".
    if let Some(version) = table.global_table_version().filter(|version| *version == "2017.11.29") {
        tell("global table", format!("of the version {version}, with replicas that are not shown here"));
    }
    let synchronized = table
        .global_table_settings_replication_mode()
        .map(aws_sdk_dynamodb::types::GlobalTableSettingsReplicationMode::as_str);
    if let Some(mode) = synchronized.filter(|mode| *mode == "ENABLED") {
        tell("global table settings", format!("are replicated ({mode})"));
    }
    if let Some(consistency) = table.multi_region_consistency().filter(|one| one.as_str() != "EVENTUAL") {
        tell("multi-Region consistency", consistency.as_str().to_owned());
    }
    if table.disassociation_protection_enabled() == Some(true) {
        tell("disassociation protection", "the replica can't be taken out of its global table".to_owned());
    }
    for index in table.vector_indexes() {
        let dimensions = index.dimensions().map(|number| format!(" of {number} dimensions")).unwrap_or_default();
        tell("vector index", format!("`{}`{dimensions}", index.index_name().unwrap_or_default()));
    }
    for destination in kinesis {
        let status = destination.destination_status();
        if !matches!(
            status,
            None | Some(DestinationStatus::Disabled | DestinationStatus::Disabling | DestinationStatus::EnableFailed)
        ) {
            tell("Kinesis streaming destination", destination.stream_arn().unwrap_or_default().to_owned());
        }
    }
    if let Some(
        status @ (TableStatus::Archived
        | TableStatus::Archiving
        | TableStatus::InaccessibleEncryptionCredentials
        | TableStatus::ReplicationNotAuthorized),
    ) = table.table_status()
    {
        tell("status", format!("the table is {}", status.as_str()));
    }
    unmanaged
}

fn types(definitions: &[AttributeDefinition]) -> Result<BTreeMap<String, KeyType>, CallError> {
    let typed = |definition: &AttributeDefinition| {
        let kind = match definition.attribute_type() {
            ScalarAttributeType::S => KeyType::S,
            ScalarAttributeType::N => KeyType::N,
            ScalarAttributeType::B => KeyType::B,
            other => return Err(unexpected(format!("the attribute type `{}` is not known here", other.as_str()))),
        };
        Ok((definition.attribute_name().to_owned(), kind))
    };
    definitions.iter().map(typed).collect()
}

type Keys = (Vec<KeyAttribute>, Vec<KeyAttribute>);

fn keys(schema: &[KeySchemaElement], types: &BTreeMap<String, KeyType>) -> Result<Keys, CallError> {
    let mut keys: Keys = (Vec::new(), Vec::new());
    for element in schema {
        let name = element.attribute_name();
        let kind = *types.get(name).ok_or_else(|| unexpected(format!("the key `{name}` has no definition")))?;
        let key = KeyAttribute { name: name.to_owned(), kind };
        match element.key_type() {
            Part::Hash => keys.0.push(key),
            Part::Range => keys.1.push(key),
            other => return Err(unexpected(format!("the part `{}` of a key is not known here", other.as_str()))),
        }
    }
    Ok(keys)
}

fn single(keys: Vec<KeyAttribute>) -> Result<Option<KeyAttribute>, CallError> {
    match keys.len() {
        0 | 1 => Ok(keys.into_iter().next()),
        several => Err(unexpected(format!("a key of {several} attributes where one is known of"))),
    }
}

fn capacity(mode: BillingMode, told: Option<&ProvisionedThroughputDescription>) -> (Option<u64>, Option<u64>) {
    // Tables on demand report zero.
    let units = |units: Option<i64>| units.and_then(|units| u64::try_from(units).ok());
    match (mode, told) {
        (BillingMode::Provisioned, Some(told)) => (units(told.read_capacity_units), units(told.write_capacity_units)),
        _ => (None, None),
    }
}

fn limits(mode: BillingMode, told: Option<&OnDemandThroughput>) -> (Option<u64>, Option<u64>) {
    // -1 means no limit. Source: API reference, `OnDemandThroughput`.
    let units = |units: Option<i64>| units.and_then(|units| u64::try_from(units).ok()).filter(|units| *units > 0);
    match (mode, told) {
        (BillingMode::OnDemand, Some(told)) => {
            (units(told.max_read_request_units), units(told.max_write_request_units))
        }
        _ => (None, None),
    }
}

fn stream(table: &TableDescription) -> Result<Stream, CallError> {
    let Some(specification) = table.stream_specification().filter(|specification| specification.stream_enabled())
    else {
        return Ok(Stream::Off);
    };
    match specification.stream_view_type() {
        Some(StreamViewType::KeysOnly) => Ok(Stream::KeysOnly),
        Some(StreamViewType::NewImage) => Ok(Stream::NewImage),
        Some(StreamViewType::OldImage) => Ok(Stream::OldImage),
        Some(StreamViewType::NewAndOldImages) => Ok(Stream::NewAndOldImages),
        other => {
            let view = other.map_or("", StreamViewType::as_str);
            Err(unexpected(format!("the stream's view `{view}` is not known here")))
        }
    }
}

fn projection(held: Option<&Held>) -> Result<Projection, CallError> {
    match held.and_then(Held::projection_type) {
        Some(ProjectionType::All) => Ok(Projection::All),
        Some(ProjectionType::KeysOnly) => Ok(Projection::KeysOnly),
        Some(ProjectionType::Include) => {
            Ok(Projection::Include(held.map(Held::non_key_attributes).unwrap_or_default().to_vec()))
        }
        other => {
            let word = other.map_or("", ProjectionType::as_str);
            Err(unexpected(format!("the projection `{word}` is not known here")))
        }
    }
}

fn global(
    index: &GlobalSecondaryIndexDescription,
    mode: BillingMode,
    types: &BTreeMap<String, KeyType>,
) -> Result<GlobalIndex, CallError> {
    let (partition, sort) = keys(index.key_schema(), types)?;
    let (read_capacity, write_capacity) = capacity(mode, index.provisioned_throughput());
    let (max_read_request_units, max_write_request_units) = limits(mode, index.on_demand_throughput());
    Ok(GlobalIndex {
        partition_key: IndexKey(partition),
        sort_key: (!sort.is_empty()).then_some(IndexKey(sort)),
        projection: projection(index.projection())?,
        read_capacity,
        write_capacity,
        max_read_request_units,
        max_write_request_units,
        auto_scaling: None,
        contributor_insights: ContributorInsights::Off,
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::{GlobalTableSettingsReplicationMode, MultiRegionConsistency, VectorIndexDescription};

    use super::*;

    #[test]
    fn features_of_global_tables_and_vector_indexes_are_named() {
        let env = Environment::new("123456789012", "eu-central-1");
        let features = |table: TableDescription| -> Vec<String> {
            unmanaged_features(&table, &[], &env).into_iter().map(|one| one.feature).collect()
        };
        let table = TableDescription::builder;
        let index = VectorIndexDescription::builder().index_name("v").dimensions(3).build();
        let all = table()
            .vector_indexes(index)
            .disassociation_protection_enabled(true)
            .multi_region_consistency(MultiRegionConsistency::Strong)
            .global_table_settings_replication_mode(GlobalTableSettingsReplicationMode::Enabled)
            .global_table_version("2017.11.29")
            .build();
        let named = [
            "global table",
            "global table settings",
            "multi-Region consistency",
            "disassociation protection",
            "vector index",
        ];
        assert_eq!(features(all), named);
        let usual = table()
            .disassociation_protection_enabled(false)
            .multi_region_consistency(MultiRegionConsistency::Eventual)
            .global_table_version("2019.11.21")
            .build();
        assert_eq!(features(usual), [""; 0]);
    }
}
