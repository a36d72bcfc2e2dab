//! The blocks of addresses that are no public addresses of single hosts.
//!
//! Sources: IANA, "IPv4 Special-Purpose Address Registry" (iana.org/assignments/iana-ipv4-special-registry), "IPv6
//! Special-Purpose Address Registry" (iana.org/assignments/iana-ipv6-special-registry), "IPv4 Multicast Address Space
//! Registry", and "Internet Protocol Version 6 Address Space", which assigns `2000::/3` alone as global unicast.
//!
//! All entries count, those too that the registries call globally reachable: they are anycast addresses of services
//! (AS112, AMT, PCP, TURN, DNS-SD) and of translators (NAT64), from which no single host sends. Blocks of `2000::/3` that
//! IANA has not given to a registry yet are no entries, since they may be given any day.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A block of addresses for a special purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block<A> {
    /// The first address.
    pub(super) first: A,
    /// The number of leading bits that all its addresses share.
    pub(super) prefix: u32,
    /// The purpose, with its document: "private use (RFC 1918)".
    pub(super) purpose: &'static str,
}

const fn v4(first: [u8; 4], prefix: u32, purpose: &'static str) -> Block<Ipv4Addr> {
    let [a, b, c, d] = first;
    Block { first: Ipv4Addr::new(a, b, c, d), prefix, purpose }
}

const fn v6(first: [u16; 4], prefix: u32, purpose: &'static str) -> Block<Ipv6Addr> {
    let [a, b, c, d] = first;
    Block { first: Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), prefix, purpose }
}

/// The blocks of IPv4, the more specific ones first.
pub(super) const IPV4: &[Block<Ipv4Addr>] = &[
    v4([255, 255, 255, 255], 32, "limited broadcast (RFC 8190, RFC 919)"),
    v4([192, 0, 0, 9], 32, "Port Control Protocol anycast (RFC 7723)"),
    v4([192, 0, 0, 10], 32, "TURN anycast (RFC 8155)"),
    v4([0, 0, 0, 0], 8, "\"this network\" (RFC 791)"),
    v4([10, 0, 0, 0], 8, "private use (RFC 1918)"),
    v4([100, 64, 0, 0], 10, "shared address space of carrier-grade NAT (RFC 6598)"),
    v4([127, 0, 0, 0], 8, "loopback (RFC 1122)"),
    v4([169, 254, 0, 0], 16, "link-local use (RFC 3927)"),
    v4([172, 16, 0, 0], 12, "private use (RFC 1918)"),
    v4([192, 0, 0, 0], 24, "IETF protocol assignments (RFC 6890)"),
    v4([192, 0, 2, 0], 24, "documentation (RFC 5737)"),
    v4([192, 31, 196, 0], 24, "AS112 anycast (RFC 7535)"),
    v4([192, 52, 193, 0], 24, "AMT anycast (RFC 7450)"),
    v4([192, 88, 99, 0], 24, "6to4 relay anycast, deprecated (RFC 7526)"),
    v4([192, 168, 0, 0], 16, "private use (RFC 1918)"),
    v4([192, 175, 48, 0], 24, "AS112 anycast (RFC 7534)"),
    v4([198, 18, 0, 0], 15, "benchmarking (RFC 2544)"),
    v4([198, 51, 100, 0], 24, "documentation (RFC 5737)"),
    v4([203, 0, 113, 0], 24, "documentation (RFC 5737)"),
    v4([224, 0, 0, 0], 4, "multicast (RFC 5771)"),
    v4([240, 0, 0, 0], 4, "future use (RFC 1112)"),
];

/// The blocks of IPv6, the more specific ones first.
pub(super) const IPV6: &[Block<Ipv6Addr>] = &[
    Block { first: Ipv6Addr::UNSPECIFIED, prefix: 128, purpose: "the unspecified address (RFC 4291)" },
    Block { first: Ipv6Addr::LOCALHOST, prefix: 128, purpose: "loopback (RFC 4291)" },
    Block {
        first: Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0),
        prefix: 96,
        purpose: "IPv4-mapped addresses (RFC 4291)",
    },
    v6([0x64, 0xff9b, 1, 0], 48, "local-use translation to IPv4, NAT64 (RFC 8215)"),
    v6([0x64, 0xff9b, 0, 0], 96, "translation to IPv4, NAT64 (RFC 6052)"),
    v6([0x100, 0, 0, 0], 64, "discard only (RFC 6666)"),
    v6([0x100, 0, 0, 1], 64, "the dummy prefix (RFC 9780)"),
    v6([0x2001, 0, 0, 0], 32, "Teredo tunnels (RFC 4380)"),
    v6([0x2001, 2, 0, 0], 48, "benchmarking (RFC 5180)"),
    v6([0x2001, 3, 0, 0], 32, "AMT anycast (RFC 7450)"),
    v6([0x2001, 4, 0x112, 0], 48, "AS112 anycast (RFC 7535)"),
    v6([0x2001, 0x10, 0, 0], 28, "ORCHID, deprecated (RFC 4843)"),
    v6([0x2001, 0x20, 0, 0], 28, "ORCHIDv2 (RFC 7343)"),
    v6([0x2001, 0x30, 0, 0], 28, "remote identifiers of drones (RFC 9374)"),
    v6([0x2001, 0, 0, 0], 23, "IETF protocol assignments (RFC 2928)"),
    v6([0x2001, 0xdb8, 0, 0], 32, "documentation (RFC 3849)"),
    v6([0x2002, 0, 0, 0], 16, "6to4 tunnels (RFC 3056)"),
    v6([0x2620, 0x4f, 0x8000, 0], 48, "AS112 anycast (RFC 7534)"),
    v6([0x3fff, 0, 0, 0], 20, "documentation (RFC 9637)"),
    v6([0x5f00, 0, 0, 0], 16, "segment routing (RFC 9602)"),
    v6([0xfc00, 0, 0, 0], 7, "unique local use (RFC 4193)"),
    v6([0xfe80, 0, 0, 0], 10, "link-local use (RFC 4291)"),
    v6([0xff00, 0, 0, 0], 8, "multicast (RFC 4291)"),
];

/// All global unicast addresses of IPv6.
pub(super) const IPV6_GLOBAL_UNICAST: Block<Ipv6Addr> = v6([0x2000, 0, 0, 0], 3, "global unicast (RFC 4291)");

impl Block<Ipv4Addr> {
    /// Returns whether an address is in the block.
    pub(super) fn contains(&self, address: Ipv4Addr) -> bool {
        // A prefix of no bits holds every address; none of the blocks has one.
        (address.to_bits() ^ self.first.to_bits()).leading_zeros() >= self.prefix
    }
}

impl Block<Ipv6Addr> {
    /// Returns whether an address is in the block.
    pub(super) fn contains(&self, address: Ipv6Addr) -> bool {
        (address.to_bits() ^ self.first.to_bits()).leading_zeros() >= self.prefix
    }
}

impl<A: std::fmt::Display> std::fmt::Display for Block<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}
