//! A view of a schema: references included, and the types that it accepts.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::stack::messages::wording;

/// A schema with `$ref` and `allOf` included.
pub(crate) fn resolved<'s>(root: &Value, schema: &'s Value) -> Cow<'s, Map<String, Value>> {
    match schema {
        Value::Object(map) if !map.contains_key("$ref") && !map.contains_key("allOf") => Cow::Borrowed(map),
        other => Cow::Owned(merged(root, other, 0)),
    }
}

fn merged(root: &Value, schema: &Value, depth: usize) -> Map<String, Value> {
    let Value::Object(map) = schema else { return Map::new() };
    let mut own = map.clone();
    let target = match own.remove("$ref") {
        Some(Value::String(pointer)) => pointer.strip_prefix('#').and_then(|p| root.pointer(p)),
        _ => None,
    };
    let all = match own.remove("allOf") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    let mut result = Map::new();
    // A schema that only refers to itself means nothing; the depth limit ends the recursion.
    for part in target.into_iter().chain(&all).filter(|_| depth < 16) {
        overlay(&mut result, merged(root, part, depth + 1));
    }
    overlay(&mut result, own);
    result
}

/// Merges one schema over another: properties and required keys are united, all else is replaced.
pub(crate) fn overlay(below: &mut Map<String, Value>, above: Map<String, Value>) {
    for (key, value) in above {
        match (key.as_str(), below.get_mut(&key), value) {
            ("properties", Some(Value::Object(old)), Value::Object(new)) => old.extend(new),
            ("required", Some(Value::Array(old)), Value::Array(new)) => old.extend(new),
            (_, _, value) => {
                below.insert(key, value);
            }
        }
    }
}

/// Returns whether a schema accepts a type.
pub(crate) fn accepts(schema: &Map<String, Value>, kind: &str) -> bool {
    let types = wording::types(schema);
    let words = schema.contains_key("const") || schema.contains_key("enum");
    types.contains(&kind) || (types.is_empty() && !words)
}

/// Returns whether a schema accepts null.
pub(crate) fn nullable(schema: &Map<String, Value>) -> bool {
    let branch = |key: &str| {
        let alternatives = schema.get(key).and_then(Value::as_array).into_iter().flatten();
        alternatives.filter_map(Value::as_object).any(nullable)
    };
    wording::types(schema).contains(&"null")
        || schema.get("const") == Some(&Value::Null)
        || branch("anyOf")
        || branch("oneOf")
}
