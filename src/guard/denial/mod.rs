//! The denials of AWS during apply: who was denied what, by which kind of policy, and the remediation.
//!
//! Pure: this reads AWS's messages and decoded details; other modules ask AWS for more. AWS's texts are foreign: they
//! are shown and compared, but never acted on.

mod decoded;
mod judged;
mod layer;
mod message;
mod remediation;

pub use judged::{Judges, judged_again};
pub use layer::{DenialType, Layer};
pub use message::{Denial, Denied, DenyingStatement, said_in_short};

#[cfg(test)]
mod tests;
