//! Texts with values that are known only after apply.
//!
//! Any string of a resource may hold references to values that AWS only gives once a resource exists
//! (`${tables.x.stream_arn}`), alone or within a longer text, down to the leaves of a policy document. Such a reference
//! is kept in the text itself between two private-use characters. So no type between the loader and the API call has to
//! know of it. No text of a user can be mistaken for one: the loader refuses these characters in its input. In JSON
//! that leaves the process, it is written as an object ([`export`]).

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Reference, hex};

/// Begins a reference.
pub const OPEN: char = '\u{E000}';
/// Ends a reference.
pub const CLOSE: char = '\u{E001}';
/// Begins the digest that replaces a sensitive value; see [`super::Vault`].
pub const SEAL_OPEN: char = '\u{E002}';
/// Ends that digest.
pub const SEAL_CLOSE: char = '\u{E003}';

/// Returns whether a character is one of ours, which no input may hold.
pub fn is_reserved(c: char) -> bool {
    (OPEN..=SEAL_CLOSE).contains(&c)
}

/// The placeholder text for the value of `reference`.
pub fn text(reference: &Reference) -> String {
    format!("{OPEN}{reference}{CLOSE}")
}

/// One part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part<'t> {
    /// Literal text.
    Literal(&'t str),
    /// A value that is not known yet.
    Pending(Reference),
}

/// The parts of a text, in order.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let Some((inside, after)) = after.split_once(CLOSE) else { break };
        if !before.is_empty() {
            parts.push(Part::Literal(before));
        }
        match inside.parse() {
            Ok(reference) => parts.push(Part::Pending(reference)),
            Err(_) => parts.push(Part::Literal(inside)),
        }
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest));
    }
    parts
}

/// Returns whether a text has a value that is not known yet.
pub fn is_pending(text: &str) -> bool {
    text.contains(OPEN)
}

/// Returns whether any string in the tree has a value that is not known yet.
pub fn any_pending(value: &Value) -> bool {
    match value {
        Value::String(text) => is_pending(text),
        Value::Array(items) => items.iter().any(any_pending),
        Value::Object(map) => map.values().any(any_pending),
        _ => false,
    }
}

/// All references in a tree, in order.
pub fn references(value: &Value) -> Vec<Reference> {
    fn walk(value: &Value, into: &mut Vec<Reference>) {
        match value {
            Value::String(text) => into.extend(parts(text).into_iter().filter_map(|part| match part {
                Part::Pending(reference) => Some(reference),
                Part::Literal(_) => None,
            })),
            Value::Array(items) => items.iter().for_each(|item| walk(item, into)),
            Value::Object(map) => map.values().for_each(|item| walk(item, into)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(value, &mut found);
    found
}

/// Replaces the references that `known` has a value for; the others stay.
pub fn fill(value: &mut Value, known: &dyn Fn(&Reference) -> Option<String>) {
    match value {
        Value::String(text) if is_pending(text) => *text = fill_text(text, known),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, known)),
        Value::Object(map) => map.values_mut().for_each(|item| fill(item, known)),
        _ => {}
    }
}

/// The same for a single text.
pub fn fill_text(text: &str, known: &dyn Fn(&Reference) -> Option<String>) -> String {
    let part = |part: Part<'_>| match part {
        Part::Literal(literal) => literal.to_owned(),
        Part::Pending(reference) => known(&reference).unwrap_or_else(|| self::text(&reference)),
    };
    parts(text).into_iter().map(part).collect()
}

/// A text for a person: `${…}` for a value not known yet, `(sensitive)` for a sealed value.
pub fn display(text: &str) -> String {
    if text.contains(SEAL_OPEN) {
        return "(sensitive)".to_owned();
    }
    let part = |part: Part<'_>| match part {
        Part::Literal(literal) => literal.to_owned(),
        Part::Pending(reference) => format!("${{{reference}}}"),
    };
    parts(text).into_iter().map(part).collect()
}

/// The seals in a text.
pub fn seals(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(SEAL_OPEN).filter_map(|(start, _)| {
        let end = text[start..].find(SEAL_CLOSE)?;
        Some(&text[start..start + end + SEAL_CLOSE.len_utf8()])
    })
}

/// A sentence for a person that has texts of the file in it: `${…}` for values not known yet, and `(sensitive)` in
/// place of each sealed value.
pub fn sentence(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(SEAL_OPEN) {
        words.push_str(before);
        words.push_str("(sensitive)");
        rest = after.split_once(SEAL_CLOSE).map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    display(&words)
}

/// A tree for output: a text not known yet becomes `{"known_after_apply": ["literal", {"reference": "tables.x.arn"}]}`,
/// and the digest of a sensitive value becomes `{"sensitive": "…"}`.
pub fn export(value: &Value) -> Value {
    match value {
        Value::String(text) if text.contains(SEAL_OPEN) => json!({ "sensitive": digest(text) }),
        Value::String(text) if is_pending(text) => {
            let part = |part: Part<'_>| match part {
                Part::Literal(literal) => json!(literal),
                Part::Pending(reference) => json!({ "reference": reference.to_string() }),
            };
            json!({ "known_after_apply": parts(text).into_iter().map(part).collect::<Vec<_>>() })
        }
        Value::Array(items) => items.iter().map(export).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(key, item)| (key.clone(), export(item))).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

/// The digest in a sealed text; for a larger text with sealed ones in it (a policy in a call), a digest of the whole.
fn digest(text: &str) -> String {
    let whole = text.strip_prefix(SEAL_OPEN).and_then(|rest| rest.strip_suffix(SEAL_CLOSE));
    match whole.filter(|digest| !digest.contains(is_reserved)) {
        Some(digest) => digest.to_owned(),
        None => hex(&Sha256::digest(text.as_bytes())),
    }
}

/// The tree that [`export`] wrote. Larger texts with sensitive values in them can't be restored.
pub fn import(value: &Value) -> Value {
    let part = |part: &Value| match part {
        Value::Object(map) => map.get("reference").and_then(Value::as_str).map(|name| format!("{OPEN}{name}{CLOSE}")),
        other => other.as_str().map(str::to_owned),
    };
    match value {
        Value::Object(map) if map.len() == 1 => match (map.get("known_after_apply"), map.get("sensitive")) {
            (Some(Value::Array(parts)), _) => Value::String(parts.iter().filter_map(part).collect()),
            (_, Some(Value::String(digest))) => Value::String(format!("{SEAL_OPEN}{digest}{SEAL_CLOSE}")),
            _ => map.iter().map(|(key, item)| (key.clone(), import(item))).collect(),
        },
        Value::Object(map) => map.iter().map(|(key, item)| (key.clone(), import(item))).collect(),
        Value::Array(items) => items.iter().map(import).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_markers_are_removed_on_export() {
        let policy = format!(r#"{{"a": ["{SEAL_OPEN}12{SEAL_CLOSE}", "{SEAL_OPEN}34{SEAL_CLOSE}"]}}"#);
        let two = format!("{SEAL_OPEN}12{SEAL_CLOSE}{SEAL_OPEN}34{SEAL_CLOSE}");
        let out = export(&json!([policy, two, format!("{SEAL_OPEN}12{SEAL_CLOSE}")]));
        assert!(!out.to_string().contains(is_reserved), "{out}");
        assert_eq!(out[0]["sensitive"].as_str().map(str::len), Some(64));
        assert_eq!(out[2], json!({"sensitive": "12"}));
    }

    #[test]
    fn pending_references_are_found_within_longer_texts() {
        let reference: Reference = "tables.a.b.stream_arn".parse().expect("a reference");
        let value = json!({"x": [format!("<{}>", text(&reference))], "y": "plain"});
        assert_eq!(references(&value), vec![reference]);
        let spelled_out = json!({"known_after_apply": ["<", {"reference": "tables.a.b.stream_arn"}, ">"]});
        assert_eq!(export(&value), json!({"x": [spelled_out], "y": "plain"}));
        assert_eq!(import(&export(&value)), value);
        let mut filled = value.clone();
        fill(&mut filled, &|_| Some("arn".to_owned()));
        assert_eq!(filled, json!({"x": ["<arn>"], "y": "plain"}));
        assert_eq!(
            sentence(&format!("attach `{SEAL_OPEN}12{SEAL_CLOSE}` to {}", text(&"a.b.c".parse().expect("one")))),
            "attach `(sensitive)` to ${a.b.c}"
        );
        assert_eq!(display(value["x"][0].as_str().expect("text")), "<${tables.a.b.stream_arn}>");
    }
}
