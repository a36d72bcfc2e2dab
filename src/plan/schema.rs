//! The published schema of a plan as JSON.

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::model::{FORMAT_VERSION, Plan};

/// The schema (draft 2020-12) of the output of `plan --format json`: the plan, and what is needed to apply it.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Plan>().to_value();
    schema["title"] = json!("underpin plan");
    schema["properties"]["format_version"]["const"] = json!(FORMAT_VERSION);
    schema["properties"]["terms"] = terms();
    schema["properties"]["digest"] = json!({
        "description": "The SHA-256 of all the rest, its keys sorted: a plan that was changed by hand is refused.",
        "type": "string",
        "pattern": "^[0-9a-f]{64}$",
    });
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.extend([json!("terms"), json!("digest")]);
    }
    schema
}

fn terms() -> Value {
    let addresses =
        |description: &str| json!({"description": description, "type": "array", "items": {"type": "string"}});
    json!({
        "description": "What the plan was asked for with.",
        "type": "object",
        "properties": {
            "targets": addresses("The addresses to work on; none for all."),
            "excludes": addresses("The addresses to leave out."),
            "releases": addresses("The addresses to let go; where there are any, nothing else is planned."),
            "allow_delete": addresses("What may be deleted."),
            "allow_replace": addresses("What may be deleted and made anew."),
            "allow_unprotect": addresses("Whose protection may be lifted."),
            "allow_adopt": addresses("What may lose something as it is taken over."),
            "backup": {"description": "Whether what holds data is backed up before it is deleted.", "type": "boolean"},
            "destroy": {"description": "Whether all that the stack owns is deleted.", "type": "boolean"},
            "unknown": {
                "description": "What `--unknown` says an unknown verdict means; else the stack file says.",
                "enum": ["warn", "deny", null],
            },
            "at": {"description": "When the plan was made; it names backups.", "type": "string"},
            "sandbox": {"description": "Whether it was made in the sandbox: it is applied nowhere else.", "type": "boolean"},
            "salt": {"description": "The key of the digests that stand for sensitive values.", "type": "string"},
        },
        "required": [
            "targets", "excludes", "releases", "allow_delete", "allow_replace", "allow_unprotect", "allow_adopt", "backup", "destroy",
            "unknown", "at", "sandbox", "salt",
        ],
    })
}
