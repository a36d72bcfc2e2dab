//! IAM roles.
//!
//! A role's policies are owned whole: it has those in the file and no others, and a policy that somebody attached
//! by hand is a difference. A role's name is compared without regard to case, as IAM does.

mod access;
mod check;
mod identity;
mod kind;
#[cfg(feature = "aws")]
mod live;
mod managed;
mod op;
mod render;
mod role_needs;
mod spec;
mod steps;
#[cfg(test)]
pub(crate) mod testing;

pub use identity::Role;
pub use op::RoleOp;
pub use spec::{Grant, GrantedPatterns, Principals, RoleSpec};
