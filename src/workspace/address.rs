//! The public address of a workspace: one global unicast IPv4 or IPv6 address, checked before any rule names it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::special_addresses::{IPV4, IPV6, IPV6_GLOBAL_UNICAST};
use crate::base::printable;

/// A global unicast address: a single host of the Internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceAddress(IpAddr);

/// The reason why a text is not the address of a workspace. The text is foreign, and shown in a printable form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No address at all.
    #[error("`{0}` is not an IPv4 or IPv6 address")]
    Malformed(String),
    /// Several addresses: a CIDR block of another length than that of one host.
    #[error("`{text}` is a range of addresses, and a workspace has one: a single host is /{host}")]
    Range {
        /// The text.
        text: String,
        /// The prefix length of one host: 32 or 128.
        host: u8,
    },
    /// An address of a block for a special purpose.
    #[error("`{address}` is in {block}, {purpose}, and no public address of a single host")]
    Special {
        /// The address.
        address: IpAddr,
        /// The block.
        block: String,
        /// Its purpose.
        purpose: &'static str,
    },
    /// An address within which an IPv4 address is written.
    #[error("`{address}` is the IPv4 address `{inner}` in the form of IPv6, which no security group takes for it")]
    Mapped {
        /// The address.
        address: Ipv6Addr,
        /// The IPv4 address.
        inner: Ipv4Addr,
    },
    /// An IPv6 address outside of the global unicast addresses.
    #[error("`{0}` is not in {IPV6_GLOBAL_UNICAST}, which holds all global unicast addresses of IPv6 (RFC 4291)")]
    NotGlobalUnicast(Ipv6Addr),
}

impl AddressError {
    /// The expected form, and the way to find it.
    pub fn hint(&self) -> String {
        match self {
            Self::Mapped { inner, .. } => format!("write `{inner}`"),
            _ => "expected is the one public IPv4 or IPv6 address from which this workspace reaches the Internet: \
                  https://checkip.amazonaws.com shows it"
                .to_owned(),
        }
    }
}

impl WorkspaceAddress {
    /// The address.
    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// The CIDR block with this address alone: `/32`, or `/128` for IPv6.
    pub fn cidr(self) -> String {
        format!("{}/{}", self.0, host_length(self.0))
    }

    /// Checks an address.
    ///
    /// # Errors
    /// The reason, if it is not a global unicast one.
    pub fn of(address: IpAddr) -> Result<Self, AddressError> {
        match address {
            IpAddr::V4(v4) => check_v4(v4)?,
            IpAddr::V6(v6) => check_v6(v6)?,
        }
        Ok(Self(address))
    }
}

fn host_length(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn check_v4(address: Ipv4Addr) -> Result<(), AddressError> {
    let Some(block) = IPV4.iter().find(|block| block.contains(address)) else { return Ok(()) };
    Err(AddressError::Special { address: address.into(), block: block.to_string(), purpose: block.purpose })
}

fn check_v6(address: Ipv6Addr) -> Result<(), AddressError> {
    if let Some(inner) = address.to_ipv4_mapped() {
        return Err(AddressError::Mapped { address, inner });
    }
    if let Some(block) = IPV6.iter().find(|block| block.contains(address)) {
        let (address, block, purpose) = (address.into(), block.to_string(), block.purpose);
        return Err(AddressError::Special { address, block, purpose });
    }
    if IPV6_GLOBAL_UNICAST.contains(address) { Ok(()) } else { Err(AddressError::NotGlobalUnicast(address)) }
}

/// A foreign text in one short line.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let text = printable(text);
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

impl FromStr for WorkspaceAddress {
    type Err = AddressError;

    /// Reads an address, with or without the length of a single host (`/32`, `/128`), and space around it.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let malformed = || AddressError::Malformed(shown(text));
        let address: IpAddr = address.parse().map_err(|_| malformed())?;
        let host = host_length(address);
        if let Some(length) = length {
            // A number in its only spelling: without a sign, and without zeros in front.
            let number = length.parse::<u8>().ok().filter(|number| number.to_string() == length && *number <= host);
            if number.ok_or_else(malformed)? < host {
                return Err(AddressError::Range { text: shown(text), host });
            }
        }
        Self::of(address)
    }
}

impl fmt::Display for WorkspaceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
