//! A file that was read: its tree, and the errors of its form.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{json, yaml};
use crate::base::{Location, Streams, read_file};
use crate::kind::Registry;
use crate::stack::diagnostics::{Failure, Finding, Reports};
use crate::stack::source::redaction::Language;
use crate::stack::source::tree::Node;
use crate::stack::source::{Source, Span};

/// A tree with its text.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The text.
    pub(crate) source: Arc<Source>,
    /// The outermost node.
    pub(crate) root: Node,
}

impl Tree {
    /// The place of a setting: its value if that is a scalar, else its key.
    pub(crate) fn setting(&self, keys: &[&str]) -> Option<Location> {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let (node, key, depth) = self.root.nearest(&keys, Span::default());
        let span = if node.scalar().is_some() { node.span } else { key };
        (depth == keys.len()).then(|| self.source.location(span))
    }
}

/// `stack.yaml`, parsed but not yet interpreted.
#[derive(Debug)]
pub struct Document {
    pub(crate) tree: Arc<Tree>,
    /// Repeated keys, anchors and similar errors: reported together with the errors of the content.
    pub(crate) form: Failure,
}

impl Document {
    /// Reads a stack's file.
    pub fn read(path: &Path, registry: &Registry) -> Result<Self, Failure> {
        Self::parse(
            path.to_owned(),
            text_as(path, path, Streams::Taken, Language::Stack(*registry), || {
                let message = format!("there is no file `{}`", path.display());
                Finding::nowhere("no-file", message)
                    .hint("`underpin init` writes a first stack; `--file` names another")
            })?,
            registry,
        )
    }

    /// Reads a stack's text as if it were in `file`; paths in it are relative to that file's folder.
    /// No error shows a value that the registry's kinds call sensitive.
    pub fn parse(file: PathBuf, text: String, registry: &Registry) -> Result<Self, Failure> {
        let source = Arc::new(Source::new(file, text, Language::Stack(*registry)));
        let reports = Reports::default();
        let root = yaml::yaml(&source, &reports)?;
        if root.is_null() {
            let message = format!("`{}` is empty", source.file().display());
            return Err(Finding::at(&source, Span::default(), "empty-file", message)
                .hint("begin with `stack: name`")
                .fail());
        }
        Ok(Self { tree: Arc::new(Tree { source, root }), form: reports.failure() })
    }

    /// The place of a setting, such as `["account"]`; `None` if the file does not give it.
    pub fn setting(&self, keys: &[&str]) -> Option<Location> {
        self.tree.setting(keys)
    }

    /// The file, as it was named.
    pub fn file(&self) -> &Path {
        self.tree.source.file()
    }

    /// The folder that paths in the file start from.
    pub fn folder(&self) -> PathBuf {
        folder_of(self.file())
    }

    /// Reports that begin with the errors of the form.
    pub(crate) fn reports(&self) -> Reports {
        let reports = Reports::default();
        reports.absorb(self.form.clone());
        reports.know(&self.tree.source);
        reports
    }
}

/// The folder of a file.
pub(crate) fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Reads another file of the stack, JSON or YAML by its name's ending.
pub(crate) fn tree(path: &Path, named: &Path, reports: &Reports) -> Result<Tree, Failure> {
    let missing = || Finding::nowhere("no-file", format!("there is no file `{}`", named.display()));
    let text = text_as(path, named, Streams::Refused, Language::Policy, missing)?;
    let source = Arc::new(Source::new(named.to_owned(), text, Language::Policy));
    let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let root = if is_json { json::json(&source, reports)? } else { yaml::yaml(&source, reports)? };
    Ok(Tree { source, root })
}

/// Reads a file's text, naming it as the user does.
fn text_as(
    path: &Path,
    named: &Path,
    streams: Streams,
    language: Language,
    missing: impl FnOnce() -> Finding,
) -> Result<String, Failure> {
    let unread = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => missing(),
        ErrorKind::FileTooLarge => {
            Finding::nowhere("file-too-large", format!("`{}` is too large: {error}", named.display()))
                .hint("split the stack into several files")
        }
        _ => Finding::nowhere("unreadable", format!("`{}` can't be read: {error}", named.display())),
    };
    let bytes = read_file(path, yaml::MAX_BYTES as u64, streams).map_err(|error| unread(error).fail())?;
    String::from_utf8(bytes).map_err(|error| not_utf8(named, &error, language).fail())
}

fn not_utf8(named: &Path, error: &std::string::FromUtf8Error, language: Language) -> Finding {
    let good = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let source = Arc::new(Source::new(named.to_owned(), text, language));
    let span = Span::new(good, good + '\u{FFFD}'.len_utf8());
    let message = format!("`{}` is not UTF-8", named.display());
    Finding::at(&source, span, "not-utf8", message)
        .label("these bytes are not a character")
        .hint("save the file as UTF-8")
}
