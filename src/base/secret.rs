//! Sensitive values: what stands for them everywhere, and the one place that holds them.

use std::collections::BTreeMap;
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
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// Makes an empty vault under a salt.
    pub fn new(salt: [u8; 32]) -> Self {
        Self { salt, values: Mutex::default() }
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
    use super::*;

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
        let mask = vault.mask("hunter3");
        assert_eq!((vault.open(&mask), mask), (None, vault.seal("hunter3")));
        assert_eq!(Vault::parse_salt(&vault.salt()), Some([7; 32]));
        assert!(!format!("{vault:?}").contains("hunter2"));
    }
}
