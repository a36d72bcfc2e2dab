//! A stack in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// One table.
pub(crate) const ORDERS: &str = "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id, billing: {mode: on_demand}}
";

/// Another table.
pub(crate) const PARCELS: &str = "
stack: shop
region: eu-central-1
tables:
  parcels: {partition_key: id, billing: {mode: on_demand}}
";

/// Both.
pub(crate) const ORDERS_AND_PARCELS: &str = "
stack: shop
region: eu-central-1
tables:
  orders: {partition_key: id, billing: {mode: on_demand}}
  parcels: {partition_key: id, billing: {mode: on_demand}}
";

/// A folder with a `stack.yaml` and the files that it names; removed with the value.
pub(crate) struct Stack {
    folder: TempDir,
}

impl Stack {
    /// Makes a folder with this `stack.yaml`.
    pub(crate) fn new(yaml: &str) -> Self {
        let stack = Self { folder: tempfile::tempdir().expect("a folder can be made") };
        stack.rewrite(yaml);
        stack
    }

    /// Makes a folder with this `stack.yaml` and, in `code`, a function's code that does nothing.
    pub(crate) fn with_code(yaml: &str) -> Self {
        Self::new(yaml).file("code/main.py", "def handler(event, _): pass\n")
    }

    /// Makes a folder with the stack of the project itself, its policies, its functions' code and its seeds.
    pub(crate) fn project() -> Self {
        let root = super::root();
        let stack = Self::new(&fs::read_to_string(root.join("stack.yaml")).expect("the project has a stack"));
        for folder in ["policies", "lambdas", "seeds", "db"] {
            copy(&root.join(folder), &stack.dir().join(folder));
        }
        stack
    }

    /// Replaces the `stack.yaml`.
    pub(crate) fn rewrite(&self, yaml: &str) {
        fs::write(self.path("stack.yaml"), yaml).expect("the stack can be written");
    }

    /// Replaces a text that occurs once in `stack.yaml`.
    pub(crate) fn replace(&self, from: &str, to: &str) {
        let yaml = self.yaml();
        assert_eq!(yaml.matches(from).count(), 1, "`{from}` must stand once in:\n{yaml}");
        self.rewrite(&yaml.replace(from, to));
    }

    /// The text of `stack.yaml`.
    pub(crate) fn yaml(&self) -> String {
        fs::read_to_string(self.path("stack.yaml")).expect("the stack can be read")
    }

    /// Adds a file, with the folders above it.
    #[must_use]
    pub(crate) fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.write(path, content);
        self
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("the file is in a folder")).expect("folders can be made");
        fs::write(path, content).expect("the file can be written");
    }

    /// Reads a file, such as a saved plan.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("the file can be read")
    }

    /// A path in the folder.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir().join(path)
    }

    /// The folder.
    pub(crate) fn dir(&self) -> &Path {
        self.folder.path()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folders can be made");
    for entry in fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let (name, target) = (entry.file_name(), to.join(entry.file_name()));
        if name == "__pycache__" {
        } else if entry.file_type().expect("it has a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the file can be copied");
        }
    }
}
