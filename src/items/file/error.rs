//! What is wrong with a file of items.

use std::fmt;

/// What is wrong with a file of items: the line, a sentence, and how to fix it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct FileError {
    /// The line, from one; `None` for the file as a whole.
    pub line: Option<u64>,
    /// The sentence.
    pub message: String,
    /// The remediation.
    pub hint: Option<String>,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl FileError {
    /// An error at a line.
    pub fn at(line: u64, message: impl fmt::Display) -> Self {
        Self { line: Some(line), message: message.to_string(), hint: None }
    }

    /// An error of the whole file.
    pub fn of_file(message: impl fmt::Display) -> Self {
        Self { line: None, message: message.to_string(), hint: None }
    }

    /// The same error with a hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}
