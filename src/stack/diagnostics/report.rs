//! The errors of a stack's files: diagnostics with their sources, and their forms for people and programs.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::Sources;
use super::related::Related;
use crate::base::{Diagnostic, Location, Severity};
use crate::stack::source::{Source, Span};

/// The kind of a failure, as far as the exit code depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FailureKind {
    /// An error in the files, or in a variable that they need.
    #[default]
    Invalid,
    /// The file has no environment of the name that was given with `--env`: a mistake of usage.
    UnknownEnvironment,
}

/// The most diagnostics that are shown to people: who broke every entry of a large file reads the first ones.
const SHOWN_MOST: usize = 1_000;

/// All errors of a stack's files.
#[derive(Clone, Default)]
pub struct Failure {
    /// The errors, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
    /// The kind of the failure.
    pub kind: FailureKind,
    related: Vec<Related>,
    sources: Sources,
}

impl Failure {
    /// Adds another failure; common diagnostics are kept once.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        let Self { diagnostics, kind, related, sources } = other;
        if self.kind == FailureKind::Invalid {
            self.kind = kind;
        }
        self.diagnostics.extend(diagnostics);
        self.related.extend(related);
        self.sources.extend(sources);
        self.tidy();
        self
    }

    /// The same, with a place for diagnostics without one: the place that named the wrong file.
    #[must_use]
    pub(crate) fn or_at(mut self, source: &Arc<Source>, span: Span) -> Self {
        for diagnostic in self.diagnostics.iter_mut().filter(|diagnostic| diagnostic.location.is_none()) {
            diagnostic.location = Some(source.location(span));
        }
        self.sources.insert(Arc::clone(source));
        self
    }

    /// The form for people: message, place, snippet and hint of each diagnostic, up to [`SHOWN_MOST`] of them. The form
    /// for programs has all.
    pub fn render(&self, color: bool) -> String {
        let by_diagnostic = self.related_by_diagnostic();
        let related = |diagnostic: &Diagnostic| {
            by_diagnostic.get(&key(diagnostic)).into_iter().flatten().copied().cloned().collect()
        };
        let is_error = |one: &&Diagnostic| one.severity == Severity::Error;
        let errors = self.diagnostics.iter().filter(is_error).count().min(SHOWN_MOST);
        let mut left = BTreeMap::from([(true, errors), (false, SHOWN_MOST - errors)]);
        // No warning takes the place of an error.
        let is_shown = |one: &&Diagnostic| -> bool {
            let left = left.entry(is_error(one)).or_default();
            let is_left = *left > 0;
            *left = left.saturating_sub(1);
            is_left
        };
        let shown: Vec<Diagnostic> = self.diagnostics.iter().filter(is_shown).cloned().collect();
        let text = self.sources.render(&shown, &related, color);
        match self.diagnostics.len() - shown.len() {
            0 => text,
            left => format!("{text}\n\n… and {left} more, which `--format json` lists"),
        }
    }

    /// The other places of each diagnostic, such as the first of two equal keys.
    fn related_by_diagnostic(&self) -> HashMap<Key<'_>, Vec<&Related>> {
        let mut all: HashMap<_, Vec<&Related>> = HashMap::new();
        for related in &self.related {
            all.entry((related.of.0.as_ref(), related.of.1)).or_default().push(related);
        }
        all
    }

    /// Sorts by place, and keeps one of equal ones.
    fn tidy(&mut self) {
        self.diagnostics.sort_by(|a, b| place(a).cmp(&place(b)));
        let mut seen = HashSet::new();
        let new: Vec<bool> = self.diagnostics.iter().map(|diagnostic| seen.insert(diagnostic)).collect();
        let mut new = new.into_iter();
        self.diagnostics.retain(|_| new.next().unwrap_or(true));
        let mut seen = HashSet::new();
        let new: Vec<bool> = self.related.iter().map(|related| seen.insert(related)).collect();
        let mut new = new.into_iter();
        self.related.retain(|_| new.next().unwrap_or(true));
    }
}

/// What other places name their diagnostic by.
type Key<'a> = (Option<&'a Location>, &'static str);

fn key(diagnostic: &Diagnostic) -> Key<'_> {
    (diagnostic.location.as_ref(), diagnostic.code)
}

/// The place by which diagnostics are sorted.
fn place(diagnostic: &Diagnostic) -> Option<(&Path, (usize, usize))> {
    diagnostic.location.as_ref().map(|at| (at.file.as_path(), at.bytes))
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.diagnostics).finish()
    }
}

impl std::error::Error for Failure {}

/// `{"errors": [{severity, code, message, location, label, hint, related}]}`
impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Item<'a> {
            severity: Severity,
            code: &'static str,
            message: &'a str,
            location: Option<&'a Location>,
            label: Option<&'a str>,
            hint: Option<&'a str>,
            related: Vec<&'a Related>,
        }
        let by_diagnostic = self.related_by_diagnostic();
        let mut items = Vec::new();
        for diagnostic in &self.diagnostics {
            let Diagnostic { severity, code, message, location, label, hint } = diagnostic;
            items.push(Item {
                severity: *severity,
                code,
                message,
                location: location.as_ref(),
                label: label.as_deref(),
                hint: hint.as_deref(),
                related: by_diagnostic.get(&key(diagnostic)).cloned().unwrap_or_default(),
            });
        }
        let mut object = serializer.serialize_struct("Failure", 1)?;
        object.serialize_field("errors", &items)?;
        object.end()
    }
}

/// A diagnostic that is being built.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    diagnostic: Diagnostic,
    source: Option<Arc<Source>>,
    related: Vec<(Location, String)>,
}

impl Finding {
    /// An error at a place.
    pub(crate) fn at(source: &Arc<Source>, span: Span, code: &'static str, message: impl Into<String>) -> Self {
        let mut finding = Self::nowhere(code, message);
        finding.diagnostic.location = Some(source.location(span));
        finding.source = Some(Arc::clone(source));
        finding
    }

    /// An error that has no place in a file.
    pub(crate) fn nowhere(code: &'static str, message: impl Into<String>) -> Self {
        let diagnostic = Diagnostic {
            severity: Severity::Error,
            code,
            message: message.into(),
            location: None,
            label: None,
            hint: None,
        };
        Self { diagnostic, source: None, related: Vec::new() }
    }

    /// Sets the severity.
    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.diagnostic.severity = severity;
        self
    }

    /// Sets the label of the marked place.
    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.diagnostic.label = Some(label.into());
        self
    }

    /// Sets the remediation.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.diagnostic.hint = Some(hint.into());
        self
    }

    /// Sets the remediation, if there is one.
    pub(crate) fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.diagnostic.hint = hint.or(self.diagnostic.hint);
        self
    }

    /// Points at a second place of the same file.
    pub(crate) fn also(mut self, source: &Source, span: Span, label: impl Into<String>) -> Self {
        self.related.push((source.location(span), label.into()));
        self
    }

    /// A failure of this alone.
    pub(crate) fn fail(self) -> Failure {
        let reports = Reports::default();
        reports.push(self);
        reports.failure()
    }
}

/// Removes from the texts what the snippet hides.
fn redact(source: &Source, diagnostic: &mut Diagnostic, related: &mut [(Location, String)]) {
    let Diagnostic { severity: _, code: _, message, location, label, hint } = diagnostic;
    let places = location.iter().chain(related.iter().map(|(place, _)| place));
    let places: Vec<(usize, usize)> = places.map(|place| place.bytes).collect();
    let words = [Some(message), label.as_mut(), hint.as_mut()].into_iter().flatten();
    for words in words.chain(related.iter_mut().map(|(_, label)| label)) {
        *words = source.hidden().redacted(words, &places);
    }
}

/// Collects findings from several places.
#[derive(Debug, Default)]
pub(crate) struct Reports {
    failure: RefCell<Failure>,
    /// The number of errors so far, which many places ask for.
    errors: Cell<usize>,
}

impl Reports {
    /// Adds a finding.
    pub(crate) fn push(&self, finding: Finding) {
        let Finding { mut diagnostic, source, mut related } = finding;
        if let Some(source) = &source {
            redact(source, &mut diagnostic, &mut related);
        }
        let error = diagnostic.severity == Severity::Error;
        self.errors.set(self.errors.get() + usize::from(error));
        let mut all = self.failure.borrow_mut();
        let of = (diagnostic.location.clone(), diagnostic.code);
        all.related.extend(related.into_iter().map(|(location, label)| Related { of: of.clone(), location, label }));
        if let Some(source) = source {
            all.sources.insert(source);
        }
        all.diagnostics.push(diagnostic);
    }

    /// Adds all diagnostics of a failure.
    pub(crate) fn absorb(&self, failure: Failure) {
        let merged = std::mem::take(&mut *self.failure.borrow_mut()).merge(failure);
        self.errors.set(merged.diagnostics.iter().filter(|d| d.severity == Severity::Error).count());
        *self.failure.borrow_mut() = merged;
    }

    /// Makes a file's text known, for snippets.
    pub(crate) fn know(&self, source: &Arc<Source>) {
        self.failure.borrow_mut().sources.insert(Arc::clone(source));
    }

    /// Sets the kind of the failure.
    pub(crate) fn sort(&self, kind: FailureKind) {
        self.failure.borrow_mut().kind = kind;
    }

    /// The number of errors so far.
    pub(crate) fn errors(&self) -> usize {
        self.errors.get()
    }

    /// The failure with all findings.
    pub(crate) fn failure(self) -> Failure {
        let mut failure = self.failure.into_inner();
        failure.tidy();
        failure
    }

    /// The value, with the warnings, if there was no error.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<(T, Vec<Diagnostic>, Sources), Failure> {
        let errors = self.errors();
        let failure = self.failure();
        match value {
            Some(value) if errors == 0 => Ok((value, failure.diagnostics, failure.sources)),
            _ => Err(failure),
        }
    }
}
