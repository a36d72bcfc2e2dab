//! The tags that mark a stack's resources: their names, and the form of an address in one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::base::{Address, hex};
use crate::kind::Owner;

/// Holds the stack's name.
pub const STACK_TAG: &str = "underpin:stack";
/// Holds the resource's address.
pub const ADDRESS_TAG: &str = "underpin:address";
/// Holds environment and region.
pub const SCOPE_TAG: &str = "underpin:scope";

/// The longest value that a tag can carry.
/// Source: AWS General Reference, "Tag naming limits and requirements".
const LONGEST: usize = 256;

/// An address as a tag holds it: percent-encoded if it has characters that AWS's alphabet for tags lacks, and
/// its digest if it is longer than a tag may be.
pub fn address_tag(address: &Address) -> String {
    let text = address.to_string();
    let mut encoded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || "_.:/=+- ".contains(c) {
            encoded.push(c);
        } else {
            // Percent-encoding with `@` in place of `%`, which the alphabet lacks as well.
            for byte in c.to_string().bytes() {
                let _ = write!(encoded, "@{byte:02X}");
            }
        }
    }
    if encoded.chars().count() <= LONGEST {
        return encoded;
    }
    format!("sha256:{}", hex(&Sha256::digest(text.as_bytes())))
}

/// The address that a tag holds; `None` for a digest, or for a value that is not an address.
pub fn address_of(tag: &str) -> Option<Address> {
    let mut bytes = Vec::with_capacity(tag.len());
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once('@') {
        bytes.extend_from_slice(before.as_bytes());
        bytes.push(u8::from_str_radix(after.get(..2)?, 16).ok()?);
        rest = after.get(2..)?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()?.parse().ok()
}

/// Returns whether tags name this owner's stack, by its name or a previous one, in any scope.
pub fn is_of(owner: &Owner, tags: &BTreeMap<String, String>) -> bool {
    tags.get(STACK_TAG).is_some_and(|stack| owner.names().any(|name| name == stack))
}

/// The address in a resource's tags, or, without one, the section with its physical name.
pub fn address_in(tags: &BTreeMap<String, String>, section: &str, name: &str) -> Address {
    let tagged = tags.get(ADDRESS_TAG).and_then(|tag| address_of(tag));
    tagged.filter(|address| address.section() == section).unwrap_or_else(|| Address::new(section, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_forbidden_in_tags_are_encoded_or_hashed() {
        assert_eq!(address_tag(&Address::new("tables", "a-b.c/d")), "tables.a-b.c/d");
        assert_eq!(address_tag(&Address::new("roles", "a,b")), "roles.a@2Cb");
        assert_eq!(address_tag(&Address::new("roles", "a@b")), "roles.a@40b");
        assert_eq!(address_tag(&Address::new("triggers", "x".repeat(300))).len(), 71);
    }

    #[test]
    fn address_tag_round_trips() {
        for name in ["a-b.c/d", "a,b", "a@b", "grüße"] {
            let address = Address::new("roles", name);
            assert_eq!(address_of(&address_tag(&address)), Some(address));
        }
        assert_eq!(address_of("sha256:00"), None);
        assert_eq!(address_of("roles.a@4"), None);
        assert_eq!(address_of("roles.a@zz"), None);
    }
}
