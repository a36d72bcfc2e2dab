//! The title of each call in a plan, and the refusals that it expects.

use super::op::{IndexUpdate, Op, UpdateTable};
use crate::kind::{Call, tags};

/// Refusals that mean "it is so already": `ValidationException` for a capacity, a stream or an expiry that is
/// as desired, `ResourceInUseException` for a resource that exists already.
const ALREADY: &[&str] = &["ResourceInUseException", "ValidationException"];

/// The name of a call, and the errors that it may end with.
pub(super) fn call(op: &Op) -> Call {
    let dynamodb = |operation: &'static str, title: String, expects: &'static [&'static str]| Call {
        service: "dynamodb",
        operation,
        title,
        expects,
    };
    let scaling = |operation: &'static str, title: String| Call {
        service: "application-autoscaling",
        operation,
        title,
        expects: &[],
    };
    match op {
        Op::CreateTable(_) => dynamodb("CreateTable", "create table".into(), &["ResourceInUseException"]),
        Op::UpdateTable(input) => dynamodb("UpdateTable", update(input), ALREADY),
        Op::DeleteTable(_) => dynamodb("DeleteTable", "delete table".into(), &["ResourceNotFoundException"]),
        Op::UpdateContinuousBackups(input) => {
            let specification = &input.point_in_time_recovery_specification;
            let title = match (specification.point_in_time_recovery_enabled, specification.recovery_period_in_days) {
                (false, _) => "turn point-in-time recovery off".into(),
                (true, None) => "turn point-in-time recovery on".into(),
                (true, Some(days)) => {
                    format!("turn point-in-time recovery on, for {}", crate::base::count(days, "day"))
                }
            };
            dynamodb("UpdateContinuousBackups", title, &[])
        }
        Op::UpdateTimeToLive(input) => {
            let specification = &input.time_to_live_specification;
            let turn = if specification.enabled { "on" } else { "off" };
            let title = format!("turn time to live by `{}` {turn}", specification.attribute_name);
            dynamodb("UpdateTimeToLive", title, &["ValidationException"])
        }
        Op::UpdateContributorInsights(input) => {
            let turn = if input.contributor_insights_action == "ENABLE" { "on" } else { "off" };
            let of = input.index_name.as_ref().map(|index| format!(" of index `{index}`")).unwrap_or_default();
            dynamodb("UpdateContributorInsights", format!("turn contributor insights{of} {turn}"), &[])
        }
        Op::PutResourcePolicy(_) => dynamodb("PutResourcePolicy", "set resource policy".into(), &[]),
        Op::DeleteResourcePolicy(_) => {
            dynamodb("DeleteResourcePolicy", "remove resource policy".into(), &["PolicyNotFoundException"])
        }
        Op::TagResource(input) => {
            dynamodb("TagResource", format!("set {}", tags::named(input.tags.iter().map(|tag| &tag.key))), &[])
        }
        Op::UntagResource(input) => dynamodb("UntagResource", format!("remove {}", tags::named(&input.tag_keys)), &[]),
        Op::CreateBackup(input) => dynamodb("CreateBackup", format!("take backup `{}`", input.backup_name), &[]),
        Op::RegisterScalableTarget(input) => {
            let title = format!(
                "let {} scale from {} to {}",
                scaled(&input.resource_id, &input.scalable_dimension),
                input.min_capacity,
                input.max_capacity
            );
            scaling("RegisterScalableTarget", title)
        }
        Op::DeregisterScalableTarget(input) => {
            let what = scaled(&input.resource_id, &input.scalable_dimension);
            scaling("DeregisterScalableTarget", format!("stop scaling {what}"))
        }
        Op::PutScalingPolicy(input) => {
            let what = scaled(&input.resource_id, &input.scalable_dimension);
            let target = input.target_tracking_scaling_policy_configuration.target_value;
            scaling("PutScalingPolicy", format!("set target utilization of {what} to {target} %"))
        }
        Op::DeleteScalingPolicy(input) => {
            scaling("DeleteScalingPolicy", format!("remove scaling policy `{}`", input.policy_name))
        }
    }
}

fn scaled(resource: &str, dimension: &str) -> String {
    let capacity = if dimension.ends_with("ReadCapacityUnits") { "read capacity" } else { "write capacity" };
    match resource.split_once("/index/") {
        Some((_, index)) => format!("the {capacity} of index `{index}`"),
        None => format!("the {capacity}"),
    }
}

fn update(input: &UpdateTable) -> String {
    let UpdateTable {
        table_name: _,
        attribute_definitions: _,
        billing_mode,
        provisioned_throughput,
        on_demand_throughput,
        global_secondary_index_updates: indexes,
        stream_specification,
        sse_specification,
        table_class,
        deletion_protection_enabled,
    } = input;
    if let [IndexUpdate::Create(index)] = indexes.as_slice() {
        return format!("create index `{}`", index.index_name);
    }
    if let [IndexUpdate::Delete(index)] = indexes.as_slice() {
        return format!("delete index `{}`", index.index_name);
    }
    if let Some(stream) = stream_specification {
        return match &stream.stream_view_type {
            Some(view) => format!("turn the stream on, with {}", view.to_lowercase().replace('_', " ")),
            None => "turn the stream off".to_owned(),
        };
    }
    if let Some(protected) = deletion_protection_enabled {
        return format!("turn deletion protection {}", if *protected { "on" } else { "off" });
    }
    if let Some(encryption) = sse_specification {
        let key = match (encryption.enabled, &encryption.kms_master_key_id) {
            (false, _) => "a key that AWS owns",
            (true, None) => "the key that AWS manages",
            (true, Some(_)) => "a customer's key",
        };
        return format!("encrypt with {key}");
    }
    if let Some(class) = table_class {
        return format!("change the table class to {}", class.to_lowercase().replace('_', " "));
    }
    match (billing_mode.as_deref(), provisioned_throughput, on_demand_throughput) {
        (Some("PROVISIONED"), ..) => "switch billing to provisioned".to_owned(),
        (Some(_), None, None) if indexes.is_empty() => "switch billing to on demand".to_owned(),
        (_, Some(capacity), _) => {
            format!("set capacity to {} read, {} write", capacity.read_capacity_units, capacity.write_capacity_units)
        }
        (_, _, Some(_)) => "bill on demand, with limits".to_owned(),
        _ => {
            let name = |update: &IndexUpdate| match update {
                IndexUpdate::Update(index) => format!("`{}`", index.index_name),
                IndexUpdate::Create(index) => format!("`{}`", index.index_name),
                IndexUpdate::Delete(index) => format!("`{}`", index.index_name),
            };
            let names: Vec<String> = indexes.iter().map(name).collect();
            format!("set capacity of index {}", names.join(", "))
        }
    }
}
