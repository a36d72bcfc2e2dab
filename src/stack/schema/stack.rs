//! The JSON Schema of the whole file, for editors and for `underpin schema`.

use serde_json::{Map, Value, json};

use super::{hoist, settings};
use crate::kind::{PureKind, Registry};

/// The key under a resource.
pub(crate) const IGNORE: &str = "ignore";

/// The schema (draft 2020-12) of `stack.yaml` with the sections of a registry. Numbers and truth values may
/// also be given as `${…}`.
pub fn schema(registry: &Registry) -> Value {
    let mut whole = strict(registry);
    loosen(&mut whole);
    whole
}

/// The same without `${…}`.
pub(crate) fn strict(registry: &Registry) -> Value {
    let mut top = settings::top_schema(registry);
    let mut definitions = Map::new();
    for kind in registry.kinds() {
        let section = kind.section();
        definitions.insert(section.to_owned(), resource(kind, registry));
        if hoist::into(section).is_none() {
            let description = format!("Each {} by its name.", kind.noun());
            top["properties"][section] = section_of(&description, section);
        }
    }
    let mut whole = Map::new();
    whole.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    whole.insert("title".to_owned(), json!("underpin stack"));
    if let Value::Object(top) = top {
        whole.extend(top);
    }
    whole.insert("$defs".to_owned(), Value::Object(definitions));
    Value::Object(whole)
}

fn section_of(description: &str, section: &str) -> Value {
    json!({
        "description": description,
        "type": ["object", "null"],
        "additionalProperties": {"$ref": format!("#/$defs/{section}")}
    })
}

fn resource(kind: &dyn PureKind, registry: &Registry) -> Value {
    let section = kind.section();
    let mut schema = kind.schema().to_value();
    if let Some(map) = schema.as_object_mut() {
        map.shift_remove("$schema");
        rebase(map, section);
        let properties = map.entry("properties").or_insert_with(|| json!({}));
        match hoist::into(section) {
            Some(lift) => {
                if let Some(properties) = properties.as_object_mut() {
                    properties.shift_remove(lift.owner);
                }
                if let Some(Value::Array(required)) = map.get_mut("required") {
                    required.retain(|one| one != lift.owner);
                }
            }
            None if properties.get("name").is_none() => {
                let description = "The physical name, where it is not the key.";
                properties["name"] = json!({"description": description, "type": ["string", "null"]});
                for lift in hoist::out_of(section, registry) {
                    let noun = registry.kind(lift.into).map_or("resource", |kind| kind.noun());
                    properties[lift.property] = section_of(&format!("Each {noun} by its name."), lift.into);
                }
            }
            None => {}
        }
        map["properties"][IGNORE] = ignored();
    }
    schema
}

/// The schema of `ignore`, the same for every kind.
fn ignored() -> Value {
    json!({
        "description": "Properties that are left to somebody else once the resource is there: each path \
            (`billing.read_capacity`, `tags.costs`) with the reason.",
        "type": ["object", "null"],
        "additionalProperties": {"type": "string", "minLength": 1},
        "examples": [{"tags.costs": "set by the finance team"}],
    })
}

/// Adapts the references within a kind's schema to its new place.
fn rebase(map: &mut Map<String, Value>, section: &str) {
    fn walk(value: &mut Value, section: &str) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(pointer)) = map.get_mut("$ref") {
                    *pointer = format!("#/$defs/{section}{}", pointer.trim_start_matches('#'));
                }
                map.values_mut().for_each(|value| walk(value, section));
            }
            Value::Array(items) => items.iter_mut().for_each(|value| walk(value, section)),
            _ => {}
        }
    }
    map.values_mut().for_each(|value| walk(value, section));
}

/// The pattern of `${…}` for an editor, which can't resolve it.
const REFERENCE: &str = r"\$\{.+\}";

/// Allows `${…}` wherever the loader would fill it in: for numbers and truth values, and where a text must
/// be one of some words or match a pattern.
fn loosen(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                // The values under these keys are not schemas.
                if !matches!(key.as_str(), "default" | "examples" | "enum" | "const" | "required") {
                    loosen(value);
                }
            }
            if map.get("enum").is_some() {
                loosen_words(map);
            } else {
                loosen_alternatives(map);
                loosen_type(map);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(loosen),
        _ => {}
    }
}

/// Adds a reference to words that are listed one by one, each with its meaning. It may match several alternatives.
fn loosen_alternatives(map: &mut Map<String, Value>) {
    let reference = json!({"type": "string", "pattern": REFERENCE});
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = map.get_mut(key) else { continue };
        if branches.iter().any(|branch| branch.get("const").is_some_and(Value::is_string)) {
            branches.push(reference.clone());
        }
        if key == "oneOf" && branches.iter().any(|branch| branch.get("pattern").is_some()) {
            let branches = map.shift_remove(key);
            map.extend(branches.map(|branches| ("anyOf".to_owned(), branches)));
        }
    }
}

/// Allows a reference for numbers and patterns. `minimum` applies to numbers only: a validator still checks these.
fn loosen_type(map: &mut Map<String, Value>) {
    if let Some(Value::String(pattern)) = map.get_mut("pattern") {
        *pattern = format!("{REFERENCE}|{pattern}");
        return;
    }
    let types: Vec<Value> = match map.get("type") {
        Some(Value::String(one)) => vec![json!(one)],
        Some(Value::Array(many)) => many.clone(),
        _ => return,
    };
    let rigid = types.iter().any(|one| one == "integer" || one == "number" || one == "boolean");
    if rigid && !types.contains(&json!("string")) {
        map.insert("type".to_owned(), types.into_iter().chain([json!("string")]).collect());
        map.insert("pattern".to_owned(), json!(REFERENCE));
    }
}

fn loosen_words(map: &mut Map<String, Value>) {
    let mut outer = Map::new();
    for key in ["description", "default", "examples", "title"] {
        if let Some(kept) = map.shift_remove(key) {
            outer.insert(key.to_owned(), kept);
        }
    }
    let own = Value::Object(std::mem::take(map));
    outer.insert("anyOf".to_owned(), json!([own, {"type": "string", "pattern": REFERENCE}]));
    *map = outer;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pattern and every list of words below a schema, with its path.
    fn texts<'s>(at: &str, value: &'s Value, found: &mut Vec<(String, &'s Map<String, Value>)>) {
        match value {
            Value::Object(map) => {
                if map.contains_key("pattern") {
                    found.push((at.to_owned(), map));
                }
                for (key, below) in map {
                    texts(&format!("{at}/{key}"), below, found);
                }
            }
            Value::Array(items) => {
                for (index, below) in items.iter().enumerate() {
                    texts(&format!("{at}/{index}"), below, found);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn schema_accepts_references_wherever_the_loader_does() {
        let whole = schema(&crate::kinds::REGISTRY);
        let mut found = Vec::new();
        texts("", &whole, &mut found);
        assert!(found.len() > 20, "{} patterns", found.len());
        for (at, map) in found {
            let pattern = map["pattern"].as_str().and_then(|text| regex_lite::Regex::new(text).ok());
            let pattern = pattern.unwrap_or_else(|| panic!("{at}: not a pattern"));
            for text in ["${tables.orders.stream_arn}", "orders-${environment}"] {
                assert!(pattern.is_match(text), "{at} refuses {text}");
            }
        }
    }

    #[test]
    fn schema_refuses_text_that_is_not_a_reference() {
        let mut number = json!({"type": ["integer", "null"], "minimum": 128, "default": 128});
        loosen(&mut number);
        let wanted = json!({
            "type": ["integer", "null", "string"], "minimum": 128, "default": 128, "pattern": REFERENCE
        });
        assert_eq!(number, wanted);
        let mut text = json!({"type": "string", "pattern": "^[0-9]{12}$"});
        loosen(&mut text);
        let pattern = text["pattern"].as_str().and_then(|text| regex_lite::Regex::new(text).ok());
        assert_eq!(pattern.map(|pattern| pattern.is_match("12")), Some(false));
        let mut words = json!({"description": "A word.", "type": "string", "enum": ["a", "b"]});
        loosen(&mut words);
        let wanted = json!({
            "description": "A word.",
            "anyOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "string", "pattern": REFERENCE}]
        });
        assert_eq!(words, wanted);
        let mut words = json!({"oneOf": [{"description": "One.", "const": "a"}, {"type": "object"}]});
        loosen(&mut words);
        let reference = json!({"type": "string", "pattern": REFERENCE});
        let wanted = json!({"anyOf": [{"description": "One.", "const": "a"}, {"type": "object"}, reference]});
        assert_eq!(words, wanted);
    }
}
