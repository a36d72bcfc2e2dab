//! The errors of commands, and their exit codes.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::exit::Exit;
use crate::guard::Denial;
use crate::plan::Verdict;
use crate::report::{Paint, denial_lines, verdicts_text};
use crate::stack::{Failure, FailureKind, OnUnknown};

/// A command that failed: kind, cause, hint.
#[derive(Debug)]
pub enum CommandError {
    /// The command line is wrong.
    Usage {
        /// The error message.
        message: String,
        /// The remediation.
        hint: Option<String>,
    },
    /// The stack file, or a file that it names, is wrong.
    Input(Failure),
    /// Something failed outside.
    Failed {
        /// The error message, in a sentence.
        message: String,
        /// The causes, outermost first.
        causes: Vec<String>,
        /// The remediation.
        hint: Option<String>,
    },
    /// AWS denied a read of the live resources.
    Denied {
        /// The failure.
        failed: Box<Self>,
        /// The denial.
        denial: Box<Denial>,
    },
    /// The stack file forbids the account or region that the command would work in.
    OutOfPlace {
        /// The verdicts on account and region.
        verdicts: Vec<Verdict>,
    },
    /// There are no credentials, or they are not accepted any more.
    SignedOut {
        /// The failure.
        failed: Box<Self>,
        /// The reason in short.
        why: String,
        /// The command that signs in again, if it is known.
        command: Option<String>,
    },
    /// The saved plan no longer fits the live resources.
    Stale {
        /// The differences since the plan was saved.
        differences: Vec<String>,
    },
    /// All that the saved plan would do is done already.
    DoneAlready,
    /// The user stopped it before anything was changed.
    Interrupted,
    /// The user declined.
    Declined {
        /// The answer that would have been a consent.
        yes: String,
    },
}

impl CommandError {
    /// A usage error.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: None }
    }

    /// A failure with its chain of causes.
    pub fn failed(message: impl Into<String>, error: &(dyn std::error::Error + 'static)) -> Self {
        let mut causes: Vec<String> = Vec::new();
        let mut next: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = next {
            let words = error.to_string();
            if !causes.iter().any(|said| said.contains(&words)) {
                causes.push(words);
            }
            next = error.source();
        }
        Self::Failed { message: message.into(), causes, hint: None }
    }

    /// A file that can't be read or written.
    pub fn io(verb: &str, file: &std::path::Path, error: &std::io::Error) -> Self {
        Self::failed(format!("failed to {verb} `{}`", PathBuf::from(file).display()), error)
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        if let Self::Usage { hint, .. } | Self::Failed { hint, .. } = &mut self {
            *hint = Some(text.into());
        }
        self
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } => Exit::Usage,
            Self::Input(failure) if failure.kind == FailureKind::UnknownEnvironment => Exit::Usage,
            Self::Input(_) | Self::Failed { .. } | Self::Declined { .. } => Exit::Error,
            Self::OutOfPlace { .. } => Exit::Denied,
            Self::Denied { failed, denial: _ } | Self::SignedOut { failed, .. } => failed.exit(),
            Self::Interrupted => Exit::Interrupted,
            Self::Stale { .. } | Self::DoneAlready => Exit::Stale,
        }
    }

    /// The error in one line, without hints.
    pub fn sentence(&self) -> String {
        match self {
            Self::Usage { message, .. } => message.clone(),
            Self::Input(_) => "the stack file has errors".to_owned(),
            Self::Failed { message, causes, .. } => {
                std::iter::once(message).chain(causes).cloned().collect::<Vec<_>>().join(": ")
            }
            Self::OutOfPlace { verdicts } => {
                verdicts.iter().map(|verdict| verdict.message.clone()).collect::<Vec<_>>().join("; ")
            }
            Self::Denied { failed, denial: _ } | Self::SignedOut { failed, .. } => failed.sentence(),
            Self::Stale { .. } => "the saved plan is stale".to_owned(),
            Self::DoneAlready => {
                "everything in this plan is done already: it was applied, or somebody did the same".to_owned()
            }
            Self::Interrupted => "interrupted: nothing was changed".to_owned(),
            Self::Declined { yes } => format!("the answer was not `{yes}`"),
        }
    }

    /// The error for a person: fact first, then hint.
    pub fn text(&self, paint: Paint) -> String {
        let error = paint.red("error:");
        let with_hint = |mut text: String, hint: &Option<String>| {
            if let Some(hint) = hint {
                let _ = writeln!(text, "{} {hint}", paint.cyan("hint:"));
            }
            text
        };
        let indented = |lines: &[String], label: &str| {
            lines.iter().fold(String::new(), |mut text, line| {
                let _ = writeln!(text, "  {label}{line}");
                text
            })
        };
        match self {
            Self::Usage { message, hint } => with_hint(format!("{error} {message}\n"), hint),
            Self::Input(failure) => failure.render(paint == Paint::Colour),
            Self::Failed { message, causes, hint } => {
                let causes = indented(causes, &format!("{} ", paint.dim("because:")));
                with_hint(format!("{error} {message}\n{causes}"), hint)
            }
            Self::SignedOut { failed, .. } => failed.text(paint),
            Self::Denied { failed, denial } => failed.text(paint) + &indented(&denial_lines(denial, paint), ""),
            Self::OutOfPlace { verdicts } => verdicts_text(verdicts, OnUnknown::default(), paint),
            Self::Stale { differences } => {
                let lines = indented(differences, "");
                let hint = "make a new plan and look at it";
                format!(
                    "{error} the saved plan is stale: this has changed since\n{lines}{} {hint}\n",
                    paint.cyan("hint:")
                )
            }
            Self::DoneAlready | Self::Interrupted => format!("{error} {}\n", self.sentence()),
            Self::Declined { yes } => format!("{error} nothing was done: the answer was not `{yes}`\n"),
        }
    }

    /// The error for programs, as JSON.
    pub fn json(&self) -> Value {
        let code = self.exit().code();
        let body = match self {
            Self::Usage { message, hint } => json!({"kind": "usage", "message": message, "hint": hint}),
            Self::Input(failure) => json!({
                "kind": "input",
                "message": "the stack file has errors",
                "diagnostics": serde_json::to_value(failure).map(|value| value["errors"].clone()).unwrap_or_default(),
            }),
            Self::Failed { message, causes, hint } => {
                json!({"kind": "failed", "message": message, "causes": causes, "hint": hint})
            }
            Self::Denied { failed, denial } => {
                let mut body = failed.json()["error"].take();
                body["denial"] = json!(denial);
                body
            }
            Self::OutOfPlace { verdicts } => {
                json!({"kind": "forbidden", "message": self.sentence(), "verdicts": verdicts})
            }
            Self::SignedOut { failed, .. } => failed.json()["error"].take(),
            Self::Stale { differences } => {
                json!({"kind": "stale", "message": "the saved plan is stale", "differences": differences})
            }
            Self::DoneAlready => json!({"kind": "stale", "message": self.sentence(), "differences": []}),
            Self::Interrupted => json!({"kind": "interrupted", "message": self.sentence()}),
            Self::Declined { .. } => json!({"kind": "declined", "message": self.sentence()}),
        };
        json!({"error": body, "exit_code": code})
    }
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        Self::Input(failure)
    }
}
