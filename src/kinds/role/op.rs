//! The API calls of a role, in AWS's spelling.

use serde::{Deserialize, Serialize};

use crate::kind::Call;
use crate::kind::tags::{self, Tag};

/// A filter, as EC2 spells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Filter {
    /// The name of the attribute that is compared.
    pub name: String,
    /// The values, any of which may match.
    pub values: Vec<String>,
}

/// One API call.
/// Source: IAM API reference, the operations of these names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoleOp {
    /// Creates the role, without its policies.
    #[serde(rename_all = "PascalCase")]
    CreateRole {
        /// The path.
        path: String,
        /// The name.
        role_name: String,
        /// The trust policy, as JSON.
        assume_role_policy_document: String,
        /// The description.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// The session length in seconds.
        max_session_duration: u32,
        /// The boundary's ARN.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        permissions_boundary: Option<String>,
        /// The tags.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<Tag>,
    },
    /// Sets description and session length together: a value that isn't sent is reset.
    #[serde(rename_all = "PascalCase")]
    UpdateRole {
        /// The name.
        role_name: String,
        /// The description; empty for none.
        description: String,
        /// The session length in seconds.
        max_session_duration: u32,
    },
    /// Sets the trust policy.
    #[serde(rename_all = "PascalCase")]
    UpdateAssumeRolePolicy {
        /// The name.
        role_name: String,
        /// The trust policy, as JSON.
        policy_document: String,
    },
    /// Sets an inline policy.
    #[serde(rename_all = "PascalCase")]
    PutRolePolicy {
        /// The role's name.
        role_name: String,
        /// The policy's name.
        policy_name: String,
        /// The policy, as JSON.
        policy_document: String,
    },
    /// Deletes an inline policy.
    #[serde(rename_all = "PascalCase")]
    DeleteRolePolicy {
        /// The role's name.
        role_name: String,
        /// The policy's name.
        policy_name: String,
    },
    /// Attaches a managed policy.
    #[serde(rename_all = "PascalCase")]
    AttachRolePolicy {
        /// The role's name.
        role_name: String,
        /// The policy's ARN.
        policy_arn: String,
    },
    /// Detaches a managed policy.
    #[serde(rename_all = "PascalCase")]
    DetachRolePolicy {
        /// The role's name.
        role_name: String,
        /// The policy's ARN.
        policy_arn: String,
    },
    /// Sets the boundary.
    #[serde(rename_all = "PascalCase")]
    PutRolePermissionsBoundary {
        /// The role's name.
        role_name: String,
        /// The boundary's ARN.
        permissions_boundary: String,
    },
    /// Removes the boundary.
    #[serde(rename_all = "PascalCase")]
    DeleteRolePermissionsBoundary {
        /// The role's name.
        role_name: String,
    },
    /// Sets tags.
    #[serde(rename_all = "PascalCase")]
    TagRole {
        /// The role's name.
        role_name: String,
        /// The tags.
        tags: Vec<Tag>,
    },
    /// Removes tags.
    #[serde(rename_all = "PascalCase")]
    UntagRole {
        /// The role's name.
        role_name: String,
        /// Their keys.
        tag_keys: Vec<String>,
    },
    /// Waits until no network interface is left that Lambda made under the role: Lambda deletes them with the role's
    /// own permissions, so that the role must outlive them.
    #[serde(rename_all = "PascalCase")]
    DescribeNetworkInterfaces {
        /// The filters that select the interfaces.
        filters: Vec<Filter>,
    },
    /// Removes the role from an instance profile.
    #[serde(rename_all = "PascalCase")]
    RemoveRoleFromInstanceProfile {
        /// The profile's name.
        instance_profile_name: String,
        /// The role's name.
        role_name: String,
    },
    /// Deletes the role.
    #[serde(rename_all = "PascalCase")]
    DeleteRole {
        /// The role's name.
        role_name: String,
    },
}

/// The filter by which the network interfaces that Lambda made under a role are found.
pub(super) const REQUESTER: &str = "requester-id";

impl RoleOp {
    pub(super) fn call(&self) -> Call {
        let call = |operation, title: String| Call { service: "iam", operation, title, expects: &[] };
        match self {
            Self::CreateRole { .. } => {
                Call { expects: &["EntityAlreadyExists"], ..call("CreateRole", "create role".to_owned()) }
            }
            Self::UpdateRole { .. } => call("UpdateRole", "set description and session length".to_owned()),
            Self::UpdateAssumeRolePolicy { .. } => call("UpdateAssumeRolePolicy", "set trust policy".to_owned()),
            Self::PutRolePolicy { policy_name, .. } => {
                call("PutRolePolicy", format!("put inline policy `{policy_name}`"))
            }
            Self::DeleteRolePolicy { policy_name, .. } => {
                call("DeleteRolePolicy", format!("delete inline policy `{policy_name}`"))
            }
            Self::AttachRolePolicy { policy_arn, .. } => {
                call("AttachRolePolicy", format!("attach `{}`", last(policy_arn)))
            }
            Self::DetachRolePolicy { policy_arn, .. } => {
                call("DetachRolePolicy", format!("detach `{}`", last(policy_arn)))
            }
            Self::PutRolePermissionsBoundary { .. } => {
                call("PutRolePermissionsBoundary", "set permissions boundary".to_owned())
            }
            Self::DeleteRolePermissionsBoundary { .. } => {
                call("DeleteRolePermissionsBoundary", "remove permissions boundary".to_owned())
            }
            Self::TagRole { tags, .. } => {
                call("TagRole", format!("set {}", tags::named(tags.iter().map(|tag| &tag.key))))
            }
            Self::UntagRole { tag_keys, .. } => call("UntagRole", format!("remove {}", tags::named(tag_keys))),
            Self::DescribeNetworkInterfaces { .. } => Call {
                service: "ec2",
                ..call("DescribeNetworkInterfaces", "wait until Lambda has deleted its network interfaces".to_owned())
            },
            Self::RemoveRoleFromInstanceProfile { instance_profile_name, .. } => {
                call("RemoveRoleFromInstanceProfile", format!("remove from instance profile `{instance_profile_name}`"))
            }
            Self::DeleteRole { .. } => call("DeleteRole", "delete role".to_owned()),
        }
    }
}

fn last(arn: &str) -> std::borrow::Cow<'_, str> {
    if crate::base::pending::is_pending(arn) {
        return crate::base::pending::display(arn).into();
    }
    arn.rsplit_once('/').map_or(arn, |(_, name)| name).into()
}
