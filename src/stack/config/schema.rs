//! The files of a folder of rules: their names, and the JSON Schemas of those in YAML.

use std::sync::LazyLock;

use regex_lite::Regex;
use serde_json::{Value, json};

/// The entry of one rule, in the rule's folder.
pub(super) const ENTRY: &str = "entry.yaml";
/// A rule in Rust, which only the program brings.
pub(super) const RUST_RULE: &str = "rule.rs";
/// The entries of several rules, beside their texts.
pub(super) const CATALOGUE: &str = "catalogue.yaml";

/// The form of a rule's name.
const NAME: &str = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";

/// Returns whether a rule can have this name.
pub(super) fn is_name(text: &str) -> bool {
    Regex::new(NAME).is_ok_and(|form| form.is_match(text))
}

/// The schema of a catalogue, without its entries.
pub(super) fn catalogue_schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["rules"],
        "properties": {
            "rules": {
                "type": "object",
                "propertyNames": {
                    "type": "string",
                    "pattern": NAME,
                    "examples": ["ddb-table-pitr"]
                },
                "additionalProperties": {}
            }
        }
    })
}

/// The schema of an entry. Those of a catalogue are read one by one, so that the mistakes of one hide nothing in the
/// others.
pub(super) static ENTRY_SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let text = json!({"type": "string", "minLength": 1});
    let texts = json!({"type": "array", "items": text, "uniqueItems": true});
    // A text, or one for each case: a type, a word that the resource's document knows, several of them, or `else`.
    let case = r"^(else|(AWS::[A-Za-z0-9]*::[A-Za-z0-9]+|<[A-Z][A-Z0-9-]*>)( (AWS::[A-Za-z0-9]*::[A-Za-z0-9]+|<[A-Z][A-Z0-9-]*>))*)$";
    let templates = json!({"anyOf": [text, {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"type": "string", "pattern": case, "examples": ["AWS::IAM::User", "<POLICY>", "else"]},
        "additionalProperties": text
    }]});
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
                "items": {"type": "string", "pattern": "^AWS::[A-Za-z0-9]*::[A-Za-z0-9]+$", "examples": ["AWS::DynamoDB::Table"]}
            },
            "input": {"enum": ["configuration_item", "template"]},
            "enforcement": {"enum": ["deny", "warn", "off"]},
            "severity": {"enum": ["critical", "high", "medium", "low"]},
            "order": {"type": "integer", "minimum": 0},
            "config_rule": {"anyOf": [text, texts]},
            "security_hub": texts,
            "applies_when": text,
            "parameters": {"type": "object", "additionalProperties": parameter},
            "property": text,
            "remediation": text,
            "severity_reason": text,
            "area": {"enum": AREAS},
            "risk": text,
            "fix": {"enum": ["auto", "manual", "replace"]},
            "also_touches": text,
            "yaml": templates,
            "cli": templates,
            "fsbp": {"type": "boolean"},
            "prowler": texts,
            "checkov": texts,
            "cis": {"type": "object", "additionalProperties": texts},
            "only_live": {"type": "boolean"},
            "on_request": {"type": "boolean"},
            "also_reads": texts,
            "looks_at": {"type": "object", "additionalProperties": texts},
            "also_named": texts
        }
    })
});

/// The areas of a report.
const AREAS: [&str; 12] = [
    "DynamoDB",
    "DAX",
    "VPC",
    "Lambda",
    "IAM",
    "Account",
    "KMS",
    "CloudTrail",
    "Config",
    "Cognito",
    "Organizations",
    "Residency",
];
