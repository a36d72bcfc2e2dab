//! `function invoke`: runs a function's code once and prints its answer.

use std::io::Read as _;
use std::path::Path;

use serde_json::{Value, json};

use super::args::InvokeArgs;
use super::job::Job;
use super::place::Place;
use super::process::{Event, FunctionError, Invocation, Running, lost};
use super::subject::{Subject, failed};
use crate::apply::Interrupt as _;
use crate::base::{Streams, read_text};
use crate::cli::{Common, Format};
use crate::commands::support::progress::Signals;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::to_json;
use crate::ui::Ui;

/// The largest event, in bytes. Source: Lambda Developer Guide, "Lambda quotas": 6 MB for a synchronous invocation.
const MOST: u64 = 6 << 20;

pub(super) async fn run(args: &InvokeArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let event = args.event.as_deref().map_or_else(|| Ok("{}".to_owned()), event)?;
    let place = Place::open(&args.local, common, ui).await?;
    let subject = Subject::find(&args.local, &place, common, ui).await?;
    let job = Job { function: subject.job(&place), event: Some(&event), triggers: &[], once: false, until_idle: None };
    let mut signals = Signals::listen();
    let mut running = Running::start(&job, &place, ui).await?;
    let invocation = loop {
        let next = tokio::select! {
            next = running.next() => next?,
            () = signals.asked() => {
                running.kill().await;
                ui.say("interrupted: the function was ended before it answered, and what it had done by then stays");
                return Ok(Exit::Interrupted);
            }
        };
        match next {
            Some(Event::Invocation(invocation)) => break invocation,
            Some(Event::Python { version }) => {
                if let Some(note) = subject.note_on_python(&version) {
                    ui.say(&note);
                }
            }
            Some(Event::Failed { message, hint }) => {
                let error = failed(place.redacted(&message));
                return Err(if let Some(hint) = hint { error.hint(hint) } else { error });
            }
            Some(_) => {}
            None => {
                running.end().await;
                return Err(lost());
            }
        }
    };
    // All of the log comes before the answer.
    running.end().await;
    show(invocation, &subject, &place, ui)
}

/// Prints the answer, or the error with its traceback.
fn show(invocation: Invocation, subject: &Subject, place: &Place, ui: &Ui) -> Result<Exit, CommandError> {
    let Invocation { request_id, milliseconds, answer, error } = invocation;
    let error = error.map(|error| error.redacted(place));
    let exit = if error.is_some() { Exit::Error } else { Exit::Done };
    // An answer that Rust can't read, such as half a character, is printed as it is.
    let value = answer.as_deref().map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)));
    if ui.format == Format::Json {
        ui.data(&to_json(&json!({
            "function": subject.name,
            "request_id": request_id,
            "milliseconds": milliseconds,
            "answer": value,
            "error": error.as_ref().map(FunctionError::json),
        })))?;
        return Ok(exit);
    }
    match error {
        None => ui.data(&to_json(&value))?,
        Some(error) => {
            ui.say(&error.traceback);
            return Err(failed(format!("the function `{}` failed: {}", subject.name, error.sentence()))
                .hint(hint(&error, subject)));
        }
    }
    Ok(exit)
}

/// The remediation of a function's error.
fn hint(error: &FunctionError, subject: &Subject) -> String {
    let handler = &subject.spec.handler;
    match error.error_type.as_str() {
        "Runtime.HandlerNotFound" | "Runtime.MalformedHandlerName" => {
            format!("`handler: {handler}` is the file without its ending, a dot, and the function that it defines")
        }
        "Runtime.ImportModuleError" => {
            "the code runs as it would be uploaded: what it imports has to be packaged with it".to_owned()
        }
        "Sandbox.Timedout" => {
            format!("`timeout: {}` of the function is what it would have in AWS, too", subject.spec.timeout)
        }
        _ => "the error is the function's own; its log is above".to_owned(),
    }
}

/// Reads an event, and checks that it is JSON.
fn event(file: &Path) -> Result<String, CommandError> {
    let (name, text) = if file == Path::new("-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes);
        read.map_err(|error| CommandError::failed("failed to read the event from standard input", &error))?;
        if bytes.len() as u64 > MOST {
            return Err(failed(
                "the event on standard input has more than 6 MB, which Lambda does not take".to_owned(),
            ));
        }
        let text = String::from_utf8(bytes);
        ("standard input".to_owned(), text.map_err(|error| CommandError::failed("failed to read the event", &error))?)
    } else {
        let text = read_text(file, MOST, Streams::Taken).map_err(|error| CommandError::io("read", file, &error))?;
        (format!("`{}`", file.display()), text)
    };
    // Some editors begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        let message = format!("the event in {name} is not JSON: {error}");
        return Err(failed(message).hint("an event is one JSON value, such as `{\"Records\": []}`"));
    }
    Ok(text.to_owned())
}
