//! The permissions that a stack needs: one identity policy for all that a command may ask of AWS for this very file.
//!
//! Pure. The kinds list the requests; here they become statements: with ARNs of the stack's own resources, and with a
//! condition where only AWS gives an id. It must not decide what is allowed.

mod audit;
mod condition;
mod creation;
mod document;
mod imagined;
mod notes;
mod required;
mod statement;
#[cfg(test)]
mod tests;
mod workspace;

pub use audit::{AUDIT_ACTIONS, audit_policy};
pub use creation::{Creation, creations};
pub use document::{PolicyDocument, documents};
pub use notes::notes;
pub use required::{Needed, Purpose, needed};
pub use statement::{Statement, statements};
pub use workspace::workspace_rule;
