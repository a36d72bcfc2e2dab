//! The properties of a security group rule that an author may write.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::port::Ports;
use super::protocol::Protocol;

/// The beginning of the description of a workspace's own rule.
pub const WORKSPACE_DESCRIPTION: &str = "underpin workspace ";

/// A rule of a security group for inbound traffic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecurityGroupRuleSpec {
    /// The security group: its id.
    #[schemars(regex(pattern = r"^sg-[0-9a-f]+$"))]
    pub security_group: String,
    /// The source of the traffic: a CIDR block as AWS spells it (`10.0.0.0/16`), the id of a prefix list or of a
    /// security group, or `workspace`: each workspace's own address, whose rule `underpin startup` opens and
    /// `underpin startup --stop` closes.
    #[schemars(length(min = 1, max = 64))]
    pub source: String,
    /// The protocol.
    #[serde(default)]
    pub protocol: Protocol,
    /// The port, or the range of ports, of `tcp` and `udp`: `5432`, or `{from: 8000, to: 8100}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Ports>,
    /// A description. That of a workspace's rule is given by `underpin startup`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255), regex(pattern = r"^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]*$"))]
    pub description: Option<String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}
