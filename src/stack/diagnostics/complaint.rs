//! A mistake whose place is not known yet.

use std::sync::Arc;

use super::report::Finding;
use crate::stack::source::{Source, Span};

/// A fact about a value, before its place is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The diagnostic's code.
    pub(crate) code: &'static str,
    /// The fact.
    pub(crate) message: String,
    /// The label of the marked place.
    pub(crate) label: Option<String>,
    /// The remediation.
    pub(crate) hint: Option<String>,
}

impl Complaint {
    /// A complaint without label and hint.
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), label: None, hint: None }
    }

    /// Sets the label of the marked place.
    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Sets the remediation.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The finding at a place.
    pub(crate) fn at(self, source: &Arc<Source>, span: Span) -> Finding {
        let Self { code, message, label, hint } = self;
        let finding = Finding::at(source, span, code, message).maybe_hint(hint);
        match label {
            Some(label) => finding.label(label),
            None => finding,
        }
    }
}
