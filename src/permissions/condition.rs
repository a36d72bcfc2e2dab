//! Which of what is known of a call becomes a condition of the policy.
//!
//! Only what narrows: what a call passes on, to whom and through whom, which service an endpoint leads to, whose a
//! resource is that can't be named. What else a call carries may differ tomorrow.

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
    // A mapping that is gone has no function any more, and is looked at to see that it is gone.
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
    let stacks = || std::iter::once(&owner.stack).chain(&owner.previous_names).cloned().collect();
    match action.as_str() {
        // What is being made has no tags yet, and what another stack made is left to it.
        "lambda:TagResource" | "lambda:UntagResource" => add("StringEqualsIfExists", &resource_tag, stacks()),
        // The function tells whose a mapping is.
        _ if of_function => {}
        _ if context.contains_key(&resource_tag) => add("StringEquals", &resource_tag, stacks()),
        _ if context.contains_key(&request_tag) => add("StringEquals", &request_tag, vec![owner.stack.clone()]),
        _ => {}
    }
    condition
}
