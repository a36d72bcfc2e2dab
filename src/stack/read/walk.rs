//! Reads a tree by a JSON Schema, and collects all errors on the way. The result is
//! the input of serde.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::files::Files;
use super::interpolate::{self, Filled, Scope};
use super::recovery::{InvalidProperty, Placeholder};
use super::{alternatives, scalar};
use crate::base::{PropertyPath, Reference, Vault};
use crate::kind::X_UNDERPIN;
use crate::stack::diagnostics::{Complaint, Finding, Reports};
use crate::stack::messages::wording;
use crate::stack::parse::Tree;
use crate::stack::schema::view::{self, accepts, nullable};
use crate::stack::source::tree::{Entry, Node, Scalar, Shape};
use crate::stack::source::{Source, Span};

/// A reference of a property to another resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The property that refers.
    pub at: PropertyPath,
    /// The referent.
    pub to: Reference,
    /// True if the value follows from the file alone. If not, the text at `at` is pending.
    pub known: bool,
}

/// A place in the tree that is walked.
#[derive(Clone)]
pub(crate) struct At {
    /// The property.
    pub(crate) path: PropertyPath,
    /// The key that leads here, for errors of a mapping as a whole.
    pub(crate) anchor: Span,
    /// The name of the property in a sentence.
    pub(crate) name: String,
}

impl At {
    fn below(&self, key: &str, anchor: Span) -> Self {
        Self { path: self.path.child(key), anchor, name: format!("`{key}`") }
    }
}

/// A walk over one tree, or one resource's part of it.
pub(crate) struct Walk<'a> {
    /// The file that is walked; another one within a policy file.
    pub(crate) source: Arc<Source>,
    /// Receives the findings.
    pub(crate) reports: &'a Reports,
    /// The meaning of `${…}`.
    pub(crate) scope: &'a dyn Scope,
    /// Seals sensitive texts; `None` if nothing may be sealed.
    pub(crate) vault: Option<&'a Vault>,
    /// The source of policies and code; `None` if there are none.
    pub(crate) files: Option<&'a Files<'a>>,
    /// The schema that `$ref` is looked up in.
    pub(crate) root: &'a Value,
    /// Keys of the outermost mapping that are read elsewhere.
    pub(crate) elsewhere: &'a [&'a str],
    /// The references that were found.
    pub(crate) uses: Vec<Use>,
    /// The files that were read in place of a property.
    pub(crate) documents: Vec<(PropertyPath, Arc<Tree>)>,
    /// The wrong or missing properties, all of them reported. If there are any, the resulting value is incomplete.
    pub(crate) unsound: Vec<InvalidProperty>,
}

impl<'a> Walk<'a> {
    /// A walk without sealing and without files.
    pub(crate) fn new(source: &Arc<Source>, reports: &'a Reports, scope: &'a dyn Scope, root: &'a Value) -> Self {
        Self {
            source: Arc::clone(source),
            reports,
            scope,
            vault: None,
            files: None,
            root,
            elsewhere: &[],
            uses: Vec::new(),
            documents: Vec::new(),
            unsound: Vec::new(),
        }
    }

    /// Reads the outermost node; the value may lack invalid properties.
    pub(crate) fn read(&mut self, node: &Node, anchor: Span, name: &str) -> Option<Value> {
        let root = self.root;
        let at = At { path: PropertyPath::root(), anchor, name: name.to_owned() };
        self.value(node, root, &at)
    }

    /// Reports a complaint at a place of the current file.
    pub(crate) fn complain(&self, span: Span, complaint: Complaint) {
        self.reports.push(complaint.at(&self.source, span));
    }

    /// Reads a node; `None` if it is wrong as a whole, which is then reported. A mapping or a list is returned with
    /// its valid parts, and its errors are noted as invalid properties.
    pub(crate) fn value(&mut self, node: &Node, schema: &Value, at: &At) -> Option<Value> {
        if node.shape == Shape::Refused {
            return None;
        }
        let schema = self.resolved(schema);
        self.resolved_value(node, &schema, at)
    }

    /// The same with a resolved schema.
    pub(crate) fn resolved_value(&mut self, node: &Node, schema: &Map<String, Value>, at: &At) -> Option<Value> {
        match schema.get(X_UNDERPIN).and_then(Value::as_str) {
            Some("policy") => return self.policy(node, at),
            Some("code") => return self.code(node, schema, at),
            _ => {}
        }
        if schema.contains_key("anyOf") || schema.contains_key("oneOf") {
            return alternatives::value(self, node, schema, at);
        }
        match &node.shape {
            Shape::Scalar(scalar) => {
                let filled = self.filled(node, scalar, at)?;
                match scalar::typed(&filled, schema) {
                    Ok(typed) => self.sealed(node, typed, &filled, schema),
                    Err(complaint) => {
                        self.complain(node.span, complaint);
                        None
                    }
                }
            }
            Shape::Sequence(items) if accepts(schema, "array") => Some(self.sequence(node, items, schema, at)),
            Shape::Mapping(entries) if accepts(schema, "object") => Some(self.mapping(entries, schema, at)),
            Shape::Sequence(_) | Shape::Mapping(_) | Shape::Refused => {
                self.wrong_shape(node, schema, at);
                None
            }
        }
    }

    /// Reports that a list or a mapping is in a place for something else.
    pub(crate) fn wrong_shape(&self, node: &Node, schema: &Map<String, Value>, at: &At) {
        let is = match node.shape {
            Shape::Scalar(_) => "a text",
            Shape::Sequence(_) => "a list",
            Shape::Mapping(_) | Shape::Refused => "a mapping",
        };
        let expected = wording::expected(schema);
        let complaint = Complaint::new("wrong-type", format!("{} is {is}, not {expected}", at.name));
        let complaint = complaint.label(format!("expected {expected}"));
        self.complain(
            at.anchor,
            match wording::example(schema) {
                Some(example) => complaint.hint(format!("for example `{example}`")),
                None => complaint,
            },
        );
    }

    /// Interpolates a scalar and notes its references.
    pub(crate) fn filled(&mut self, node: &Node, scalar: &Scalar, at: &At) -> Option<Filled> {
        let filled = interpolate::fill(node, scalar, &self.source, self.scope, self.reports)?;
        if let Some(vault) = self.vault {
            filled.heard.iter().for_each(|value| vault.hear(value));
        }
        for (to, known) in &filled.uses {
            self.uses.push(Use { at: at.path.clone(), to: to.clone(), known: *known });
        }
        Some(filled)
    }

    /// Seals a value that must not be shown.
    pub(crate) fn sealed(
        &mut self,
        node: &Node,
        typed: scalar::Typed,
        filled: &Filled,
        schema: &Map<String, Value>,
    ) -> Option<Value> {
        let sensitive = schema.get(X_UNDERPIN).and_then(Value::as_str) == Some("sensitive");
        let scalar::Typed { value, free } = typed;
        let (Value::String(text), true, Some(vault)) = (&value, free && (sensitive || filled.secret), self.vault)
        else {
            return Some(value);
        };
        if !filled.is_pending() {
            return Some(Value::String(vault.seal(text)));
        }
        if filled.is_only_pending() {
            return Some(value);
        }
        let message = "a sensitive text can't be joined with a value that is known only after apply";
        let hint = "give the reference a property (or variable) of its own";
        self.complain(node.span, Complaint::new("known-too-late", message).hint(hint));
        None
    }

    fn sequence(&mut self, node: &Node, items: &[Node], schema: &Map<String, Value>, at: &At) -> Value {
        let each = schema.get("items").unwrap_or(&Value::Bool(true));
        let mut values = Vec::with_capacity(items.len());
        let (unique, mut seen) = (schema.get("uniqueItems") == Some(&Value::Bool(true)), BTreeMap::new());
        for (index, item) in items.iter().enumerate() {
            let place = At { path: at.path.child(index.to_string()), anchor: item.span, name: at.name.clone() };
            if let Some(value) = self.value(item, each, &place) {
                let repeated = unique.then(|| seen.insert(value.to_string(), index)).flatten();
                if let Some(first) = repeated {
                    let finding = Finding::at(&self.source, item.span, "repeated-element", "an element is given twice");
                    self.reports.push(
                        finding
                            .label("given again here")
                            .also(&self.source, items[first].span, "first given here")
                            .hint("keep one of them"),
                    );
                    self.note(place.path, Placeholder::Nothing);
                }
                values.push(value);
            } else {
                // The other items keep their places.
                self.lack(place.path, true, Some(each));
                values.push(Value::Null);
            }
        }
        self.count(items.len(), ["minItems", "maxItems"], ["element", "elements"], schema, at, node.span);
        Value::Array(values)
    }

    /// Notes that the value at a path is wrong.
    fn note(&mut self, path: PropertyPath, stand_in: Placeholder) {
        self.unsound.push(InvalidProperty { path, needed: false, stand_in });
    }

    /// Notes that there is no value at a path.
    pub(crate) fn lack(&mut self, path: PropertyPath, needed: bool, schema: Option<&Value>) {
        let stand_in = schema.map_or(Placeholder::Nothing, |schema| Placeholder::of(self.root, &self.resolved(schema)));
        self.unsound.push(InvalidProperty { path, needed, stand_in });
    }

    fn count(
        &mut self,
        count: usize,
        limits: [&str; 2],
        what: [&str; 2],
        schema: &Map<String, Value>,
        at: &At,
        span: Span,
    ) {
        let limit = |key: &str| schema.get(key).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let plural = |n: usize| format!("{n} {}", if n == 1 { what[0] } else { what[1] });
        let expected = match (limit(limits[0]), limit(limits[1])) {
            (Some(least), _) if count < least => format!("expected at least {}", plural(least)),
            (_, Some(most)) if count > most => format!("expected at most {}", plural(most)),
            _ => return,
        };
        let complaint = Complaint::new("wrong-count", format!("{} has {}", at.name, plural(count)));
        self.complain(if count == 0 { at.anchor } else { span }, complaint.label(expected));
        self.note(at.path.clone(), Placeholder::Nothing);
    }

    fn mapping(&mut self, entries: &[Entry], schema: &Map<String, Value>, at: &At) -> Value {
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let others = schema.get("additionalProperties").or_else(|| schema.get("unevaluatedProperties"));
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let elsewhere = if at.path.is_root() { self.elsewhere } else { &[] };
        let mut values = Map::new();
        let mut misspelt: Vec<&str> = Vec::new();
        for entry in entries.iter().filter(|entry| !elsewhere.contains(&entry.key.as_str())) {
            let own = properties.get(&entry.key);
            let Some(below) = own.or(others).filter(|below| **below != Value::Bool(false)).or(match (own, others) {
                (None, None) if properties.is_empty() => Some(&Value::Bool(true)),
                _ => None,
            }) else {
                let known: Vec<&str> = properties.keys().map(String::as_str).chain(elsewhere.iter().copied()).collect();
                let complaint =
                    Complaint::new("unknown-key", format!("the key `{}` is not known in {}", entry.key, at.name));
                self.complain(entry.key_span, complaint.hint(wording::unknown_key_hint(&entry.key, &known)));
                if let Some(meant) = wording::meant(&entry.key, &known) {
                    self.lack(at.path.child(meant), required.contains(&meant), properties.get(meant));
                    misspelt.push(meant);
                }
                continue;
            };
            if own.is_none() {
                self.key_name(entry, schema, at);
            }
            let must = required.contains(&entry.key.as_str());
            if entry.value.is_null() {
                match (nullable(&self.resolved(below)), must, own.is_some()) {
                    (true, true, _) | (true, _, false) => {
                        values.insert(entry.key.clone(), Value::Null);
                        continue;
                    }
                    (_, false, true) => continue,
                    (false, ..) => {}
                }
            }
            match self.value(&entry.value, below, &at.below(&entry.key, entry.key_span)) {
                Some(value) => {
                    values.insert(entry.key.clone(), value);
                }
                None => self.lack(at.path.child(&entry.key), must, Some(below)),
            }
        }
        // A misspelt key is not also reported as missing: the suggestion corrects both.
        let required: Vec<&str> = required.into_iter().filter(|key| !misspelt.contains(key)).collect();
        self.present(entries, &required, properties, at);
        // An entry that is wrong is reported as that, and not as missing.
        let outside = |entry: &&Entry| !elsewhere.contains(&entry.key.as_str());
        let given = |entry: &&Entry| !entry.value.is_null() || values.contains_key(&entry.key);
        let count = entries.iter().filter(outside).filter(given).count();
        self.count(count, ["minProperties", "maxProperties"], ["entry", "entries"], schema, at, at.anchor);
        Value::Object(values)
    }

    /// Reports required properties that are missing.
    fn present(&mut self, entries: &[Entry], required: &[&str], properties: &Map<String, Value>, at: &At) {
        let given = |key: &&&str| entries.iter().any(|entry| entry.key == **key);
        let missing: Vec<&str> = required.iter().filter(|key| !given(key)).copied().collect();
        for key in &missing {
            let complaint = Complaint::new("missing-key", format!("{} lacks `{key}`", at.name));
            let schema = properties.get(*key).map(|schema| self.resolved(schema));
            let (expected, example) = match &schema {
                Some(schema) => (wording::expected(schema), wording::example(schema)),
                None => ("a value".to_owned(), None),
            };
            let complaint = complaint.label(format!("`{key}` is required: {expected}"));
            self.complain(
                at.anchor,
                complaint.hint(format!("add `{key}: {}`", example.unwrap_or_else(|| "…".to_owned()))),
            );
            self.lack(at.path.child(*key), true, properties.get(*key));
        }
    }

    fn key_name(&mut self, entry: &Entry, schema: &Map<String, Value>, at: &At) {
        let Some(names) = schema.get("propertyNames").map(|names| self.resolved(names)) else { return };
        // A key is a text, whether or not its schema says so.
        let mut names = names.into_owned();
        names.entry("type").or_insert_with(|| Value::from("string"));
        let filled = Filled { text: entry.key.clone(), ..Filled::default() };
        if let Err(complaint) = scalar::typed(&filled, &names) {
            self.complain(entry.key_span, complaint);
            self.note(at.path.child(&entry.key), Placeholder::Nothing);
        }
    }

    /// A schema with `$ref` and `allOf` taken in.
    pub(crate) fn resolved<'s>(&self, schema: &'s Value) -> Cow<'s, Map<String, Value>> {
        view::resolved(self.root, schema)
    }
}
