//! The permissions that a call needs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An IAM action on a resource, with the condition keys that the call will carry.
/// Source: the service authorization reference of each service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema, Deserialize)]
pub struct AccessRequest {
    /// The action, such as `dynamodb:CreateTable`.
    pub action: String,
    /// The ARN, or `*` where the action has no resource type. May be pending.
    pub resource: String,
    /// Condition key → values, such as `aws:RequestTag/project` → `["cruddur"]`. Without values: the call certainly has
    /// no such key.
    #[serde(default)]
    pub context: BTreeMap<String, Vec<String>>,
}

impl AccessRequest {
    /// Makes a request without condition keys.
    pub fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self { action: action.into(), resource: resource.into(), context: BTreeMap::new() }
    }

    /// The service of the action, as its prefix: `dynamodb`.
    pub fn service(&self) -> &str {
        self.action.split(':').next().unwrap_or_default()
    }

    /// Adds a condition key.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.context.insert(key.into(), values.into_iter().map(Into::into).collect());
        self
    }

    /// Adds the keys of a request that sets tags: `aws:RequestTag/KEY` for each, and `aws:TagKeys`.
    #[must_use]
    pub fn tagged<'t>(mut self, tags: impl IntoIterator<Item = (&'t String, &'t String)>) -> Self {
        let mut keys = Vec::new();
        for (key, value) in tags {
            self.context.insert(format!("aws:RequestTag/{key}"), vec![value.clone()]);
            keys.push(key.clone());
        }
        if !keys.is_empty() {
            self.context.insert("aws:TagKeys".to_owned(), keys);
        }
        self
    }
}
