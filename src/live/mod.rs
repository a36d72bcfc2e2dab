//! Reads the live resources: those that the file names, and those with the stack's tags that are no longer in it.
//!
//! All reads start together; shared look-ups are made once. "It does not exist" and "it could not be read" are
//! different results everywhere.

mod facts;
mod inspect;
mod organization;
mod orphan_addresses;
mod prerequisites;
mod removal_check;
mod session_role;
mod simulate;

pub use inspect::{Depth, InspectError, Inspection, LiveRegistry, inspect, read_changed};
pub use organization::{Organization, Rcps, organization};
pub use orphan_addresses::orphan_addresses;
pub use prerequisites::check_prerequisites;
pub use removal_check::check_before_removal;
pub use session_role::{RoleOfSession, asks_for_role, session_role};
pub use simulate::{NotSimulated, simulate};
