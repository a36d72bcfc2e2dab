//! Lines of a stack file by themselves: the remedies of checks.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use super::entry::Verbatim;
use crate::stack::diagnostics::Reports;
use crate::stack::parse;
use crate::stack::read::walk::Walk;
use crate::stack::source::redaction::Language;
use crate::stack::source::{Source, Span};

/// The values that lines of YAML give, references and variables as they are written; `None` if they are no YAML.
pub fn yaml_values(lines: &str) -> Option<Value> {
    let reports = Reports::default();
    let source = Arc::new(Source::new(PathBuf::from("remedy.yaml"), lines.to_owned(), Language::Rules));
    let root = parse::yaml(&source, &reports).ok()?;
    let whole = Span::new(0, lines.len());
    Walk::new(&source, &reports, &Verbatim, &json!({})).read(&root, whole, "the lines")
}
