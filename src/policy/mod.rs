//! The IAM policy language: documents, patterns, conditions and their evaluation. Pure: no SDK, no I/O.

/// Whether two policy documents mean the same.
pub fn same_meaning(one: &serde_json::Value, other: &serde_json::Value) -> bool {
    one == other
}
