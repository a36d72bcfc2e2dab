//! Sensitive values: what stands for them everywhere, and the one place that holds them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use super::hex;
use super::pending::{SEAL_CLOSE, SEAL_OPEN};

/// Holds sensitive values and gives out keyed digests that stand for them.
///
/// A sealed text is the HMAC-SHA256 of the value under a salt that is drawn for each plan, between two
/// private-use characters. Two sealed texts of one vault are equal when their values are, so that a
/// difference is seen without the value being shown. The values themselves are taken out again only for the
/// API call that needs them.
pub struct Vault {
    salt: [u8; 32],
    values: Mutex<BTreeMap<String, String>>,
    /// What the process's environment told, bare: it may stand within other texts of what is live.
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

    /// Takes a value in and returns the text that stands for it.
    pub fn seal(&self, value: &str) -> String {
        let (digest, sealed) = self.digest(value);
        self.values.lock().unwrap_or_else(PoisonError::into_inner).insert(digest, value.to_owned());
        sealed
    }

    /// Remembers the value of an environment variable, so that it is known within a text of what is live.
    pub fn hear(&self, value: &str) {
        if value.chars().count() >= LONG {
            self.heard.lock().unwrap_or_else(PoisonError::into_inner).insert(value.to_owned());
        }
    }

    /// Remembers a text that is shown, wherever it comes from: what stands in it is no secret.
    pub fn publish(&self, text: &str) {
        self.public.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned());
    }

    /// The values of environment variables that must not be shown, whatever text they stand in.
    pub fn secrets(&self) -> Vec<String> {
        let public = self.public.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().filter(|value| !public.iter().any(|text| text.contains(value.as_str()))).cloned().collect()
    }

    /// The text that would stand for a value, which is not taken in: to compare, and to show in its place.
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

    /// Whether a text stands for a sensitive value.
    pub fn is_sealed(text: &str) -> bool {
        text.starts_with(SEAL_OPEN)
    }

    /// Whether a text anywhere in a tree stands for a sensitive value.
    pub fn holds_sealed(value: &Value) -> bool {
        match value {
            Value::String(text) => Self::is_sealed(text),
            Value::Array(items) => items.iter().any(Self::holds_sealed),
            Value::Object(map) => map.values().any(Self::holds_sealed),
            _ => false,
        }
    }

    /// The value that a sealed text stands for; `None` where this vault never saw it.
    pub fn open(&self, text: &str) -> Option<String> {
        let digest = text.strip_prefix(SEAL_OPEN)?.strip_suffix(SEAL_CLOSE)?;
        self.values.lock().unwrap_or_else(PoisonError::into_inner).get(digest).cloned()
    }

    /// Seals every text of a tree for which `sealed` has a seal.
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

    /// The values that sealed texts of a tree stand for, those within larger texts included.
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
            // A document as the text that a call carries (a policy, a filter's pattern).
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

/// A shorter value of an environment variable may be part of any text, and is known only where it stands alone.
const LONG: usize = 8;

/// Takes values out of a text that somebody else wrote. What is so short that it may be part of any word is
/// taken out where it stands by itself.
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

/// Whether a text is a leaf of a tree.
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
    fn what_somebody_else_wrote_is_redacted() {
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
    fn what_the_environment_told_is_known_again_unless_it_is_public() {
        let vault = Vault::new([7; 32]);
        for value in ["swordfish", "short", "eu-central-1"] {
            vault.hear(value);
        }
        vault.publish("eu-central-1");
        assert_eq!(vault.secrets(), ["swordfish"]);
    }

    #[test]
    fn a_sealed_value_tells_nothing_and_comes_back() {
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
