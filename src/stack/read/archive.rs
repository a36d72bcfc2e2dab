//! A function's code as a zip archive that is the same, byte for byte, wherever and whenever it is made.
//!
//! Entries are sorted by name (by bytes, with `/`), dated 1980-01-01, have mode 0755 if their owner may execute
//! them and else 0644, carry no extra fields, and are deflated at level 6. Folders have no entries of their own.
//! Left out are `__pycache__`, `*.pyc`, `.git`, `.DS_Store` and `.pytest_cache`. A symbolic link is followed if
//! its target is in a folder that the stack may read; the archive then holds the target file.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use super::confine::{Confined, Confinement};
use crate::base::{Streams, read_file};
use crate::stack::diagnostics::Complaint;

/// The largest zipped archive in a request to Lambda, in bytes.
/// Source: AWS Lambda Developer Guide, "Lambda quotas", deployment package size.
const MAX_ZIPPED: usize = 50 << 20;
/// The largest unzipped size that Lambda accepts, in bytes, layers included. Source: as above.
const MAX_UNZIPPED: u64 = 250 << 20;
const LEVEL: i64 = 6;
const IGNORED: [&str; 4] = ["__pycache__", ".git", ".DS_Store", ".pytest_cache"];

/// The archive of a folder, a file, or a `.zip`, which is used as it is.
pub(crate) fn of(path: &Confined, confinement: &Confinement) -> Result<Vec<u8>, Complaint> {
    let bytes = if path.real.is_dir() {
        let mut found = Found { confinement, entries: BTreeMap::new(), above: Vec::new(), size: 0 };
        found.folder(&path.real, "", &path.named)?;
        if found.entries.is_empty() {
            let message = format!("the folder `{}` holds no code", path.named.display());
            return Err(Complaint::new("bad-code", message).hint("put the function's files there"));
        }
        zipped(&found.entries)?
    } else if path.real.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip")) {
        let bytes = read(&path.real, &path.named)?;
        if !bytes.starts_with(b"PK") {
            let message = format!("`{}` is not a zip archive", path.named.display());
            return Err(Complaint::new("bad-code", message));
        }
        bytes
    } else if !path.real.is_file() {
        return Err(unreadable(&path.named, &"it is not a regular file"));
    } else {
        let name = path.named.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        zipped(&BTreeMap::from([(name, path.real.clone())]))?
    };
    if bytes.len() > MAX_ZIPPED {
        let message = format!("the code `{}` has {} bytes zipped", path.named.display(), bytes.len());
        let complaint = Complaint::new("bad-code", message).label("Lambda takes 50 MB (52,428,800 bytes) in a request");
        return Err(complaint.hint("leave out what the function does not need, or move libraries into a layer"));
    }
    Ok(bytes)
}

fn unreadable(named: &Path, error: &dyn std::fmt::Display) -> Complaint {
    Complaint::new("unreadable", format!("`{}` can't be read: {error}", named.display()))
}

fn read(real: &Path, named: &Path) -> Result<Vec<u8>, Complaint> {
    read_file(real, MAX_UNZIPPED, Streams::Refused).map_err(|error| unreadable(named, &error))
}

/// The files of a folder, by their names in the archive.
struct Found<'a> {
    confinement: &'a Confinement,
    entries: BTreeMap<String, PathBuf>,
    /// The folders that are being read, to detect cycles of links.
    above: Vec<PathBuf>,
    size: u64,
}

impl Found<'_> {
    fn folder(&mut self, real: &Path, prefix: &str, named: &Path) -> Result<(), Complaint> {
        if self.above.iter().any(|above| above == real) {
            let message = format!("the symbolic link `{}` leads back to itself", named.display());
            return Err(Complaint::new("bad-code", message).hint("remove it"));
        }
        self.above.push(real.to_owned());
        for entry in fs::read_dir(real).map_err(|error| unreadable(named, &error))? {
            let entry = entry.map_err(|error| unreadable(named, &error))?;
            let Ok(name) = entry.file_name().into_string() else {
                let message = format!("a file's name in `{}` is not UTF-8", named.display());
                return Err(Complaint::new("bad-code", message).hint("rename it"));
            };
            let compiled = Path::new(&name).extension().is_some_and(|ending| ending == "pyc");
            if IGNORED.contains(&name.as_str()) || compiled {
                continue;
            }
            let named = named.join(&name);
            let inside = entry.path().canonicalize().map_err(|error| unreadable(&named, &error))?;
            if !self.confinement.allows(&inside) {
                let message = format!("the symbolic link `{}` leads out of the stack's folder", named.display());
                return Err(
                    Complaint::new("path-leads-out", message).hint("list the folder that it leads to under `roots:`")
                );
            }
            let about = fs::metadata(&inside).map_err(|error| unreadable(&named, &error))?;
            let name = format!("{prefix}{name}");
            if about.is_dir() {
                self.folder(&inside, &format!("{name}/"), &named)?;
            } else if about.is_file() {
                self.size += about.len();
                if self.size > MAX_UNZIPPED {
                    let complaint = Complaint::new("bad-code", "the code is larger than 250 MB unzipped");
                    return Err(complaint.label("Lambda takes 250 MB (262,144,000 bytes), layers included"));
                }
                self.entries.insert(name, inside);
            }
        }
        self.above.pop();
        Ok(())
    }
}

fn zipped(entries: &BTreeMap<String, PathBuf>) -> Result<Vec<u8>, Complaint> {
    let failed =
        |error: &dyn std::fmt::Display| Complaint::new("bad-code", format!("the code can't be zipped: {error}"));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, path) in entries {
        let mode = if is_executable(path) { 0o755 } else { 0o644 };
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(LEVEL))
            .last_modified_time(DateTime::default())
            .system(System::Unix)
            .unix_permissions(mode);
        zip.start_file(name.as_str(), options).map_err(|error| failed(&error))?;
        zip.write_all(&read(path, path)?).map_err(|error| failed(&error))?;
    }
    Ok(zip.finish().map_err(|error| failed(&error))?.into_inner())
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    false
}
