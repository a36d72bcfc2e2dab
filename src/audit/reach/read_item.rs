//! A document of the account, as it was read.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::base::pending;

/// A configuration item, with the explanations of the placeholders in it.
#[derive(Debug, Clone, Copy)]
pub struct ReadItem<'a> {
    /// The item.
    pub body: &'a Value,
    /// The placeholder of a value that could not be read → the reason.
    pub unknown: &'a BTreeMap<String, String>,
}

impl ReadItem<'_> {
    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.body.pointer(pointer).and_then(Value::as_str)
    }

    pub(super) fn type_name(&self) -> &str {
        self.text("/resourceType").unwrap_or_default()
    }

    /// The reason for a placeholder; any other text is a reason itself.
    pub(super) fn reason(&self, text: &str) -> String {
        match self.unknown.iter().find(|(placeholder, _)| text.contains(placeholder.as_str())) {
            Some((_, reason)) => reason.clone(),
            None if pending::is_pending(text) => "it could not be read".to_owned(),
            None => text.to_owned(),
        }
    }
}
