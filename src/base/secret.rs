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
        // HMAC pads a key that is shorter than the hash's block with zeros (RFC 2104, section 2).
        let mut key = [0; 64];
        key[..32].copy_from_slice(&self.salt);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&key.into());
        mac.update(value.as_bytes());
        let digest = hex(&mac.finalize().into_bytes());
        self.values.lock().unwrap_or_else(PoisonError::into_inner).insert(digest.clone(), value.to_owned());
        format!("{SEAL_OPEN}{digest}{SEAL_CLOSE}")
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

    /// Seals every text of a tree that equals a value which this vault has seen.
    pub fn seal_known(&self, value: &mut Value) {
        match value {
            Value::String(text) if !Self::is_sealed(text) => {
                let known = self.values.lock().unwrap_or_else(PoisonError::into_inner).values().any(|v| v == text);
                if known {
                    *text = self.seal(text);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.seal_known(item)),
            Value::Object(map) => map.values_mut().for_each(|item| self.seal_known(item)),
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
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.open_all(item))?,
            Value::Object(map) => map.values_mut().try_for_each(|item| self.open_all(item))?,
            _ => {}
        }
        Ok(())
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
        assert_eq!(Vault::parse_salt(&vault.salt()), Some([7; 32]));
        assert!(!format!("{vault:?}").contains("hunter2"));
    }
}
