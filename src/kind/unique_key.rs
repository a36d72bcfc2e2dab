//! What only one resource can have.

use crate::base::PropertyPath;

/// What only one resource of a kind can have: of two that claim the same, AWS refuses the second or takes it for the
/// first, whatever they are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueKey {
    /// The property that claims it.
    pub path: PropertyPath,
    /// What is claimed; texts may be pending or sealed, and are compared as they stand.
    pub key: Vec<String>,
    /// What AWS has just one of, in a sentence.
    pub why: &'static str,
    /// How two become one, or keep apart.
    pub hint: &'static str,
}
