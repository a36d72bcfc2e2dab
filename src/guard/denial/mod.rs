//! What AWS denied after all: who was denied what, by which kind of policy, and how it can be mended.
//!
//! Pure: AWS's words are read here, and what a decoded message holds; asking AWS for more is done elsewhere. What AWS
//! says is foreign text: it is shown and compared, and nothing is done because of it.

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
