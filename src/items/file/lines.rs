//! JSON lines: an object on each line.

use std::io::{BufRead, Read as _};

use serde_json::value::RawValue;

use super::error::FileError;
use super::record::{Record, Records, item_of};
use crate::items::keys::TableKeys;

/// The longest line, in bytes: an item of 400 KB in which each character is escaped takes no more.
const LONGEST: u64 = 8 << 20;

/// Reads a file, line by line; empty lines are left out.
pub(super) fn read(mut reader: impl BufRead, keys: &TableKeys, each: &mut Records<'_>) {
    let mut buffer = Vec::new();
    for line in 1.. {
        buffer.clear();
        match reader.by_ref().take(LONGEST + 1).read_until(b'\n', &mut buffer) {
            Ok(0) => return,
            Ok(length) if length as u64 > LONGEST => {
                let _ = each(Err(FileError::at(line, format!("the line is longer than {} MiB", LONGEST >> 20))));
                return;
            }
            Ok(_) => {}
            Err(error) => {
                let _ = each(Err(FileError::at(line, error)));
                return;
            }
        }
        let bytes = if line == 1 { buffer.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&buffer) } else { &buffer };
        let bytes = bytes.trim_ascii();
        if !bytes.is_empty() && each(record(line, bytes, keys)).is_break() {
            return;
        }
    }
}

fn record(line: u64, bytes: &[u8], keys: &TableKeys) -> Result<Record, FileError> {
    let text = std::str::from_utf8(bytes).map_err(|_| FileError::at(line, "it is not UTF-8"))?;
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| {
        let column = error.column();
        FileError::at(line, format!("it is not JSON, at column {column}: {}", reason(&error)))
            .hint("each line is one JSON object")
    })?;
    let item = item_of(raw, keys).map_err(|error| FileError::at(line, error))?;
    Ok(Record { line, item })
}

/// The reason of a JSON error without its place.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}
