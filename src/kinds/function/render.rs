//! A function as AWS Config records it, and as CloudFormation writes it.
//!
//! The configuration item follows the property names of `AWS::Lambda::Function` in AWS's repository
//! awslabs/aws-config-resource-schema: those of `GetFunctionConfiguration`, in the lower camel case of the AWS SDK
//! for Java (`kmskeyArn`). The resource policy is `supplementaryConfiguration.Policy`, a text, as in recorded items
//! that others published. AWS Config has no type for log groups (API reference, `ResourceType`), and its list
//! has no environment variables. `supplementaryConfiguration.AvailabilityZones` is not part of AWS Config's item: its
//! managed rule `LAMBDA_VPC_MULTI_AZ_CHECK` looks up the zones of the subnets, so a rule here gets them as well.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::identity::{SECTION, TYPE, function_arn};
use super::spec::{Choice, Code, FunctionSpec, Permission, Vpc};
use crate::base::{Environment, is_account};
use crate::kind::{Head, RenderContext, Rendering, list, policy_text};
use crate::path;

/// The configuration item that AWS Config records of a function.
pub(super) fn config_items(spec: &FunctionSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
    let FunctionSpec {
        runtime,
        handler,
        code,
        role,
        architecture,
        memory,
        timeout,
        ephemeral_storage,
        vpc,
        dead_letter,
        tracing,
        layers,
        kms_key,
        reserved_concurrency,
        permissions,
        description,
        tags,
        environment: _,
        log_retention: _,
        log_group_tags: _,
    } = spec;
    let arn = function_arn(cx.name, cx.env);
    let head = Head { id: Some(cx.name), name: Some(cx.name), arn: Some(&arn), region: &cx.env.region, tags };
    let mut item = Rendering::config_item(TYPE, cx, &head);
    item.own("/configuration/functionName", cx.name);
    item.own("/configuration/functionArn", arn.as_str());
    item.put("/configuration/runtime", runtime.as_str(), path!["runtime"]);
    item.put("/configuration/role", role.as_str(), path!["role"]);
    item.put("/configuration/handler", handler.as_str(), path!["handler"]);
    let Code { path: _, sha256, size } = code;
    item.put("/configuration/codeSha256", sha256.as_str(), path!["code"]);
    item.put_some("/configuration/codeSize", *size, path!["code"]);
    item.put("/configuration/description", description.as_deref().unwrap_or(""), path!["description"]);
    item.put("/configuration/timeout", *timeout, path!["timeout"]);
    item.put("/configuration/memorySize", *memory, path!["memory"]);
    item.own("/configuration/version", "$LATEST");
    item.own("/configuration/packageType", "Zip");
    item.own("/configuration/state", json!({"value": "Active"}));
    item.own("/configuration/lastUpdateStatus", "Successful");
    item.put("/configuration/architectures", json!([architecture.as_str()]), path!["architecture"]);
    item.put("/configuration/ephemeralStorage", json!({"size": ephemeral_storage}), path!["ephemeral_storage"]);
    item.put("/configuration/tracingConfig", json!({"mode": tracing.as_str()}), path!["tracing"]);
    let layers: Value = layers.iter().map(|arn| json!({"arn": arn})).collect();
    item.put("/configuration/layers", layers, path!["layers"]);
    if let Some(vpc) = vpc {
        place(&mut item, "/configuration/vpcConfig", ["subnetIds", "securityGroupIds"], vpc, cx);
        availability_zones(&mut item, vpc, cx);
    }
    let dead_letter = dead_letter.as_ref().map(|arn| json!({"targetArn": arn}));
    item.put_some("/configuration/deadLetterConfig", dead_letter, path!["dead_letter"]);
    item.put_some("/configuration/kmskeyArn", kms_key.as_deref(), path!["kms_key"]);
    let concurrency = reserved_concurrency.map(|most| json!({"reservedConcurrentExecutions": most}));
    item.put_some("/supplementaryConfiguration/Concurrency", concurrency, path!["reserved_concurrency"]);
    let policy = permissions.as_ref().filter(|permissions| !permissions.is_empty());
    let policy = policy.map(|permissions| policy_text(&resource_policy(permissions, &arn, cx.env)));
    item.put_some("/supplementaryConfiguration/Policy", policy, path!["permissions"]);
    vec![item]
}

/// The policy that Lambda makes from permissions.
/// Source: Lambda API reference, `AddPermission`; measured answers of `GetPolicy`.
fn resource_policy(permissions: &BTreeMap<String, Permission>, function: &str, env: &Environment) -> Value {
    let statement = |(sid, permission): (&String, &Permission)| {
        let Permission { principal, action, source_arn, source_account } = permission;
        let principal = match principal.as_str() {
            "*" => json!("*"),
            account if is_account(account) => {
                json!({"AWS": format!("arn:{}:iam::{account}:root", env.partition)})
            }
            arn if arn.starts_with("arn:") => json!({"AWS": arn}),
            service => json!({"Service": service}),
        };
        let mut statement = json!({
            "Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": function
        });
        if let Some(account) = source_account {
            statement["Condition"]["StringEquals"] = json!({"AWS:SourceAccount": account});
        }
        if let Some(arn) = source_arn {
            statement["Condition"]["ArnLike"] = json!({"AWS:SourceArn": arn});
        }
        statement
    };
    let statements: Vec<Value> = permissions.iter().map(statement).collect();
    json!({"Version": "2012-10-17", "Id": "default", "Statement": statements})
}

/// Writes the function's VPC. Only the account can give the meaning of `default`; a default VPC has a subnet in each
/// zone, and so at least two.
fn place(into: &mut Rendering, at: &str, keys: [&str; 2], vpc: &Vpc, cx: &RenderContext<'_>) {
    let Vpc { subnets, security_groups } = vpc;
    let ids = |choice: &Choice, names: &[&str]| match choice {
        Choice::Ids(ids) => list(ids),
        Choice::Default => names.iter().map(|name| cx.unresolved(SECTION, name)).collect(),
    };
    into.put(&format!("{at}/{}", keys[0]), ids(subnets, &["subnet_1", "subnet_2"]), path!["vpc", "subnets"]);
    into.put(&format!("{at}/{}", keys[1]), ids(security_groups, &["security_group"]), path!["vpc", "security_groups"]);
    into.trace(at, path!["vpc"]);
}

/// The zones of the subnets, each once, or a placeholder if one is not known.
fn availability_zones(into: &mut Rendering, vpc: &Vpc, cx: &RenderContext<'_>) {
    const AT: &str = "/supplementaryConfiguration/AvailabilityZones";
    let from = path!["vpc", "subnets"];
    let zones = match (&vpc.subnets, cx.facts) {
        (Choice::Ids(ids), Some(facts)) => facts.availability_zones(ids),
        _ => Err("AWS was not asked".to_owned()),
    };
    match zones {
        Ok(zones) => into.put(AT, zones.into_iter().collect::<Value>(), from),
        Err(reason) => {
            let explanation = format!("the Availability Zones of its subnets, which are not known: {reason}");
            into.put_unknown(AT, cx.unresolved(SECTION, "availability_zones"), explanation, from);
        }
    }
}

/// The function's properties in a template, with its permissions and its log group as resources of their own.
///
/// `CloudFormation` takes code from S3 only, and we have none there: bucket and key replace the archive, whose
/// digest is in the key. Source: `CloudFormation` template reference, `AWS::Lambda::Function`,
/// `AWS::Lambda::Permission` and `AWS::Logs::LogGroup`.
pub(super) fn cloudformation(spec: &FunctionSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
    let FunctionSpec {
        runtime,
        handler,
        code,
        role,
        architecture,
        memory,
        timeout,
        ephemeral_storage,
        environment,
        vpc,
        dead_letter,
        tracing,
        layers,
        kms_key,
        reserved_concurrency,
        log_retention,
        log_group_tags: _,
        permissions,
        description,
        tags,
    } = spec;
    let mut function = Rendering::new(TYPE);
    function.own("/FunctionName", cx.name);
    function.put("/Runtime", runtime.as_str(), path!["runtime"]);
    function.put("/Handler", handler.as_str(), path!["handler"]);
    // The digest is base64, whose `/` would make folders in the key.
    let Code { path: _, sha256, size: _ } = code;
    let key = sha256.replace('/', "_").replace('+', "-").replace('=', "");
    let bucket = format!("underpin-code-{}-{}", cx.env.account, cx.env.region);
    function.put("/Code", json!({"S3Bucket": bucket, "S3Key": format!("{key}.zip")}), path!["code"]);
    function.put("/Role", role.as_str(), path!["role"]);
    function.put("/Architectures", json!([architecture.as_str()]), path!["architecture"]);
    function.put("/MemorySize", *memory, path!["memory"]);
    function.put("/Timeout", *timeout, path!["timeout"]);
    function.put("/EphemeralStorage", json!({"Size": ephemeral_storage}), path!["ephemeral_storage"]);
    if !environment.is_empty() {
        let variables: Value = json!(environment);
        function.put("/Environment", json!({"Variables": variables}), path!["environment"]);
        function.trace_tree("/Environment/Variables", &variables, &path!["environment"]);
    }
    if let Some(vpc) = vpc {
        place(&mut function, "/VpcConfig", ["SubnetIds", "SecurityGroupIds"], vpc, cx);
    }
    let dead_letter = dead_letter.as_ref().map(|arn| json!({"TargetArn": arn}));
    function.put_some("/DeadLetterConfig", dead_letter, path!["dead_letter"]);
    function.put("/TracingConfig", json!({"Mode": tracing.as_str()}), path!["tracing"]);
    if !layers.is_empty() {
        function.put("/Layers", list(layers), path!["layers"]);
        for index in 0..layers.len() {
            function.trace(&format!("/Layers/{index}"), path!["layers", index.to_string()]);
        }
    }
    function.put_some("/KmsKeyArn", kms_key.as_deref(), path!["kms_key"]);
    function.put_some("/ReservedConcurrentExecutions", *reserved_concurrency, path!["reserved_concurrency"]);
    function.put_some("/Description", description.as_deref(), path!["description"]);
    function.put_tags(tags);
    let mut all = vec![function];
    for (sid, permission) in permissions.iter().flatten() {
        all.push(permitted(sid, permission, cx.name));
    }
    if let Some(days) = log_retention {
        let mut group = Rendering::new("AWS::Logs::LogGroup").part("log_retention");
        // Joined from its parts, so that a rule finds the function's name in it: Guard 2 can't take texts apart.
        group.trace("", path!["log_retention"]);
        group.own("/LogGroupName", json!({"Fn::Join": ["/", ["", "aws", "lambda", cx.name]]}));
        group.put("/RetentionInDays", *days, path!["log_retention"]);
        group.put_tags(tags);
        all.push(group);
    }
    all
}

fn permitted(sid: &str, permission: &Permission, function: &str) -> Rendering {
    let Permission { principal, action, source_arn, source_account } = permission;
    let from = path!["permissions", sid];
    let mut one = Rendering::new("AWS::Lambda::Permission").part(from.to_string());
    one.trace("", from.clone());
    one.own("/FunctionName", function);
    one.put("/Principal", principal.as_str(), from.child("principal"));
    one.put("/Action", action.as_str(), from.child("action"));
    one.put_some("/SourceArn", source_arn.as_deref(), from.child("source_arn"));
    one.put_some("/SourceAccount", source_account.as_deref(), from.child("source_account"));
    one
}
