//! Sensitive values: the digests that replace them everywhere, and the one place that holds them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::hex;
use super::pending::{SEAL_CLOSE, SEAL_OPEN};

/// Holds sensitive values and gives keyed digests in their place.
///
/// A sealed text is the HMAC-SHA256 of the value under a salt that is drawn for each plan, between two private-use
/// characters. Two sealed texts of one vault are equal if their values are, so that a difference is seen without
/// showing the value. The values themselves are taken out again only for the API call that needs them.
pub struct Vault {
    salt: [u8; 32],
    values: Mutex<BTreeMap<String, String>>,
    /// The values of environment variables, in plain text: they may occur within other texts of the live resource.
    heard: Mutex<BTreeSet<String>>,
    /// Names, regions and accounts: shown wherever they come from.
    public: Mutex<BTreeSet<String>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// Makes an empty vault under a salt.
    pub fn new(salt: [u8; 32]) -> Self {
        Self { salt, values: Mutex::default(), heard: Mutex::default(), public: Mutex::default() }
    }

    /// The salt, as hexadecimal digits: a saved plan carries it.
    pub fn salt(&self) -> String {
        hex(&self.salt)
    }

    /// Reads a salt that [`Vault::salt`] gave.
    pub fn parse_salt(text: &str) -> Option<[u8; 32]> {
        let mut salt = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (index, byte) in salt.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
        }
        Some(salt)
    }

    /// Stores a value and returns its sealed text.
    pub fn seal(&self, value: &str) -> String {
        let (digest, sealed) = self.digest(value);
        self.values.lock().unwrap_or_else(PoisonError::into_inner).insert(digest, value.to_owned());
        sealed
    }

    /// Remembers the value of an environment variable, so that it is found within a text of the live resource.
    pub fn hear(&self, value: &str) {
        if value.chars().count() >= LONG {
            self.heard.lock().unwrap_or_else(PoisonError::into_inner).insert(value.to_owned());
        }
    }

    /// Remembers a text that is shown, wherever it comes from: nothing in it is a secret.
    pub fn publish(&self, text: &str) {
        self.public.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned());
    }

    /// The values of environment variables that must not be shown in any text.
    pub fn secrets(&self) -> Vec<String> {
        let public = self.public.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().filter(|value| !public.iter().any(|text| text.contains(value.as_str()))).cloned().collect()
    }

    /// The sealed text of a value that is not stored: to compare, and to show in its place.
    pub fn mask(&self, value: &str) -> String {
        self.digest(value).1
    }

    fn digest(&self, value: &str) -> (String, String) {
        // HMAC pads a key that is shorter than the hash's block with zeros (RFC 2104, section 2).
        let mut key = [0; 64];
        key[..32].copy_from_slice(&self.salt);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&key.into());
        mac.update(value.as_bytes());
        let digest = hex(&mac.finalize().into_bytes());
        let sealed = format!("{SEAL_OPEN}{digest}{SEAL_CLOSE}");
        (digest, sealed)
    }

    /// Returns whether a text is the seal of a sensitive value.
    pub fn is_sealed(text: &str) -> bool {
        text.starts_with(SEAL_OPEN)
    }

    /// Returns whether a tree has a sealed value anywhere.
    pub fn holds_sealed(value: &Value) -> bool {
        match value {
            Value::String(text) => Self::is_sealed(text),
            Value::Array(items) => items.iter().any(Self::holds_sealed),
            Value::Object(map) => map.values().any(Self::holds_sealed),
            _ => false,
        }
    }

    /// The value of a sealed text; `None` if this vault never saw it.
    pub fn open(&self, text: &str) -> Option<String> {
        let digest = text.strip_prefix(SEAL_OPEN)?.strip_suffix(SEAL_CLOSE)?;
        self.values.lock().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()
    }

    /// Seals every text of a tree that has a seal in `sealed`.
    pub fn seal_like(&self, value: &mut Value, sealed: &Value) {
        match value {
            Value::String(text) if !Self::is_sealed(text) => {
                let mask = self.mask(text);
                if holds(sealed, &mask) {
                    *text = mask;
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.seal_like(item, sealed)),
            Value::Object(map) => map.values_mut().for_each(|item| self.seal_like(item, sealed)),
            _ => {}
        }
    }

    /// The values of the sealed texts of a tree, with those within larger texts.
    pub fn values_in(&self, tree: &Value) -> Vec<String> {
        match tree {
            Value::String(text) => {
                let sealed = text.split(SEAL_OPEN).skip(1).filter_map(|rest| rest.split_once(SEAL_CLOSE));
                let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
                sealed.filter_map(|(digest, _)| values.get(digest).cloned()).collect()
            }
            Value::Array(items) => items.iter().flat_map(|item| self.values_in(item)).collect(),
            Value::Object(map) => map.values().flat_map(|item| self.values_in(item)).collect(),
            _ => Vec::new(),
        }
    }

    /// Puts the values back into a tree, right before a call. Returns the first text that it can't open.
    pub fn open_all(&self, value: &mut Value) -> Result<(), String> {
        match value {
            Value::String(text) if Self::is_sealed(text) => match self.open(text) {
                Some(open) => *text = open,
                None => return Err(text.clone()),
            },
            // A document as text, as a call carries it (a policy, a filter's pattern).
            Value::String(text) if text.contains(SEAL_OPEN) => {
                let mut document: Value = serde_json::from_str(text).map_err(|_| text.clone())?;
                self.open_all(&mut document)?;
                *text = document.to_string();
            }
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.open_all(item))?,
            Value::Object(map) => map.values_mut().try_for_each(|item| self.open_all(item))?,
            _ => {}
        }
        Ok(())
    }
}

/// The shortest value, in characters, that is also looked for within other texts; a shorter one may occur in any text.
const LONG: usize = 8;

/// Removes values from a foreign text. A value so short that it may be part of any word is removed only where it is a
/// word of its own.
pub fn redacted(text: &str, values: &[String]) -> String {
    const SHORT: usize = 4;
    let mut values: Vec<&String> = values.iter().filter(|value| !value.is_empty()).collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    values.iter().fold(text.to_owned(), |text, value| {
        // A message may quote it as JSON does.
        let quoted = Value::from(value.as_str()).to_string();
        let text = text.replace(&quoted, "(sensitive)");
        let is_short = value.chars().count() < SHORT;
        let mut shown = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(value.as_str()) {
            let inside = before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric);
            shown.push_str(before);
            shown.push_str(if is_short && inside { value } else { "(sensitive)" });
            rest = after;
        }
        shown + rest
    })
}

/// Returns whether a text is a leaf of a tree.
fn holds(tree: &Value, leaf: &str) -> bool {
    match tree {
        Value::String(text) => text == leaf,
        Value::Array(items) => items.iter().any(|item| holds(item, leaf)),
        Value::Object(map) => map.values().any(|item| holds(item, leaf)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn known_secrets_are_redacted_in_foreign_messages() {
        let vault = Vault::new([7; 32]);
        let policy = format!("{{\"a\":\"{}\"}}", vault.seal("swordfish"));
        let tree =
            json!({"a": [vault.seal("hunter2"), "plain"], "b": policy, "c": vault.seal("on"), "d": vault.seal("")});
        let mut values = vault.values_in(&tree);
        values.sort();
        assert_eq!(values, ["", "hunter2", "on", "swordfish"]);
        let text = "1 validation error: 'hunter2' on line, xhunter2x; not on; swordfish";
        assert_eq!(
            redacted(text, &values),
            "1 validation error: '(sensitive)' (sensitive) line, x(sensitive)x; not (sensitive); (sensitive)"
        );
        assert_eq!(redacted("condition: none", &values), "condition: none");
        let quoted = redacted("{\"x\":\"a\\\"b\"}", &["a\"b".to_owned()]);
        assert_eq!(quoted, "{\"x\":(sensitive)}");
        assert_eq!(redacted("", &values), "");
    }

    #[test]
    fn environment_values_are_secrets_unless_short_or_published() {
        let vault = Vault::new([7; 32]);
        for value in ["swordfish", "short", "eu-central-1"] {
            vault.hear(value);
        }
        vault.publish("eu-central-1");
        assert_eq!(vault.secrets(), ["swordfish"]);
    }

    #[test]
    fn sealed_value_hides_plaintext_and_unseals() {
        let vault = Vault::new([7; 32]);
        let sealed = vault.seal("hunter2");
        assert!(!sealed.contains("hunter2"));
        assert_eq!(sealed, vault.seal("hunter2"));
        assert_ne!(sealed, vault.seal("hunter3"));
        assert_ne!(sealed, Vault::new([8; 32]).seal("hunter2"));
        assert_eq!(vault.open(&sealed).as_deref(), Some("hunter2"));
        let mut document = Value::from(serde_json::json!({"pk": ["a", sealed]}).to_string());
        assert_eq!(vault.open_all(&mut document), Ok(()));
        assert_eq!(document, r#"{"pk":["a","hunter2"]}"#);
        let mask = vault.mask("hunter4");
        assert_eq!((vault.open(&mask), mask), (None, vault.seal("hunter4")));
        assert_eq!(Vault::parse_salt(&vault.salt()), Some([7; 32]));
        assert!(!format!("{vault:?}").contains("hunter2"));
    }
}
