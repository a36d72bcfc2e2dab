//! Reads what is live: what the file names, and what bears the stack's tags and is not in it any more.
//!
//! All reads start together; shared look-ups are made once. "Nothing there" and "could not look" are told
//! apart everywhere.

mod ahead;
mod closer;
mod facts;
mod inspect;
mod organization;
mod session_role;
mod simulate;

pub use ahead::look_ahead;
pub use closer::look_closer;
pub use inspect::{InspectError, Inspection, LiveRegistry, inspect};
pub use organization::{Organization, Rcps, organization};
pub use session_role::{RoleOfSession, asks_for_role, session_role};
pub use simulate::{NotSimulated, simulate};
