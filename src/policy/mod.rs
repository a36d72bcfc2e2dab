//! The IAM policy language: documents, patterns, conditions and their evaluation. Pure: no SDK, no I/O.

mod canonical;
mod check;
mod document;
mod operator;
mod pattern;
pub mod size;
mod trust;
mod truth;
mod value;

pub use canonical::{DEFAULT_VERSION, canonicalize, same_meaning};
pub use check::{PolicyKind, Problem, check};
pub use document::{Clause, ConditionTerm, Document, Effect, Principals, Statement, Version};
pub use operator::{Comparison, Operator, Order, Quantifier};
pub use trust::trusts_service;
