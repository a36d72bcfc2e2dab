//! The Python of the emulator: the interpreter, and the packages.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::{Deserialize, Serialize};

use super::home::{Home, last_lines, tail, write_whole};
use super::{SandboxError, launcher};

/// The oldest Python that the pinned packages support. Source: `Requires-Python` of moto 5.2.
const MINIMUM: (u32, u32) = (3, 10);

/// The names of Python 3 interpreters to try; the first that is new enough is used.
const NAMES: [&str; 6] = ["python3", "python", "python3.13", "python3.12", "python3.11", "python3.10"];

const PROBE: &str = "import sys; print('%d.%d.%d' % sys.version_info[:3]); print(sys.executable)";

/// An interpreter that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Interpreter {
    path: PathBuf,
    version: String,
}

/// A Python that has the emulator's packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Environment {
    python: PathBuf,
    /// The folder of the packages, if not beside the interpreter.
    packages: Option<PathBuf>,
}

/// The facts of an environment; written when it is complete.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    version: String,
    python: PathBuf,
    packages: Option<PathBuf>,
}

impl Environment {
    /// A Python that has the packages already, as the user configured.
    fn prepared(python: impl Into<PathBuf>) -> Self {
        Self { python: python.into(), packages: None }
    }

    /// The Python that the user configured, else one that is found or made. To be called under the lock.
    pub(super) fn chosen(python: Option<&Path>, home: &Home, say: &dyn Fn(&str)) -> Result<Self, SandboxError> {
        python.map_or_else(|| Self::ensure(home, say), |python| Ok(Self::prepared(python)))
    }

    /// Finds or makes the environment. To be called under the lock.
    fn ensure(home: &Home, say: &dyn Fn(&str)) -> Result<Self, SandboxError> {
        let folder = home.python_folder(&launcher::requirements_digest());
        match Self::read(&folder) {
            Some(environment) => Ok(environment),
            None => make(&folder, &find()?, say),
        }
    }

    /// The environment in a folder, if it is complete and its interpreter is still the one that it was made for.
    fn read(folder: &Path) -> Option<Self> {
        let stamp: Stamp = serde_json::from_slice(&fs::read(folder.join("ready.json")).ok()?).ok()?;
        let Stamp { version, python, packages } = stamp;
        (probe(&python)?.version == version).then_some(Self { python, packages })
    }

    /// A command that runs a script in this environment.
    pub(super) fn command(&self) -> Command {
        let mut command = python(&self.python);
        if let Some(packages) = &self.packages {
            command.env("PYTHONPATH", packages);
        }
        command
    }
}

/// A command for an interpreter without influence of the user's environment.
fn python(path: &Path) -> Command {
    let mut command = Command::new(path);
    for variable in ["PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONINSPECT", "VIRTUAL_ENV"] {
        command.env_remove(variable);
    }
    command.env("PYTHONNOUSERSITE", "1").env("PYTHONUTF8", "1").stdin(Stdio::null());
    command
}

fn probe(path: &Path) -> Option<Interpreter> {
    let output = python(path).args(["-c", PROBE]).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (version, executable) = text.trim().split_once('\n')?;
    let executable = executable.trim();
    let path = if executable.is_empty() { path.to_owned() } else { executable.into() };
    Some(Interpreter { path, version: version.trim().to_owned() })
}

fn find() -> Result<Interpreter, SandboxError> {
    choose(NAMES.iter().filter_map(|name| Some((*name, probe(Path::new(name))?))))
}

fn choose<'a>(found: impl Iterator<Item = (&'a str, Interpreter)>) -> Result<Interpreter, SandboxError> {
    let mut tried = Vec::new();
    for (name, interpreter) in found {
        if is_new_enough(&interpreter.version) {
            return Ok(interpreter);
        }
        tried.push(format!("{name} {}", interpreter.version));
    }
    Err(SandboxError::NoPython { minimum: format!("{}.{}", MINIMUM.0, MINIMUM.1), tried })
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= MINIMUM,
        _ => false,
    }
}

fn make(folder: &Path, base: &Interpreter, say: &dyn Fn(&str)) -> Result<Environment, SandboxError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(SandboxError::io("remove", folder))?;
    }
    fs::create_dir_all(folder).map_err(SandboxError::io("create", folder))?;
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, launcher::REQUIREMENTS).map_err(SandboxError::io("write", &requirements))?;

    let (count, emulator) = launcher::packages();
    say(&format!(
        "installing {} and {} packages that it needs, for Python {} (once; about a minute)",
        emulator.replace("==", " "),
        count.saturating_sub(1),
        base.version
    ));
    let virtual_environment = folder.join("venv");
    let made = run(python(&base.path).args(["-m", "venv", "--clear"]).arg(&virtual_environment), &base.path)?;
    let environment = if made.status.success() {
        let bin = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
        Environment { python: virtual_environment.join(bin), packages: None }
    } else {
        // Debian's Python has no ensurepip, and so no venv with pip.
        let pip = run(python(&base.path).args(["-m", "pip", "--version"]), &base.path)?;
        if !pip.status.success() {
            let tail = last_lines(&said(&made), 6);
            return Err(SandboxError::NoInstaller { python: base.path.clone(), tail });
        }
        say("this Python makes no virtual environments: its packages go into a folder of their own");
        Environment { python: base.path.clone(), packages: Some(folder.join("packages")) }
    };
    install(&environment, &requirements, &folder.join("install.log"))?;
    let Environment { python, packages } = environment.clone();
    let stamp = Stamp { version: base.version.clone(), python, packages };
    write_whole(&folder.join("ready.json"), serde_json::to_string(&stamp).unwrap_or_default().as_bytes())?;
    Ok(environment)
}

fn install(environment: &Environment, requirements: &Path, log: &Path) -> Result<(), SandboxError> {
    let file = File::create(log).map_err(SandboxError::io("write", log))?;
    let other = file.try_clone().map_err(SandboxError::io("write", log))?;
    let mut pip = python(&environment.python);
    pip.args(["-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-warn-script-location"]);
    // The user's own settings of the target folder must not apply here; those of the index must.
    for variable in ["PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIRE_VIRTUALENV"] {
        pip.env_remove(variable);
    }
    if let Some(packages) = &environment.packages {
        pip.arg("--target").arg(packages);
    }
    let status = pip
        .arg("--requirement")
        .arg(requirements)
        .stdout(file)
        .stderr(other)
        .status()
        .map_err(SandboxError::io("run", &environment.python))?;
    if status.success() { Ok(()) } else { Err(SandboxError::Install { log: log.to_owned(), tail: tail(log, 12) }) }
}

fn run(command: &mut Command, program: &Path) -> Result<Output, SandboxError> {
    command.output().map_err(SandboxError::io("run", program))
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interpreter(version: &str) -> Interpreter {
        Interpreter { path: "/usr/bin/python3".into(), version: version.to_owned() }
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(is_new_enough("3.10.0") && is_new_enough("3.13.1") && is_new_enough("4.0.0"));
        assert!(!is_new_enough("3.9.18") && !is_new_enough("2.7.18") && !is_new_enough("three"));
    }

    #[test]
    fn first_sufficient_python_is_chosen() {
        let found = [("python3", interpreter("3.8.2")), ("python3.12", interpreter("3.12.1"))];
        assert_eq!(choose(found.into_iter()).expect("finds one"), interpreter("3.12.1"));
    }

    #[test]
    fn too_old_python_is_named_in_the_error() {
        let error = choose([("python3", interpreter("3.8.2"))].into_iter()).expect_err("is too old");
        assert_eq!(error.to_string(), "find Python 3.10 or newer (found python3 3.8.2)");
    }

    #[test]
    fn environment_without_stamp_is_incomplete() {
        let folder = tempfile::tempdir().expect("has a folder");
        assert_eq!(Environment::read(folder.path()), None);
        fs::write(folder.path().join("ready.json"), r#"{"version":"3.12.1","python":"/nowhere","packages":null}"#)
            .expect("writes");
        assert_eq!(Environment::read(folder.path()), None, "its interpreter is gone");
    }
}
