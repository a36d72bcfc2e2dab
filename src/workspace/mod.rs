//! The workspace in which the command runs: its public address, and its own rule in a security group.
//!
//! Responsible for what differs from one workspace to the next; must not plan or change resources of the stack.

mod address;
mod special_addresses;

pub use address::{AddressError, WorkspaceAddress};
