//! Diagnostics in a form for people: message, place, snippet and hint. Sensitive parts of a snippet are
//! shown as stars.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::Related;
use crate::base::{Diagnostic, Location, Severity};
use crate::stack::source::Source;

/// The files of diagnostics, and their hidden parts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    files: BTreeMap<PathBuf, Arc<Source>>,
}

impl Sources {
    /// Adds a file.
    pub(crate) fn insert(&mut self, source: Arc<Source>) {
        self.files.insert(source.file().to_owned(), source);
    }

    /// Adds the files of another set.
    pub(crate) fn extend(&mut self, other: Self) {
        let Self { files } = other;
        self.files.extend(files);
    }

    /// A file's text, with a star for each hidden byte, so that places stay the same.
    fn shown(&self, file: &Path) -> Option<String> {
        let source = self.files.get(file)?;
        let text = source.text();
        let (mut shown, mut at) = (String::with_capacity(text.len()), 0);
        for span in &source.hidden().spans {
            let start = span.start.max(at);
            let Some((before, hidden)) = text.get(at..start).zip(text.get(start..span.end)) else { continue };
            shown.push_str(before);
            for c in hidden.chars() {
                if c.is_whitespace() { shown.push(c) } else { shown.push_str(&"*".repeat(c.len_utf8())) }
            }
            at = span.end;
        }
        shown.push_str(&text[at..]);
        Some(shown)
    }

    /// Renders diagnostics, each with its related places.
    pub(crate) fn render(
        &self,
        diagnostics: &[Diagnostic],
        related: &dyn Fn(&Diagnostic) -> Vec<Related>,
        color: bool,
    ) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let texts: BTreeMap<&Path, String> =
            self.files.keys().filter_map(|file| Some((file.as_path(), self.shown(file)?))).collect();
        let block = |diagnostic: &Diagnostic| {
            let text = diagnostic.location.as_ref().and_then(|at| texts.get(at.file.as_path()));
            block(diagnostic, text.map(String::as_str), &related(diagnostic), &renderer)
        };
        diagnostics.iter().map(block).collect::<Vec<_>>().join("\n\n")
    }
}

fn block(diagnostic: &Diagnostic, text: Option<&str>, related: &[Related], renderer: &Renderer) -> String {
    let Diagnostic { severity, code: _, message, location, label, hint } = diagnostic;
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(message.as_str()));
    if let Some((at, text)) = location.as_ref().zip(text) {
        let others: Vec<&Related> = related.iter().filter(|other| other.location.file == at.file).collect();
        // The renderer gets only the relevant lines, since it reads all its input.
        let places = || std::iter::once(at).chain(others.iter().map(|other| &other.location));
        let first = places().map(|place| place.bytes.0).min().unwrap_or(0);
        let last = places().map(|place| place.bytes.1).max().unwrap_or(0);
        let line = places().map(|place| place.line).min().unwrap_or(1);
        let start = text[..first].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[last..].find('\n').map_or(text.len(), |newline| last + newline);
        let span = |place: &Location| place.bytes.0 - start..place.bytes.1 - start;
        let primary = AnnotationKind::Primary.span(span(at)).label(label.as_deref());
        let mut snippet = Snippet::source(&text[start..end]).line_start(line);
        snippet = snippet.path(at.file.display().to_string()).annotation(primary);
        for other in others {
            let context = AnnotationKind::Context.span(span(&other.location));
            snippet = snippet.annotation(context.label(other.label.as_str()));
        }
        group = group.element(snippet);
    }
    if let Some(hint) = hint {
        group = group.element(Level::HELP.with_name("hint").message(hint.as_str()));
    }
    renderer.render(&[group])
}
