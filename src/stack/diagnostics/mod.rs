//! The errors of a stack's files: findings with their places, collected, and shown with their lines.

mod complaint;
mod related;
mod render;
mod report;

pub(super) use complaint::Complaint;
pub use related::Related;
pub(super) use render::Sources;
pub use report::{Failure, FailureKind};
pub(super) use report::{Finding, Reports};
