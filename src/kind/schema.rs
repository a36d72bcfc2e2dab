//! The keyword, beyond the standard of JSON Schema, that describes a property to the loader.

use schemars::{Schema, json_schema};

/// The keyword: `{"x-underpin": "policy"}`.
///
/// - `policy`: a mapping is the policy document; a text is the path of a file (JSON or YAML) that holds it.
///   Either way the value tree holds the document.
/// - `code`: a text, the path of a folder, file or `.zip`; the value tree holds
///   `{"path": …, "sha256": …, "size": …}` (digest in base64 as Lambda's `CodeSha256`).
/// - `sensitive`: a text that is sealed (see `base::Vault`) before anything else sees it.
pub const X_UNDERPIN: &str = "x-underpin";

/// The schema of a policy document, in place or in a file.
pub fn policy_schema() -> Schema {
    json_schema!({
        "description": "A policy document: the path of a file, or the document in place.",
        "anyOf": [{"type": "string"}, {"type": "object"}],
        "x-underpin": "policy"
    })
}

/// The schema of a function's code.
pub fn code_schema() -> Schema {
    json_schema!({
        "description": "The code: the path of a folder (zipped deterministically), a file, or a .zip archive.",
        "type": "string",
        "x-underpin": "code"
    })
}

/// The schema of a text that is never shown.
pub fn sensitive_schema() -> Schema {
    json_schema!({"type": "string", "x-underpin": "sensitive"})
}
