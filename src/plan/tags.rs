//! The tags that mark a stack's own resources.

use std::collections::BTreeMap;

use crate::base::Address;
use crate::kind::Owner;
pub use crate::kind::tags::{ADDRESS_TAG, SCOPE_TAG, STACK_TAG, address_tag};

/// The properties that hold tags: those of a resource, and those of one of its parts.
pub(super) const TAG_PROPERTIES: [&str; 2] = ["tags", "log_group_tags"];

/// The keys of the stack's own tags.
pub(super) const OURS: [&str; 3] = [STACK_TAG, ADDRESS_TAG, SCOPE_TAG];

/// The tags that mark a resource as a stack's own.
pub fn owned_tags(owner: &Owner, address: &Address) -> BTreeMap<String, String> {
    BTreeMap::from([
        (STACK_TAG.to_owned(), owner.stack.clone()),
        (ADDRESS_TAG.to_owned(), address_tag(address)),
        (SCOPE_TAG.to_owned(), owner.scope.to_string()),
    ])
}
