//! What stands in a document in place of a text that is not known yet, or that is secret.
//!
//! Guard has two values, and its answer does not say which values a clause that passed has seen. So a mapping stands in
//! place of each such text, which nothing compares with: a clause that looks at it fails, and names it. Where a rule
//! asks for what is not so, the mapping may pass; such a rule is evaluated again for each text that stands in it, as if
//! that were the value. What all of them agree upon does not hang on it.

use serde_json::{Map, Value, json};

use crate::base::pending;

/// Whether a text is one.
fn is_unsure(text: &str) -> bool {
    text.chars().any(pending::is_reserved)
}

/// Whether there is one anywhere in a tree.
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
        Value::String(text) if is_unsure(text) => json!({ text: "" }),
        other => below(other, &marked),
    }
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

/// The text that a mapping stands for, if it stands for one.
pub(super) fn mark(value: &Value) -> Option<String> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    map.keys().next().filter(|key| is_unsure(key)).cloned()
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
                        into.push(key.clone());
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

/// Such texts as a person reads them: each once, in order.
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
