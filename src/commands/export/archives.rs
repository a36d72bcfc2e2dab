//! The functions' archives, written beside a template.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use crate::base::Archives;
use crate::error::CommandError;

/// Writes the archives to a folder, each under its key. A file that is there already under the same name has the same
/// bytes, since a key is the digest of its archive; it is written again all the same.
pub(super) fn write(folder: &Path, keys: &BTreeMap<String, String>, archives: &Archives) -> Result<(), CommandError> {
    std::fs::create_dir_all(folder).map_err(|error| CommandError::io("make", folder, &error))?;
    for (key, digest) in keys {
        let file = folder.join(key);
        let Some(archive) = archives.get(digest) else {
            let message = format!("the archive for `{}` is not known", file.display());
            return Err(CommandError::Failed { message, causes: Vec::new(), hint: None });
        };
        let failed = |error: &std::io::Error| CommandError::io("write", &file, error);
        let mut new = tempfile::NamedTempFile::new_in(folder).map_err(|error| failed(&error))?;
        new.write_all(&archive).map_err(|error| failed(&error))?;
        new.persist(&file).map_err(|error| failed(&error.error))?;
    }
    Ok(())
}
