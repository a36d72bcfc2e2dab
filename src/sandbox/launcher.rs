//! The launcher's files, included in the binary.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::SandboxError;
use super::home::{Home, write_whole};

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        /// The launcher's Python files, by their path in `sandbox/`.
        const FILES: &[(&str, &str)] = &[$(($path, include_str!(concat!("../../sandbox/", $path)))),*];
    };
}

embedded! {
    "launcher.py",
    "function.py",
    "underpin_function/__init__.py",
    "underpin_function/batches.py",
    "underpin_function/job.py",
    "underpin_function/patterns.py",
    "underpin_function/protocol.py",
    "underpin_function/records.py",
    "underpin_function/runtime.py",
    "underpin_function/shards.py",
    "underpin_function/watch.py",
    "underpin_function/worker.py",
    "underpin_sandbox/__init__.py",
    "underpin_sandbox/answer.py",
    "underpin_sandbox/app.py",
    "underpin_sandbox/authorize.py",
    "underpin_sandbox/autoscaling.py",
    "underpin_sandbox/check.py",
    "underpin_sandbox/control.py",
    "underpin_sandbox/demands.py",
    "underpin_sandbox/dynamodb.py",
    "underpin_sandbox/dynamodb_table.py",
    "underpin_sandbox/dynamodb_update.py",
    "underpin_sandbox/ec2.py",
    "underpin_sandbox/exports.py",
    "underpin_sandbox/faults.py",
    "underpin_sandbox/iam.py",
    "underpin_sandbox/identity_policies.py",
    "underpin_sandbox/journal.py",
    "underpin_sandbox/lambda_.py",
    "underpin_sandbox/lambda_more.py",
    "underpin_sandbox/logs.py",
    "underpin_sandbox/mappings.py",
    "underpin_sandbox/organizations.py",
    "underpin_sandbox/policies.py",
    "underpin_sandbox/registry.py",
    "underpin_sandbox/repairs.py",
    "underpin_sandbox/security_groups.py",
    "underpin_sandbox/simulator.py",
    "underpin_sandbox/state.py",
    "underpin_sandbox/tagging.py",
    "underpin_sandbox/wire.py",
}

/// The packages that pip installs.
pub(super) const REQUIREMENTS: &str = include_str!("../../sandbox/requirements.txt");

/// The digest of the requirements: environments of different ones are side by side.
pub(super) fn requirements_digest() -> String {
    digest(&[("requirements.txt", REQUIREMENTS)])
}

/// The digest of launcher and requirements: a process with another digest is not used.
pub(super) fn launcher_digest() -> String {
    let mut files = FILES.to_vec();
    files.push(("requirements.txt", REQUIREMENTS));
    digest(&files)
}

/// The number of installed packages, and the emulator's own pin.
pub(super) fn packages() -> (usize, &'static str) {
    let pins = || REQUIREMENTS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '-']));
    (pins().count(), pins().find(|pin| pin.starts_with("moto")).unwrap_or("moto"))
}

/// The script that runs functions' code, beside the launcher's.
pub(super) const FUNCTION: &str = "function.py";

/// Writes the files that do not exist yet; returns the script to run.
pub(super) fn install(home: &Home) -> Result<PathBuf, SandboxError> {
    let folder = home.launcher_folder(&launcher_digest());
    let (script, rest) = (folder.join("launcher.py"), &FILES[1..]);
    // The script comes last: if it exists, all files do.
    if !script.is_file() {
        for (path, content) in rest {
            write(&folder.join(path), content)?;
        }
        write(&script, FILES[0].1)?;
    }
    Ok(script)
}

fn write(path: &Path, content: &str) -> Result<(), SandboxError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(SandboxError::io("create", folder))?;
    }
    write_whole(path, content.as_bytes())
}

fn digest(files: &[(&str, &str)]) -> String {
    let mut hasher = Sha256::new();
    for (path, content) in files {
        hasher.update(path.as_bytes());
        hasher.update([0]);
        hasher.update(content.len().to_le_bytes());
        hasher.update(content.as_bytes());
    }
    let head = hasher.finalize().iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{head:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A new file of the launcher can't be left out of the binary.
    #[test]
    fn every_sandbox_file_is_embedded() {
        const FOLDERS: [&str; 2] = ["underpin_function", "underpin_sandbox"];
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sandbox");
        let mut there = Vec::new();
        let folders = FOLDERS.iter().map(|name| (root.join(name), format!("{name}/")));
        for (folder, prefix) in folders.chain([(root.clone(), String::new())]) {
            for entry in fs::read_dir(folder).expect("reads").map(|entry| entry.expect("is an entry")) {
                let name = entry.file_name().to_string_lossy().into_owned();
                let folder = entry.file_type().expect("has a type").is_dir();
                let passed_over = name.starts_with('.') || FOLDERS.contains(&name.as_str()) || name == "__pycache__";
                assert!(!folder || passed_over, "a folder that is not looked into: {name}");
                if Path::new(&name).extension().is_some_and(|end| end == "py") {
                    there.push(format!("{prefix}{name}"));
                }
            }
        }
        there.sort();
        let mut carried: Vec<_> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        carried.sort();
        assert_eq!(carried, there);
        assert_eq!(FILES[0].0, "launcher.py");
    }

    #[test]
    fn a_digest_depends_on_names_and_contents() {
        let digests = [digest(&[("a", "bc")]), digest(&[("ab", "c")]), digest(&[("a", "b"), ("c", "")])];
        assert_eq!(digests[0].len(), 16);
        assert!(digests[0] != digests[1] && digests[1] != digests[2] && digests[0] != digests[2]);
    }

    #[test]
    fn launcher_files_are_written_once() {
        let folder = tempfile::tempdir().expect("has a folder");
        let home = Home::at(folder.path());
        let script = install(&home).expect("writes");
        assert_eq!(fs::read_to_string(&script).expect("reads"), FILES[0].1);
        assert!(script.with_file_name("underpin_sandbox").join("__init__.py").is_file());
        assert_eq!(install(&home).expect("is content"), script);
    }

    #[test]
    fn every_requirement_is_pinned() {
        for line in REQUIREMENTS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            assert!(line.contains("=="), "not pinned: {line}");
        }
        assert!(packages().1.starts_with("moto=="));
    }
}
