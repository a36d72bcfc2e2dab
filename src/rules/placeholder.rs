//! The placeholder in a document for a text that is not known yet, or that is secret.
//!
//! Guard has two truth values, and its answer does not show which values a clause that passed has seen. So each such
//! text is replaced by a mapping, which equals nothing: a clause that looks at it fails, and names it. If the mapping
//! would pass anyway, the rule's text is changed; see [`super::unknown_rewrite`].

use serde_json::{Map, Value, json};

use crate::base::pending;

/// Returns whether a text is unknown or secret.
pub(super) fn is_unsure(text: &str) -> bool {
    text.chars().any(pending::is_reserved)
}

/// Returns whether a tree has such a text anywhere.
pub(super) fn any(value: &Value) -> bool {
    match value {
        Value::String(text) => is_unsure(text),
        Value::Array(items) => items.iter().any(any),
        Value::Object(map) => map.iter().any(|(key, item)| is_unsure(key) || any(item)),
        _ => false,
    }
}

/// The tree with a mapping in place of each such text.
pub(super) fn marked(value: &Value) -> Value {
    match value {
        Value::String(text) if is_unsure(text) => json!({ key(text): {} }),
        other => below(other, &marked),
    }
}

/// The keys of the mappings in the marked tree, each once.
pub(super) fn marks(value: &Value) -> Vec<String> {
    let mut keys: Vec<String> = texts(value).iter().map(|text| key(text)).collect();
    keys.sort();
    keys.dedup();
    keys
}

/// Characters that would end a text in a rule, or a step in a pointer.
const WRITTEN: &[char] = &['%', '\'', '"', '\\', '/', '\n', '\r', '\t'];

/// The text as a key that is also valid in a rule's text.
fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in text.chars() {
        match WRITTEN.iter().position(|one| *one == c) {
            Some(number) => {
                key.extend(['%', char::from_digit(u32::try_from(number).unwrap_or_default(), 10).unwrap_or('%')]);
            }
            None => key.push(c),
        }
    }
    key
}

/// The text of a key.
fn text_of(key: &str) -> String {
    let mut text = String::with_capacity(key.len());
    let mut letters = key.chars();
    while let Some(c) = letters.next() {
        let number = if c == '%' { letters.next().and_then(|c| c.to_digit(10)) } else { None };
        let written = number.and_then(|number| WRITTEN.get(usize::try_from(number).ok()?));
        text.push(written.copied().unwrap_or(c));
    }
    text
}

/// The text whose mapping is at a place, or above it.
pub(super) fn at(path: &str) -> Option<String> {
    path.split('/').find(|step| is_unsure(step)).map(text_of)
}

/// The tree with one text in place of each such text.
pub(super) fn filled(value: &Value, with: &str) -> Value {
    match value {
        Value::String(text) if is_unsure(text) => Value::String(with.to_owned()),
        other => below(other, &|item| filled(item, with)),
    }
}

fn below(value: &Value, of: &dyn Fn(&Value) -> Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(of).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, item)| (key.clone(), of(item))).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

/// The text of a mapping, if the mapping is a placeholder.
pub(super) fn mark(value: &Value) -> Option<String> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    map.keys().next().filter(|key| is_unsure(key)).map(|key| text_of(key))
}

/// All such texts in a tree that is marked or not.
pub(super) fn texts(value: &Value) -> Vec<String> {
    fn walk(value: &Value, into: &mut Vec<String>) {
        match value {
            Value::String(text) if is_unsure(text) => into.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| walk(item, into)),
            Value::Object(map) => {
                for (key, item) in map {
                    if is_unsure(key) {
                        into.push(text_of(key));
                    }
                    walk(item, into);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, &mut found);
    found
}

/// Such texts for a person: each once, in order.
pub(super) fn named<'t>(texts: impl IntoIterator<Item = &'t String>) -> String {
    let mut names: Vec<String> = Vec::new();
    for text in texts {
        let name = match pending::display(text) {
            secret if secret == "(sensitive)" => "a sensitive value".to_owned(),
            shown => format!("`{shown}`"),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}
