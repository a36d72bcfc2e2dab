//! Triggers: Lambda's event source mappings, moved out of their functions when a stack is loaded.
//!
//! A mapping has no name. It is identified by its tags, or, if it has none of ours, by function and source.
//! Source and starting position can't be changed: a stream that is created anew has a new ARN, and the trigger
//! is replaced.

mod access;
mod advice;
mod check;
mod filter;
mod identity;
mod kind;
#[cfg(feature = "aws")]
mod live;
pub mod op;
mod position;
mod render;
mod role_needs;
mod source;
pub mod spec;
mod steps;
#[cfg(test)]
#[expect(unreachable_pub, reason = "the integration tests include it by its path")]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod warnings;

pub use identity::Trigger;
pub use op::Op;
pub use spec::{StartingPosition, TriggerSpec};
