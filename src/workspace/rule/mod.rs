//! The workspace's own rule in a security group: opened for its address alone, found again by group, description and
//! ports, and closed when the workspace stops.
//!
//! Each workspace has one rule of its own, so that twenty of them don't overwrite each other's; the plan of a stack
//! touches none of them, since they have no stack's tags. Whether another workspace has stopped, nobody knows here: the
//! rules of others are named, and removed by name only.

#[cfg(feature = "aws")]
mod change;
#[cfg(feature = "aws")]
mod decision;
mod description;
mod report;

#[cfg(feature = "aws")]
pub use change::{Judge, RuleError, close, open, remove};
#[cfg(feature = "aws")]
pub use decision::WorkspaceRule;
pub use description::{ADOPTED_DESCRIPTION, description_of, workspace_in};
pub use report::{OtherRule, RuleReport, RuleState};
