//! The JSON Schema of the settings.

use serde_json::{Map, Value, json};

use super::hoist;
use crate::kind::Registry;

/// AWS's limit, less the three that every resource of ours has (`underpin:stack`, `underpin:address`,
/// `underpin:scope`).
pub(crate) const MOST_TAGS: usize = 50 - 3;

/// The schema of everything at the top level but the sections.
pub(crate) fn top_schema(registry: &Registry) -> Value {
    let text = json!({"type": "string", "minLength": 1});
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["stack"],
        "properties": {
            "stack": {
                "description": "The name of the stack: one name stands for one set of resources. It is written to every resource as the tag `underpin:stack`. Two environments in one account are two names: `cruddur-${environment}`.",
                "type": "string",
                "minLength": 1,
                "maxLength": 128,
                "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$",
                "examples": ["my-stack"]
            },
            "region": region("The region, unless `--region` or the chosen one of `environments:` names another. Without one it is the AWS configuration's."),
            "account": account(),
            "residency": {
                "description": "The only regions in which this data may legally be kept. Anywhere else nothing is done.",
                "type": "array",
                "items": region("A region."),
                "uniqueItems": true
            },
            "tags": tags("Tags of every resource."),
            "ignore_tags": {
                "description": "Tag keys that others manage, with `*` for any text: they are neither shown nor removed.",
                "type": "array",
                "items": text,
                "examples": [["cost:*"]]
            },
            "previous_names": {
                "description": "Names that this stack had before: it keeps what it owns under them.",
                "type": "array",
                "items": text,
                "uniqueItems": true
            },
            "roots": {
                "description": "Folders beside the stack's own that its files may be in.",
                "type": "array",
                "items": text,
                "uniqueItems": true,
                "examples": [["../shared"]]
            },
            "guardrails": guardrails(),
            "environments": {
                "description": "Named environments, chosen with `--env`.",
                "type": "object",
                "propertyNames": {"not": {"const": crate::base::Scope::UNNAMED}},
                "additionalProperties": environment_schema(registry)
            }
        }
    })
}

/// The schema of one environment.
pub(crate) fn environment_schema(registry: &Registry) -> Value {
    json!({
        "description": "What is different in this environment.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "endpoint_url": {
                "description": "Where AWS's services are, such as `http://localhost:8000` for DynamoDB Local.",
                "type": "string",
                "pattern": "^https?://[^\\s]+$",
                "examples": ["http://localhost:8000"]
            },
            "region": region("The region of this environment."),
            "account": account(),
            "sections": {
                "description": "The only sections that this environment has.",
                "type": "array",
                "minItems": 1,
                "uniqueItems": true,
                "items": {"enum": hoist::top_sections(registry)}
            },
            "tags": tags("Tags of every resource in this environment, over the stack's."),
            "seed": seeds(),
            "database": database()
        }
    })
}

fn seeds() -> Value {
    let text = json!({"type": "string", "minLength": 1});
    json!({
        "description": "The items that tables begin with: `underpin reset` and `underpin startup` write them, to an endpoint on this machine only.",
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["table", "file"],
            "properties": {
                "table": {
                    "description": "The table, by its key under `tables`.",
                    "type": "string",
                    "minLength": 1,
                    "examples": ["cruddur-messages"]
                },
                "file": {
                    "description": "A conversation (lines `Person 1: …` and `Person 2: …`), JSON lines, JSON or CSV, as `underpin table seed` reads them.",
                    "type": "string",
                    "minLength": 1,
                    "examples": ["seeds/conversation.txt"]
                },
                "members": {
                    "description": "The handles of a conversation's first and second person. Default: those of the project's own users.",
                    "type": "array",
                    "items": text,
                    "minItems": 2,
                    "maxItems": 2,
                    "examples": [["adakeller", "jonasbrandt"]]
                },
                "message_group_uuid": {
                    "description": "The message group of a conversation. Default: `5ae290ed-55d1-47a0-bc6d-fe2bc2700399`.",
                    "type": "string",
                    "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
                    "examples": ["5ae290ed-55d1-47a0-bc6d-fe2bc2700399"]
                }
            }
        }
    })
}

fn database() -> Value {
    let file = |description: &str, example: &str| json!({"description": description, "type": "string", "minLength": 1, "examples": [example]});
    json!({
        "description": "The Postgres database of the users, on this machine: it is brought to its schema and its first rows, and gives the ids of a conversation's members.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "url": {
                "description": "The connection string. Default: the variable `CONNECTION_URL`; without it there is no database, and the members are the project's own users.",
                "type": "string",
                "minLength": 1,
                "examples": ["postgresql://postgres@localhost:5432/cruddur"]
            },
            "schema": file("The SQL file that makes the tables anew. Default: the project's own.", "db/schema.sql"),
            "seed": file("The SQL file that makes the first rows. Default: the project's own.", "db/seed.sql")
        }
    })
}

fn region(description: &str) -> Value {
    json!({
        "description": description,
        "type": "string",
        "pattern": "^[a-z]{2,}(-[a-z]+)+-[0-9]+$",
        "examples": ["eu-central-1"]
    })
}

fn account() -> Value {
    json!({
        "description": "The only account that may be touched: twelve digits.",
        "type": "string",
        "pattern": "^[0-9]{12}$",
        "examples": ["123456789012"]
    })
}

fn tags(description: &str) -> Value {
    json!({
        "description": description,
        "type": "object",
        "additionalProperties": {"type": "string"},
        "maxProperties": MOST_TAGS
    })
}

fn guardrails() -> Value {
    let text = json!({"type": "string", "minLength": 1});
    let paths = json!({"type": "array", "items": text, "examples": [["policies/scp"]]});
    json!({
        "description": "What is never allowed: judged on the plan, before anything is touched.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "scps": {
                "description": "Service control policies in files, beside those attached live: a list is one level; a mapping gives the levels from the root down.",
                "anyOf": [paths, {"type": "object", "additionalProperties": paths}]
            },
            "config_rules": {
                "description": "Rules of AWS Config: Guard files, folders of them with their catalogue, and rules by their name or by the identifier of AWS's managed rule.",
                "type": "array",
                "items": {"anyOf": [text, {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["rule"],
                    "properties": {
                        "rule": {"type": "string", "minLength": 1, "examples": ["DYNAMODB_PITR_ENABLED"]},
                        "parameters": {"type": "object", "additionalProperties": {}},
                        "enforcement": {"enum": ["deny", "warn", "off"]}
                    }
                }]}
            },
            "exceptions": {
                "description": "What is allowed nonetheless; every exception says why, who answers for it, and until when.",
                "type": "array",
                "items": exception(&text)
            },
            "unknown": {
                "description": "What an outcome means that can't be known before apply: `warn` (the default) or `deny`.",
                "enum": ["warn", "deny"]
            }
        }
    })
}

fn exception(text: &Value) -> Value {
    let mut properties = Map::new();
    properties.insert("rule".to_owned(), text.clone());
    properties.insert(
        "resource".to_owned(),
        json!({
            "description": "An address of the stack; for the audit also the ARN or the name of what is live.",
            "type": "string",
            "minLength": 1,
            "examples": ["tables.messages", "arn:aws:iam::123456789012:user/alice"]
        }),
    );
    properties.insert("reason".to_owned(), text.clone());
    properties.insert("owner".to_owned(), text.clone());
    properties.insert(
        "expires".to_owned(),
        json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": ["2027-06-30"]}),
    );
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["rule", "resource", "reason", "owner", "expires"],
        "properties": properties
    })
}
