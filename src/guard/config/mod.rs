//! Rules of AWS Config: every resource as it will be after apply, judged before anything is touched.
//!
//! Rules are chosen by the type of a resource and evaluated on the resource as AWS would write it; their findings lead
//! back to a line of the stack's file. Responsible for enforcement and exceptions; the meaning of a rule's answer is
//! that of [`crate::rules`].

mod context;
#[cfg(test)]
mod documents_tests;
mod exceptions;
#[cfg(test)]
mod exceptions_tests;
mod findings;
#[cfg(test)]
mod folder_tests;
mod judge;
#[cfg(test)]
mod sealed_tests;
#[cfg(test)]
mod shipped_tests;
mod subject;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trust_tests;

pub use context::ConfigTerms;
pub use judge::config;
pub use subject::Subject;
