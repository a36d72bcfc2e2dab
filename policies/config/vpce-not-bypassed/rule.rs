//! An endpoint limits what goes through it, and nothing else: a function in no VPC, or in another one, reaches DynamoDB by
//! its public address. Which route tables the endpoint is in, `vpce-routes-complete` says.

use serde_json::Value;

use crate::rules::rust::{Answer, Subject, Unknown, Verdict, World};

/// Actions of a stream's reader, which Lambda itself calls, outside of the function's VPC.
const OF_STREAMS: [&str; 4] = ["getrecords", "getsharditerator", "describestream", "liststreams"];

/// Fails where the function is not in a VPC that has the endpoint.
pub(crate) fn judge(subject: &Subject<'_>, world: &World<'_>) -> Answer {
    let mut endpoints = Vec::new();
    for one in world.of("AWS::EC2::VPCEndpoint")? {
        let service = one.text("/configuration/serviceName")?.unwrap_or_default();
        let beside = (one.account(), one.region()) == (subject.account(), subject.region());
        if beside && service.ends_with(".dynamodb") {
            endpoints.push(one);
        }
    }
    if endpoints.is_empty() {
        return Ok(Verdict::NotApplicable);
    }
    let at = "/configuration/vpcConfig";
    // Subnets of a plan may be known after apply only: there are some.
    let inside = match subject.get(&format!("{at}/subnetIds")) {
        Ok(subnets) => subnets.and_then(Value::as_array).is_some_and(|all| !all.is_empty()),
        Err(_) if subject.get(at).is_err() && subject.text(&format!("{at}/subnetIds/0")).is_err() => true,
        Err(unknown) => return Err(unknown),
    };
    if inside {
        // A plan does not know the VPC of the subnets: the live one does.
        let Some(own) = subject.text(&format!("{at}/vpcId"))? else { return Ok(Verdict::Pass) };
        for endpoint in &endpoints {
            if endpoint.text("/configuration/vpcId")? == Some(own) {
                return Ok(Verdict::Pass);
            }
        }
    }
    if !uses_tables(subject, world)? {
        return Ok(Verdict::NotApplicable);
    }
    let message = if inside {
        "the function is in a VPC without an endpoint for DynamoDB: its calls go round the endpoint of another one"
    } else {
        "the function is in no VPC: its calls to DynamoDB go round the VPC endpoint"
    };
    Ok(Verdict::fail(at, message))
}

/// Returns whether the function's role may use tables.
fn uses_tables(function: &Subject<'_>, world: &World<'_>) -> Result<bool, Unknown> {
    let arn = function.text("/configuration/role")?.unwrap_or_default();
    let role = world.by_arn(arn)?.ok_or_else(|| Unknown(format!("the role `{arn}` is not among what is judged")))?;
    let mut uses = false;
    for (_, properties) in role.template()?.filter(|(name, _)| *name == "AWS::IAM::Role") {
        let inline = properties["Policies"].as_array().into_iter().flatten();
        uses |= inline.map(|policy| &policy["PolicyDocument"]).any(allows);
        let managed = properties["ManagedPolicyArns"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let all = ["AdministratorAccess", "PowerUserAccess"];
        uses |= managed
            .filter_map(|arn| arn.rsplit('/').next())
            .any(|name| name.starts_with("AmazonDynamoDB") || all.contains(&name));
    }
    let attached = role.list("/supplementaryConfiguration/AttachedPolicies")?;
    Ok(uses || attached.iter().any(|policy| allows(&policy["Document"])))
}

/// Returns whether a document allows an action on tables.
fn allows(document: &Value) -> bool {
    let statements = match &document["Statement"] {
        Value::Array(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    let texts = |value: &Value| -> Vec<String> {
        match value {
            Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_lowercase).collect(),
            Value::String(one) => vec![one.to_lowercase()],
            _ => Vec::new(),
        }
    };
    let of_tables = |action: &String| {
        let own = action.strip_prefix("dynamodb:").filter(|name| !OF_STREAMS.contains(name));
        own.is_some() || action == "*"
    };
    statements
        .iter()
        .filter(|one| one["Effect"] == "Allow")
        .any(|one| one.get("NotAction").is_some() || texts(&one["Action"]).iter().any(of_tables))
}
