//! The live state, as boto3 sees it, without values that differ from one creation to the next.

use serde_json::{Value, json};

use crate::support::Observer;

/// Keys whose values differ from one creation to the next: times, ids, and the ARNs that hold them.
const PASSING: &[&str] = &[
    "CreateDate",
    "CreationDateTime",
    "CreationTime",
    "CreationTimestamp",
    "DnsEntries",
    "EarliestRestorableDateTime",
    "EventSourceArn",
    "EventSourceMappingArn",
    "KMSMasterKeyArn",
    "LastDecreaseDateTime",
    "LastIncreaseDateTime",
    "LastModified",
    "LastModifiedDate",
    "LastUpdateDateTime",
    "LastUpdateToPayPerRequestDateTime",
    "LastUsedDate",
    "LatestRestorableDateTime",
    "LatestStreamArn",
    "LatestStreamLabel",
    "NetworkInterfaceIds",
    "NumberOfDecreasesToday",
    "RevisionId",
    "RoleId",
    "RoleLastUsed",
    "SecurityGroupRuleId",
    "StateTransitionReason",
    "TableId",
    "UUID",
    "VpcEndpointId",
    "creationTime",
];

/// Ids of networks, which differ in each emulator.
const IDS: &[&str] = &["subnet-", "sg-", "vpc-", "rtb-", "eni-"];

/// The live state of the stack, and the names of all resources.
pub(super) fn snapshot(observer: &Observer) -> Value {
    let names = |service: &str, operation: &str, list: &str, key: &str| {
        let answer = observer.call(service, operation, json!({}));
        let name = |item: &Value| if key.is_empty() { item.clone() } else { item[key].clone() };
        let mut names: Vec<String> =
            answer[list].as_array().expect("a list").iter().map(|item| name(item).to_string()).collect();
        names.sort();
        names
    };
    let endpoints = observer.call("ec2", "describe_vpc_endpoints", json!({}));
    let live = endpoints["VpcEndpoints"].as_array().expect("a list").iter();
    let endpoint_count = live.filter(|one| one["State"] != "deleted" && one["State"] != "deleting").count();
    let rules = observer.call("ec2", "describe_security_group_rules", json!({}));
    let scaling = json!({"ServiceNamespace": "dynamodb"});
    let targets = observer.call("application-autoscaling", "describe_scalable_targets", scaling.clone());
    let policies = observer.call("application-autoscaling", "describe_scaling_policies", scaling);
    let seen = json!({
        "table": observer.table("law"),
        "role": observer.role("law"),
        "function": observer.function("law"),
        "endpoints": observer.endpoints("vpc_endpoints.law"),
        "security_group_rules": observer.security_group_rules("security_group_rules.law"),
        "mappings": observer.mappings("law"),
        "all": {
            "tables": names("dynamodb", "list_tables", "TableNames", ""),
            "roles": names("iam", "list_roles", "Roles", "RoleName"),
            "functions": names("lambda", "list_functions", "Functions", "FunctionName"),
            "mappings": names("lambda", "list_event_source_mappings", "EventSourceMappings", "FunctionArn"),
            "groups": names("logs", "describe_log_groups", "logGroups", "logGroupName"),
            "endpoints": endpoint_count,
            "security_group_rules": rules["SecurityGroupRules"].as_array().map(Vec::len),
            "targets": targets["ScalableTargets"].as_array().map(Vec::len),
            "policies": policies["ScalingPolicies"].as_array().map(Vec::len),
        },
    });
    lasting(seen)
}

fn lasting(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(key, _)| !PASSING.contains(&key.as_str()))
            .map(|(key, value)| (key, lasting(value)))
            .collect(),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(lasting).collect();
            items.sort_by_key(Value::to_string);
            items.into()
        }
        Value::String(text) => IDS.iter().find(|prefix| text.starts_with(**prefix)).map_or(json!(text), |id| json!(id)),
        other => other,
    }
}
