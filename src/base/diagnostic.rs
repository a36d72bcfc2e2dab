//! What is said to a person about a place in a file.

use std::path::PathBuf;

use serde::Serialize;

use super::PropertyPath;

/// How grave a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is done before it is mended.
    Error,
    /// Worth a look.
    Warning,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct Location {
    /// The file, as the user named it.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The bytes of the file that are meant.
    #[serde(skip)]
    pub bytes: (usize, usize),
}

/// A fact about the input, where it stands, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// A stable, short name: `unknown-key`, `wrong-type` …
    pub code: &'static str,
    /// The fact, in one sentence without a full stop.
    pub message: String,
    /// Where it stands.
    pub location: Option<Location>,
    /// What stands under the marked place, such as "expected one of …".
    pub label: Option<String>,
    /// How to mend it.
    pub hint: Option<String>,
}

/// What a kind finds wrong with a resource: it knows properties, not files. The loader finds the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The property at fault; the root for the resource (or its name) as a whole.
    pub path: PropertyPath,
    /// The fact.
    pub message: String,
    /// How to mend it, and AWS's source of the rule.
    pub hint: Option<String>,
    /// The other properties without which it would not be one. Where one of them is wrong itself, this may follow
    /// from that alone, and isn't told.
    pub given: Vec<PropertyPath>,
    /// Whether it is about the key at the path, and not about the value that stands there.
    pub of_key: bool,
}

impl Problem {
    /// Makes a problem without a hint.
    pub fn new(path: PropertyPath, message: impl Into<String>) -> Self {
        Self { path, message: message.into(), hint: None, given: Vec::new(), of_key: false }
    }

    /// Says that it is about the key at the path.
    #[must_use]
    pub fn of_key(mut self) -> Self {
        self.of_key = true;
        self
    }

    /// Names another property that it depends on.
    #[must_use]
    pub fn given(mut self, path: PropertyPath) -> Self {
        self.given.push(path);
        self
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
