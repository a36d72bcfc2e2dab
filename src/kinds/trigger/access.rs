//! The permissions that each call of a trigger needs.
//! Source: service authorization reference for AWS Lambda. A mapping passes no role: the function's is used.

use crate::base::Environment;
use crate::kind::{AccessRequest, Identity, StepContext};

use super::identity::{FUNCTION, UNIQUE_ID, mapping_arn};
use super::op::Op;
use super::spec::TriggerSpec;

/// The permissions for making a call. Lambda checks the function as well as the mapping.
pub(super) fn requires(op: &Op, function: Option<&str>, cx: &StepContext<'_>) -> Vec<AccessRequest> {
    let env = cx.env;
    let for_function = |request: AccessRequest, function: Option<&str>| match function {
        Some(function) => request.with("lambda:FunctionArn", [function_arn(function, env)]),
        None => request,
    };
    match op {
        Op::CreateEventSourceMapping(create) => {
            let request = AccessRequest::new("lambda:CreateEventSourceMapping", "*").tagged(&create.tags);
            let mut needed = vec![for_function(request, Some(&create.function_name))];
            if !create.tags.is_empty() {
                // The mapping's id is not known yet.
                needed.push(AccessRequest::new("lambda:TagResource", mapping_arn("*", env)).tagged(&create.tags));
            }
            needed
        }
        Op::UpdateEventSourceMapping(update) => {
            let request = AccessRequest::new("lambda:UpdateEventSourceMapping", mapping_arn(&update.uuid, env));
            vec![for_function(request, function)]
        }
        Op::DeleteEventSourceMapping(delete) => {
            let request = AccessRequest::new("lambda:DeleteEventSourceMapping", mapping_arn(&delete.uuid, env));
            vec![for_function(request, function)]
        }
        Op::TagResource(tag) => vec![AccessRequest::new("lambda:TagResource", &tag.resource).tagged(&tag.tags)],
        Op::UntagResource(untag) => {
            vec![AccessRequest::new("lambda:UntagResource", &untag.resource).with("aws:TagKeys", &untag.tag_keys)]
        }
    }
}

/// The same, with the function's name from the resource.
pub(super) fn requires_of(op: &Op, spec: &TriggerSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
    requires(op, Some(&spec.function), cx)
}

/// The permissions that changing a mapping in place may need.
pub(super) fn changes(spec: &TriggerSpec, env: &Environment) -> Vec<AccessRequest> {
    let on = |action: &str| AccessRequest::new(format!("lambda:{action}"), mapping_arn("*", env));
    let update = on("UpdateEventSourceMapping").with("lambda:FunctionArn", [function_arn(&spec.function, env)]);
    vec![update, on("TagResource"), on("UntagResource")]
}

/// The permissions for reading. Until a mapping is found, its ARN is not known.
pub(super) fn reads(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
    let mapping = mapping_arn(id.details.get(UNIQUE_ID).map_or("*", String::as_str), env);
    let mut get = AccessRequest::new("lambda:GetEventSourceMapping", mapping.clone());
    if let Some(function) = id.details.get(FUNCTION) {
        get = get.with("lambda:FunctionArn", [function_arn(function, env)]);
    }
    vec![
        AccessRequest::new("lambda:ListEventSourceMappings", "*"),
        get,
        AccessRequest::new("lambda:ListTags", mapping),
        AccessRequest::new("tag:GetResources", "*"),
    ]
}

fn function_arn(function: &str, env: &Environment) -> String {
    if function.starts_with("arn:") {
        return function.to_owned();
    }
    env.arn("lambda", &format!("function:{function}"))
}
