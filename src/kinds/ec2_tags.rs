//! The inputs by which EC2 sets and removes tags, shared by its kinds.

use serde::{Deserialize, Serialize};

use crate::kind::tags::Tag;

/// A tag to remove, whatever its value is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagKey {
    /// The key.
    pub key: String,
}

/// Tags of a resource that a call creates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagSpecification {
    /// The type of the resource, such as `vpc-endpoint`.
    pub resource_type: String,
    /// The tags.
    pub tags: Vec<Tag>,
}
