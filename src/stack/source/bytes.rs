//! The bytes of a text by its characters, and the depth to which it may be nested.

/// How deep a file may be nested.
pub(crate) const MAX_DEPTH: usize = 64;

/// The byte at which each character begins; the parser counts characters.
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

    /// The byte at which a character begins.
    pub(crate) fn of(&self, character: usize) -> usize {
        match &self.starts {
            Some(starts) => starts.get(character).copied().unwrap_or(self.len),
            None => character.min(self.len),
        }
    }
}
