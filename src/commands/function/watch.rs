//! `function watch`: runs a function's code for what its tables' streams bring, until it is told to end.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::args::WatchArgs;
use super::job::Job;
use super::place::Place;
use super::process::{Event, Running, lost};
use super::subject::{Subject, failed};
use crate::apply::Interrupt as _;
use crate::base::counted;
use crate::cli::{Common, Format};
use crate::commands::support::progress::Signals;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(super) async fn run(args: &WatchArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let place = Place::open(&args.local, common, ui).await?;
    let subject = Subject::find(&args.local, &place, common, ui).await?;
    let triggers = subject.triggers(args, &place.stack, ui)?;
    let WatchArgs { once, until_idle, .. } = *args;
    let job = Job { function: subject.job(&place), event: None, triggers: &triggers, once, until_idle };
    let mut signals = Signals::listen();
    let mut running = Running::start(&job, &place, ui).await?;
    let mut asked = 0;
    let ending = if once || until_idle.is_some() { "." } else { "; ctrl-C ends it." };
    let mut view = View { ui, place: &place, subject: &subject, ending, in_hand: 0 };
    let mut exit = None;
    loop {
        let event = tokio::select! {
            event = running.next() => event?,
            () = signals.asked() => {
                asked += 1;
                if asked > 1 {
                    running.kill().await;
                    view.cut_off();
                    return Ok(Exit::Interrupted);
                }
                if view.in_hand > 0 {
                    ui.say("Ending after the batch under way; ctrl-C again ends it now.");
                }
                running.stop();
                continue;
            }
        };
        let Some(event) = event else { break };
        exit = view.show(event)?.or(exit);
    }
    running.end().await;
    match exit {
        _ if asked > 0 => Ok(Exit::Interrupted),
        Some(exit) => Ok(exit),
        None => Err(lost()),
    }
}

/// The output of a watch.
struct View<'a> {
    ui: &'a Ui,
    place: &'a Place,
    subject: &'a Subject,
    /// The end of the sentence on a stream that is read: how the reading ends.
    ending: &'static str,
    /// The records of the batch that the function has now.
    in_hand: usize,
}

impl View<'_> {
    /// Shows an event; returns the exit if it is the last one.
    fn show(&mut self, event: Event) -> Result<Option<Exit>, CommandError> {
        match event {
            Event::Python { version } => {
                if let Some(note) = self.subject.note_on_python(&version) {
                    self.ui.say(&note);
                }
            }
            Event::Watching { trigger, table, stream, position } => {
                let text =
                    format!("Watching the stream of {table} for the trigger {trigger}, from {position}{}", self.ending);
                let data = json!({
                    "event": "watching", "trigger": trigger, "table": table, "stream": stream,
                    "starting_position": position,
                });
                self.tell(&text, &data);
            }
            Event::Invoking { trigger, records, retry } => {
                self.in_hand = records;
                if self.ui.format == Format::Json {
                    let data = json!({"event": "invoking", "trigger": trigger, "records": records, "retry": retry});
                    self.ui.line(&data.to_string());
                }
            }
            Event::Batch { trigger, records, failed, request_id, milliseconds, error } => {
                self.in_hand = 0;
                let error = error.map(|error| error.redacted(self.place));
                let sentence = error.as_ref().map(|error| format!(": {}", error.sentence())).unwrap_or_default();
                let mark = if failed == 0 { "✓" } else { "✗" };
                let of_it =
                    if failed == 0 { String::new() } else { format!(", {failed} to be tried again or discarded") };
                let text = format!(
                    "  {mark} {trigger}: {}{of_it} ({milliseconds} ms){sentence}",
                    counted(records, "record", "records")
                );
                if let Some(error) = &error
                    && self.ui.format == Format::Text
                {
                    self.ui.say(&error.traceback);
                }
                let data = json!({
                    "event": "batch", "trigger": trigger, "records": records, "failed": failed,
                    "request_id": request_id, "milliseconds": milliseconds,
                    "error": error.as_ref().map(super::process::FunctionError::json),
                });
                self.tell(&text, &data);
            }
            Event::Discarded { trigger, records, first, last, reason, on_failure } => {
                let where_to = match &on_failure {
                    Some(target) => format!("; in AWS their positions go to {target}"),
                    None => String::new(),
                };
                let count = counted(records, "record", "records");
                let text = format!("  ✗ {trigger}: {count} discarded, {first} to {last}: {reason}{where_to}");
                let data = json!({
                    "event": "discarded", "trigger": trigger, "records": records, "first": first, "last": last,
                    "reason": reason, "on_failure": on_failure,
                });
                self.tell(&text, &data);
            }
            Event::Note { text } => {
                let text = self.place.redacted(&text);
                self.tell(&format!("note: {text}"), &json!({"event": "note", "text": text}));
            }
            Event::End { reason, batches, records, filtered, discarded, blocked } => {
                let data = json!({
                    "event": "end", "reason": reason, "batches": batches, "records": records,
                    "filtered": filtered, "discarded": discarded, "blocked": blocked,
                });
                if self.ui.format == Format::Json {
                    self.ui.line(&data.to_string());
                } else {
                    let text = summary(records, batches, filtered, discarded, blocked);
                    self.ui.data(&text)?;
                }
                return Ok(Some(if discarded + blocked == 0 { Exit::Done } else { Exit::Error }));
            }
            Event::Failed { message, hint } => {
                let error = failed(self.place.redacted(&message));
                return Err(if let Some(hint) = hint { error.hint(hint) } else { error });
            }
            Event::Invocation(_) => {}
        }
        Ok(None)
    }

    /// Reports that the batch under way was ended.
    fn cut_off(&self) {
        let records = self.in_hand;
        let text = format!("interrupted: the function was ended with a batch of {records} in its hands");
        self.tell(&text, &json!({"event": "end", "reason": "interrupted", "in_hand": records}));
    }

    /// Prints a line for a person, or for a program.
    fn tell(&self, text: &str, data: &Value) {
        if self.ui.format == Format::Json { self.ui.line(&data.to_string()) } else { self.ui.say(text) }
    }
}

/// The counts in a sentence.
fn summary(records: usize, batches: usize, filtered: usize, discarded: usize, blocked: usize) -> String {
    let mut text = format!(
        "{} handled in {}",
        counted(records, "record", "records"),
        counted(batches, "invocation", "invocations")
    );
    for (count, words) in [
        (filtered, "left out by the filters"),
        (discarded, "discarded after all retries"),
        (blocked, "still failing: in AWS they are tried until they expire"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {count} {words}");
        }
    }
    text + ".\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_names_what_was_not_handled() {
        assert_eq!(summary(3, 1, 0, 0, 0), "3 records handled in 1 invocation.\n");
        let all = summary(1, 2, 3, 4, 5);
        assert!(all.contains("3 left out by the filters, 4 discarded") && all.contains("5 still failing"), "{all}");
    }
}
