//! The process that runs a function's code, and what it reports.

use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;

use super::job::Job;
use super::place::Place;
use super::subject::failed;
use crate::base::redacted;
use crate::commands::support::emulator;
use crate::error::CommandError;
use crate::sandbox;
use crate::ui::Ui;

/// The longest wait for the rest of a log.
const LOG_LIMIT: Duration = Duration::from_secs(2);

/// An event of the process.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event {
    /// The version of its Python.
    Python { version: String },
    /// An invocation ended: the only one of its job.
    Invocation(Invocation),
    /// A stream is read from a position on.
    Watching { trigger: String, table: String, stream: String, position: String },
    /// A batch is handed to the function.
    Invoking { trigger: String, records: usize, retry: usize },
    /// A batch ended; the last so many of its records have failed.
    Batch {
        trigger: String,
        records: usize,
        failed: usize,
        request_id: String,
        milliseconds: u64,
        error: Option<FunctionError>,
    },
    /// Records that the function will not get again.
    Discarded {
        trigger: String,
        records: usize,
        first: String,
        last: String,
        reason: String,
        on_failure: Option<String>,
    },
    /// Something else that a person wants to know.
    Note { text: String },
    /// The streams are read no more.
    End { reason: String, batches: usize, records: usize, filtered: usize, discarded: usize, blocked: usize },
    /// The job can't be carried out.
    Failed { message: String, hint: Option<String> },
}

/// The end of an invocation.
#[derive(Debug, Deserialize)]
pub(super) struct Invocation {
    pub(super) request_id: String,
    pub(super) milliseconds: u64,
    /// The answer as JSON text, if there is one.
    pub(super) answer: Option<String>,
    pub(super) error: Option<FunctionError>,
}

/// The error of a function in Lambda's form, with the traceback as Python prints it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FunctionError {
    pub(super) error_type: String,
    pub(super) error_message: String,
    pub(super) stack_trace: Vec<String>,
    pub(super) traceback: String,
}

impl FunctionError {
    /// The error without the values of secrets.
    pub(super) fn redacted(self, place: &Place) -> Self {
        let Self { error_type, error_message, stack_trace, traceback } = self;
        Self {
            error_type,
            error_message: place.redacted(&error_message),
            stack_trace: stack_trace.iter().map(|frame| place.redacted(frame)).collect(),
            traceback: place.redacted(&traceback),
        }
    }

    /// The error in one line.
    pub(super) fn sentence(&self) -> String {
        format!("{}: {}", self.error_type, self.error_message)
    }

    /// The error as Lambda returns it.
    pub(super) fn json(&self) -> Value {
        let Self { error_type, error_message, stack_trace, traceback: _ } = self;
        serde_json::json!({"errorType": error_type, "errorMessage": error_message, "stackTrace": stack_trace})
    }
}

/// A running job. When it is dropped, its process ends.
pub(super) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    events: Lines<BufReader<ChildStdout>>,
    log: JoinHandle<()>,
}

impl Running {
    /// Starts a job; what the function logs is printed.
    pub(super) async fn start(job: &Job<'_>, place: &Place, ui: &Ui) -> Result<Self, CommandError> {
        let options = emulator::options(Some(&place.aws.env().account))?;
        let command = sandbox::function_runner(&options, &|text| ui.say(text)).map_err(emulator::failed)?;
        let mut command = Command::from(command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        // Ctrl-C is for this process, which decides what it ends.
        #[cfg(unix)]
        command.process_group(0);
        let lost = |error: std::io::Error| CommandError::failed("failed to run the function's code", &error);
        let mut child = command.spawn().map_err(lost)?;
        let (Some(mut stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(failed("failed to speak with the process that runs the function's code".to_owned()));
        };
        let (ui, secrets) = (ui.clone(), place.aws.vault().secrets());
        let log = tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).split(b'\n');
            while let Ok(Some(line)) = lines.next_segment().await {
                ui.say(&redacted(&String::from_utf8_lossy(&line), &secrets));
            }
        });
        let mut text =
            serde_json::to_string(job).map_err(|error| CommandError::failed("failed to write the job", &error))?;
        text.push('\n');
        stdin.write_all(text.as_bytes()).await.map_err(lost)?;
        stdin.flush().await.map_err(lost)?;
        Ok(Self { child, stdin: Some(stdin), events: BufReader::new(stdout).lines(), log })
    }

    /// The next event; none when the process has ended.
    pub(super) async fn next(&mut self) -> Result<Option<Event>, CommandError> {
        let line = self.events.next_line().await;
        let line = line.map_err(|error| CommandError::failed("failed to hear from the function's process", &error))?;
        let Some(line) = line else { return Ok(None) };
        let event = serde_json::from_str(&line);
        event.map(Some).map_err(|error| CommandError::failed("failed to understand the function's process", &error))
    }

    /// Asks it to end: after the invocation under way if it reads a stream.
    pub(super) fn stop(&mut self) {
        self.stdin = None;
    }

    /// Ends it, whatever it is doing.
    pub(super) async fn kill(mut self) {
        // It may have ended by itself.
        drop(self.child.kill().await);
    }

    /// Waits until it has ended and all that the function logged is printed.
    pub(super) async fn end(mut self) {
        self.stop();
        drop(self.child.wait().await);
        // A process that the function has left behind may hold its log open for ever.
        drop(tokio::time::timeout(LOG_LIMIT, self.log).await);
    }
}

/// The error of a process that ended without a report.
pub(super) fn lost() -> CommandError {
    failed("the process that runs the function's code ended without an answer".to_owned())
        .hint("its last words are above")
}
