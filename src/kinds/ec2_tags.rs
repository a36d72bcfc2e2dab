//! The calls by which EC2 sets and removes tags, and their inputs, shared by its kinds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::kind::PlannedOperation;
use crate::kind::tags::{self, Tag, TagCalls, TagOrder};

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

/// The pairs of tags.
#[cfg(feature = "aws")]
pub(super) fn pairs(tags: &[Tag]) -> Vec<(&str, &str)> {
    tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())).collect()
}

/// The keys of tags to remove.
#[cfg(feature = "aws")]
pub(super) fn keys(tags: &[TagKey]) -> Vec<&str> {
    tags.iter().map(|tag| tag.key.as_str()).collect()
}

/// The calls that turn the tags of a resource into others: at most `CreateTags` and `DeleteTags`, which wait for no other
/// call. `set` and `remove` make a kind's own operation of ids and tags.
pub(super) fn changes<Op>(
    id: &str,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    set: impl FnOnce(Vec<String>, Vec<Tag>) -> Op,
    remove: impl FnOnce(Vec<String>, Vec<TagKey>) -> Op,
) -> Vec<PlannedOperation<Op>> {
    let resources = || vec![id.to_owned()];
    let calls = TagCalls {
        property: "tags",
        order: TagOrder::SetFirst,
        set: |tags| set(resources(), tags::listed(&tags)),
        remove: |keys: Vec<String>| remove(resources(), keys.into_iter().map(|key| TagKey { key }).collect()),
    };
    calls.between(before, after).into_iter().map(|call| call.after([])).collect()
}
