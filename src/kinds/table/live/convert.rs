//! The conversion of the inputs of calls to the SDK's types.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{self as sdk, ScalarAttributeType};

use crate::aws::{Aws, CallError};
use crate::kind::tags::Tag;
use crate::kind::unsealed_policy;
use crate::kinds::table::op::{
    AttributeDefinition, GlobalSecondaryIndex, IndexUpdate, KeySchemaElement, LocalSecondaryIndex, OnDemandThroughput,
    Projection, ProvisionedThroughput, SseSpecification, StreamSpecification, UpdateIndex,
};
use crate::kinds::table::properties::KeyType;

/// A policy's text, with its sensitive values.
pub(super) fn opened(policy: &str, operation: &str, aws: &Aws) -> Result<String, CallError> {
    unsealed_policy(policy, aws.vault()).ok_or_else(|| {
        CallError::unexpected(operation, "a sensitive value of this policy is not in its source any more")
    })
}

/// The error for an input that the SDK refuses to build: a defect of ours.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn unbuilt(error: BuildError) -> CallError {
    CallError::unexpected("request", error.to_string())
}

/// Builds a list whose items may be refused.
pub(super) fn list<T, U>(items: &[T], one: impl Fn(&T) -> Result<U, BuildError>) -> Result<Vec<U>, CallError> {
    items.iter().map(one).collect::<Result<_, _>>().map_err(unbuilt)
}

/// Returns `None` for an empty list: an empty one is not the same to AWS.
pub(super) fn some<T>(items: Vec<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then_some(items)
}

fn units(units: u64) -> i64 {
    i64::try_from(units).unwrap_or(i64::MAX)
}

pub(super) fn definition(from: &AttributeDefinition) -> Result<sdk::AttributeDefinition, BuildError> {
    let kind = match from.attribute_type {
        KeyType::S => ScalarAttributeType::S,
        KeyType::N => ScalarAttributeType::N,
        KeyType::B => ScalarAttributeType::B,
    };
    sdk::AttributeDefinition::builder().attribute_name(&from.attribute_name).attribute_type(kind).build()
}

pub(super) fn key(from: &KeySchemaElement) -> Result<sdk::KeySchemaElement, BuildError> {
    sdk::KeySchemaElement::builder()
        .attribute_name(&from.attribute_name)
        .key_type(from.key_type.as_str().into())
        .build()
}

fn keys(from: &[KeySchemaElement]) -> Result<Vec<sdk::KeySchemaElement>, BuildError> {
    from.iter().map(key).collect()
}

fn projection(from: &Projection) -> sdk::Projection {
    sdk::Projection::builder()
        .projection_type(from.projection_type.as_str().into())
        .set_non_key_attributes(from.non_key_attributes.clone())
        .build()
}

pub(super) fn capacity(from: &ProvisionedThroughput) -> Result<sdk::ProvisionedThroughput, BuildError> {
    sdk::ProvisionedThroughput::builder()
        .read_capacity_units(units(from.read_capacity_units))
        .write_capacity_units(units(from.write_capacity_units))
        .build()
}

pub(super) fn limits(from: &OnDemandThroughput) -> sdk::OnDemandThroughput {
    sdk::OnDemandThroughput::builder()
        .set_max_read_request_units(from.max_read_request_units)
        .set_max_write_request_units(from.max_write_request_units)
        .build()
}

pub(super) fn local(from: &LocalSecondaryIndex) -> Result<sdk::LocalSecondaryIndex, BuildError> {
    sdk::LocalSecondaryIndex::builder()
        .index_name(&from.index_name)
        .set_key_schema(Some(keys(&from.key_schema)?))
        .projection(projection(&from.projection))
        .build()
}

pub(super) fn global(from: &GlobalSecondaryIndex) -> Result<sdk::GlobalSecondaryIndex, BuildError> {
    sdk::GlobalSecondaryIndex::builder()
        .index_name(&from.index_name)
        .set_key_schema(Some(keys(&from.key_schema)?))
        .projection(projection(&from.projection))
        .set_provisioned_throughput(from.provisioned_throughput.as_ref().map(capacity).transpose()?)
        .set_on_demand_throughput(from.on_demand_throughput.as_ref().map(limits))
        .build()
}

pub(super) fn update(from: &IndexUpdate) -> Result<sdk::GlobalSecondaryIndexUpdate, BuildError> {
    let update = sdk::GlobalSecondaryIndexUpdate::builder();
    Ok(match from {
        IndexUpdate::Create(index) => {
            let create = sdk::CreateGlobalSecondaryIndexAction::builder()
                .index_name(&index.index_name)
                .set_key_schema(Some(keys(&index.key_schema)?))
                .projection(projection(&index.projection))
                .set_provisioned_throughput(index.provisioned_throughput.as_ref().map(capacity).transpose()?)
                .set_on_demand_throughput(index.on_demand_throughput.as_ref().map(limits));
            update.create(create.build()?).build()
        }
        IndexUpdate::Update(UpdateIndex { index_name, provisioned_throughput, on_demand_throughput }) => {
            let change = sdk::UpdateGlobalSecondaryIndexAction::builder()
                .index_name(index_name)
                .set_provisioned_throughput(provisioned_throughput.as_ref().map(capacity).transpose()?)
                .set_on_demand_throughput(on_demand_throughput.as_ref().map(limits));
            update.update(change.build()?).build()
        }
        IndexUpdate::Delete(index) => {
            let delete = sdk::DeleteGlobalSecondaryIndexAction::builder().index_name(&index.index_name);
            update.delete(delete.build()?).build()
        }
    })
}

pub(super) fn stream(from: &StreamSpecification) -> Result<sdk::StreamSpecification, BuildError> {
    sdk::StreamSpecification::builder()
        .stream_enabled(from.stream_enabled)
        .set_stream_view_type(from.stream_view_type.as_deref().map(Into::into))
        .build()
}

pub(super) fn encryption(from: &SseSpecification) -> sdk::SseSpecification {
    sdk::SseSpecification::builder()
        .enabled(from.enabled)
        .set_sse_type(from.sse_type.as_deref().map(Into::into))
        .set_kms_master_key_id(from.kms_master_key_id.clone())
        .build()
}

pub(super) fn tag(from: &Tag) -> Result<sdk::Tag, BuildError> {
    sdk::Tag::builder().key(&from.key).value(&from.value).build()
}
