//! What a security group lets in: protocols, ports and addresses of a permission, and blocks of addresses.

use std::net::IpAddr;

use serde_json::Value;

/// A block of addresses (CIDR).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    address: u128,
    /// The number of leading bits that addresses have in common.
    bits: u8,
    v6: bool,
}

impl Block {
    /// Reads a block such as `10.0.0.0/16` or `2001:db8::/32`; an address without a length is a block of one.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let (address, v6) = match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, false),
            IpAddr::V6(address) => (u128::from(address), true),
        };
        let most = if v6 { 128 } else { 32 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self { address, bits, v6 })
    }

    /// Returns whether all addresses of another block are in this one.
    pub fn covers(&self, other: &Self) -> bool {
        let differing = (self.address ^ other.address).checked_shr(128 - u32::from(self.bits)).unwrap_or(0);
        self.v6 == other.v6 && self.bits <= other.bits && differing == 0
    }

    /// Returns whether it is one address alone.
    pub fn is_single(&self) -> bool {
        self.bits == if self.v6 { 128 } else { 32 }
    }

    /// Returns whether it holds every address of the Internet.
    pub fn is_everything(&self) -> bool {
        self.bits == 0
    }

    /// Returns whether the Internet reaches its addresses: none of them is of a private, shared, local or documentation
    /// range.
    /// Source: IANA, "IPv4 Special-Purpose Address Registry" and "IPv6 Special-Purpose Address Registry".
    pub fn is_public(&self) -> bool {
        const SPECIAL: [&str; 18] = [
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
            "::/8",
            "2001:db8::/32",
            "fc00::/7",
            "fe80::/10",
            "ff00::/8",
        ];
        !SPECIAL.iter().filter_map(|one| Self::parse(one)).any(|special| special.covers(self) || self.covers(&special))
    }
}

/// The ports of a permission that lets everybody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPorts {
    /// The protocol, as EC2 has it: `tcp`, `udp`, `icmp`, `icmpv6`, a number, or `-1` for all.
    pub protocol: String,
    /// The first port.
    pub from: u16,
    /// The last port.
    pub to: u16,
    /// The blocks of addresses, as written.
    pub sources: Vec<String>,
}

impl OpenPorts {
    /// The ports that a permission of a security group opens to all addresses; `None` if it opens none. `permission` is a
    /// member of `ipPermissions` in the answer of `DescribeSecurityGroups`.
    /// Source: EC2 API reference, `IpPermission`: all ports with the protocol `-1`, and where a port is -1 or missing.
    pub fn of(permission: &Value) -> Option<Self> {
        let ranges = [("ipRanges", "cidrIp"), ("ipv6Ranges", "cidrIpv6")].into_iter();
        let sources: Vec<String> = ranges
            .flat_map(|(list, member)| {
                let items = permission[list].as_array().map(Vec::as_slice).unwrap_or_default();
                items.iter().filter_map(move |item| item[member].as_str())
            })
            .filter(|text| Block::parse(text).is_some_and(|block| block.is_everything()))
            .map(str::to_owned)
            .collect();
        if sources.is_empty() {
            return None;
        }
        let protocol = match permission.get("ipProtocol") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => "-1".to_owned(),
        };
        let port = |member: &str| permission[member].as_u64().and_then(|port| u16::try_from(port).ok());
        let (from, to) = match (port("fromPort"), port("toPort")) {
            (Some(from), Some(to)) if protocol != "-1" => (from, to),
            _ => (0, u16::MAX),
        };
        Some(Self { protocol, from, to, sources })
    }

    /// Returns whether it lets in a protocol: `tcp` or `udp`.
    pub fn takes(&self, protocol: &str) -> bool {
        let number = if protocol == "tcp" { "6" } else { "17" };
        ["-1", protocol, number].iter().any(|one| self.protocol.eq_ignore_ascii_case(one))
    }

    /// Returns whether it opens a port of TCP.
    pub fn opens_tcp(&self, port: u16) -> bool {
        self.takes("tcp") && (self.from..=self.to).contains(&port)
    }

    /// The ports in words: `all ports`, `port 22`, `ports 20-25`.
    pub fn words(&self) -> String {
        match (self.from, self.to) {
            (0, u16::MAX) => "all ports".to_owned(),
            (from, to) if from == to => format!("port {from}"),
            (from, to) => format!("ports {from}-{to}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn block(text: &str) -> Block {
        Block::parse(text).unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn blocks_cover_smaller_ones_of_their_family() {
        for (wide, narrow) in [
            ("0.0.0.0/0", "10.1.2.3/32"),
            ("10.0.0.0/8", "10.1.0.0/16"),
            ("10.1.0.0/16", "10.1.0.0/16"),
            ("2001:db8::/32", "2001:db8:1::/48"),
            ("10.0.0.1", "10.0.0.1/32"),
        ] {
            assert!(block(wide).covers(&block(narrow)), "{wide} {narrow}");
            assert!(
                wide.contains("/16") || wide == "10.0.0.1" || !block(narrow).covers(&block(wide)),
                "{wide} {narrow}"
            );
        }
        for (one, other) in [("10.0.0.0/16", "10.1.0.0/24"), ("0.0.0.0/0", "::/0"), ("::/0", "10.0.0.0/8")] {
            assert!(!block(one).covers(&block(other)), "{one} {other}");
        }
        for wrong in ["", "10.0.0.0/33", "::/129", "workspace", "10.0.0/8", "10.0.0.0/-1", "sg-1"] {
            assert_eq!(Block::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn public_blocks_are_on_the_internet() {
        for text in ["8.8.8.8/32", "52.0.0.0/11", "2a05:d014::/36"] {
            assert!(block(text).is_public(), "{text}");
        }
        for text in [
            "10.0.0.1/32",
            "127.0.0.1",
            "192.168.0.0/16",
            "172.16.5.0/24",
            "100.64.0.1/32",
            "fd00::1/128",
            "::1/128",
            "0.0.0.0/0",
            "203.0.113.7/32",
        ] {
            assert!(!block(text).is_public(), "{text}");
        }
    }

    #[test]
    fn open_ports_are_those_of_all_addresses() {
        let open = |permission: Value| OpenPorts::of(&permission).map(|open| (open.words(), open.opens_tcp(22)));
        let v4 = json!([{"cidrIp": "10.0.0.0/8"}, {"cidrIp": "0.0.0.0/0"}]);
        let v6 = json!([{"cidrIpv6": "::/0"}]);
        assert_eq!(
            open(json!({"ipProtocol": "tcp", "fromPort": 20, "toPort": 25, "ipRanges": v4})),
            Some(("ports 20-25".to_owned(), true))
        );
        assert_eq!(
            open(json!({"ipProtocol": "6", "fromPort": 22, "toPort": 22, "ipv6Ranges": v6})),
            Some(("port 22".to_owned(), true))
        );
        assert_eq!(open(json!({"ipProtocol": "-1", "ipRanges": v4})), Some(("all ports".to_owned(), true)));
        assert_eq!(
            open(json!({"ipProtocol": "-1", "fromPort": -1, "toPort": -1, "ipv6Ranges": v6})),
            Some(("all ports".to_owned(), true))
        );
        assert_eq!(
            open(json!({"ipProtocol": "udp", "fromPort": 22, "toPort": 22, "ipRanges": v4})),
            Some(("port 22".to_owned(), false))
        );
        assert_eq!(
            open(json!({"ipProtocol": "icmp", "fromPort": -1, "toPort": -1, "ipRanges": v4})),
            Some(("all ports".to_owned(), false))
        );
        assert_eq!(
            open(json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": [{"cidrIp": "10.0.0.0/8"}]})),
            None
        );
        assert_eq!(
            open(json!({"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "groups": [{"groupId": "sg-1"}]})),
            None
        );
    }
}
