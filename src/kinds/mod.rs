//! The kinds: one folder each, with the same modules, and the list of them.
//!
//! Only this list names concrete kinds; the rest of the engine gets a registry.

#[cfg(all(test, feature = "aws"))]
mod answers_tests;
pub mod ec2_tags;
pub mod function;
pub mod lambda_tags;
#[cfg(test)]
mod laws_tests;
mod network;
#[cfg(test)]
mod reference_tests;
pub mod role;
pub mod security_group_rule;
pub mod table;
pub mod trigger;
pub mod vpc_endpoint;

use crate::kind::{Erased, Registry};

/// Every kind, in the order in which a stack is best read.
pub const REGISTRY: Registry = Registry::new(&[
    &Erased::<table::Table>::new(),
    &Erased::<vpc_endpoint::VpcEndpoint>::new(),
    &Erased::<security_group_rule::SecurityGroupRule>::new(),
    &Erased::<role::Role>::new(),
    &Erased::<function::Function>::new(),
    &Erased::<trigger::Trigger>::new(),
]);

impl Default for Registry {
    /// Every kind: for floors above that name none of them.
    fn default() -> Self {
        REGISTRY
    }
}

/// The same with their live halves.
#[cfg(feature = "aws")]
pub const LIVE: &[&dyn crate::kind::ErasedLive] = &[
    &Erased::<table::Table>::new(),
    &Erased::<vpc_endpoint::VpcEndpoint>::new(),
    &Erased::<security_group_rule::SecurityGroupRule>::new(),
    &Erased::<role::Role>::new(),
    &Erased::<function::Function>::new(),
    &Erased::<trigger::Trigger>::new(),
];
