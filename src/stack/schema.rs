//! The JSON Schema of the whole file, for editors and for `underpin schema`.

use serde_json::{Map, Value, json};

use super::{lift, settings};
use crate::kind::{PureKind, Registry};

/// The schema (draft 2020-12) of `stack.yaml` with the sections of a registry. Numbers and truth values may
/// also be given as `${…}`.
pub fn schema(registry: &Registry) -> Value {
    let mut top = settings::top_schema(registry);
    let mut definitions = Map::new();
    for kind in registry.kinds() {
        let section = kind.section();
        definitions.insert(section.to_owned(), resource(kind, registry));
        if lift::into(section).is_none() {
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
    let mut whole = Value::Object(whole);
    loosen(&mut whole);
    whole
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
        match lift::into(section) {
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
                for lift in lift::out_of(section, registry) {
                    let noun = registry.kind(lift.into).map_or("resource", |kind| kind.noun());
                    properties[lift.property] = section_of(&format!("Each {noun} by its name."), lift.into);
                }
            }
            None => {}
        }
    }
    schema
}

/// Makes the references within a kind's schema right for its new place.
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

/// Lets `${…}` stand where a number or a truth value belongs.
fn loosen(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.values_mut().for_each(loosen);
            let rigid = match map.get("type") {
                Some(Value::String(one)) => matches!(one.as_str(), "integer" | "number" | "boolean"),
                Some(Value::Array(many)) => {
                    !many.iter().any(|one| one == "string")
                        && many.iter().any(|one| one == "integer" || one == "number" || one == "boolean")
                }
                _ => false,
            };
            if rigid {
                let mut outer = Map::new();
                for key in ["description", "default", "examples", "title"] {
                    if let Some(kept) = map.shift_remove(key) {
                        outer.insert(key.to_owned(), kept);
                    }
                }
                let own = Value::Object(std::mem::take(map));
                outer.insert("anyOf".to_owned(), json!([own, {"type": "string", "pattern": "\\$\\{.+\\}"}]));
                *map = outer;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(loosen),
        _ => {}
    }
}
