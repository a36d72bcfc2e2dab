//! The permissions that each call of a role needs, and the identity of a role.
//!
//! Source: service authorization reference, "Actions, resources, and condition keys for AWS Identity and Access
//! Management"; for the network interfaces, that of Amazon EC2.

use super::identity::role_arn;
use super::managed::newly_named;
use super::op::RoleOp;
use super::spec::{RoleSpec, policy_arn};
use crate::base::{Address, Environment, Outputs};
use crate::kind::tags::{self, Tag};
use crate::kind::{AccessRequest, Identity, StepContext};

pub(super) fn identity(address: Address, name: &str, path: &str) -> Identity {
    Identity { address, name: name.to_owned(), details: Outputs::from([("path".to_owned(), path.to_owned())]) }
}

pub(super) fn requires(op: &RoleOp, path: &str, boundary: Option<&str>, cx: &StepContext<'_>) -> Vec<AccessRequest> {
    let arn = role_arn(path, cx.name, cx.env);
    let on_role = |action: &str| AccessRequest::new(action, &arn);
    // The role's boundary, which IAM offers to conditions of the calls that change the role's permissions.
    let bounded = |action: &str| match boundary {
        Some(boundary) => on_role(action).with("iam:PermissionsBoundary", [policy_arn(boundary, cx.env)]),
        None => on_role(action),
    };
    let tagged = |request: AccessRequest, tags: &[Tag]| request.tagged(tags::pairs(tags));
    match op {
        RoleOp::CreateRole { path, permissions_boundary, tags, .. } => {
            let arn = role_arn(path, cx.name, cx.env);
            let mut create = tagged(AccessRequest::new("iam:CreateRole", &arn), tags);
            if let Some(boundary) = permissions_boundary {
                create = create.with("iam:PermissionsBoundary", [boundary]);
            }
            let mut all = vec![create];
            if !tags.is_empty() {
                all.push(tagged(AccessRequest::new("iam:TagRole", &arn), tags));
            }
            all.push(AccessRequest::new("iam:GetRole", arn));
            all
        }
        RoleOp::UpdateRole { .. } => vec![on_role("iam:UpdateRole")],
        RoleOp::UpdateAssumeRolePolicy { .. } => vec![bounded("iam:UpdateAssumeRolePolicy")],
        RoleOp::PutRolePolicy { .. } => vec![bounded("iam:PutRolePolicy")],
        RoleOp::DeleteRolePolicy { .. } => vec![bounded("iam:DeleteRolePolicy")],
        RoleOp::AttachRolePolicy { policy_arn, .. } => {
            vec![bounded("iam:AttachRolePolicy").with("iam:PolicyARN", [policy_arn])]
        }
        RoleOp::DetachRolePolicy { policy_arn, .. } => {
            vec![bounded("iam:DetachRolePolicy").with("iam:PolicyARN", [policy_arn])]
        }
        RoleOp::PutRolePermissionsBoundary { permissions_boundary, .. } => {
            let put = on_role("iam:PutRolePermissionsBoundary");
            vec![put.with("iam:PermissionsBoundary", [permissions_boundary])]
        }
        RoleOp::DeleteRolePermissionsBoundary { .. } => vec![on_role("iam:DeleteRolePermissionsBoundary")],
        RoleOp::TagRole { tags, .. } => vec![tagged(on_role("iam:TagRole"), tags)],
        RoleOp::UntagRole { tag_keys, .. } => vec![on_role("iam:UntagRole").with("aws:TagKeys", tag_keys)],
        RoleOp::DescribeNetworkInterfaces { .. } => vec![
            AccessRequest::new("ec2:DescribeNetworkInterfaces", "*"),
            AccessRequest::new("lambda:ListFunctions", "*"),
        ],
        RoleOp::RemoveRoleFromInstanceProfile { instance_profile_name, .. } => {
            // The profile's path isn't known here; nearly all are at the root.
            let profile = cx.env.global_arn("iam", &format!("instance-profile/{instance_profile_name}"));
            vec![AccessRequest::new("iam:RemoveRoleFromInstanceProfile", profile)]
        }
        RoleOp::DeleteRole { .. } => vec![bounded("iam:DeleteRole"), on_role("iam:GetRole")],
    }
}

pub(super) fn reads(id: &Identity, env: &Environment) -> Vec<AccessRequest> {
    let arn = role_arn(id.details.get("path").map_or("/", String::as_str), &id.name, env);
    let on_role = |action: &str| AccessRequest::new(action, &arn);
    let mut all = vec![
        AccessRequest::new("iam:GetAccountAuthorizationDetails", "*"),
        AccessRequest::new("iam:ListRoles", "*"),
        on_role("iam:GetRole"),
        on_role("iam:ListRolePolicies"),
        on_role("iam:GetRolePolicy"),
        on_role("iam:ListAttachedRolePolicies"),
        on_role("iam:ListInstanceProfilesForRole"),
    ];
    let bare = role_arn("/", &id.name, env);
    if bare != arn {
        // The call has only a name: if there is no such role, IAM can't know its path.
        all.push(AccessRequest::new("iam:GetRole", bare));
    }
    all
}

/// The permissions for checking the managed policies of a role.
pub(super) fn prerequisite_access(spec: &RoleSpec, env: &Environment) -> Vec<AccessRequest> {
    newly_named(spec, None, env).into_iter().map(|(_, arn)| AccessRequest::new("iam:GetPolicy", arn)).collect()
}

/// The permissions that changing a role in place may need: those that add to it only if the file has something to add.
/// Removal from an instance profile, which only somebody else can have set up, is left out.
pub(super) fn changes(spec: &RoleSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
    let arn = role_arn(&spec.path, cx.name, cx.env);
    let on_role = |action: &str| AccessRequest::new(action, &arn);
    let mut all: Vec<_> = [
        "iam:UpdateRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:TagRole",
        "iam:UntagRole",
    ]
    .map(on_role)
    .into();
    all.push(match &spec.permissions_boundary {
        Some(boundary) => {
            let boundary = policy_arn(boundary, cx.env);
            on_role("iam:PutRolePermissionsBoundary").with("iam:PermissionsBoundary", [boundary])
        }
        None => on_role("iam:DeleteRolePermissionsBoundary"),
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_path_is_in_the_arn_and_boundary_in_the_request_context() {
        let env = Environment::new("123456789012", "eu-central-1");
        let address = Address::new("roles", "r");
        let cx = StepContext { address: &address, name: "r", env: &env, token: "t", facts: None };
        let op =
            RoleOp::AttachRolePolicy { role_name: "r".to_owned(), policy_arn: "arn:aws:iam::aws:policy/X".to_owned() };
        let needed = requires(&op, "/team/", Some("Bound"), &cx);
        assert_eq!(needed[0].action, "iam:AttachRolePolicy");
        assert_eq!(needed[0].resource, "arn:aws:iam::123456789012:role/team/r");
        assert_eq!(needed[0].context["iam:PermissionsBoundary"], ["arn:aws:iam::aws:policy/Bound"]);
        assert_eq!(needed[0].context["iam:PolicyARN"], ["arn:aws:iam::aws:policy/X"]);
    }
}
