//! A table and its auto scaling as CloudFormation writes them.
//!
//! Follows the `CloudFormation` template reference of `AWS::DynamoDB::Table`,
//! `AWS::ApplicationAutoScaling::ScalableTarget` and `AWS::ApplicationAutoScaling::ScalingPolicy`.

use serde_json::{Value, json};

use super::super::identity::TYPE;
use super::super::properties::{ContributorInsights, PointInTimeRecovery};
use super::super::scaling::{AutoScaling, Dimension, NAMESPACE, Scaling, Target, scaling_resource};
use super::super::spec::{Billing, GlobalIndex, TableSpec};
use super::super::spelling::{limits, throughput};
use super::parts::Spelling;
use crate::base::PropertyPath;
use crate::kind::{RenderContext, Rendering};
use crate::path;

const SPELLING: Spelling = Spelling::CloudFormation;

/// The table, and a target and a policy for each capacity under auto scaling.
pub(in super::super) fn cloudformation(spec: &TableSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
    let TableSpec {
        partition_key,
        sort_key,
        billing,
        global_secondary_indexes,
        local_secondary_indexes,
        stream,
        deletion_protection,
        point_in_time_recovery,
        encryption,
        time_to_live,
        table_class,
        auto_scaling,
        contributor_insights,
        resource_policy,
        access_patterns: _,
        tags,
    } = spec;
    let mut table = Rendering::new(TYPE);
    table.own("/TableName", cx.name);
    table.own("/AttributeDefinitions", SPELLING.attributes(spec));
    table.own("/KeySchema", SPELLING.keys([partition_key], sort_key));
    table.trace("/KeySchema/0", path!["partition_key"]);
    if sort_key.is_some() {
        table.trace("/KeySchema/1", path!["sort_key"]);
    }
    table.put("/BillingMode", billing.mode.aws(), path!["billing", "mode"]);
    let Billing { mode: _, read_capacity, write_capacity, max_read_request_units, max_write_request_units } = billing;
    let units = Units {
        read: *read_capacity,
        write: *write_capacity,
        most: (*max_read_request_units, *max_write_request_units),
    };
    units.put(&mut table, spec.is_provisioned(), &path!["billing"]);
    global_indexes(&mut table, spec.is_provisioned(), global_secondary_indexes);
    let at = "/LocalSecondaryIndexes";
    SPELLING.local_indexes(&mut table, at, local_secondary_indexes, partition_key, |_, _| ());
    table.put_some("/StreamSpecification/StreamViewType", stream.aws(), path!["stream"]);
    table.put("/DeletionProtectionEnabled", *deletion_protection, path!["deletion_protection"]);
    let recovery = match *point_in_time_recovery {
        PointInTimeRecovery::Off => json!({"PointInTimeRecoveryEnabled": false}),
        PointInTimeRecovery::On { period_days } => {
            json!({"PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": period_days})
        }
    };
    table.put("/PointInTimeRecoverySpecification", recovery, path!["point_in_time_recovery"]);
    let key = encryption.specification();
    table.put("/SSESpecification/SSEEnabled", key.enabled, path!["encryption"]);
    table.put_some("/SSESpecification/SSEType", key.sse_type, path!["encryption"]);
    table.put_some("/SSESpecification/KMSMasterKeyId", key.kms_master_key_id, path!["encryption", "kms_key"]);
    if let Some(attribute) = time_to_live {
        let expiry = json!({"AttributeName": attribute, "Enabled": true});
        table.put("/TimeToLiveSpecification", expiry, path!["time_to_live"]);
    }
    table.put("/TableClass", table_class.aws(), path!["table_class"]);
    let recorded = insights(*contributor_insights);
    table.put("/ContributorInsightsSpecification", recorded, path!["contributor_insights"]);
    if let Some(policy) = resource_policy {
        table.put_policy("/ResourcePolicy/PolicyDocument", policy, &path!["resource_policy"]);
    }
    table.put_tags(tags);
    let mut all = vec![table];
    scale(&mut all, cx.name, None, auto_scaling.as_ref(), &path!["auto_scaling"]);
    for (name, index) in global_secondary_indexes {
        let from = path!["global_secondary_indexes", name, "auto_scaling"];
        scale(&mut all, cx.name, Some(name), index.auto_scaling.as_ref(), &from);
    }
    all
}

fn insights(insights: ContributorInsights) -> Value {
    match insights {
        ContributorInsights::Off => json!({"Enabled": false}),
        ContributorInsights::On => json!({"Enabled": true, "Mode": "ACCESSED_AND_THROTTLED_KEYS"}),
        ContributorInsights::ThrottledKeys => json!({"Enabled": true, "Mode": "THROTTLED_KEYS"}),
    }
}

/// The capacity, or the limits, of a table or index.
struct Units {
    read: Option<u64>,
    write: Option<u64>,
    most: (Option<u64>, Option<u64>),
}

impl Units {
    fn put(&self, into: &mut Rendering, provisioned: bool, from: &PropertyPath) {
        if provisioned {
            if let Some(units) = throughput(self.read, self.write) {
                let (read, write) = (units.read_capacity_units, units.write_capacity_units);
                into.put("/ProvisionedThroughput/ReadCapacityUnits", read, from.child("read_capacity"));
                into.put("/ProvisionedThroughput/WriteCapacityUnits", write, from.child("write_capacity"));
            }
        } else if let Some(units) = limits(self.most.0, self.most.1) {
            let at = "/OnDemandThroughput";
            let (read, write) = (units.max_read_request_units, units.max_write_request_units);
            into.put_some(&format!("{at}/MaxReadRequestUnits"), read, from.child("max_read_request_units"));
            into.put_some(&format!("{at}/MaxWriteRequestUnits"), write, from.child("max_write_request_units"));
        }
    }
}

fn global_indexes(table: &mut Rendering, provisioned: bool, indexes: &std::collections::BTreeMap<String, GlobalIndex>) {
    SPELLING.global_indexes(table, "/GlobalSecondaryIndexes", indexes, |one, name, index| {
        let GlobalIndex {
            partition_key: _,
            sort_key: _,
            projection: _,
            read_capacity,
            write_capacity,
            max_read_request_units,
            max_write_request_units,
            // These are resources of their own.
            auto_scaling: _,
            contributor_insights,
        } = index;
        let from = path!["global_secondary_indexes", name];
        let most = (*max_read_request_units, *max_write_request_units);
        Units { read: *read_capacity, write: *write_capacity, most }.put(one, provisioned, &from);
        let recorded = insights(*contributor_insights);
        one.put("/ContributorInsightsSpecification", recorded, from.child("contributor_insights"));
    });
}

/// The name of a scaled resource. It is joined from its parts, as templates with a `Ref` do, so that a rule
/// finds the table's name in it: Guard 2 can't take texts apart.
fn resource_id(table: &str, index: Option<&str>) -> Value {
    let mut parts = vec!["table", table];
    parts.extend(index.into_iter().flat_map(|index| ["index", index]));
    json!({"Fn::Join": ["/", parts]})
}

fn scale(
    all: &mut Vec<Rendering>,
    table: &str,
    index: Option<&str>,
    scaling: Option<&AutoScaling>,
    from: &PropertyPath,
) {
    for dimension in Dimension::ALL {
        let Some(one) = AutoScaling::get(scaling, dimension) else { continue };
        let Scaling { min, max, target, scale_in_cooldown, scale_out_cooldown, policy_name } = one;
        let from = from.child(dimension.word());
        let head = |type_name: &'static str| {
            let mut rendering = Rendering::new(type_name).part(from.to_string());
            rendering.trace("", from.clone());
            rendering.own("/ServiceNamespace", NAMESPACE);
            rendering.put("/ResourceId", resource_id(table, index), from.clone());
            rendering.own("/ScalableDimension", dimension.scalable(&scaling_resource(table, index)));
            rendering
        };
        let mut bounds = head("AWS::ApplicationAutoScaling::ScalableTarget");
        bounds.put("/MinCapacity", *min, from.child("min"));
        bounds.put("/MaxCapacity", *max, from.child("max"));
        all.push(bounds);
        // A live table may have bounds and no policy.
        if *target == 0 {
            continue;
        }
        let mut policy = head("AWS::ApplicationAutoScaling::ScalingPolicy");
        policy.own("/PolicyName", Target::new(table, index, dimension).policy_name(one));
        if policy_name.is_some() {
            policy.trace("/PolicyName", from.child("policy_name"));
        }
        policy.own("/PolicyType", "TargetTrackingScaling");
        let at = "/TargetTrackingScalingPolicyConfiguration";
        policy.own(&format!("{at}/PredefinedMetricSpecification"), json!({"PredefinedMetricType": dimension.metric()}));
        policy.put(&format!("{at}/TargetValue"), *target, from.child("target"));
        policy.put_some(&format!("{at}/ScaleInCooldown"), *scale_in_cooldown, from.child("scale_in_cooldown"));
        policy.put_some(&format!("{at}/ScaleOutCooldown"), *scale_out_cooldown, from.child("scale_out_cooldown"));
        all.push(policy);
    }
}
