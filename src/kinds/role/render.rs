//! A role as AWS Config records it, and as CloudFormation writes it.
//!
//! The configuration item follows the property names of `AWS::IAM::Role` in AWS's repository
//! awslabs/aws-config-resource-schema: those of `GetAccountAuthorizationDetails`, in the lower camel case of the AWS
//! SDK for Java. Policy documents, which that list leaves out, are texts, percent-encoded as the API gives them;
//! recorded items that others published have them so. The properties of the template follow the `CloudFormation`
//! template reference, `AWS::IAM::Role`.

use serde_json::{Value, json};

use super::identity::{TYPE, role_arn};
use super::spec::{Principals, RoleSpec, policy_arn, trust_of};
use crate::kind::{Head, RenderContext, Rendering, list, policy_text, url_encoded, with_listed_statements};
use crate::path;

fn trust(spec: &RoleSpec) -> Option<Value> {
    let services = || spec.assumed_by.as_ref().map(|Principals(services)| trust_of(services));
    spec.assume_role_policy.clone().or_else(services)
}

/// The configuration item that AWS Config records of a role.
pub(super) fn config_items(spec: &RoleSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
    let RoleSpec {
        assumed_by: _,
        assume_role_policy: _,
        managed_policies,
        inline_policies,
        // The inline policy that is derived from them stands there.
        grants: _,
        permissions_boundary,
        path,
        tags,
        // `GetAccountAuthorizationDetails` returns neither.
        description: _,
        max_session_duration: _,
    } = spec;
    let arn = role_arn(path, cx.name, cx.env);
    let id = cx.outputs.get("id").map(String::as_str);
    let head = Head { id, name: Some(cx.name), arn: Some(&arn), region: "global", tags };
    let mut item = Rendering::config_item(TYPE, cx, &head);
    item.put("/configuration/path", path.as_str(), path!["path"]);
    item.own("/configuration/roleName", cx.name);
    item.own_some("/configuration/roleId", id);
    item.own("/configuration/arn", arn.as_str());
    let trust = trust(spec).map(|document| url_encoded(&policy_text(&document)));
    item.put_some("/configuration/assumeRolePolicyDocument", trust, path!["assume_role_policy"]);
    item.own("/configuration/instanceProfileList", json!([]));
    let inline: Value = inline_policies
        .iter()
        .map(|(name, document)| json!({"policyName": name, "policyDocument": url_encoded(&policy_text(document))}))
        .collect();
    item.put("/configuration/rolePolicyList", inline, path!["inline_policies"]);
    for (index, name) in inline_policies.keys().enumerate() {
        item.trace(&format!("/configuration/rolePolicyList/{index}"), path!["inline_policies", name]);
    }
    let attached: Value = managed_policies
        .iter()
        .map(|policy| {
            let arn = policy_arn(policy, cx.env);
            let name = arn.rsplit('/').next().unwrap_or(&arn);
            json!({"policyName": name, "policyArn": arn})
        })
        .collect();
    item.put("/configuration/attachedManagedPolicies", attached, path!["managed_policies"]);
    for index in 0..managed_policies.len() {
        let from = path!["managed_policies", index.to_string()];
        item.trace(&format!("/configuration/attachedManagedPolicies/{index}"), from);
    }
    if let Some(boundary) = permissions_boundary {
        // Source: IAM API reference, `AttachedPermissionsBoundary`.
        let bounded = json!({
            "permissionsBoundaryType": "PermissionsBoundaryPolicy",
            "permissionsBoundaryArn": policy_arn(boundary, cx.env),
        });
        item.put("/configuration/permissionsBoundary", bounded, path!["permissions_boundary"]);
    }
    vec![item]
}

/// The role's properties in a template.
pub(super) fn cloudformation(spec: &RoleSpec, cx: &RenderContext<'_>) -> Vec<Rendering> {
    let RoleSpec {
        assumed_by: _,
        assume_role_policy: _,
        managed_policies,
        inline_policies,
        // The inline policy that is derived from them stands there.
        grants: _,
        permissions_boundary,
        description,
        path,
        max_session_duration,
        tags,
    } = spec;
    let mut role = Rendering::new(TYPE);
    role.own("/RoleName", cx.name);
    role.put("/Path", path.as_str(), path!["path"]);
    if let Some(trust) = trust(spec) {
        role.put_policy("/AssumeRolePolicyDocument", &trust, &path!["assume_role_policy"]);
    }
    if !managed_policies.is_empty() {
        let arns: Vec<String> = managed_policies.iter().map(|policy| policy_arn(policy, cx.env)).collect();
        role.put("/ManagedPolicyArns", list(&arns), path!["managed_policies"]);
        for index in 0..arns.len() {
            role.trace(&format!("/ManagedPolicyArns/{index}"), path!["managed_policies", index.to_string()]);
        }
    }
    if !inline_policies.is_empty() {
        let one = |(name, document): (&String, &Value)| json!({"PolicyName": name, "PolicyDocument": with_listed_statements(document)});
        let policies: Value = inline_policies.iter().map(one).collect();
        role.put("/Policies", policies, path!["inline_policies"]);
        for (index, (name, document)) in inline_policies.iter().enumerate() {
            let from = path!["inline_policies", name];
            role.trace(&format!("/Policies/{index}"), from.clone());
            role.trace_policy(&format!("/Policies/{index}/PolicyDocument"), document, &from);
        }
    }
    let boundary = permissions_boundary.as_ref().map(|boundary| policy_arn(boundary, cx.env));
    role.put_some("/PermissionsBoundary", boundary, path!["permissions_boundary"]);
    role.put_some("/Description", description.as_deref(), path!["description"]);
    role.put("/MaxSessionDuration", *max_session_duration, path!["max_session_duration"]);
    role.put_tags(tags);
    vec![role]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Environment, Outputs, pending};

    #[test]
    fn pending_value_is_in_plain_and_url_encoded_policy() {
        let stream = pending::text(&"tables.t.stream_arn".parse().expect("a reference"));
        let read = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "dynamodb:GetRecords", "Resource": stream}]});
        let spec = json!({"assumed_by": "lambda.amazonaws.com", "inline_policies": {"read": read}});
        let spec: RoleSpec = serde_json::from_value(spec).expect("a role");
        let (env, outputs) = (Environment::new("123456789012", "eu-central-1"), Outputs::new());
        let cx = RenderContext { name: "r", env: &env, outputs: &outputs, facts: None };
        for rendering in config_items(&spec, &cx).iter().chain(&cloudformation(&spec, &cx)) {
            assert_eq!(pending::references(&rendering.body).len(), 1, "{:#}", rendering.body);
        }
        let item = &config_items(&spec, &cx)[0];
        let trust = item.body["configuration"]["assumeRolePolicyDocument"].as_str().expect("a text");
        assert!(trust.starts_with("%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B"), "{trust}");
        let template = &cloudformation(&spec, &cx)[0];
        let place = template.origin("/Policies/0/PolicyDocument/Statement/0/Resource").expect("an origin");
        assert_eq!(*place, path!["inline_policies", "read", "Statement", "0", "Resource"]);
    }
}
