//! Policy documents as IAM returns them: JSON, percent-encoded.

use serde_json::Value;

use super::CallError;

/// Reads a document.
/// Source: IAM API reference, `GetRole`: "URL-encoded compliant with RFC 3986".
pub fn policy_document(operation: &str, text: &str) -> Result<Value, CallError> {
    let unexpected = || CallError::unexpected(operation, "a policy document that can't be read was returned");
    // An emulator may return a document as it is; an encoded one never begins with a brace.
    let plain = text.trim_start().starts_with('{');
    let decoded = if plain { text.to_owned() } else { decode(text).ok_or_else(unexpected)? };
    serde_json::from_str(&decoded).map_err(|_| unexpected())
}

fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after.get(2..)?;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_come_encoded_or_plain() {
        assert_eq!(policy_document("GetRole", "%7B%22a%22%3A%22x+%C3%A4%22%7D").ok(), Some(json!({"a": "x+ä"})));
        assert_eq!(policy_document("GetRole", r#"{"a": "50%"}"#).ok(), Some(json!({"a": "50%"})));
        for broken in ["", "%7", "%7B%", "%zz", "%7B%FF%7D", "%7B"] {
            assert!(policy_document("GetRole", broken).is_err(), "{broken}");
        }
    }
}
