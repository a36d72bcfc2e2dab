//! The sandbox with various Pythons: none, old ones, and ones that lack a part.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

use crate::support::{Output, Run, python};

/// A machine whose only Python is a script of ours.
struct Machine {
    folder: TempDir,
}

impl Machine {
    /// A machine with the script's version, and its commands for `venv`, `pip --version` and `pip install`.
    fn new(version: &str, venv: &str, pip: &str, install: &str) -> Self {
        let machine = Self { folder: tempfile::tempdir().expect("a folder can be made") };
        let script = format!(
            "#!/bin/sh\ncase \"$*\" in\n\"-c import sys\"*) echo {version}; echo \"$0\";;\n\"-m venv\"*) {venv};;\n\
             \"-m pip --version\") {pip};;\n\"-m pip install\"*) {install};;\n*) exec \"{}\" \"$@\";;\nesac\n",
            python().display()
        );
        let path = machine.folder.path().join("python3");
        fs::write(&path, script).expect("the script can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it can be made executable");
        machine
    }

    fn run(&self, action: &str) -> Output {
        Run::new(self.folder.path())
            .args(&["sandbox", action])
            .env("PATH", self.folder.path())
            .env("UNDERPIN_CACHE_DIR", self.folder.path().join("cache"))
            .output()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(self.run("stop"));
    }
}

#[test]
fn missing_python_error_names_the_alternative() {
    let machine = Machine::new("3.8.2", "exit 1", "exit 1", "exit 1");
    let output = machine.run("start").code(1);
    assert!(output.stderr.contains("Python 3.10 or newer (found python3 3.8.2)"), "{}", output.stderr);
    assert!(output.stderr.contains("--endpoint-url"), "{}", output.stderr);
    fs::remove_file(machine.folder.path().join("python3")).expect("it can be removed");
    let output = machine.run("start").code(1);
    assert!(output.stderr.contains("find Python 3.10 or newer\n"), "{}", output.stderr);
}

#[test]
fn missing_venv_and_pip_error_names_the_package_to_install() {
    let machine = Machine::new("3.12.1", "echo 'ensurepip is not available'; exit 1", "exit 1", "exit 1");
    let output = machine.run("start").code(1);
    assert!(output.stderr.contains("ensurepip is not available"), "{}", output.stderr);
    assert!(output.stderr.contains("python3-venv"), "{}", output.stderr);
}

#[test]
fn packages_are_installed_into_a_folder_without_venv() {
    let install = r#"case "$*" in *"--target "*) ;; *) exit 7;; esac"#;
    let machine = Machine::new("3.12.1", "exit 1", "exit 0", install);
    let output = machine.run("start").success();
    assert!(output.stderr.contains("makes no virtual environments"), "{}", output.stderr);
    machine.run("stop").success();
    let output = machine.run("start").success();
    assert!(!output.stderr.contains("installing"), "what is installed is kept: {}", output.stderr);
}

#[test]
fn pip_failure_shows_its_last_lines_and_log() {
    let install = "echo 'ERROR: No matching distribution found for moto' >&2; exit 1";
    let machine = Machine::new("3.12.1", "exit 1", "exit 0", install);
    let output = machine.run("start").code(1);
    assert!(output.stderr.contains("No matching distribution found for moto"), "{}", output.stderr);
    assert!(output.stderr.contains("install.log"), "{}", output.stderr);
    assert!(output.stderr.contains("UNDERPIN_SANDBOX_PYTHON"), "{}", output.stderr);
}
