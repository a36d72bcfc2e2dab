//! Paths in a stack: relative to its folder, and within it or a folder that `roots:` lists.

use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use crate::stack::diagnostics::Complaint;

/// The folders that a stack may read from.
#[derive(Debug, Clone)]
pub(crate) struct Confinement {
    folder: PathBuf,
    /// The allowed folders, without symbolic links.
    allowed: Vec<PathBuf>,
}

/// A path that the stack may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confined {
    /// As the user would name it.
    pub(crate) named: PathBuf,
    /// The path without symbolic links.
    pub(crate) real: PathBuf,
}

impl Confinement {
    /// Confines to a folder and to the roots, which are relative to it. Roots that do not exist allow nothing.
    pub(crate) fn new<'r>(folder: &Path, roots: impl IntoIterator<Item = &'r Path>) -> Self {
        let roots = roots.into_iter().map(|root| folder.join(root));
        let allowed =
            std::iter::once(folder.to_owned()).chain(roots).filter_map(|root| root.canonicalize().ok()).collect();
        Self { folder: folder.to_owned(), allowed }
    }

    /// Follows a path; one that does not exist or leads out is a complaint.
    pub(crate) fn follow(&self, path: &str) -> Result<Confined, Complaint> {
        if path.is_empty() {
            return Err(Complaint::new("bad-path", "the path is empty")
                .hint("paths are relative to the folder of the stack's file"));
        }
        let written = Path::new(path);
        let named = tidy(&self.folder.join(written));
        match named.canonicalize() {
            Ok(real) => {
                let in_root = self.allowed.iter().skip(1).any(|root| real.starts_with(root));
                let in_folder = self.allowed.first().is_some_and(|folder| real.starts_with(folder));
                if in_root || (in_folder && !written.is_absolute()) {
                    return Ok(Confined { named, real });
                }
                Err(leads_out(path, written, &named, &real))
            }
            Err(error) => {
                if written.is_absolute() || climbs(written) {
                    return Err(leads_out(path, written, &named, &named));
                }
                let message = match error.kind() {
                    ErrorKind::NotFound => format!("there is no file or folder `{}`", named.display()),
                    _ => format!("`{}` can't be read: {error}", named.display()),
                };
                Err(Complaint::new("no-file", message).hint("paths are relative to the folder of the stack's file"))
            }
        }
    }

    /// Returns whether a path without symbolic links is within an allowed folder.
    pub(crate) fn allows(&self, real: &Path) -> bool {
        self.allowed.iter().any(|root| real.starts_with(root))
    }
}

fn leads_out(path: &str, written: &Path, named: &Path, real: &Path) -> Complaint {
    let how = match () {
        () if written.is_absolute() => "it is absolute",
        () if climbs(written) => "by `..`",
        () if named != real => "through a symbolic link",
        () => "out of the folder",
    };
    Complaint::new("path-leads-out", format!("`{path}` leads out of the stack's folder: {how}"))
        .hint("list the folder that it leads to under the top-level key `roots:`, such as `roots: [../shared]`")
}

/// Returns whether a path, as it is written, climbs above its start.
fn climbs(path: &Path) -> bool {
    let mut depth = 0_i32;
    path.components().any(|component| {
        depth += match component {
            Component::ParentDir => -1,
            Component::Normal(_) => 1,
            _ => 0,
        };
        depth < 0
    })
}

/// A path without `.` components.
fn tidy(path: &Path) -> PathBuf {
    let tidy: PathBuf = path.components().filter(|component| !matches!(component, Component::CurDir)).collect();
    if tidy.as_os_str().is_empty() { PathBuf::from(".") } else { tidy }
}
