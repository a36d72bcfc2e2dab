//! A finding about the design of a table.

use crate::base::PropertyPath;

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// The property, from the table down.
    pub path: PropertyPath,
    /// The fact.
    pub message: String,
    /// A way to fix it.
    pub hint: Option<String>,
}
