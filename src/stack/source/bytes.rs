//! The bytes of a text by its characters, and the deepest allowed nesting.

/// The deepest allowed nesting of a file.
pub(crate) const MAX_DEPTH: usize = 64;

/// The first byte of each character; the parser counts characters.
pub(crate) struct Bytes {
    starts: Option<Vec<usize>>,
    len: usize,
}

impl Bytes {
    /// Counts the characters of a text.
    pub(crate) fn new(text: &str) -> Self {
        let starts = (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).collect());
        Self { starts, len: text.len() }
    }

    /// The first byte of a character.
    pub(crate) fn of(&self, character: usize) -> usize {
        match &self.starts {
            Some(starts) => starts.get(character).copied().unwrap_or(self.len),
            None => character.min(self.len),
        }
    }
}
