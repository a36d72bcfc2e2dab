//! The plan: the changes, the API calls that make them, and the reasons.
//!
//! Pure and deterministic: the same stack, inventory and options give the same plan. Responsible for actions,
//! steps and their order; must not decide whether they are allowed.

mod assemble;
mod comparison;
mod conflicts;
mod decision;
mod declared;
mod dependencies;
mod error;
mod ignored;
mod input;
#[cfg(test)]
mod left_tests;
mod make;
mod model;
mod order;
mod ownership;
mod prerequisites;
mod redact;
mod release;
mod schema;
mod selection;
mod steps;
mod tags;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod unsupported;

pub use comparison::unlike;
pub use conflicts::{conflicts, warnings};
pub use dependencies::dependencies;
pub use error::PlanError;
pub use input::{CompareOptions, Desired, Inventory, Orphan, PlanOptions};
pub use make::make;
pub use model::{
    Action, Excuse, FORMAT_VERSION, Ignored, Live, Note, Outcome, Plan, PlannedChange, Property, Step, Summary, Verdict,
};
pub use order::Cycle;
pub use release::{Untagging, untagging};
pub use schema::schema;
pub use tags::{ADDRESS_TAG, SCOPE_TAG, STACK_TAG, address_tag, owned_tags};
