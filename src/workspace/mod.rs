//! The workspace in which the command runs: its kind, its public address, its own rule in a security group, the report
//! of its start-up, and the trust policy of a role for it.
//!
//! Responsible for what differs from one workspace to the next; must not plan or change resources of the stack.

mod address;
mod detect;
mod name;
mod own_address;
#[cfg(feature = "aws")]
mod removal;
mod report;
pub mod rule;
mod special_addresses;
mod trust;

pub use address::{AddressError, WorkspaceAddress};
pub use detect::{Detected, Place, detect};
pub use name::{NAME_VARIABLE, workspace_name};
#[cfg(feature = "aws")]
pub use own_address::own_address;
pub use own_address::{
    ADDRESS_FLAG, ADDRESS_VARIABLES, AddressOrigin, CHECK_IP_VARIABLE, OwnAddressError, given_address,
};
#[cfg(feature = "aws")]
pub use removal::remove_table;
pub use report::{FORMAT_VERSION, Left, PlannedAction, SeededTable, StartupReport, UsersReport, UsersSource, schema};
pub use trust::{Issuer, Subject, SubjectError, trust_policy};
