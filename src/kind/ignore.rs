//! Properties that a resource leaves to somebody else, and the shape of a kind's properties.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::X_UNDERPIN;
use crate::base::PropertyPath;

/// A property that is left to somebody else once the resource exists, as Terraform's `ignore_changes` does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ignore {
    /// The property; all below it is left, too.
    pub path: PropertyPath,
    /// The reason that the file gives.
    pub reason: String,
}

/// A key below a property, as the kind's schema defines it.
#[derive(Debug, Clone, PartialEq)]
pub enum Below<'s> {
    /// A property of its own, with its schema.
    Property(&'s Value),
    /// An entry of a mapping of names, with the schema of entries.
    Entry(&'s Value),
    /// No such property; these exist.
    Unknown(Vec<&'s str>),
    /// Nothing: the property is a single value, a list, a document, or has a short form.
    Whole,
}

/// The key below a property with this schema.
pub fn below<'s>(schema: &'s Value, key: &str) -> Below<'s> {
    if schema.get(X_UNDERPIN).is_some() || schema.get("anyOf").is_some() || schema.get("oneOf").is_some() {
        return Below::Whole;
    }
    if let Some(Value::Object(properties)) = schema.get("properties") {
        return match properties.get(key) {
            Some(property) => Below::Property(property),
            None => Below::Unknown(properties.keys().map(String::as_str).collect()),
        };
    }
    match schema.get("additionalProperties") {
        Some(entry @ Value::Object(_)) => Below::Entry(entry),
        _ => Below::Whole,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn properties_entries_and_whole_values_are_distinguished() {
        let number = json!({"type": "integer"});
        let mapping = json!({"type": ["object", "null"], "properties": {"min": number}});
        assert_eq!(below(&mapping, "min"), Below::Property(&number));
        assert_eq!(below(&mapping, "max"), Below::Unknown(vec!["min"]));
        assert_eq!(below(&json!({"type": "object", "additionalProperties": number}), "x"), Below::Entry(&number));
        for whole in [
            json!({"type": "array", "items": mapping}),
            json!({"anyOf": [{"type": "boolean"}, mapping]}),
            json!({"type": "object", "x-underpin": "policy"}),
            json!({"type": "object"}),
            number,
        ] {
            assert_eq!(below(&whole, "min"), Below::Whole, "{whole}");
        }
    }
}
