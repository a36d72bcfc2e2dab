//! ARNs as properties: the resources that each property takes, and the regions and accounts these may be in.
//!
//! Each kind declares its properties ([`ArnRule`]); one check compares partition, region, account, service and
//! resource of every ARN with the stack's own, and the partition of the names in policy documents. Values that are not
//! known yet, and placeholders for an unknown environment (a region that is not set), are not compared.

mod check;
mod parts;
mod policy;
mod property;
mod rule;
#[cfg(test)]
mod tests;

pub(super) use check::check;
pub use rule::{ArnForm, ArnRule, Reach};
