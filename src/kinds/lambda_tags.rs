//! The calls on the tags of Lambda's resources. Functions and triggers share this module, which knows neither.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The input of `TagResource`. Source: Lambda API reference, `TagResource`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResource {
    /// The ARN.
    pub resource: String,
    /// The tags to set.
    pub tags: BTreeMap<String, String>,
}

/// The input of `UntagResource`. Source: Lambda API reference, `UntagResource`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagResource {
    /// The ARN.
    pub resource: String,
    /// The keys to remove.
    pub tag_keys: Vec<String>,
}
