//! The folders of the sandboxes: one folder of the user's cache, and in it one for each account.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::SandboxError;

/// The folder of all sandboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    root: PathBuf,
}

/// The folder of one account's sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountHome {
    folder: PathBuf,
}

/// The stored state of the running process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) pid: u32,
    pub(super) port: u16,
    pub(super) account: String,
    pub(super) launcher: String,
}

impl Home {
    /// Finds the folder from the variables of the environment: `UNDERPIN_CACHE_DIR`, else the platform's cache.
    pub fn locate(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, SandboxError> {
        let folder = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let cache = folder("UNDERPIN_CACHE_DIR").or_else(|| {
            // A relative path is to be ignored. Source: XDG Base Directory Specification.
            let xdg = folder("XDG_CACHE_HOME").filter(|path| path.is_absolute());
            let below_home = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
            Some(xdg.or_else(|| Some(folder("HOME")?.join(below_home)))?.join("underpin"))
        });
        let root = cache.ok_or(SandboxError::NoHome)?.join("sandbox");
        Ok(Self { root: std::path::absolute(&root).unwrap_or(root) })
    }

    /// Uses a folder as it is named.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder of one account's sandbox.
    pub fn room(&self, account: &str) -> AccountHome {
        AccountHome { folder: self.root.join(account) }
    }

    /// The accounts with a stored state, in order.
    pub(super) fn accounts(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.root).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut accounts: Vec<String> = names.filter(|name| self.room(name).state_file().is_file()).collect();
        accounts.sort();
        accounts
    }

    pub(super) fn launcher_folder(&self, digest: &str) -> PathBuf {
        self.root.join(format!("launcher-{digest}"))
    }

    pub(super) fn python_folder(&self, digest: &str) -> PathBuf {
        self.root.join(format!("python-{digest}"))
    }

    /// Waits for the lock on changes of the running process; the lock ends with the file.
    pub(super) fn lock(&self, say: &dyn Fn(&str)) -> Result<File, SandboxError> {
        create(&self.root)?;
        let path = self.root.join("lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(SandboxError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                say("waiting for another command that starts or stops the sandbox");
                file.lock().map_err(SandboxError::io("lock", &path))?;
            }
            Err(TryLockError::Error(error)) => return Err(SandboxError::io("lock", &path)(error)),
        }
        Ok(file)
    }
}

impl AccountHome {
    /// The log of the requests that the emulator got, a JSON object a line.
    pub fn request_log(&self) -> PathBuf {
        self.folder.join("requests.jsonl")
    }

    /// The emulator's own output at its start.
    pub fn server_log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    fn state_file(&self) -> PathBuf {
        self.folder.join("state.json")
    }

    pub(super) fn create(&self) -> Result<(), SandboxError> {
        create(&self.folder)
    }

    /// The stored state; nothing if it can't be understood.
    pub(super) fn state(&self) -> Option<State> {
        serde_json::from_slice(&fs::read(self.state_file()).ok()?).ok()
    }

    pub(super) fn set_state(&self, state: &State) -> Result<(), SandboxError> {
        write_whole(&self.state_file(), serde_json::to_string(state).unwrap_or_default().as_bytes())
    }

    pub(super) fn clear_state(&self) -> Result<(), SandboxError> {
        match fs::remove_file(self.state_file()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(SandboxError::io("remove", self.state_file())(error))
            }
            _ => Ok(()),
        }
    }
}

/// Makes a folder, for the user alone: files in it are executed.
fn create(folder: &Path) -> Result<(), SandboxError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(SandboxError::io("create", folder))
}

/// Writes a file so that no reader ever sees a part of it.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> Result<(), SandboxError> {
    let beside = path.with_added_extension(format!("{}.tmp", std::process::id()));
    fs::write(&beside, content).map_err(SandboxError::io("write", &beside))?;
    fs::rename(&beside, path).map_err(SandboxError::io("write", path))
}

/// The last lines of a log; empty if there is none.
pub(super) fn tail(path: &Path, lines: usize) -> String {
    let text = fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    last_lines(&text, lines)
}

/// The last lines of a text, without empty ones.
pub(super) fn last_lines(text: &str, lines: usize) -> String {
    let full: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    full[full.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(variables: &[(&str, &str)]) -> Option<PathBuf> {
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value));
        Home::locate(find).ok().map(|home| home.root)
    }

    #[test]
    fn underpin_cache_dir_has_precedence() {
        let root = located(&[("UNDERPIN_CACHE_DIR", "/u"), ("XDG_CACHE_HOME", "/x"), ("HOME", "/h")]);
        assert_eq!(root, Some("/u/sandbox".into()));
    }

    #[test]
    fn platform_cache_dir_is_the_default() {
        assert_eq!(located(&[("XDG_CACHE_HOME", "/x"), ("HOME", "/h")]), Some("/x/underpin/sandbox".into()));
        assert_eq!(located(&[]), None);
    }

    #[cfg(not(target_os = "macos"))]
    #[test]
    fn relative_or_empty_cache_variable_is_ignored() {
        let expected = Some("/h/.cache/underpin/sandbox".into());
        assert_eq!(located(&[("XDG_CACHE_HOME", "x"), ("HOME", "/h")]), expected);
        assert_eq!(located(&[("UNDERPIN_CACHE_DIR", ""), ("HOME", "/h")]), expected);
    }

    #[test]
    fn sandbox_state_is_saved_and_removed() {
        let folder = tempfile::tempdir().expect("has a folder");
        let home = Home::at(folder.path());
        let room = home.room("123456789012");
        room.create().expect("makes the folder");
        assert_eq!((room.state(), home.accounts()), (None, Vec::new()));
        let state = State { pid: 1, port: 2, account: "123456789012".to_owned(), launcher: "a".to_owned() };
        room.set_state(&state).expect("writes");
        assert_eq!((room.state(), home.accounts()), (Some(state), vec!["123456789012".to_owned()]));
        assert_eq!(home.room("210987654321").state(), None, "each account's is its own");
        room.clear_state().expect("removes");
        room.clear_state().expect("is content when nothing is there");
        assert_eq!((room.state(), home.accounts()), (None, Vec::new()));
    }

    #[test]
    fn corrupt_sandbox_state_is_ignored() {
        let folder = tempfile::tempdir().expect("has a folder");
        let room = Home::at(folder.path()).room("123456789012");
        room.create().expect("makes the folder");
        fs::write(room.state_file(), "{\"pid\":").expect("writes");
        assert_eq!(room.state(), None);
    }

    #[test]
    fn last_lines_skip_blank_lines() {
        assert_eq!(last_lines("a\nb\n\nc  \n", 2), "b\nc");
        assert_eq!(last_lines("", 2), "");
    }
}
