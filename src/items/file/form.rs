//! The form of a file: by its name, else by its beginning.

use std::path::Path;

use super::error::FileError;

/// The form of a file of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileForm {
    /// Lines `Person 1: …` and `Person 2: …`.
    Conversation,
    /// A JSON object on each line, plain or in DynamoDB's JSON; with `Item` around it as in exports to S3.
    JsonLines,
    /// One JSON array of objects, one object, or an answer of a scan with `Items`.
    Json,
    /// A row for each item; the names of attributes are in the first row.
    Csv,
}

/// The form of a file of this name that begins with these bytes; a whole first line should be among them.
pub fn form_of(name: Option<&Path>, beginning: &[u8]) -> Result<FileForm, FileError> {
    // Source: RFC 1952, section 2.3.1: the first two bytes of gzip.
    if beginning.starts_with(&[0x1f, 0x8b]) {
        return Err(
            FileError::of_file("it is compressed").hint("`gunzip` it first: exports of DynamoDB to S3 are compressed")
        );
    }
    let extension = name.and_then(Path::extension).map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("csv") => return Ok(FileForm::Csv),
        Some("jsonl" | "ndjson") => return Ok(FileForm::JsonLines),
        Some("ion") => {
            return Err(FileError::of_file("Amazon Ion is not read").hint("export the table as DynamoDB JSON"));
        }
        _ => {}
    }
    let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).trim_ascii_start();
    match text.first() {
        Some(b'[') => Ok(FileForm::Json),
        Some(b'{') => {
            let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let is_whole = serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok();
            Ok(if is_whole && !holds_items(line) { FileForm::JsonLines } else { FileForm::Json })
        }
        _ if extension.as_deref() == Some("json") => Ok(FileForm::Json),
        _ => Ok(FileForm::Conversation),
    }
}

/// Returns whether a line of JSON is the answer of a scan, with its items in an array.
fn holds_items(line: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Answer {
        #[serde(alias = "items", rename = "Items")]
        items: Option<Vec<serde::de::IgnoredAny>>,
    }
    serde_json::from_slice::<Answer>(line).is_ok_and(|answer| answer.items.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_follows_from_name_or_beginning() {
        let form = |name: &str, text: &str| form_of(Some(Path::new(name)), text.as_bytes()).expect("it has a form");
        for (name, text, expected) in [
            ("a.csv", "{", FileForm::Csv),
            ("a.jsonl", "", FileForm::JsonLines),
            ("a.json", "\u{feff} [", FileForm::Json),
            ("a.json", "{\"a\": 1}\n{\"a\": 2}\n", FileForm::JsonLines),
            ("a.json", "{\"a\": 1}", FileForm::JsonLines),
            ("a.json", "{\n \"a\": 1}", FileForm::Json),
            ("a.json", "{\"Items\": [{\"a\": 1}], \"Count\": 1}\n", FileForm::Json),
            ("a.json", "{\"Items\": 1}\n", FileForm::JsonLines),
            ("a.json", "x", FileForm::Json),
            ("a.txt", "Person 1: x", FileForm::Conversation),
            ("a", "", FileForm::Conversation),
        ] {
            assert_eq!(form(name, text), expected, "{name} {text}");
        }
        assert!(form_of(None, &[0x1f, 0x8b, 8]).is_err());
        assert!(form_of(Some(Path::new("a.ion")), b"").is_err());
    }
}
