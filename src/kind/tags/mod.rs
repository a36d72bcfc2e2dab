//! The tags of resources: those that mark a stack's own, and the calls by which tags change.

mod change;
mod ownership;

pub use change::{Tag, TagCalls, TagOrder, listed, named, pairs};
pub use ownership::{ADDRESS_TAG, SCOPE_TAG, STACK_TAG, address_in, address_of, address_tag, is_of};
