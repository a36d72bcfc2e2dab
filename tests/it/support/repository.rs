//! Places in the repository.

use std::path::{Path, PathBuf};

/// The repository's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A Python that has the packages of `tests/python/requirements.txt`.
pub(crate) fn python() -> PathBuf {
    let python = std::env::var_os("UNDERPIN_TEST_PYTHON")
        .filter(|value| !value.is_empty())
        .map_or_else(|| root().join(".venv/bin/python"), PathBuf::from);
    assert!(python.exists(), "no {}: `scripts/test setup` installs what the tests need", python.display());
    python
}

/// A folder for the tests' own files.
pub(crate) fn scratch() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}
