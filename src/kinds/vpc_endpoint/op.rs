//! The API calls of a VPC endpoint, in AWS's spelling.

use serde::{Deserialize, Serialize};

use crate::kind::Call;
use crate::kind::tags::{self, Tag};
use crate::kinds::ec2_tags::{TagKey, TagSpecification};

/// The input of `CreateVpcEndpoint`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateVpcEndpoint {
    /// The type, `Gateway` or `Interface`.
    pub vpc_endpoint_type: String,
    /// The VPC.
    pub vpc_id: String,
    /// The service's full name.
    pub service_name: String,
    /// The policy, as JSON; AWS's default where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_document: Option<String>,
    /// The route tables, for a gateway.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub route_table_ids: Vec<String>,
    /// The subnets, for an interface.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnet_ids: Vec<String>,
    /// The security groups, for an interface.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub security_group_ids: Vec<String>,
    /// True if the service's public name resolves to the endpoint, for an interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_dns_enabled: Option<bool>,
    /// The token that makes the request idempotent.
    pub client_token: String,
    /// The tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tag_specifications: Vec<TagSpecification>,
}

/// The input of `ModifyVpcEndpoint`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifyVpcEndpoint {
    /// The endpoint's id.
    pub vpc_endpoint_id: String,
    /// True to go back to AWS's default policy; for a gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset_policy: Option<bool>,
    /// The policy, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_document: Option<String>,
    /// Route tables that get the route.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add_route_table_ids: Vec<String>,
    /// Route tables that lose it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove_route_table_ids: Vec<String>,
    /// Subnets that get an interface.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add_subnet_ids: Vec<String>,
    /// Subnets that lose it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove_subnet_ids: Vec<String>,
    /// Security groups that the interfaces get.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add_security_group_ids: Vec<String>,
    /// Security groups that they lose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove_security_group_ids: Vec<String>,
    /// True if the service's public name resolves to the endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_dns_enabled: Option<bool>,
}

/// One API call.
/// Source: EC2 API reference, the operations of these names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum VpcEndpointOp {
    /// Creates the endpoint.
    CreateVpcEndpoint(CreateVpcEndpoint),
    /// Changes it.
    ModifyVpcEndpoint(ModifyVpcEndpoint),
    /// Sets tags.
    #[serde(rename_all = "PascalCase")]
    CreateTags {
        /// The endpoint's id.
        resources: Vec<String>,
        /// The tags.
        tags: Vec<Tag>,
    },
    /// Removes tags.
    #[serde(rename_all = "PascalCase")]
    DeleteTags {
        /// The endpoint's id.
        resources: Vec<String>,
        /// Their keys.
        tags: Vec<TagKey>,
    },
    /// Deletes it.
    #[serde(rename_all = "PascalCase")]
    DeleteVpcEndpoints {
        /// The endpoint's id.
        vpc_endpoint_ids: Vec<String>,
    },
}

impl VpcEndpointOp {
    pub(super) fn call(&self) -> Call {
        let call = |operation, title: &str| Call { service: "ec2", operation, title: title.to_owned(), expects: &[] };
        match self {
            Self::CreateVpcEndpoint(input) => Call {
                // Another run created it a moment ago.
                expects: &["RouteAlreadyExists"],
                ..call("CreateVpcEndpoint", &format!("create {} endpoint", input.vpc_endpoint_type.to_lowercase()))
            },
            Self::ModifyVpcEndpoint(input) => call("ModifyVpcEndpoint", &title(input)),
            Self::CreateTags { tags, .. } => {
                call("CreateTags", &format!("set {}", tags::named(tags.iter().map(|tag| &tag.key))))
            }
            Self::DeleteTags { tags, .. } => {
                call("DeleteTags", &format!("remove {}", tags::named(tags.iter().map(|tag| &tag.key))))
            }
            Self::DeleteVpcEndpoints { .. } => call("DeleteVpcEndpoints", "delete endpoint"),
        }
    }
}

fn title(input: &ModifyVpcEndpoint) -> String {
    let ModifyVpcEndpoint {
        vpc_endpoint_id: _,
        reset_policy,
        policy_document,
        add_route_table_ids,
        remove_route_table_ids,
        add_subnet_ids,
        remove_subnet_ids,
        add_security_group_ids,
        remove_security_group_ids,
        private_dns_enabled,
    } = input;
    let changed = [
        (reset_policy.is_some(), "reset policy"),
        (policy_document.is_some(), "set policy"),
        (!add_route_table_ids.is_empty() || !remove_route_table_ids.is_empty(), "change route tables"),
        (!add_subnet_ids.is_empty() || !remove_subnet_ids.is_empty(), "change subnets"),
        (!add_security_group_ids.is_empty() || !remove_security_group_ids.is_empty(), "change security groups"),
        (*private_dns_enabled == Some(true), "turn private DNS on"),
        (*private_dns_enabled == Some(false), "turn private DNS off"),
    ];
    let words: Vec<&str> = changed.into_iter().filter(|(is, _)| *is).map(|(_, words)| words).collect();
    words.join(", ")
}
