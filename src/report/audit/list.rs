//! Lists of JSON with a line for each element.

use std::io::{self, Write};

use serde_json::Value;

use crate::base::escaped;

/// A value on one line, with all that a terminal would obey escaped.
pub(in crate::report) fn line(value: &Value) -> String {
    escaped(&value.to_string()).into_owned()
}

/// Writes a list, an element a line: no more than one is in memory.
pub(super) fn write_list(elements: impl Iterator<Item = Value>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"[")?;
    for (at, element) in elements.enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        out.write_all(line(&element).as_bytes())?;
    }
    out.write_all(b"\n]")
}
