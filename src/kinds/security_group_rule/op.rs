//! The API calls of a security group rule, in AWS's spelling.

use serde::{Deserialize, Serialize};

use crate::kind::Call;
use crate::kind::tags::{self, Tag};
use crate::kinds::ec2_tags::{TagKey, TagSpecification};

/// An IPv4 source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IpRange {
    /// The CIDR block.
    pub cidr_ip: String,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// An IPv6 source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ipv6Range {
    /// The CIDR block.
    pub cidr_ipv6: String,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A prefix list as a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PrefixListId {
    /// The id.
    pub prefix_list_id: String,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A security group as a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserIdGroupPair {
    /// The id.
    pub group_id: String,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The traffic that a rule lets in: one protocol and range of ports, and one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IpPermission {
    /// The protocol.
    pub ip_protocol: String,
    /// The first port, or the type of ICMP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_port: Option<i32>,
    /// The last port, or the code of ICMP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_port: Option<i32>,
    /// An IPv4 source; or one whose value is sensitive, which the call itself puts where it belongs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ip_ranges: Vec<IpRange>,
    /// An IPv6 source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ipv6_ranges: Vec<Ipv6Range>,
    /// A prefix list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefix_list_ids: Vec<PrefixListId>,
    /// A security group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub user_id_group_pairs: Vec<UserIdGroupPair>,
}

/// The input of `AuthorizeSecurityGroupIngress`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthorizeSecurityGroupIngress {
    /// The group.
    pub group_id: String,
    /// The traffic.
    pub ip_permissions: Vec<IpPermission>,
    /// The tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tag_specifications: Vec<TagSpecification>,
}

/// A whole rule. It has exactly one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroupRuleRequest {
    /// The protocol.
    pub ip_protocol: String,
    /// The first port, or the type of ICMP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_port: Option<i32>,
    /// The last port, or the code of ICMP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_port: Option<i32>,
    /// An IPv4 source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_ipv4: Option<String>,
    /// An IPv6 source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr_ipv6: Option<String>,
    /// A prefix list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix_list_id: Option<String>,
    /// A security group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referenced_group_id: Option<String>,
    /// The description; an empty one removes it.
    pub description: String,
}

/// A rule by its id, and as it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityGroupRuleUpdate {
    /// The id.
    pub security_group_rule_id: String,
    /// The rule.
    pub security_group_rule: SecurityGroupRuleRequest,
}

/// The input of `ModifySecurityGroupRules`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModifySecurityGroupRules {
    /// The group.
    pub group_id: String,
    /// The rules that change.
    pub security_group_rules: Vec<SecurityGroupRuleUpdate>,
}

/// The input of `RevokeSecurityGroupIngress`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RevokeSecurityGroupIngress {
    /// The group.
    pub group_id: String,
    /// The rules to remove.
    pub security_group_rule_ids: Vec<String>,
}

/// One API call.
/// Source: EC2 API reference, the operations of these names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecurityGroupRuleOp {
    /// Adds the rule.
    AuthorizeSecurityGroupIngress(AuthorizeSecurityGroupIngress),
    /// Changes it.
    ModifySecurityGroupRules(ModifySecurityGroupRules),
    /// Sets tags.
    #[serde(rename_all = "PascalCase")]
    CreateTags {
        /// The rule's id.
        resources: Vec<String>,
        /// The tags.
        tags: Vec<Tag>,
    },
    /// Removes tags.
    #[serde(rename_all = "PascalCase")]
    DeleteTags {
        /// The rule's id.
        resources: Vec<String>,
        /// Their keys.
        tags: Vec<TagKey>,
    },
    /// Removes it.
    RevokeSecurityGroupIngress(RevokeSecurityGroupIngress),
}

/// The code of EC2 for a rule that the group has already: another run, or somebody else, was faster.
/// Source: EC2 API reference, "Error codes for the Amazon EC2 API".
pub const DUPLICATE: &str = "InvalidPermission.Duplicate";

impl SecurityGroupRuleOp {
    pub(super) fn call(&self) -> Call {
        let call = |operation, title: &str| Call { service: "ec2", operation, title: title.to_owned(), expects: &[] };
        match self {
            Self::AuthorizeSecurityGroupIngress(input) => Call {
                expects: &[DUPLICATE],
                ..call("AuthorizeSecurityGroupIngress", &format!("let in {}", permitted(input)))
            },
            Self::ModifySecurityGroupRules(_) => call("ModifySecurityGroupRules", "change rule"),
            Self::CreateTags { tags, .. } => {
                call("CreateTags", &format!("set {}", tags::named(tags.iter().map(|tag| &tag.key))))
            }
            Self::DeleteTags { tags, .. } => {
                call("DeleteTags", &format!("remove {}", tags::named(tags.iter().map(|tag| &tag.key))))
            }
            Self::RevokeSecurityGroupIngress(_) => call("RevokeSecurityGroupIngress", "remove rule"),
        }
    }
}

/// The traffic in words: `tcp 5432 from 10.0.0.0/16`.
fn permitted(input: &AuthorizeSecurityGroupIngress) -> String {
    let one = |permission: &IpPermission| {
        let IpPermission {
            ip_protocol,
            from_port,
            to_port,
            ip_ranges,
            ipv6_ranges,
            prefix_list_ids,
            user_id_group_pairs,
        } = permission;
        let protocol = if ip_protocol == "-1" { "all traffic" } else { ip_protocol };
        let ports = match (from_port, to_port) {
            (Some(from), Some(to)) if *from >= 0 && from == to => format!(" {from}"),
            (Some(from), Some(to)) if *from >= 0 => format!(" {from}-{to}"),
            _ => String::new(),
        };
        let sources = ip_ranges.iter().map(|one| one.cidr_ip.as_str());
        let sources = sources.chain(ipv6_ranges.iter().map(|one| one.cidr_ipv6.as_str()));
        let sources = sources.chain(prefix_list_ids.iter().map(|one| one.prefix_list_id.as_str()));
        let sources = sources.chain(user_id_group_pairs.iter().map(|one| one.group_id.as_str()));
        format!("{protocol}{ports} from {}", sources.collect::<Vec<_>>().join(", "))
    };
    input.ip_permissions.iter().map(one).collect::<Vec<_>>().join(", ")
}
