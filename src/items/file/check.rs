//! Checks a whole file before anything is written.

use std::collections::HashMap;
use std::ops::ControlFlow;

use sha2::{Digest as _, Sha256};

use super::error::FileError;
use super::record::Record;
use crate::items::keys::TableKeys;
use crate::items::value::item_size;

/// The errors of one file that are reported at once.
const MOST_ERRORS: usize = 10;

/// The numbers of a file that is good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileSummary {
    /// The number of items.
    pub items: u64,
    /// Their size, in bytes.
    pub bytes: u64,
}

/// Checks all records that `read` hands out: keys, sizes, and that no key is there twice.
pub fn check(
    keys: &TableKeys,
    read: impl FnOnce(&mut super::record::Records<'_>),
) -> Result<FileSummary, Vec<FileError>> {
    let mut summary = FileSummary::default();
    let mut errors: Vec<FileError> = Vec::new();
    // A digest in place of the key: memory is the same for long keys, and two keys never share one.
    let mut seen: HashMap<[u8; 16], u64> = HashMap::new();
    read(&mut |record| {
        let checked = record.and_then(|Record { line, item }| {
            let identity = keys.check(&item).map_err(|error| FileError::at(line, error))?;
            if let Some(first) = seen.insert(short_digest(&identity), line) {
                seen.insert(short_digest(&identity), first);
                return Err(FileError::at(line, format!("its key is that of line {first} already"))
                    .hint("a key is there once: the last item would replace the first one"));
            }
            summary.items += 1;
            summary.bytes += item_size(&item) as u64;
            Ok(())
        });
        errors.extend(checked.err());
        if errors.len() < MOST_ERRORS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    match errors.is_empty() {
        true if summary.items == 0 => Err(vec![FileError::of_file("it holds no item")]),
        true => Ok(summary),
        false => Err(errors),
    }
}

fn short_digest(text: &str) -> [u8; 16] {
    let digest = Sha256::digest(text.as_bytes());
    let mut short = [0; 16];
    short.copy_from_slice(&digest[..16]);
    short
}
