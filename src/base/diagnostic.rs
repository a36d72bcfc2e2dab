//! Messages for a person about a place in a file.

use std::path::PathBuf;

use serde::Serialize;

use super::PropertyPath;

/// The severity of a diagnostic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is done before it is fixed.
    Error,
    /// Worth a look, but nothing is blocked.
    Warning,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
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

/// A fact about the input, with its place and a way to fix it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Diagnostic {
    /// The severity.
    pub severity: Severity,
    /// A stable, short name: `unknown-key`, `wrong-type` …
    pub code: &'static str,
    /// The fact, in one sentence without a full stop.
    pub message: String,
    /// The place in the file.
    pub location: Option<Location>,
    /// The text under the marked place, such as "expected one of …".
    pub label: Option<String>,
    /// A way to fix it.
    pub hint: Option<String>,
}

/// A problem that a kind finds with a resource. A kind knows properties, not files; the loader finds the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The property at fault; the root for the resource (or its name) as a whole.
    pub path: PropertyPath,
    /// The fact.
    pub message: String,
    /// A way to fix it, and AWS's source of the rule.
    pub hint: Option<String>,
    /// The other properties that this problem depends on. If one of them is wrong itself, this problem may follow from
    /// that alone, and isn't reported.
    pub given: Vec<PropertyPath>,
    /// True if the problem is about the key at the path, and not about the value there.
    pub of_key: bool,
}

impl Problem {
    /// Makes a problem without a hint.
    pub fn new(path: PropertyPath, message: impl Into<String>) -> Self {
        Self { path, message: message.into(), hint: None, given: Vec::new(), of_key: false }
    }

    /// Marks the problem as one about the key at the path.
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

    /// Adds a way to fix it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
