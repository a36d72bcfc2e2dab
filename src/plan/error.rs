//! The error of planning.

use super::order::Cycle;
use crate::base::{Address, Problem};

/// The reason why no plan could be made.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The problems that a kind finds in a resource, now that the account is known.
    #[error("{address} can't be planned")]
    Problems {
        /// The address.
        address: Address,
        /// The problems.
        problems: Vec<Problem>,
    },
    /// Changes that AWS would refuse according to the shared look-ups; never empty.
    #[error("AWS would refuse the planned changes")]
    Refused(Vec<(Address, Vec<Problem>)>),
    /// Resources that wait for each other.
    #[error(transparent)]
    Cycle(#[from] Cycle),
}

impl PlanError {
    /// Turns the problems of a resource into the error.
    pub(super) fn at(address: &Address) -> impl Fn(Vec<Problem>) -> Self {
        move |problems| Self::Problems { address: address.clone(), problems }
    }
}
