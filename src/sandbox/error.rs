//! Errors of the sandbox, each with its remediation.

use std::path::PathBuf;

use super::ControlError;

/// The reason why the sandbox is not available.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// There is no folder for its files.
    #[error("find a cache folder: none of `UNDERPIN_CACHE_DIR`, `XDG_CACHE_HOME` and `HOME` is set")]
    NoHome,
    /// No Python, or only ones that are too old.
    #[error("find Python {minimum} or newer{}", found(tried))]
    NoPython {
        /// Such as `3.10`.
        minimum: String,
        /// The interpreters that were tried, and their versions.
        tried: Vec<String>,
    },
    /// A Python that can neither make an environment nor install packages.
    #[error("install the emulator: {} has neither a working `venv` nor `pip`{}", python.display(), shown(tail))]
    NoInstaller {
        /// The interpreter.
        python: PathBuf,
        /// The last lines of its output.
        tail: String,
    },
    /// pip failed.
    #[error("install the emulator: pip's output is in `{}`{}", log.display(), shown(tail))]
    Install {
        /// pip's whole output.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// The emulator ended before it was ready.
    #[error("start the emulator: it ended, and its output is in `{}`{}", log.display(), shown(tail))]
    Start {
        /// Its whole output.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// The emulator was not ready in time.
    #[error("start the emulator within {seconds} s: its output is in `{}`{}", log.display(), shown(tail))]
    StartTimeout {
        /// The time that was waited.
        seconds: u64,
        /// Its whole output.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// The emulator does not end.
    #[error("stop the emulator: process {pid} is still there")]
    Stop {
        /// Its process id.
        pid: u32,
    },
    /// The sandbox is needed, and does not run.
    #[error("reach the sandbox: it is not running")]
    NotRunning,
    /// A control request to the emulator failed.
    #[error("speak with the emulator")]
    Control(#[from] ControlError),
    /// A file or process could not be handled.
    #[error("{action} `{}`", path.display())]
    Io {
        /// Such as `write`.
        action: &'static str,
        /// The file or program.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
}

const ELSEWHERE: &str = "or point at an emulator that runs already with `--endpoint-url`";

impl SandboxError {
    /// The remediation.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoHome => Some("set `UNDERPIN_CACHE_DIR` to a folder that may be written".to_owned()),
            Self::NoPython { minimum, .. } => Some(format!("install Python {minimum} or newer, {ELSEWHERE}")),
            Self::NoInstaller { .. } => {
                Some(format!("install the package `python3-venv` (Debian, Ubuntu) and run again, {ELSEWHERE}"))
            }
            Self::Install { .. } => Some(format!(
                "the packages come from the index that pip is set up with; `UNDERPIN_SANDBOX_PYTHON` names a \
                 Python that has them already, {ELSEWHERE}"
            )),
            Self::Start { .. } | Self::StartTimeout { .. } => Some(format!("run again, {ELSEWHERE}")),
            Self::NotRunning => Some("start it with `underpin sandbox start`".to_owned()),
            Self::Stop { .. } | Self::Control(_) | Self::Io { .. } => None,
        }
    }

    /// Wraps an input or output error.
    pub(super) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

/// The last lines of an output, for the lines below the sentence.
fn shown(tail: &str) -> String {
    tail.lines().flat_map(|line| ["\n  | ", line]).collect()
}

fn found(tried: &[String]) -> String {
    if tried.is_empty() { String::new() } else { format!(" (found {})", tried.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_python_error_names_found_version_and_alternative() {
        let error = SandboxError::NoPython { minimum: "3.10".to_owned(), tried: vec!["python3 3.8.2".to_owned()] };
        assert_eq!(error.to_string(), "find Python 3.10 or newer (found python3 3.8.2)");
        assert!(error.hint().is_some_and(|hint| hint.contains("--endpoint-url")));
    }

    #[test]
    fn missing_venv_and_pip_error_names_the_package() {
        let error = SandboxError::NoInstaller { python: "/usr/bin/python3".into(), tail: "no ensurepip".to_owned() };
        assert!(error.hint().is_some_and(|hint| hint.contains("python3-venv")));
    }
}
