//! Secrets in the code of a function, by their form: where they are, and never what they are.

use std::borrow::Cow;
use std::io::{Cursor, Read as _};

use crate::base::secret_form;

/// The most bytes of an unpacked archive that are searched. Source: Developer Guide, "Lambda quotas": 250 MB with all layers.
const LARGEST: u64 = 256 * 1024 * 1024;

/// A secret in a file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSecret {
    /// The file's path within the archive.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The name of its form, such as `a private key`.
    pub form: &'static str,
}

/// The text of a file; `None` if it is no text. The forms of secrets are ASCII: letters of another encoding don't matter.
fn text_of(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let utf16 = |read: fn([u8; 2]) -> u16| {
        let units = bytes[2..].as_chunks::<2>().0.iter().map(|pair| read(*pair));
        Cow::Owned(char::decode_utf16(units).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    };
    match bytes {
        [0xff, 0xfe, ..] => Some(utf16(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => Some(utf16(u16::from_be_bytes)),
        _ if bytes.contains(&0) => None,
        _ => Some(String::from_utf8_lossy(bytes)),
    }
}

/// The secrets in the texts of an archive, by file and line. Files that are no text are passed by.
///
/// # Errors
/// The reason, as a fragment, if the archive can't be read, is too large, or holds another one.
pub fn code_secrets(archive: &[u8]) -> Result<Vec<CodeSecret>, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("its archive can't be read: {error}");
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).map_err(|error| unreadable(&error))?;
    let (mut found, mut left) = (Vec::new(), LARGEST);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| unreadable(&error))?;
        if entry.is_dir() {
            continue;
        }
        let file = entry.name().map_err(|error| unreadable(&error))?.into_owned();
        let mut bytes = Vec::new();
        entry.take(left + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        let read = bytes.len() as u64;
        if read > left {
            return Err(format!("its code has more than {} MB when it is unpacked", LARGEST / 1024 / 1024));
        }
        left -= read;
        if bytes.starts_with(b"PK\x03\x04") {
            return Err(format!("`{file}` is an archive within its code, which is not searched"));
        }
        let Some(text) = text_of(&bytes) else { continue };
        let lines = text.lines().enumerate();
        found.extend(lines.filter_map(|(at, line)| {
            secret_form(line).map(|form| CodeSecret { file: file.clone(), line: at + 1, form })
        }));
    }
    found.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("it is begun");
            writer.write_all(bytes).expect("it is written");
        }
        writer.finish().expect("it is whole").into_inner()
    }

    #[test]
    fn secrets_in_code_have_file_and_line() {
        let key = ["key = '", "AKIA", "2222333344445555", "'\n"].concat();
        let text = format!("import os\n{key}\n");
        let found = code_secrets(&archive(&[
            ("main.py", text.as_bytes()),
            ("lib/clean.py", b"x = 1\n"),
            ("image.png", &[0xff, 0xfe, 0]),
            ("binary", &[key.as_bytes(), &[0]].concat()),
        ]));
        let one = CodeSecret { file: "main.py".to_owned(), line: 2, form: "an access key of AWS" };
        assert_eq!(found, Ok(vec![one]));
        let latin: Vec<u8> = [b"# caf\xe9\n".as_slice(), key.as_bytes()].concat();
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(key.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let places =
            |bytes: &[u8]| code_secrets(&archive(&[("x", bytes)])).map(|all| all.iter().map(|one| one.line).collect());
        assert_eq!((places(&latin), places(&wide)), (Ok(vec![2]), Ok(vec![1])), "other encodings");
        let within = code_secrets(&archive(&[("lib.jar", &archive(&[("main.py", text.as_bytes())]))]));
        assert!(within.is_err_and(|why| why.contains("`lib.jar` is an archive within")), "it is not searched");
        assert!(code_secrets(b"no archive").is_err_and(|why| why.contains("can't be read")));
    }
}
