//! The permissions that each call of a function needs.
//! Source: service authorization reference for AWS Lambda and Amazon `CloudWatch` Logs; Developer Guide,
//! "Defining Lambda function permissions" and "Giving Lambda functions access to resources in an Amazon VPC".

use crate::base::Environment;
use crate::kind::{AccessRequest, Facts, Identity, StepContext};

use super::identity::{KMS_KEY, LOGS, function_arn, group_arn, log_group_name, log_group_of};
use super::op::{Op, VpcConfig};
use super::spec::FunctionSpec;
use super::tag_call::Either;

/// The permissions for making a call.
pub(super) fn requires(op: &Op, cx: &StepContext<'_>) -> Vec<AccessRequest> {
    let env = cx.env;
    let on = |action: &str| AccessRequest::new(action, function_arn(cx.name, env));
    match op {
        Op::CreateFunction(create) => {
            let outside =
                VpcConfig { subnet_ids: Vec::new(), security_group_ids: Vec::new(), ipv6_allowed_for_dual_stack: None };
            let vpc = Some(create.vpc_config.as_ref().unwrap_or(&outside));
            let mut needed = vec![
                conditions(on("lambda:CreateFunction"), vpc, &create.layers, cx.facts).tagged(&create.tags),
                pass_role(&create.role),
            ];
            if !create.tags.is_empty() {
                needed.push(on("lambda:TagResource").tagged(&create.tags));
            }
            needed.extend(dependents(create.vpc_config.as_ref(), &create.layers, create.kms_key_arn.as_deref(), env));
            needed
        }
        Op::UpdateFunctionConfiguration(update) => {
            let layers = update.layers.as_deref().unwrap_or_default();
            let vpc = update.vpc_config.as_ref();
            // An absent member stays as it is, and its value is not known here.
            let mut needed = vec![conditions(on("lambda:UpdateFunctionConfiguration"), vpc, layers, cx.facts)];
            needed.extend(update.role.as_deref().map(pass_role));
            needed.extend(dependents(vpc, layers, update.kms_key_arn.as_deref(), env));
            needed
        }
        Op::UpdateFunctionCode(_) => vec![on("lambda:UpdateFunctionCode")],
        Op::PutFunctionConcurrency(_) => vec![on("lambda:PutFunctionConcurrency")],
        Op::AddPermission(add) => vec![on("lambda:AddPermission").with("lambda:Principal", [&add.principal])],
        Op::RemovePermission(_) => vec![on("lambda:RemovePermission")],
        Op::TagResource(Either::Lambda(tag)) => vec![on("lambda:TagResource").tagged(&tag.tags)],
        Op::TagResource(Either::Logs(tag)) => {
            vec![AccessRequest::new("logs:TagResource", &tag.resource_arn).tagged(&tag.tags)]
        }
        Op::UntagResource(Either::Lambda(untag)) => {
            vec![on("lambda:UntagResource").with("aws:TagKeys", &untag.tag_keys)]
        }
        Op::UntagResource(Either::Logs(untag)) => {
            vec![AccessRequest::new("logs:UntagResource", &untag.resource_arn).with("aws:TagKeys", &untag.tag_keys)]
        }
        Op::DeleteFunction(_) => vec![on("lambda:DeleteFunction")],
        Op::CreateLogGroup(create) => {
            let mut needed = vec![on_group("logs:CreateLogGroup", &create.log_group_name, env).tagged(&create.tags)];
            if !create.tags.is_empty() {
                let group = group_arn(&create.log_group_name, env);
                needed.push(AccessRequest::new("logs:TagResource", group).tagged(&create.tags));
            }
            needed
        }
        Op::PutRetentionPolicy(put) => vec![on_group("logs:PutRetentionPolicy", &put.log_group_name, env)],
        Op::DeleteLogGroup(delete) => vec![on_group("logs:DeleteLogGroup", &delete.log_group_name, env)],
    }
}

/// The permissions for reading.
pub(super) fn reads(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
    let arn = function_arn(&id.name, env);
    let on = |action: &str| AccessRequest::new(action, arn.clone());
    // `GetFunction` answers without tags where `lambda:ListTags` is not allowed.
    let mut needed = vec![
        on("lambda:GetFunction"),
        on("lambda:ListTags"),
        on("lambda:GetPolicy"),
        AccessRequest::new("tag:GetResources", "*"),
    ];
    if id.details.contains_key(LOGS) {
        needed.push(AccessRequest::new("logs:DescribeLogGroups", "*"));
        needed
            .push(AccessRequest::new("logs:ListTagsForResource", group_arn(&log_group_of(&id.name, &id.details), env)));
    }
    if let Some(key) = id.details.get(KMS_KEY) {
        needed.push(through_lambda("kms:Decrypt", key, env));
    }
    needed
}

/// The permissions for the check before removal.
pub(super) fn inspect_before_removal(function: &str, env: &Environment) -> Vec<AccessRequest> {
    [
        "ListAliases",
        "ListVersionsByFunction",
        "GetFunctionUrlConfig",
        "ListFunctionEventInvokeConfigs",
        "GetFunctionCodeSigningConfig",
        "GetRuntimeManagementConfig",
        "ListProvisionedConcurrencyConfigs",
        "GetFunctionRecursionConfig",
    ]
    .map(|action| AccessRequest::new(format!("lambda:{action}"), function_arn(function, env)))
    .into()
}

/// The permissions that changing a function in place may need.
pub(super) fn changes(spec: &FunctionSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
    let actions = ["UpdateFunctionCode", "UpdateFunctionConfiguration", "TagResource", "UntagResource"];
    let remove = spec.permissions.as_ref().map(|_| "RemovePermission");
    let on = |action| AccessRequest::new(format!("lambda:{action}"), function_arn(cx.name, cx.env));
    let mut all: Vec<_> = actions.into_iter().chain(remove).map(on).collect();
    if spec.log_retention.is_some() {
        let group = group_arn(&log_group_name(cx.name), cx.env);
        all.extend(["TagResource", "UntagResource"].map(|action| AccessRequest::new(format!("logs:{action}"), &group)));
    }
    all
}

fn on_group(action: &str, group: &str, env: &Environment) -> AccessRequest {
    AccessRequest::new(action, format!("{}:*", group_arn(group, env)))
}

fn pass_role(role: &str) -> AccessRequest {
    AccessRequest::new("iam:PassRole", role).with("iam:PassedToService", ["lambda.amazonaws.com"])
}

/// The condition keys of Lambda's own; `vpc` is `None` if the call does not give it. The subnets' VPC is not part of
/// the call: Lambda finds it by them, and so do we if they were looked up. A key without values is absent.
/// Source: Developer Guide, "Using IAM condition keys for VPC settings".
fn conditions(
    request: AccessRequest,
    vpc: Option<&VpcConfig>,
    layers: &[String],
    facts: Option<&Facts>,
) -> AccessRequest {
    let mut request = request;
    if !layers.is_empty() {
        request = request.with("lambda:Layer", layers);
    }
    let Some(VpcConfig { subnet_ids, security_group_ids, ipv6_allowed_for_dual_stack: _ }) = vpc else {
        return request;
    };
    if subnet_ids.is_empty() {
        let keys = ["lambda:VpcIds", "lambda:SubnetIds", "lambda:SecurityGroupIds"];
        return keys.into_iter().fold(request, |request, key| request.with(key, [""; 0]));
    }
    let vpc_of = |id: &String| facts?.vpc_of(id).map(str::to_owned);
    let mut vpcs: Vec<String> = subnet_ids.iter().filter_map(vpc_of).collect();
    vpcs.dedup();
    if !vpcs.is_empty() {
        request = request.with("lambda:VpcIds", vpcs);
    }
    request.with("lambda:SubnetIds", subnet_ids).with("lambda:SecurityGroupIds", security_group_ids)
}

/// The permissions for Lambda's calls in the caller's name.
fn dependents(
    vpc: Option<&VpcConfig>,
    layers: &[String],
    kms_key: Option<&str>,
    env: &Environment,
) -> Vec<AccessRequest> {
    let mut needed: Vec<_> =
        layers.iter().map(|layer| AccessRequest::new("lambda:GetLayerVersion", layer.clone())).collect();
    if vpc.is_some_and(|vpc| !vpc.subnet_ids.is_empty()) {
        let actions = ["ec2:DescribeVpcs", "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"];
        needed.extend(actions.map(|action| AccessRequest::new(action, "*")));
    }
    if let Some(key) = kms_key.filter(|key| !key.is_empty()) {
        // Source: Developer Guide, "Securing Lambda environment variables".
        let actions = ["kms:CreateGrant", "kms:Encrypt", "kms:Decrypt"];
        needed.extend(actions.map(|action| through_lambda(action, key, env)));
    }
    needed
}

fn through_lambda(action: &str, key: &str, env: &Environment) -> AccessRequest {
    AccessRequest::new(action, key).with("kms:ViaService", [format!("lambda.{}.amazonaws.com", env.region)])
}
