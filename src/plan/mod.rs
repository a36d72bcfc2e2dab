//! The plan: what would change, the API calls that would change it, and why.
//!
//! Pure and deterministic: the same stack, inventory and terms give the same plan. Responsible for actions,
//! steps and their order; must not decide whether they are allowed.

mod change;
mod drafts;
mod fit;
mod foundations;
mod hide;
mod ignored;
mod input;
mod lacks;
#[cfg(test)]
mod left_tests;
mod make;
mod model;
mod order;
mod release;
mod schema;
mod tags;
mod targets;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use change::{Eyes, unlike};
pub use fit::{cautions, misfits};
pub use foundations::foundations;
pub use input::{Inventory, Orphan, Terms, Wanted};
pub use make::{PlanError, make};
pub use model::{
    Action, Excuse, FORMAT_VERSION, Ignored, Live, Note, Outcome, Plan, PlannedChange, Property, Step, Summary, Verdict,
};
pub use order::Cycle;
pub use release::{Untagging, untagging};
pub use schema::schema;
pub use tags::{ADDRESS_TAG, SCOPE_TAG, STACK_TAG, address_tag, owned_tags};
