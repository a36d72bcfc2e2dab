//! The choice of an alternative of `anyOf` or `oneOf` for a node: by its shape, then by the words and keys that
//! distinguish the alternatives.

use serde_json::{Map, Value};

use super::interpolate::Filled;
use super::scalar;
use super::walk::{At, Walk};
use crate::kind::X_UNDERPIN;
use crate::stack::diagnostics::Complaint;
use crate::stack::messages::wording;
use crate::stack::schema::view::{accepts, overlay};
use crate::stack::source::tree::{Entry, Node, Scalar, Shape};

type Schema = Map<String, Value>;

/// Reads a node as the alternative that fits it best.
pub(crate) fn value(walk: &mut Walk<'_>, node: &Node, schema: &Schema, at: &At) -> Option<Value> {
    let alternatives = alternatives(walk, schema, 0);
    if let [only] = alternatives.as_slice() {
        return walk.resolved_value(node, only, at);
    }
    match &node.shape {
        Shape::Refused => None,
        Shape::Scalar(scalar) => scalar_value(walk, node, scalar, &alternatives, at),
        Shape::Sequence(_) => match alternatives.iter().find(|alternative| takes(alternative, "array")) {
            Some(alternative) => walk.resolved_value(node, alternative, at),
            None => wrong(walk, node, &alternatives, at),
        },
        Shape::Mapping(entries) => {
            let objects: Vec<&Schema> = alternatives.iter().filter(|one| takes(one, "object")).collect();
            match objects.as_slice() {
                [] => wrong(walk, node, &alternatives, at),
                [only] => walk.resolved_value(node, only, at),
                several => match mapping(entries, several) {
                    Ok(alternative) => walk.resolved_value(node, alternative, at),
                    Err(Mismatch { entry, complaint }) => {
                        walk.complain(entry.map_or(at.anchor, |entry| entry.value.span), complaint);
                        None
                    }
                },
            }
        }
    }
}

fn wrong(walk: &Walk<'_>, node: &Node, alternatives: &[Schema], at: &At) -> Option<Value> {
    walk.wrong_shape(node, &together(alternatives), at);
    None
}

fn together(alternatives: &[Schema]) -> Schema {
    let all = alternatives.iter().cloned().map(Value::Object).collect();
    Schema::from_iter([("anyOf".to_owned(), Value::Array(all))])
}

/// Returns whether an alternative takes a type; a policy is a file's path or a mapping.
fn takes(schema: &Schema, kind: &str) -> bool {
    match schema.get(X_UNDERPIN).and_then(Value::as_str) {
        Some("policy") => kind == "object" || kind == "string",
        _ => accepts(schema, kind),
    }
}

/// All alternatives, including nested ones, without null: absence was handled before.
fn alternatives(walk: &Walk<'_>, schema: &Schema, depth: usize) -> Vec<Schema> {
    let mut base = schema.clone();
    let mut found = Vec::new();
    let branches: Vec<Value> = ["anyOf", "oneOf"]
        .iter()
        .filter_map(|key| base.remove(*key))
        .filter_map(|branches| match branches {
            Value::Array(branches) => Some(branches),
            _ => None,
        })
        .flatten()
        .collect();
    for branch in &branches {
        let mut one = walk.resolved(branch).into_owned();
        if wording::types(&one) == ["null"] || one.get("const") == Some(&Value::Null) {
            continue;
        }
        let own = one.contains_key(X_UNDERPIN);
        if (one.contains_key("anyOf") || one.contains_key("oneOf")) && !own && depth < 8 {
            found.extend(alternatives(walk, &one, depth + 1));
            continue;
        }
        if base.contains_key("properties") && accepts(&one, "object") {
            let mut whole = base.clone();
            overlay(&mut whole, one);
            one = whole;
        }
        found.push(one);
    }
    found
}

fn scalar_value(walk: &mut Walk<'_>, node: &Node, scalar: &Scalar, alternatives: &[Schema], at: &At) -> Option<Value> {
    let fits = |one: &&Schema| {
        ["string", "integer", "number", "boolean", "null"].iter().any(|kind| takes(one, kind))
            || one.contains_key("const")
            || one.contains_key("enum")
    };
    let mut scalars: Vec<&Schema> = alternatives.iter().filter(fits).collect();
    // The narrowest first, free text last.
    scalars.sort_by_key(|one| match () {
        () if one.contains_key("const") || one.contains_key("enum") => 0,
        () if one.contains_key(X_UNDERPIN) => 3,
        () if takes(one, "string") => 2,
        () => 1,
    });
    let filled = walk.filled(node, scalar, at)?;
    let mut last = None;
    for schema in &scalars {
        if matches!(schema.get(X_UNDERPIN).and_then(Value::as_str), Some("policy" | "code")) {
            return walk.resolved_value(node, schema, at);
        }
        match scalar::typed(&filled, schema) {
            Ok(typed) => return walk.sealed(node, typed, &filled, schema),
            Err(complaint) => last = Some((complaint, schema)),
        }
    }
    let complaint = match last {
        // A text was read as text, a number as a number, and something else is wrong with it.
        Some((complaint, schema)) if !one_of_words(schema) && complaint.code != "wrong-type" => complaint,
        Some((complaint, _)) if scalars.len() == 1 && !filled.is_pending() => {
            complaint.label(format!("expected {}", wording::expected(&together(alternatives))))
        }
        _ => none_fits(&filled, alternatives),
    };
    walk.complain(node.span, complaint);
    None
}

fn one_of_words(schema: &Schema) -> bool {
    schema.contains_key("const") || schema.contains_key("enum")
}

fn none_fits(filled: &Filled, alternatives: &[Schema]) -> Complaint {
    let expected = wording::expected(&together(alternatives));
    let label = format!("expected {expected}");
    if filled.is_pending() {
        let message = "this value is known only after apply, but is needed before";
        return Complaint::new("known-too-late", message).label(label);
    }
    let text = if filled.secret { "the value".to_owned() } else { format!("`{}`", filled.text) };
    let only_words = alternatives.iter().all(one_of_words);
    let code = if only_words { "unknown-word" } else { "wrong-type" };
    let complaint = Complaint::new(code, format!("{text} is not known here")).label(label);
    let known: Vec<String> = alternatives
        .iter()
        .flat_map(|one| {
            let many = one.get("enum").and_then(Value::as_array).into_iter().flatten();
            one.get("const").into_iter().chain(many).map(wording::literal).collect::<Vec<_>>()
        })
        .collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let word = wording::unknown_word_hint(&filled.text, &known).map(|word| format!("did you mean `{word}`?"));
    match word.or_else(|| scalar::meant(filled, &together(alternatives))) {
        Some(hint) if !filled.secret => complaint.hint(hint),
        _ => complaint,
    }
}

/// The reason why no alternative was chosen.
struct Mismatch<'e> {
    entry: Option<&'e Entry>,
    complaint: Complaint,
}

/// The alternative for a mapping: by a property with distinct words in each, then by its keys.
fn mapping<'s, 'e>(entries: &'e [Entry], several: &[&'s Schema]) -> Result<&'s Schema, Mismatch<'e>> {
    let given = |key: &str| entries.iter().find(|entry| entry.key == key);
    let mut left: Vec<&Schema> = several.to_vec();
    if let Some(tag) = discriminator(several) {
        let known: Vec<String> = several.iter().flat_map(|one| words_of(one, tag)).collect();
        let Some(entry) = given(tag) else {
            let complaint =
                Complaint::new("missing-key", format!("`{tag}` is missing: it decides what else is allowed"));
            return Err(Mismatch {
                entry: None,
                complaint: complaint
                    .label(format!("expected `{tag}: …`"))
                    .hint(format!("add `{tag}:` with {}", wording::either(&known))),
            });
        };
        let word = entry.value.scalar().map(|scalar| scalar.text.as_str()).unwrap_or_default();
        left.retain(|one| words_of(one, tag).iter().any(|known| known == word));
        if left.is_empty() {
            let complaint = Complaint::new("unknown-word", format!("`{word}` is not known here"));
            let complaint = complaint.label(format!("expected {}", wording::either(&known)));
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let complaint = match wording::unknown_word_hint(word, &known) {
                Some(word) => complaint.hint(format!("did you mean `{word}`?")),
                None => complaint,
            };
            return Err(Mismatch { entry: Some(entry), complaint });
        }
    }
    let score = |one: &&&Schema| {
        let known = entries.iter().filter(|entry| property(one, &entry.key).is_some()).count();
        let required = one.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let missing = required.filter(|key| given(key).is_none()).count();
        (known, std::cmp::Reverse(missing))
    };
    // The first of the best: alternatives keep the order of their kind.
    let best = left.iter().rev().max_by_key(score).copied();
    let none_known = left.iter().all(|one| score(&one).0 == 0);
    match best {
        Some(one) if !none_known || left.len() == 1 => Ok(one),
        _ => {
            let all: Vec<Schema> = left.into_iter().cloned().collect();
            let complaint = Complaint::new("wrong-type", "this mapping has none of the known forms");
            Err(Mismatch {
                entry: None,
                complaint: complaint.label(format!("expected {}", wording::expected(&together(&all)))),
            })
        }
    }
}

fn property<'s>(schema: &'s Schema, key: &str) -> Option<&'s Value> {
    schema.get("properties").and_then(|properties| properties.get(key))
}

/// The words that an alternative allows for a property.
fn words_of(schema: &Schema, key: &str) -> Vec<String> {
    let Some(property) = property(schema, key) else { return Vec::new() };
    let many = property.get("enum").and_then(Value::as_array).into_iter().flatten();
    property.get("const").into_iter().chain(many).map(wording::literal).collect()
}

/// A property for which every alternative has words of its own.
fn discriminator<'s>(several: &[&'s Schema]) -> Option<&'s str> {
    let first = several.first()?.get("properties").and_then(Value::as_object)?;
    first.keys().map(String::as_str).find(|key| several.iter().all(|one| !words_of(one, key).is_empty()))
}
