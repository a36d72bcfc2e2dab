//! Keys that only one resource can have.

use crate::base::PropertyPath;

/// A key that only one resource of a kind can have: if two claim it, AWS refuses the second or takes it for the
/// first, whatever their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueKey {
    /// The property that claims it.
    pub path: PropertyPath,
    /// The claimed key; texts may be pending or sealed, and are compared as they are.
    pub key: Vec<String>,
    /// The fact that AWS has just one, in a sentence.
    pub why: &'static str,
    /// The way to merge the two, or to keep them apart.
    pub hint: &'static str,
}
