//! Tables of Amazon DynamoDB: keys, billing, indexes, stream, protection, encryption, expiry, scaling.
//!
//! Responsible for the properties that an author may write of a table, AWS's rules for them, and its API calls, with
//! auto scaling, which is a part of the table. It must not access items, beyond checking whether there
//! are any.

mod access;
mod check;
mod identity;
mod kind;
#[cfg(feature = "aws")]
mod live;
pub mod op;
pub mod properties;
mod render;
pub mod scaling;
pub mod spec;
mod spelling;
mod steps;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod title;
mod warnings;

pub use identity::Table;
pub use op::Op;
pub use spec::TableSpec;
