//! The text of a file and the places in it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::Span;
use super::redaction::{self, Hidden, Language};
use crate::base::Location;

/// A file as it was read.
#[derive(Debug)]
pub(crate) struct Source {
    file: PathBuf,
    text: String,
    lines: Vec<usize>,
    language: Language,
    hidden: OnceLock<Hidden>,
}

impl Source {
    /// Stores a file's text; a byte order mark is dropped.
    pub(crate) fn new(file: PathBuf, mut text: String, language: Language) -> Self {
        if text.starts_with('\u{FEFF}') {
            text.drain(..'\u{FEFF}'.len_utf8());
        }
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        Self { file, text, lines, language, hidden: OnceLock::new() }
    }

    /// The file, as the user named it.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// The whole text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The parts of the text that no error shows. They are computed for the first error.
    pub(crate) fn hidden(&self) -> &Hidden {
        self.hidden.get_or_init(|| redaction::hidden(&self.text, self.language))
    }

    /// The text of a span.
    pub(crate) fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// The line of a byte, without its end.
    pub(crate) fn line_at(&self, byte: usize) -> &str {
        let start = self.line_start(byte);
        self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default()
    }

    /// The first byte of the line of a byte.
    pub(crate) fn line_start(&self, byte: usize) -> usize {
        self.lines[self.line_index(byte)]
    }

    /// The byte of a line and a column, both counted from one, the column in characters.
    pub(crate) fn byte_at(&self, line: usize, column: usize) -> usize {
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let ahead = self.text[start..].char_indices().nth(column.saturating_sub(1));
        ahead.map_or(self.text.len(), |(ahead, _)| start + ahead)
    }

    fn line_index(&self, byte: usize) -> usize {
        self.lines.partition_point(|start| *start <= byte).saturating_sub(1)
    }

    /// The place of a span. A span of several lines is cut to its first line.
    pub(crate) fn location(&self, span: Span) -> Location {
        let start = self.boundary(span.start);
        let index = self.line_index(start);
        let line = self.line_at(start);
        let line_end = self.lines[index] + line.trim_end().len();
        let end = self.boundary(span.end).min(line_end).max(start);
        let column = self.text[self.lines[index]..start].chars().count() + 1;
        Location { file: self.file.clone(), line: index + 1, column, bytes: (start, end) }
    }

    /// The nearest character boundary at or before a byte.
    fn boundary(&self, byte: usize) -> usize {
        let byte = byte.min(self.text.len());
        (0..=byte).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_are_cut() {
        let source = Source::new("s.yaml".into(), "\u{FEFF}a: ü\nbé: cd\n e: f\n".to_owned(), Language::Rules);
        assert_eq!(source.text().chars().next(), Some('a'));
        let at = source.text().find("cd").expect("there");
        let location = source.location(Span::new(at, source.text().len()));
        assert_eq!((location.line, location.column), (2, 5));
        assert_eq!(source.slice(Span::new(location.bytes.0, location.bytes.1)), "cd");
        assert_eq!(source.location(Span::new(999, 1000)).line, 4);
    }
}
