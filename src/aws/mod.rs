//! The way to AWS: clients, errors, waits and retries.
//!
//! Responsible for how a call is made and what its failure is called; must not know any kind.

mod context;
mod error;
mod wait;

pub use context::{Aws, Tagged};
pub use error::CallError;
pub use wait::{Patience, retry_while, until};
