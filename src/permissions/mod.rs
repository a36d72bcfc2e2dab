//! The permissions that a stack needs: one identity policy for all that a command may ask of AWS for this very file.
//!
//! Pure. What is needed is asked of the kinds; here it becomes statements: ARNs of the stack's own resources, and where
//! AWS alone gives an id, a condition in its place. It must not decide what is allowed.

mod condition;
mod document;
mod imagined;
mod notes;
mod required;
mod statement;
#[cfg(test)]
mod tests;

pub use document::{PolicyDocument, documents};
pub use notes::notes;
pub use required::{Needed, Purpose, needed};
pub use statement::{Statement, statements};
