//! The lines that a stack's file needs, as one document.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::audit::yaml_text;
use crate::base::Address;

/// The properties of resources as a stack's file has them: sections, in them the resources; triggers are a part of their
/// function.
pub(super) fn document(of: &BTreeMap<Address, Value>) -> Value {
    let mut document = Map::new();
    for (address, properties) in of {
        put(&mut document, &path(address), properties);
    }
    Value::Object(document)
}

/// Puts properties at a place; a resource and a part of it are mappings both, and are united.
fn put(into: &mut Map<String, Value>, path: &[String], properties: &Value) {
    let Some((first, rest)) = path.split_first() else {
        into.extend(properties.as_object().cloned().unwrap_or_default());
        return;
    };
    if let Value::Object(next) = into.entry(first.clone()).or_insert_with(|| Value::Object(Map::new())) {
        put(next, rest, properties);
    }
}

/// The keys that lead to a resource in a stack's file.
pub(super) fn path(address: &Address) -> Vec<String> {
    match (address.section(), address.name().split_once('/')) {
        ("triggers", Some((function, trigger))) => {
            ["functions", function, "triggers", trigger].map(str::to_owned).to_vec()
        }
        (section, _) => vec![section.to_owned(), address.name().to_owned()],
    }
}

/// What of some properties another value does not have: mappings are compared member by member.
pub(super) fn missing(from: &Value, wanted: &Value) -> Option<Value> {
    match (from, wanted) {
        (Value::Object(from), Value::Object(wanted)) => {
            let each = wanted.iter().filter_map(|(key, value)| {
                let own = from.get(key).unwrap_or(&Value::Null);
                Some((key.clone(), missing(own, value)?))
            });
            let rest: Map<String, Value> = each.collect();
            (!rest.is_empty()).then_some(Value::Object(rest))
        }
        (from, wanted) => (from != wanted).then(|| wanted.clone()),
    }
}

/// A document as YAML.
pub(super) fn yaml(document: &Value) -> String {
    let mut out = String::new();
    write(&mut out, document, 0);
    out
}

fn write(out: &mut String, value: &Value, depth: usize) {
    let Value::Object(map) = value else { return };
    for (key, value) in map {
        out.push_str(&"  ".repeat(depth));
        out.push_str(&yaml_text(key));
        out.push(':');
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                out.push('\n');
                write(out, value, depth + 1);
            }
            Value::String(text) => out.extend([" ", &yaml_text(text), "\n"]),
            // JSON is YAML.
            other => out.extend([" ", &flow(other), "\n"]),
        }
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => yaml_text(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let each = map.iter().map(|(key, value)| format!("{}: {}", yaml_text(key), flow(value)));
            format!("{{{}}}", each.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::stack::yaml_values;

    fn of(all: &[(&str, &str, Value)]) -> BTreeMap<Address, Value> {
        all.iter().map(|(section, name, value)| (Address::new(*section, *name), value.clone())).collect()
    }

    #[test]
    fn lines_of_several_resources_are_one_document_with_triggers_in_their_function() {
        let document = document(&of(&[
            (
                "tables",
                "orders",
                json!({"deletion_protection": true, "encryption": {"kms_key": "arn:aws:kms:x:1:key/k"}}),
            ),
            ("tables", "on", json!({"tags": {"a b": "1"}})),
            ("functions", "worker", json!({"tracing": "active", "layers": ["a", "b c"], "environment": {}})),
            ("triggers", "worker/orders", json!({"bisect_on_error": true, "filters": [{"eventName": ["INSERT"]}]})),
        ]));
        let text = yaml(&document);
        insta::assert_snapshot!(text);
        assert_eq!(yaml_values(&text), Some(document));
    }

    #[test]
    fn what_the_file_has_is_left_out() {
        let file = json!({"a": 1, "b": {"c": true, "d": [1]}, "e": "x"});
        let wanted = json!({"a": 1, "b": {"c": false, "d": [1]}, "f": {"g": 2}});
        assert_eq!(missing(&file, &wanted), Some(json!({"b": {"c": false}, "f": {"g": 2}})));
        assert_eq!(missing(&file, &json!({"b": {"c": true}})), None);
    }
}
