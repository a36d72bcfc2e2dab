//! Reads what is live: what the file names, and what bears the stack's tags and is not in it any more.
//!
//! All reads start together; shared look-ups are made once. "Nothing there" and "could not look" are told
//! apart everywhere.

mod facts;
mod inspect;
mod organization;
mod prerequisites;
mod removal_check;
mod session_role;
mod simulate;

pub use inspect::{InspectError, Inspection, LiveRegistry, inspect};
pub use organization::{Organization, Rcps, organization};
pub use prerequisites::check_prerequisites;
pub use removal_check::check_before_removal;
pub use session_role::{RoleOfSession, asks_for_role, session_role};
pub use simulate::{NotSimulated, simulate};
