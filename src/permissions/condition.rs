//! The parts of a call's context that become a condition of the policy.
//!
//! Only parts that narrow the policy are used: the role that a call passes, to whom and through whom; the service that
//! an endpoint leads to; the owner of a resource that can't be named. Other values of a call may change at any time.

use std::collections::BTreeMap;

use crate::kind::{AccessRequest, Owner};
use crate::plan::STACK_TAG;

/// Operator → key → values.
pub(super) type Condition = BTreeMap<&'static str, BTreeMap<String, Vec<String>>>;

/// The condition under which a request is allowed.
pub(super) fn condition(request: &AccessRequest, owner: &Owner) -> Condition {
    let AccessRequest { action, resource, context } = request;
    let unnamed = resource.contains('*');
    let (resource_tag, request_tag) = (format!("aws:ResourceTag/{STACK_TAG}"), format!("aws:RequestTag/{STACK_TAG}"));
    let mut condition = Condition::new();
    let mut add = |operator, key: &str, values: Vec<String>| {
        condition.entry(operator).or_default().insert(key.to_owned(), values);
    };
    // A deleted mapping has no function any more, and is read to see that it is deleted.
    let of_function = context.contains_key("lambda:FunctionArn");
    let looks = of_function && action == "lambda:GetEventSourceMapping";
    for (key, values) in context.iter().filter(|_| !looks) {
        let operator = match (key.as_str(), action.as_str()) {
            (
                "application-autoscaling:service-namespace"
                | "ec2:CreateAction"
                | "ec2:VpceServiceName"
                | "iam:AWSServiceName"
                | "iam:PassedToService"
                | "kms:RequestAlias"
                | "kms:ViaService",
                _,
            )
            | ("iam:PermissionsBoundary", "iam:CreateRole" | "iam:PutRolePermissionsBoundary") => "StringEquals",
            ("lambda:Principal", _) if values.iter().all(|value| value.ends_with(".amazonaws.com")) => "StringEquals",
            ("iam:PolicyARN", "iam:AttachRolePolicy") | ("lambda:FunctionArn", _) => "ArnEquals",
            ("kms:GrantIsForAWSResource", _) => "Bool",
            _ => continue,
        };
        let wild = values.iter().any(|value| value.contains('*'));
        add(if wild && operator == "StringEquals" { "StringLike" } else { operator }, key, values.clone());
    }
    if !unnamed {
        return condition;
    }
    let stacks = || owner.names().cloned().collect();
    match action.as_str() {
        // A new resource has no tags yet, and a resource of another stack is left to that stack.
        "lambda:TagResource" | "lambda:UntagResource" => add("StringEqualsIfExists", &resource_tag, stacks()),
        // The function shows who owns a mapping.
        _ if of_function => {}
        _ if context.contains_key(&resource_tag) => add("StringEquals", &resource_tag, stacks()),
        _ if context.contains_key(&request_tag) => add("StringEquals", &request_tag, vec![owner.stack.clone()]),
        _ => {}
    }
    condition
}
