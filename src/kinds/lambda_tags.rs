//! The tags of Lambda's resources: the calls, and the steps from one set of tags to another. Functions and triggers
//! share this module, which knows neither.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::PropertyPath;
use crate::kind::PlannedOperation;
use crate::path;

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

/// The tags to set, and the keys to remove.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TagChange {
    pub(super) set: BTreeMap<String, String>,
    pub(super) gone: Vec<String>,
}

impl TagChange {
    pub(super) fn between(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Self {
        let set = after.iter().filter(|&(key, value)| before.get(key) != Some(value));
        let gone = before.keys().filter(|key| !after.contains_key(*key));
        Self { set: set.map(|(key, value)| (key.clone(), value.clone())).collect(), gone: gone.cloned().collect() }
    }

    /// One call to set, and one to remove, if there is anything to do.
    pub(super) fn moves<Op>(
        &self,
        tag: impl FnOnce(BTreeMap<String, String>) -> Op,
        untag: impl FnOnce(Vec<String>) -> Op,
    ) -> Vec<PlannedOperation<Op>> {
        self.moves_at("tags", tag, untag)
    }

    /// The same for tags in another property.
    pub(super) fn moves_at<Op>(
        &self,
        property: &str,
        tag: impl FnOnce(BTreeMap<String, String>) -> Op,
        untag: impl FnOnce(Vec<String>) -> Op,
    ) -> Vec<PlannedOperation<Op>> {
        let covers = |key: &String| -> PropertyPath { path![property, key] };
        let mut moves = Vec::new();
        if !self.set.is_empty() {
            moves.push(PlannedOperation::new(tag(self.set.clone()), self.set.keys().map(covers)));
        }
        if !self.gone.is_empty() {
            moves.push(PlannedOperation::new(untag(self.gone.clone()), self.gone.iter().map(covers)));
        }
        moves
    }
}
