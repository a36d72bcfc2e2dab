//! Code archives of a run, by digest: too large for a plan, which holds the digest alone.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Archives by the base64 of their SHA-256 digest, as Lambda's `CodeSha256` gives it.
#[derive(Default)]
pub struct Archives(Mutex<BTreeMap<String, Arc<Vec<u8>>>>);

impl Archives {
    /// Keeps an archive.
    pub fn insert(&self, sha256: impl Into<String>, bytes: Vec<u8>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(sha256.into(), Arc::new(bytes));
    }

    /// The archive with this digest.
    pub fn get(&self, sha256: &str) -> Option<Arc<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(sha256).cloned()
    }
}

impl fmt::Debug for Archives {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.lock().unwrap_or_else(PoisonError::into_inner).keys()).finish()
    }
}
