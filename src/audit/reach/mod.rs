//! Who can reach a table, and by which way: the roles, users and other accounts whose requests the policies allow.
//!
//! A pure function over the account's documents. Every decision is that of [`crate::policy`]'s evaluator; conditions that
//! depend on what only the request has are unknown, never left out. It must not read anything itself.

mod access;
mod account;
mod identity;
mod judge;
mod others;
mod read_item;
mod resource_policy;
mod tables;
mod value;
mod ways;

pub use account::{Account, READ_TYPES};
pub use read_item::ReadItem;
pub use value::{
    Access, Certainty, Deciding, Level, LevelAccess, PrincipalKind, Reach, Source, TrustedBy, Way, WayKind,
};

#[cfg(test)]
mod laws_tests;
#[cfg(test)]
mod tests;
