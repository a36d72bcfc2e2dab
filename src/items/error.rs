//! What is wrong with an item or a value.

use std::fmt;

/// What is wrong with an item: the attribute that it is about, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ItemError {
    /// The path to the attribute, such as `author.name`; empty for the item.
    pub path: String,
    /// The sentence.
    pub message: String,
}

impl fmt::Display for ItemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str(&self.message) } else { write!(f, "`{}`: {}", self.path, self.message) }
    }
}

impl ItemError {
    /// An error of the whole.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { path: String::new(), message: message.into() }
    }

    /// The same error, seen from one level above.
    #[must_use]
    pub(super) fn below(mut self, name: impl fmt::Display) -> Self {
        self.path = match self.path.as_str() {
            "" => name.to_string(),
            rest if rest.starts_with('[') => format!("{name}{rest}"),
            rest => format!("{name}.{rest}"),
        };
        self
    }
}

impl From<serde_json::Error> for ItemError {
    fn from(error: serde_json::Error) -> Self {
        Self::new(format!("it is not JSON: {error}"))
    }
}
