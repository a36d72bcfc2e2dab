//! Secrets in the code of a function, by their form: where they are, and never what they are.

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

/// The secrets in the texts of an archive, by file and line. Files that are no text are passed by, archives within it as well.
///
/// # Errors
/// The reason, as a fragment, if the archive can't be read or is too large.
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
        let Ok(text) = String::from_utf8(bytes) else { continue };
        if text.contains('\0') {
            continue;
        }
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
        assert!(code_secrets(b"no archive").is_err_and(|why| why.contains("can't be read")));
    }
}
