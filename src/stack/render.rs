//! Diagnostics as a person reads them: message, place, snippet and hint. What is sensitive in a snippet is
//! shown as stars.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::report::Related;
use super::source::{Source, Span};
use crate::base::{Diagnostic, Severity};

/// The files that diagnostics speak of, and what may not be shown of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    files: BTreeMap<PathBuf, Arc<Source>>,
    masks: Vec<(PathBuf, Span)>,
}

impl Sources {
    /// Adds a file.
    pub(super) fn insert(&mut self, source: Arc<Source>) {
        self.files.insert(source.file().to_owned(), source);
    }

    /// Hides a value.
    pub(super) fn mask(&mut self, source: &Source, span: Span) {
        self.masks.push((source.file().to_owned(), span));
    }

    /// Takes in the files and masks of another.
    pub(super) fn extend(&mut self, other: Self) {
        let Self { files, masks } = other;
        self.files.extend(files);
        self.masks.extend(masks);
    }

    /// A file's text, with a star for each byte that is sensitive, so that places stay the same.
    fn shown(&self, file: &Path) -> Option<String> {
        let source = self.files.get(file)?;
        let masks: Vec<Span> = self.masks.iter().filter(|(of, _)| of == file).map(|(_, span)| *span).collect();
        if masks.is_empty() {
            return Some(source.text().to_owned());
        }
        let mask = |(at, c): (usize, char)| {
            let hidden = !c.is_whitespace() && masks.iter().any(|span| (span.start..span.end).contains(&at));
            if hidden { "*".repeat(c.len_utf8()) } else { c.to_string() }
        };
        Some(source.text().char_indices().map(mask).collect())
    }

    /// Renders diagnostics, each with the places that are related to it.
    pub(super) fn render(
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
        let primary = AnnotationKind::Primary.span(at.bytes.0..at.bytes.1).label(label.as_deref());
        let mut snippet = Snippet::source(text).path(at.file.display().to_string()).annotation(primary);
        for other in related.iter().filter(|other| other.location.file == at.file) {
            let (start, end) = other.location.bytes;
            snippet = snippet.annotation(AnnotationKind::Context.span(start..end).label(other.label.as_str()));
        }
        group = group.element(snippet);
    }
    if let Some(hint) = hint {
        group = group.element(Level::HELP.with_name("hint").message(hint.as_str()));
    }
    renderer.render(&[group])
}
