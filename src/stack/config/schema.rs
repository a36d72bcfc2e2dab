//! The JSON Schema of `catalogue.yaml`.

use serde_json::{Value, json};

/// The name of the file.
pub(super) const CATALOGUE: &str = "catalogue.yaml";

/// The schema of the file, but for what stands under a rule's name.
pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["rules"],
        "properties": {
            "rules": {
                "type": "object",
                "propertyNames": {
                    "type": "string",
                    "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
                    "examples": ["ddb-table-pitr"]
                },
                "additionalProperties": {}
            }
        }
    })
}

/// The schema of what stands under a rule's name: each rule is read on its own, so that the mistakes of one hide
/// nothing of the others.
pub(super) fn rule_schema() -> Value {
    let text = json!({"type": "string", "minLength": 1});
    let texts = json!({"type": "array", "items": text, "uniqueItems": true});
    let parameter = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["type"],
        "properties": {
            "type": {"enum": ["string", "integer", "number", "boolean", "list"]},
            "default": {},
            "description": text
        }
    });
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["title", "resource_types", "input", "remediation"],
        "properties": {
            "title": text,
            "resource_types": {
                "type": "array",
                "minItems": 1,
                "uniqueItems": true,
                "items": {"type": "string", "pattern": "^AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$", "examples": ["AWS::DynamoDB::Table"]}
            },
            "input": {"enum": ["configuration_item", "template"]},
            "enforcement": {"enum": ["deny", "warn", "off"]},
            "severity": {"enum": ["critical", "high", "medium", "low"]},
            "config_rule": {"anyOf": [text, texts]},
            "security_hub": texts,
            "applies_when": text,
            "parameters": {"type": "object", "additionalProperties": parameter},
            "property": text,
            "remediation": text
        }
    })
}
