//! The API calls of a table, with their inputs as AWS spells them.
//!
//! Source: the API references of Amazon DynamoDB and of Application Auto Scaling.

use serde::{Deserialize, Serialize};

use crate::kind::tags::Tag;

use super::properties::KeyType;

macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(rename_all = "PascalCase", deny_unknown_fields)]
            #[expect(missing_docs, reason = "the fields are AWS's own, and documented there")]
            pub struct $name { $($(#[$attr])* pub $field: $type,)* }
        )*
    };
}

/// One API call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the AWS operation of its name")]
pub enum Op {
    CreateTable(Box<CreateTable>),
    UpdateTable(UpdateTable),
    DeleteTable(DeleteTable),
    UpdateContinuousBackups(UpdateContinuousBackups),
    UpdateTimeToLive(UpdateTimeToLive),
    UpdateContributorInsights(UpdateContributorInsights),
    PutResourcePolicy(PutResourcePolicy),
    DeleteResourcePolicy(DeleteResourcePolicy),
    TagResource(TagResource),
    UntagResource(UntagResource),
    CreateBackup(CreateBackup),
    RegisterScalableTarget(RegisterScalableTarget),
    DeregisterScalableTarget(DeregisterScalableTarget),
    PutScalingPolicy(PutScalingPolicy),
    DeleteScalingPolicy(DeleteScalingPolicy),
}

inputs! {
    /// The input of `CreateTable`.
    CreateTable {
        table_name: String,
        attribute_definitions: Vec<AttributeDefinition>,
        key_schema: Vec<KeySchemaElement>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        local_secondary_indexes: Vec<LocalSecondaryIndex>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        global_secondary_indexes: Vec<GlobalSecondaryIndex>,
        billing_mode: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provisioned_throughput: Option<ProvisionedThroughput>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_demand_throughput: Option<OnDemandThroughput>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stream_specification: Option<StreamSpecification>,
        #[serde(default, rename = "SSESpecification", skip_serializing_if = "Option::is_none")]
        sse_specification: Option<SseSpecification>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table_class: Option<String>,
        deletion_protection_enabled: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resource_policy: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<Tag>,
    }
    /// A key attribute and its type.
    AttributeDefinition {
        attribute_name: String,
        attribute_type: KeyType,
    }
    /// A key attribute and its part in the key.
    KeySchemaElement {
        attribute_name: String,
        key_type: String,
    }
    /// A local secondary index.
    LocalSecondaryIndex {
        index_name: String,
        key_schema: Vec<KeySchemaElement>,
        projection: Projection,
    }
    /// A global secondary index, as `CreateTable` and the `Create` of `UpdateTable` take it.
    GlobalSecondaryIndex {
        index_name: String,
        key_schema: Vec<KeySchemaElement>,
        projection: Projection,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provisioned_throughput: Option<ProvisionedThroughput>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_demand_throughput: Option<OnDemandThroughput>,
    }
    /// The attributes in an index.
    Projection {
        projection_type: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        non_key_attributes: Option<Vec<String>>,
    }
    /// The capacity.
    ProvisionedThroughput {
        read_capacity_units: u64,
        write_capacity_units: u64,
    }
    /// Limits of billing on demand; -1 removes a limit.
    OnDemandThroughput {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_read_request_units: Option<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_write_request_units: Option<i64>,
    }
    /// The stream.
    StreamSpecification {
        stream_enabled: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stream_view_type: Option<String>,
    }
    /// The encryption.
    SseSpecification {
        enabled: bool,
        #[serde(default, rename = "SSEType", skip_serializing_if = "Option::is_none")]
        sse_type: Option<String>,
        #[serde(default, rename = "KMSMasterKeyId", skip_serializing_if = "Option::is_none")]
        kms_master_key_id: Option<String>,
    }
    /// The input of `UpdateTable`: one kind of change.
    UpdateTable {
        table_name: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attribute_definitions: Vec<AttributeDefinition>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        billing_mode: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provisioned_throughput: Option<ProvisionedThroughput>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_demand_throughput: Option<OnDemandThroughput>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        global_secondary_index_updates: Vec<IndexUpdate>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stream_specification: Option<StreamSpecification>,
        #[serde(default, rename = "SSESpecification", skip_serializing_if = "Option::is_none")]
        sse_specification: Option<SseSpecification>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table_class: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deletion_protection_enabled: Option<bool>,
    }
    /// The `Update` of an index.
    UpdateIndex {
        index_name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provisioned_throughput: Option<ProvisionedThroughput>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_demand_throughput: Option<OnDemandThroughput>,
    }
    /// The `Delete` of an index.
    DeleteIndex {
        index_name: String,
    }
    /// The input of `DeleteTable`.
    DeleteTable {
        table_name: String,
    }
    /// The input of `UpdateContinuousBackups`.
    UpdateContinuousBackups {
        table_name: String,
        point_in_time_recovery_specification: PointInTimeRecoverySpecification,
    }
    /// Point-in-time recovery.
    PointInTimeRecoverySpecification {
        point_in_time_recovery_enabled: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recovery_period_in_days: Option<u64>,
    }
    /// The input of `UpdateTimeToLive`.
    UpdateTimeToLive {
        table_name: String,
        time_to_live_specification: TimeToLiveSpecification,
    }
    /// Time to live.
    TimeToLiveSpecification {
        enabled: bool,
        attribute_name: String,
    }
    /// The input of `UpdateContributorInsights`.
    UpdateContributorInsights {
        table_name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        index_name: Option<String>,
        contributor_insights_action: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contributor_insights_mode: Option<String>,
    }
    /// The input of `PutResourcePolicy`.
    PutResourcePolicy {
        resource_arn: String,
        policy: String,
    }
    /// The input of `DeleteResourcePolicy`.
    DeleteResourcePolicy {
        resource_arn: String,
    }
    /// The input of `TagResource`.
    TagResource {
        resource_arn: String,
        tags: Vec<Tag>,
    }
    /// The input of `UntagResource`.
    UntagResource {
        resource_arn: String,
        tag_keys: Vec<String>,
    }
    /// The input of `CreateBackup`.
    CreateBackup {
        table_name: String,
        backup_name: String,
    }
    /// The input of `RegisterScalableTarget`.
    RegisterScalableTarget {
        service_namespace: String,
        resource_id: String,
        scalable_dimension: String,
        min_capacity: u64,
        max_capacity: u64,
    }
    /// The input of `DeregisterScalableTarget`.
    DeregisterScalableTarget {
        service_namespace: String,
        resource_id: String,
        scalable_dimension: String,
    }
    /// The input of `PutScalingPolicy`.
    PutScalingPolicy {
        policy_name: String,
        service_namespace: String,
        resource_id: String,
        scalable_dimension: String,
        policy_type: String,
        target_tracking_scaling_policy_configuration: TargetTracking,
    }
    /// A target-tracking policy.
    TargetTracking {
        target_value: u64,
        predefined_metric_specification: PredefinedMetric,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale_out_cooldown: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale_in_cooldown: Option<u64>,
    }
    /// The metric of a policy.
    PredefinedMetric {
        predefined_metric_type: String,
    }
    /// The input of `DeleteScalingPolicy`.
    DeleteScalingPolicy {
        policy_name: String,
        service_namespace: String,
        resource_id: String,
        scalable_dimension: String,
    }
}

/// One entry of `GlobalSecondaryIndexUpdates`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "AWS's own names")]
pub enum IndexUpdate {
    Create(GlobalSecondaryIndex),
    Update(UpdateIndex),
    Delete(DeleteIndex),
}

impl UpdateTable {
    /// A call without changes.
    pub fn new(table: &str) -> Self {
        Self {
            table_name: table.to_owned(),
            attribute_definitions: Vec::new(),
            billing_mode: None,
            provisioned_throughput: None,
            on_demand_throughput: None,
            global_secondary_index_updates: Vec::new(),
            stream_specification: None,
            sse_specification: None,
            table_class: None,
            deletion_protection_enabled: None,
        }
    }
}
