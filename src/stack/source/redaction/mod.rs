//! Redaction: the parts of a file's text that no error shows.
//!
//! A value is shown if the file's schema knows its place and does not call it sensitive; elsewhere (below a
//! misspelt or misplaced key, in a shape that the place does not take) it may be a secret, and is hidden. Keys,
//! punctuation and `${…}` stay. If YAML can be read, its events give the places; otherwise lines do.

mod events;
mod flow;
#[cfg(test)]
mod laws_tests;
mod lines;
mod parts;
mod place;
#[cfg(test)]
mod tests;
mod url;

use crate::kind::{Registry, X_UNDERPIN};
use crate::stack::schema::stack;
use parts::Parts;
use place::Places;

pub(crate) use parts::Hidden;

/// The language of a file, which decides what may be shown of it.
#[derive(Clone, Copy)]
pub(crate) enum Language {
    /// A stack's file.
    Stack(Registry),
    /// An IAM policy document, in JSON or YAML.
    Policy,
    /// A text without sensitive places: rules and their entries.
    Rules,
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Stack(_) => "stack",
            Self::Policy => "policy",
            Self::Rules => "rules",
        })
    }
}

impl Language {
    /// A stack's file of which only the settings are reported on.
    pub(crate) const SETTINGS: Self = Self::Stack(Registry::new(&[]));
}

/// Finds the hidden parts of a text.
pub(crate) fn hidden(text: &str, language: Language) -> Hidden {
    let root = match language {
        Language::Stack(registry) => Some(stack::strict(&registry)),
        Language::Policy => Some(serde_json::json!({ X_UNDERPIN: "policy" })),
        Language::Rules => None,
    };
    let mut parts = Parts { text, found: Hidden::default() };
    if let Some(root) = &root {
        let places = Places::new(root);
        if !events::hide(&places, &mut parts) {
            lines::hide(&places, &mut parts, lines::Lines::Apart);
            lines::hide(&places, &mut parts, lines::Lines::Joined);
        }
    }
    for span in url::secrets(text) {
        parts.hide(span, None);
    }
    let Hidden { mut spans, mut values } = parts.found;
    spans.sort_unstable();
    spans.dedup();
    values.sort_unstable();
    values.dedup();
    Hidden { spans, values }
}
