//! The subject of a judgement: a resource in AWS's spelling, as planned or as it is live.

use std::sync::Arc;

use super::kept::Kept;
use crate::kind::Rendering;

/// An entry to judge: a resource of a stack, with its parts, or a resource of an account. Whoever asks for a judgement
/// supplies these: plans and `validate` from what is wanted, the audit from what is live.
#[derive(Debug)]
pub struct Subject {
    /// Its name: an address, or a type and an id. The logical ids of its template are made from it.
    pub name: String,
    /// AWS's type of the resource itself; parts of it may have others. Empty if nothing is known of it.
    pub type_name: &'static str,
    /// The resource that is judged.
    pub now: Rendered,
    /// The resource before the change.
    pub before: Before,
    /// The members that are kept beside the heads, if the rest was dropped: see [`super::Looks`].
    pub kept: Option<Arc<Kept>>,
}

/// A subject before the change that is judged.
#[derive(Debug)]
pub enum Before {
    /// Nothing changes.
    Same,
    /// It was not there.
    Absent,
    /// It was something else.
    Other(Rendered),
}

/// A resource in AWS's two spellings, or the reason why it can't be written.
#[derive(Debug, Default)]
pub struct Rendered {
    /// As AWS Config records it.
    pub items: Vec<Rendering>,
    /// As a CloudFormation template has it.
    pub template: Vec<Rendering>,
    /// The reason why it can't be written.
    pub error: Option<String>,
}

impl Subject {
    /// Returns whether the resource is created or changed.
    pub(super) fn changes(&self) -> bool {
        !matches!(self.before, Before::Same)
    }
}
