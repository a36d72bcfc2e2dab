//! The protocol of a rule.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A protocol.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Protocol {
    /// TCP, on ports.
    #[default]
    Tcp,
    /// UDP, on ports.
    Udp,
    /// ICMP, of all types.
    Icmp,
    /// ICMP for IPv6, of all types.
    Icmpv6,
    /// All protocols and ports.
    All,
}

impl Protocol {
    /// The protocol's name in the EC2 API.
    /// Source: EC2 API reference, `IpPermission`, `IpProtocol`.
    pub fn api(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmp => "icmp",
            Self::Icmpv6 => "icmpv6",
            Self::All => "-1",
        }
    }

    /// The protocol of a name or number in the EC2 API; `None` for one that the language does not have.
    pub fn of(api: &str) -> Option<Self> {
        Some(match api.to_ascii_lowercase().as_str() {
            "tcp" | "6" => Self::Tcp,
            "udp" | "17" => Self::Udp,
            "icmp" | "1" => Self::Icmp,
            "icmpv6" | "58" => Self::Icmpv6,
            "-1" => Self::All,
            _ => return None,
        })
    }

    /// Returns whether it has ports.
    pub fn has_ports(self) -> bool {
        matches!(self, Self::Tcp | Self::Udp)
    }

    /// Returns whether the API takes types in place of ports: -1 stands for all of them.
    pub(super) fn has_types(self) -> bool {
        matches!(self, Self::Icmp | Self::Icmpv6)
    }
}
