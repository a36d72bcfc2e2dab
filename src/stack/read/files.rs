//! Other files of a stack that properties refer to: policy documents and code.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::confine::{Confined, Confinement};
use super::walk::{At, Walk};
use super::{archive, scalar};
use crate::base::Archives;
use crate::stack::diagnostics::{Complaint, Reports};
use crate::stack::parse::{self, Tree};
use crate::stack::source::tree::{Node, Scalar, Shape};
use crate::stack::source::{Source, Span};

/// A schema that accepts anything.
const ANY: Value = Value::Bool(true);

/// Digest and size of an archive, or the reason why there is none.
type Made = Result<(String, usize), Complaint>;

/// The files of a stack, each read once.
pub(crate) struct Files<'a> {
    confinement: &'a Confinement,
    archives: &'a Archives,
    trees: RefCell<BTreeMap<PathBuf, Option<Arc<Tree>>>>,
    code: RefCell<BTreeMap<PathBuf, Made>>,
}

impl<'a> Files<'a> {
    /// Files under a confinement; archives are kept in `archives`.
    pub(crate) fn new(confinement: &'a Confinement, archives: &'a Archives) -> Self {
        Self { confinement, archives, trees: RefCell::default(), code: RefCell::default() }
    }

    /// The tree of a policy file that is named in a place; `None` if it can't be read, which is reported once.
    fn tree(&self, path: &Confined, reports: &Reports, by: (&Arc<Source>, Span)) -> Option<Arc<Tree>> {
        if let Some(known) = self.trees.borrow().get(&path.real) {
            return known.clone();
        }
        let read = match parse::tree(&path.real, &path.named, reports) {
            Ok(tree) => Some(Arc::new(tree)),
            Err(failure) => {
                reports.absorb(failure.or_at(by.0, by.1));
                None
            }
        };
        self.trees.borrow_mut().insert(path.real.clone(), read.clone());
        read
    }

    /// Digest and size of the archive of a path.
    fn archive(&self, path: &Confined) -> Made {
        if let Some(known) = self.code.borrow().get(&path.real) {
            return known.clone();
        }
        let made = archive::of(path, self.confinement).map(|bytes| {
            let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(&bytes));
            let size = bytes.len();
            self.archives.insert(digest.clone(), bytes);
            (digest, size)
        });
        self.code.borrow_mut().insert(path.real.clone(), made.clone());
        made
    }
}

impl Walk<'_> {
    /// A path in the text of a node, in the form that may be shown, and its target.
    fn path(&mut self, node: &Node, scalar: &Scalar, at: &At) -> Option<(String, Confined)> {
        let files = self.files?;
        let filled = self.filled(node, scalar, at)?;
        if filled.is_pending() {
            let message = "a path can't hold what is known only after apply";
            let complaint = Complaint::new("known-too-late", message);
            self.complain(node.span, complaint.hint("write the path out, or use `${env:NAME}`"));
            return None;
        }
        // A path can't be secret, since it is shown; but a value from the environment need not be shown.
        let shown = if filled.secret { scalar.text.clone() } else { filled.text.clone() };
        match files.confinement.follow(&filled.text) {
            Ok(confined) => Some((shown, confined)),
            Err(mut complaint) => {
                complaint.message = complaint.message.replace(&filled.text, &shown);
                self.complain(node.span, complaint);
                None
            }
        }
    }

    /// A policy document: in place, or in the named file.
    pub(crate) fn policy(&mut self, node: &Node, at: &At) -> Option<Value> {
        match &node.shape {
            Shape::Refused => None,
            Shape::Mapping(_) => self.document(node, at),
            Shape::Sequence(_) => {
                let complaint = Complaint::new("wrong-type", format!("{} is a list, not a policy document", at.name));
                let hint = "write `{Version: \"2012-10-17\", Statement: […]}`, or the path of a JSON or YAML file";
                self.complain(at.anchor, complaint.label("expected a mapping or a file's path").hint(hint));
                None
            }
            Shape::Scalar(scalar) => {
                let (_, path) = self.path(node, scalar, at)?;
                let ending = path.real.extension().map(|ending| ending.to_string_lossy().to_lowercase());
                if path.real.is_dir() || !matches!(ending.as_deref(), Some("json" | "yaml" | "yml")) {
                    let message = format!("`{}` is not a policy file", path.named.display());
                    let complaint = Complaint::new("bad-path", message);
                    self.complain(
                        node.span,
                        complaint.label("expected a file that ends in `.json`, `.yaml` or `.yml`"),
                    );
                    return None;
                }
                let tree = self.files?.tree(&path, self.reports, (&self.source, node.span))?;
                self.documents.push((at.path.clone(), Arc::clone(&tree)));
                let outer = std::mem::replace(&mut self.source, Arc::clone(&tree.source));
                let value = if let Shape::Mapping(_) = &tree.root.shape {
                    let inside = At { path: at.path.clone(), anchor: tree.root.span, name: at.name.clone() };
                    self.document(&tree.root, &inside)
                } else {
                    let message = format!("`{}` holds no policy document", path.named.display());
                    let complaint = Complaint::new("wrong-type", message).label("expected a mapping");
                    self.complain(tree.root.span, complaint);
                    None
                };
                self.source = outer;
                value
            }
        }
    }

    /// A document in AWS's own form: all its scalars are texts.
    fn document(&mut self, node: &Node, at: &At) -> Option<Value> {
        match &node.shape {
            Shape::Refused => None,
            Shape::Scalar(_) if node.is_null() => {
                let complaint = Complaint::new("missing-value", "a value is missing in a policy document");
                self.complain(at.anchor, complaint.hint("a policy document can't have null: remove the key"));
                None
            }
            Shape::Scalar(scalar) => {
                let filled = self.filled(node, scalar, at)?;
                let typed = scalar::Typed { value: Value::String(filled.text.clone()), free: true };
                self.sealed(node, typed, &filled, &Map::new())
            }
            Shape::Sequence(items) => {
                let mut values = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let at = At { path: at.path.child(index.to_string()), anchor: item.span, name: at.name.clone() };
                    let value = self.document(item, &at);
                    if value.is_none() {
                        self.lack(at.path, true, Some(&ANY));
                    }
                    values.push(value.unwrap_or_default());
                }
                Some(Value::Array(values))
            }
            Shape::Mapping(entries) => {
                let mut values = Map::new();
                for entry in entries {
                    let at = At {
                        path: at.path.child(&entry.key),
                        anchor: entry.key_span,
                        name: format!("`{}`", entry.key),
                    };
                    match self.document(&entry.value, &at) {
                        Some(value) => {
                            values.insert(entry.key.clone(), value);
                        }
                        None => self.lack(at.path, true, Some(&ANY)),
                    }
                }
                Some(Value::Object(values))
            }
        }
    }

    /// Code: its path, with digest and size of its archive.
    pub(crate) fn code(&mut self, node: &Node, schema: &Map<String, Value>, at: &At) -> Option<Value> {
        let Shape::Scalar(scalar) = &node.shape else {
            self.wrong_shape(node, schema, at);
            return None;
        };
        let (text, path) = self.path(node, scalar, at)?;
        match self.files?.archive(&path) {
            Ok((sha256, size)) => Some(json!({ "path": text, "sha256": sha256, "size": size })),
            Err(complaint) => {
                self.complain(node.span, complaint);
                None
            }
        }
    }
}
