//! Runs the command in an environment without anything from the machine's own.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::Emulator;

/// The time after which a run counts as hung.
const LIMIT: Duration = Duration::from_mins(3);

/// Runs the command in a folder: without an endpoint, and with placeholders as credentials only.
#[must_use = "how it ended is to be looked at"]
pub(crate) fn underpin<S: Into<OsString> + Clone>(folder: &Path, arguments: &[S]) -> Output {
    Run::new(folder).args(arguments).output()
}

/// A run that can still be configured.
#[must_use]
pub(crate) struct Run {
    folder: PathBuf,
    home: TempDir,
    arguments: Vec<OsString>,
    variables: Vec<(String, OsString)>,
    input: Option<String>,
}

/// The result of a run.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// The exit code; -1 if a signal ended it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// A run in a folder.
    pub(crate) fn new(folder: &Path) -> Self {
        let home = tempfile::tempdir().expect("a folder can be made");
        Self { folder: folder.to_owned(), home, arguments: Vec::new(), variables: Vec::new(), input: None }
    }

    /// Adds arguments.
    pub(crate) fn args<S: Into<OsString> + Clone>(mut self, arguments: &[S]) -> Self {
        self.arguments.extend(arguments.iter().cloned().map(Into::into));
        self
    }

    /// Sets a variable of the environment.
    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Points the run at an emulator.
    pub(crate) fn at(self, emulator: &Emulator) -> Self {
        self.env("AWS_ENDPOINT_URL", emulator.endpoint())
    }

    /// Gives it standard input, which is empty by default.
    pub(crate) fn stdin(mut self, input: &str) -> Self {
        self.input = Some(input.to_owned());
        self
    }

    /// The command, for uses that this type does not cover.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_underpin"));
        command.args(&self.arguments).current_dir(&self.folder).env_clear();
        for kept in ["PATH", "TMPDIR", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command
            .env("HOME", self.home.path())
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it to its end.
    #[must_use = "how it ended is to be looked at"]
    pub(crate) fn output(self) -> Output {
        let mut child = self
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        // The run need not read its input.
        drop(stdin.write_all(self.input.unwrap_or_default().as_bytes()));
        drop(stdin);
        let (stdout, stderr) = (reader(child.stdout.take()), reader(child.stderr.take()));
        let code = wait(&mut child, &self.arguments);
        let join = |thread: std::thread::JoinHandle<String>| thread.join().expect("its output is read");
        Output { code, stdout: join(stdout), stderr: join(stderr) }
    }
}

fn reader(stream: Option<impl std::io::Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.expect("the stream is a pipe").read_to_end(&mut bytes).expect("its output can be read");
        String::from_utf8(bytes).expect("its output is text")
    })
}

fn wait(child: &mut Child, arguments: &[OsString]) -> i32 {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            return status.code().unwrap_or(-1);
        }
        if begin.elapsed() > LIMIT {
            drop(child.kill());
            panic!("`underpin {}` hangs", arguments.join(" ".as_ref()).display());
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}

impl Output {
    /// Fails unless the run ended with this code; the message has its whole output.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
        self
    }

    /// Fails unless the run succeeded.
    #[track_caller]
    pub(crate) fn success(self) -> Self {
        self.code(0)
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("not JSON ({error}):\n{}", self.stdout))
    }

    /// Standard output as JSON lines.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("not JSON ({error}): {line}"));
        self.stdout.lines().map(parse).collect()
    }
}
