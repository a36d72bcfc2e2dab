//! The tags by which a stack knows its own.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::base::Address;
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

/// An address as a tag carries it: percent-encoded where it holds what AWS's alphabet for tags lacks, and
/// its digest where it is longer than a tag may be.
pub fn address_tag(address: &Address) -> String {
    let text = address.to_string();
    let mut encoded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() || "_.:/=+- ".contains(c) {
            encoded.push(c);
        } else {
            // Percent-encoding with `@` in place of `%`, which the alphabet lacks as well.
            for byte in c.to_string().bytes() {
                encoded.push_str(&format!("@{byte:02X}"));
            }
        }
    }
    if encoded.chars().count() <= LONGEST {
        return encoded;
    }
    let digest: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digest}")
}

/// The tags that mark a resource as a stack's own.
pub fn owned_tags(owner: &Owner, address: &Address) -> BTreeMap<String, String> {
    BTreeMap::from([
        (STACK_TAG.to_owned(), owner.stack.clone()),
        (ADDRESS_TAG.to_owned(), address_tag(address)),
        (SCOPE_TAG.to_owned(), owner.scope.to_string()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tag_cannot_carry_is_encoded_or_digested() {
        assert_eq!(address_tag(&Address::new("tables", "a-b.c/d")), "tables.a-b.c/d");
        assert_eq!(address_tag(&Address::new("roles", "a,b")), "roles.a@2Cb");
        assert_eq!(address_tag(&Address::new("roles", "a@b")), "roles.a@40b");
        assert_eq!(address_tag(&Address::new("triggers", "x".repeat(300))).len(), 71);
    }
}
