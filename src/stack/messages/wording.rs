//! Words for messages: lists of alternatives, suggestions, the expectation of a schema.

use serde_json::{Map, Value};

use super::synonyms;

/// The nearest of the candidates, as a question, if one is similar enough.
pub fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(word, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

/// The nearest of the candidates, if one is similar enough.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', ' ', '.'], "_");
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let score = strsim::jaro_winkler(&plain(word), &plain(candidate));
        let distance = strsim::osa_distance(&plain(word), &plain(candidate));
        let near = distance <= candidate.chars().count().max(word.chars().count()) / 3;
        if (near || score > 0.93 || leaves_out(&plain(word), &plain(candidate)))
            && best.is_none_or(|(top, _)| score > top)
        {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Returns whether a name is another one without some words: `ddb_pitr` of `ddb_table_pitr`.
fn leaves_out(short: &str, whole: &str) -> bool {
    let mut rest = whole.split('_');
    short.contains('_') && short.split('_').all(|word| rest.any(|other| other == word))
}

/// `` `a`, `b` or `c` ``; long lists are cut.
pub(crate) fn either<T: AsRef<str>>(words: &[T]) -> String {
    join(&words.iter().map(|word| format!("`{}`", word.as_ref())).collect::<Vec<_>>(), "or")
}

/// `` `a`, `b` and `c` ``; long lists are cut.
pub(crate) fn all<T: AsRef<str>>(words: &[T]) -> String {
    join(&words.iter().map(|word| format!("`{}`", word.as_ref())).collect::<Vec<_>>(), "and")
}

/// Joins phrases with commas and a last word.
pub(crate) fn join(phrases: &[String], last: &str) -> String {
    const MOST: usize = 40;
    match phrases {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        many if many.len() > MOST => format!("{}, …", many[..MOST].join(", ")),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

/// The probable meaning of an unknown word.
pub(crate) fn unknown_word_hint<'c>(word: &str, known: &[&'c str]) -> Option<&'c str> {
    synonyms::our_word(word, known).or_else(|| nearest(word, known.iter().copied()))
}

/// The known key that an unknown one probably means.
pub(crate) fn meant<'k>(key: &str, known: &[&'k str]) -> Option<&'k str> {
    synonyms::ours(key, known).or_else(|| nearest(key, known.iter().copied()))
}

/// The probable key for an unknown one, with the other known keys.
pub(crate) fn unknown_key_hint(key: &str, known: &[&str]) -> String {
    let mut sorted = known.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let theirs = synonyms::ours(key, known).map(|ours| format!("did you mean `{ours}`?"));
    match theirs.or_else(|| did_you_mean(key, known.iter().copied())) {
        Some(question) => question,
        None if known.is_empty() => "no keys are known here".to_owned(),
        None => format!("known here: {}", all(&sorted).replace(" and ", ", ")),
    }
}

/// A value of a schema in the form of a file.
pub(crate) fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{key}: {}", literal(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// The expectation of a (resolved) schema, as the end of "expected …".
pub(crate) fn expected(schema: &Map<String, Value>) -> String {
    if let Some(value) = schema.get("const") {
        return format!("`{}`", literal(value));
    }
    if let Some(Value::Array(values)) = schema.get("enum") {
        return either(&values.iter().filter(|value| !value.is_null()).map(literal).collect::<Vec<_>>());
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(Value::Array(alternatives)) = schema.get(key) {
            let mut phrases: Vec<String> = Vec::new();
            for alternative in alternatives.iter().filter_map(Value::as_object) {
                let phrase = expected(alternative);
                if phrase != "nothing" && !phrases.contains(&phrase) {
                    phrases.push(phrase);
                }
            }
            return join(&phrases, "or");
        }
    }
    let phrases: Vec<String> =
        types(schema).iter().filter(|kind| **kind != "null").map(|kind| of_type(kind, schema)).collect();
    if phrases.is_empty() { "nothing".to_owned() } else { join(&phrases, "or") }
}

/// The types of a schema.
pub(crate) fn types(schema: &Map<String, Value>) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ if schema.contains_key("properties") || schema.contains_key("additionalProperties") => vec!["object"],
        _ if schema.contains_key("items") => vec!["array"],
        _ => Vec::new(),
    }
}

fn of_type(kind: &str, schema: &Map<String, Value>) -> String {
    match kind {
        "boolean" => "`true` or `false`".to_owned(),
        "integer" => format!("a whole number{}", range(schema)),
        "number" => format!("a number{}", range(schema)),
        "string" => "a text".to_owned(),
        "array" => match schema.get("items").and_then(Value::as_object).map(expected) {
            Some(items) if items != "nothing" && (items.len() < 60 || items.starts_with('`')) => {
                format!("a list (of {})", items.trim_start_matches("a "))
            }
            _ => "a list".to_owned(),
        },
        "object" => object(schema),
        other => other.to_owned(),
    }
}

fn object(schema: &Map<String, Value>) -> String {
    let keys: Vec<&str> = match schema.get("properties") {
        Some(Value::Object(properties)) => properties.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    match keys.as_slice() {
        [] => "a mapping".to_owned(),
        keys if keys.len() <= 8 => format!("a mapping with {}", all(keys)),
        _ => "a mapping".to_owned(),
    }
}

fn range(schema: &Map<String, Value>) -> String {
    let number = |key: &str| schema.get(key).map(literal);
    match (number("minimum"), number("maximum")) {
        (Some(low), Some(high)) => format!(" from {low} to {high}"),
        (Some(low), None) => format!(" of at least {low}"),
        (None, Some(high)) => format!(" of at most {high}"),
        (None, None) => String::new(),
    }
}

/// A value that a schema accepts, for "for example …".
pub(crate) fn example(schema: &Map<String, Value>) -> Option<String> {
    if let Some(value) = schema.get("examples").and_then(|list| list.get(0)).or_else(|| schema.get("default")) {
        let empty = matches!(value.to_string().as_str(), "null" | "[]" | "{}" | "\"\"");
        if !empty {
            return Some(literal(value));
        }
    }
    if let Some(value) = schema.get("const").or_else(|| schema.get("enum").and_then(|list| list.get(0))) {
        return Some(literal(value));
    }
    let first = *types(schema).first()?;
    match first {
        "boolean" => Some("true".to_owned()),
        "integer" | "number" => {
            Some(schema.get("minimum").map(literal).filter(|low| low != "0").unwrap_or_else(|| "5".to_owned()))
        }
        "array" => {
            let item = schema.get("items").and_then(Value::as_object).and_then(example);
            Some(format!("[{}]", item.unwrap_or_else(|| "a, b".to_owned())))
        }
        "object" => {
            let required = schema.get("required").and_then(Value::as_array)?;
            let properties = schema.get("properties").and_then(Value::as_object)?;
            let pair = |key: &Value| {
                let key = key.as_str()?;
                let value = properties.get(key).and_then(Value::as_object).and_then(example);
                Some(format!("{key}: {}", value.unwrap_or_else(|| "…".to_owned())))
            };
            let pairs: Vec<String> = required.iter().filter_map(pair).collect();
            (!pairs.is_empty()).then(|| format!("{{{}}}", pairs.join(", ")))
        }
        _ => None,
    }
}
