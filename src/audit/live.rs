//! A resource that is live, as rules judge it.

use super::{Evidence, Resource};
use crate::kind::Rendering;

/// A resource that is live, as rules judge it.
#[derive(Debug, Clone)]
pub struct Live {
    /// The resource.
    pub resource: Resource,
    /// Its configuration items.
    pub items: Vec<Rendering>,
    /// Its properties in a template, for the types that the stack's kinds write as such.
    pub template: Vec<Rendering>,
    /// The calls that showed it.
    pub evidence: Vec<Evidence>,
}

/// A type of which not all resources of a place could be listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnreadType {
    /// AWS's type.
    pub type_name: String,
    /// The account.
    pub account: String,
    /// The region; `global` for IAM and Organizations.
    pub region: String,
    /// The reason, as a sentence.
    pub reason: String,
}
