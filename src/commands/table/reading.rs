//! A read of items, shown as it comes: for `scan`, `query` and `get`.

use indicatif::{ProgressBar, ProgressStyle};

use crate::apply::Interrupt as _;
use crate::aws::{Aws, CallError};
use crate::cli::Format;
use crate::commands::support::progress::Signals;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::items::live::Pages;
use crate::items::{ReadRequest, ReadSummary, TableKeys};
use crate::report::{ItemsForm, ItemsText, ShowCapacity, items_line};
use crate::ui::Ui;

/// The number of items after which a read needs consent.
#[derive(Debug, Clone, Copy)]
pub(in crate::commands) struct ReadConsent {
    /// The number of items; `None` if any number may be read.
    pub(in crate::commands) above: Option<u64>,
}

impl ReadConsent {
    /// Any number of items may be read: those of a query, or on this machine.
    pub(in crate::commands) const GIVEN: Self = Self { above: None };

    /// Asks if this many items are too many to be read without consent.
    pub(super) fn check(&mut self, items: u64, about: &str, ui: &Ui) -> Result<(), CommandError> {
        let Some(above) = self.above.filter(|above| items > *above) else { return Ok(()) };
        if !ui.can_ask() {
            let message = format!("{about}: more than {above} items, and there is no terminal to confirm reading them");
            return Err(CommandError::usage(message)
                .hint("add `--yes`, a `--limit`, or a higher `--ask-above`; a query reads less than a scan"));
        }
        let question = format!("{about}, which is charged for. Read on? Only `yes` will be accepted:");
        if ui.ask(&question) != "yes" {
            return Err(CommandError::Declined { yes: "yes".to_owned() });
        }
        self.above = None;
        Ok(())
    }
}

/// A read that is to be shown.
pub(in crate::commands) struct Reading<'a> {
    /// The connection.
    pub(in crate::commands) aws: &'a Aws,
    /// The request.
    pub(in crate::commands) request: &'a ReadRequest,
    /// The keys of the table: they are the first columns.
    pub(in crate::commands) keys: &'a TableKeys,
    /// The number of parts that are read at once.
    pub(in crate::commands) segments: u32,
    /// Whether the consumed capacity is shown.
    pub(in crate::commands) capacity: ShowCapacity,
    /// The number of items to expect, for a progress bar.
    pub(in crate::commands) expected: Option<u64>,
    /// The consent to read many items.
    pub(in crate::commands) consent: ReadConsent,
}

/// The form of items that the format asks for.
pub(super) fn form(ui: &Ui) -> ItemsForm {
    match ui.format {
        Format::Json => ItemsForm::Json,
        Format::DynamodbJson => ItemsForm::DynamodbJson,
        _ => ItemsForm::Table { width: ui.width() },
    }
}

/// The reason why a read ended before its end.
enum Early {
    Interrupted,
    Failed(CommandError),
}

impl Reading<'_> {
    /// Reads to the end or the limit, and shows what comes. An interrupt ends the output as a whole, with where to go on.
    pub(in crate::commands) async fn show(mut self, ui: &Ui) -> Result<Exit, CommandError> {
        let request = self.request;
        let mut text = ItemsText::new(form(ui), self.capacity, &request.table, self.keys.names());
        let mut summary = ReadSummary { next: request.start.clone(), ..ReadSummary::default() };
        let mut parts = ui.parts()?;
        let mut pages = Pages::of(self.aws, request, self.segments);
        let mut signals = Signals::listen();
        let bar = progress(self.expected, ui);
        let mut early = None;
        while early.is_none() {
            let page = tokio::select! {
                page = pages.next() => page,
                () = signals.asked() => { early = Some(Early::Interrupted); break }
            };
            match page {
                None => break,
                Some(Err(error)) => early = Some(Early::Failed(refused(request, &error))),
                Some(Ok(page)) => {
                    summary.add(&page);
                    if let Some(bar) = &bar {
                        bar.set_position(summary.scanned_count);
                    }
                    if !parts.write(&text.page(page.items))? {
                        return Ok(Exit::Done);
                    }
                    let is_last = summary.next.is_none() || request.limit == Some(summary.count);
                    if !is_last && let Some(above) = self.consent.above {
                        let about = format!("{} items were read, and there are more", summary.scanned_count);
                        // What is read next would be beyond it.
                        let next = summary.scanned_count + u64::from(summary.scanned_count >= above);
                        early = self.consent.check(next, &about, ui).err().map(Early::Failed);
                    }
                }
            }
        }
        drop(pages);
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        self.end(text, summary, parts, early, ui)
    }

    fn end(
        &self,
        mut text: ItemsText,
        mut summary: ReadSummary,
        mut parts: crate::ui::Parts,
        early: Option<Early>,
        ui: &Ui,
    ) -> Result<Exit, CommandError> {
        if self.segments > 1 {
            // No key says where several parts go on.
            summary.next = None;
        }
        let whole = early.is_none();
        if whole || summary.requests > 0 || matches!(early, Some(Early::Interrupted)) {
            parts.write(&text.end(&summary))?;
        }
        let line = items_line(&summary, self.capacity);
        match early {
            None => {
                parts.end(ui)?;
                if !ui.format.is_json() {
                    ui.say(&line);
                }
                Ok(Exit::Done)
            }
            // The file of `--output` stays as it was.
            Some(Early::Interrupted) => {
                ui.say(&format!("interrupted: what was read until then: {line}"));
                Ok(Exit::Interrupted)
            }
            Some(Early::Failed(error)) => {
                if summary.requests > 0 {
                    ui.say(&format!("What was read until then: {line}"));
                }
                Err(error)
            }
        }
    }
}

/// A progress bar for a long read, where it can be drawn.
fn progress(expected: Option<u64>, ui: &Ui) -> Option<ProgressBar> {
    if !ui.can_draw_beside_data() {
        return None;
    }
    let (bar, template) = match expected.filter(|items| *items > 0) {
        Some(items) => (ProgressBar::new(items), "  {bar:30} {human_pos} of about {human_len} items {elapsed}"),
        None => (ProgressBar::new_spinner(), "  {spinner} {human_pos} items {elapsed}"),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    Some(bar)
}

/// The error of a read that failed.
fn refused(request: &ReadRequest, error: &CallError) -> CommandError {
    let verb = if request.key_condition.is_some() { "query" } else { "scan" };
    let what = match &request.index {
        Some(index) => format!("failed to {verb} the index `{index}` of table `{}`", request.table),
        None => format!("failed to {verb} table `{}`", request.table),
    };
    let failed = CommandError::failed(what, error);
    if request.start.is_some() && error.message.to_lowercase().contains("exclusive start key") {
        return failed.hint("`--start` takes the `next` of an earlier read of the same table, index and key");
    }
    failed
}
