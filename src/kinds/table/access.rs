//! The permissions that each call needs.
//!
//! Sources: Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB" and
//! "… for AWS Application Auto Scaling"; DynamoDB Developer Guide, "DynamoDB encryption at rest: usage notes"
//! and "Using IAM with CloudWatch Contributor Insights for DynamoDB"; Application Auto Scaling User Guide,
//! "Permissions validation" and "Service-linked roles".

use super::identity::{BY_KMS, arn};
use super::op::{Op, SseSpecification};
use super::scaling::scaling_resource;
use super::spec::TableSpec;
use crate::base::Environment;
use crate::kind::{AccessRequest, Identity, StepContext, tags};

/// The permissions for a call, those for its dependent actions included.
pub(super) fn requires(op: &Op, cx: &StepContext<'_>) -> Vec<AccessRequest> {
    let (env, table) = (cx.env, arn(cx.env, cx.name));
    let on_table = |action: &str| AccessRequest::new(format!("dynamodb:{action}"), table.clone());
    match op {
        Op::CreateTable(input) => {
            let mut all = vec![on_table("CreateTable").tagged(tags::pairs(&input.tags))];
            if !input.tags.is_empty() {
                all.push(on_table("TagResource").tagged(tags::pairs(&input.tags)));
            }
            if input.resource_policy.is_some() {
                all.push(on_table("PutResourcePolicy"));
            }
            all.extend(input.sse_specification.iter().flat_map(|key| encryption(key, env)));
            all
        }
        Op::UpdateTable(input) => {
            let mut all = vec![on_table("UpdateTable")];
            all.extend(input.sse_specification.iter().flat_map(|key| encryption(key, env)));
            all
        }
        Op::DeleteTable(_) => vec![on_table("DeleteTable")],
        Op::UpdateContinuousBackups(_) => vec![on_table("UpdateContinuousBackups")],
        Op::UpdateTimeToLive(_) => vec![on_table("UpdateTimeToLive")],
        Op::UpdateContributorInsights(input) => {
            let mut all = vec![on_table("UpdateContributorInsights")];
            if let Some(index) = &input.index_name {
                let index = format!("{table}/index/{index}");
                all.push(AccessRequest::new("dynamodb:UpdateContributorInsights", index));
            }
            if input.contributor_insights_action == "ENABLE" {
                all.push(service_role(
                    "contributorinsights.dynamodb",
                    "AWSServiceRoleForDynamoDBCloudWatchContributorInsights",
                    env,
                ));
            }
            all
        }
        Op::PutResourcePolicy(_) => vec![on_table("PutResourcePolicy")],
        Op::DeleteResourcePolicy(_) => vec![on_table("DeleteResourcePolicy")],
        Op::TagResource(input) => vec![on_table("TagResource").tagged(tags::pairs(&input.tags))],
        Op::UntagResource(input) => vec![on_table("UntagResource").with("aws:TagKeys", input.tag_keys.iter().cloned())],
        // The deletion waits for the backup, which is read meanwhile.
        Op::CreateBackup(_) => {
            vec![on_table("CreateBackup"), AccessRequest::new("dynamodb:DescribeBackup", format!("{table}/backup/*"))]
        }
        Op::RegisterScalableTarget(input) => {
            let mut all = vec![
                scaling("RegisterScalableTarget", &input.scalable_dimension, env),
                on_table("DescribeTable"),
                on_table("UpdateTable"),
            ];
            all.extend(alarms(&["DescribeAlarms"], &input.resource_id, env));
            all.push(service_role(
                "dynamodb.application-autoscaling",
                "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",
                env,
            ));
            all
        }
        Op::PutScalingPolicy(input) => {
            let mut all = vec![scaling("PutScalingPolicy", &input.scalable_dimension, env), on_table("DescribeTable")];
            all.extend(alarms(&["PutMetricAlarm", "DescribeAlarms"], &input.resource_id, env));
            all
        }
        Op::DeregisterScalableTarget(input) => {
            let mut all = vec![scaling("DeregisterScalableTarget", &input.scalable_dimension, env)];
            all.extend(alarms(&["DeleteAlarms"], &input.resource_id, env));
            all
        }
        Op::DeleteScalingPolicy(input) => {
            let mut all = vec![scaling("DeleteScalingPolicy", &input.scalable_dimension, env)];
            all.extend(alarms(&["DeleteAlarms"], &input.resource_id, env));
            all
        }
    }
}

/// The permissions for `DynamoDB`'s use of a customer's key in the caller's name. The key that AWS manages needs none.
fn encryption(specification: &SseSpecification, env: &Environment) -> Vec<AccessRequest> {
    let Some(key) = &specification.kms_master_key_id else { return Vec::new() };
    let via = format!("dynamodb.{}.{}", env.region, domain(env));
    let request = |action: &str| {
        AccessRequest::new(format!("kms:{action}"), key.clone())
            .with("kms:ViaService", [via.clone()])
            .with("kms:CallerAccount", [env.account.clone()])
    };
    let mut all: Vec<_> = ["DescribeKey", "Encrypt", "Decrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"]
        .into_iter()
        .map(request)
        .collect();
    all.push(request("CreateGrant").with("kms:GrantIsForAWSResource", ["true"]));
    all
}

fn domain(env: &Environment) -> &'static str {
    if env.partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
}

fn scaling(action: &str, dimension: &str, env: &Environment) -> AccessRequest {
    let target = env.arn("application-autoscaling", "scalable-target/*");
    AccessRequest::new(format!("application-autoscaling:{action}"), target)
        .with("application-autoscaling:service-namespace", ["dynamodb"])
        .with("application-autoscaling:scalable-dimension", [dimension])
}

/// The permissions for the alarms of a target-tracking policy, which have its name.
fn alarms(actions: &[&str], resource: &str, env: &Environment) -> Vec<AccessRequest> {
    let alarm = env.arn("cloudwatch", &format!("alarm:TargetTracking-{resource}-*"));
    // It takes a prefix of the name, and is authorized on all alarms. Source: its error for callers without permission.
    let all = env.arn("cloudwatch", "alarm:*");
    let resource = |action: &str| if action == "DescribeAlarms" { all.clone() } else { alarm.clone() };
    actions.iter().map(|action| AccessRequest::new(format!("cloudwatch:{action}"), resource(action))).collect()
}

/// The permission to create the role that the service needs when it is first used.
fn service_role(service: &str, role: &str, env: &Environment) -> AccessRequest {
    let service = format!("{service}.amazonaws.com");
    AccessRequest::new(
        "iam:CreateServiceLinkedRole",
        env.global_arn("iam", &format!("role/aws-service-role/{service}/{role}")),
    )
    .with("iam:AWSServiceName", [service])
}

/// The permissions for reading, discovering and verifying a table.
pub(super) fn reads(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
    let arn = arn(env, &id.name);
    let on_table = [
        "DescribeTable",
        "DescribeTimeToLive",
        "DescribeContinuousBackups",
        "DescribeKinesisStreamingDestination",
        "GetResourcePolicy",
        "ListTagsOfResource",
    ];
    let mut all: Vec<_> =
        on_table.iter().map(|action| AccessRequest::new(format!("dynamodb:{action}"), arn.clone())).collect();
    let anywhere = [
        "dynamodb:ListContributorInsights",
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScalingPolicies",
        "tag:GetResources",
    ];
    all.extend(anywhere.iter().map(|action| AccessRequest::new(*action, "*")));
    if id.details.contains_key(BY_KMS) {
        // Distinguishes the key that AWS manages from a customer's.
        let alias = AccessRequest::new("kms:DescribeKey", env.arn("kms", "key/*"));
        all.push(alias.with("kms:RequestAlias", ["alias/aws/dynamodb"]));
    }
    all
}

/// The permissions for the check before removal: stream policy, scheduled scaling, backups of earlier deletions.
pub(super) fn inspect_before_removal(table: &str, env: &Environment) -> Vec<AccessRequest> {
    vec![
        AccessRequest::new("dynamodb:GetResourcePolicy", format!("{}/stream/*", arn(env, table))),
        AccessRequest::new("application-autoscaling:DescribeScheduledActions", "*"),
        AccessRequest::new("dynamodb:ListBackups", "*"),
    ]
}

/// The permissions for checking whether a table holds items.
pub(super) fn data_probe_access(table: &str, env: &Environment) -> Vec<AccessRequest> {
    ["DescribeTable", "Scan"].map(|action| AccessRequest::new(format!("dynamodb:{action}"), arn(env, table))).into()
}

/// The permissions that changing a table in place may need. Those for removing auto scaling that was set up by hand, of
/// a table that has none in the file, are left out: it needs other services.
pub(super) fn changes(spec: &TableSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
    let (env, table) = (cx.env, arn(cx.env, cx.name));
    let actions = [
        "UpdateTable",
        "UpdateContinuousBackups",
        "UpdateTimeToLive",
        "UpdateContributorInsights",
        "DeleteResourcePolicy",
        "TagResource",
        "UntagResource",
    ];
    let put = spec.resource_policy.as_ref().map(|_| "PutResourcePolicy");
    let mut all: Vec<_> = actions
        .into_iter()
        .chain(put)
        .map(|action| AccessRequest::new(format!("dynamodb:{action}"), table.clone()))
        .collect();
    if !spec.global_secondary_indexes.is_empty() {
        all.push(AccessRequest::new("dynamodb:UpdateContributorInsights", format!("{table}/index/*")));
    }
    let mut indexes = spec.global_secondary_indexes.values();
    if spec.auto_scaling.is_some() || indexes.any(|index| index.auto_scaling.is_some()) {
        let actions = ["RegisterScalableTarget", "DeregisterScalableTarget", "PutScalingPolicy", "DeleteScalingPolicy"];
        all.extend(actions.map(|action| scaling(action, "dynamodb:table:ReadCapacityUnits", env)));
        for resource in [scaling_resource(cx.name, None), scaling_resource(cx.name, Some("*"))] {
            all.extend(alarms(&["PutMetricAlarm", "DeleteAlarms", "DescribeAlarms"], &resource, env));
        }
    }
    all
}
