//! Runs `table seed`.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tokio::sync::mpsc;

use super::args::SeedArgs;
use super::change::consumed;
use super::members;
use super::pairs::types;
use crate::apply::Interrupt as _;
use crate::aws::CallError;
use crate::base::{Streams, count, read_text};
use crate::cli::{Common, Format};
use crate::commands::support::progress::Signals;
use crate::commands::support::tables::Tables;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::items::file::{ColumnTypes, FileError, FileForm, FileSummary, Record, check, form_of, read};
use crate::items::live::{BatchWriter, WriteError, WriteSummary};
use crate::items::{Conversation, ConversationPlace, Item, TableFacts, TableKeys, check_conversation};
use crate::report::to_json;
use crate::ui::Ui;

/// The largest conversation, in bytes.
const MOST: u64 = 64 << 20;

/// The longest first line by which a form is chosen, in bytes.
const LONGEST_LINE: u64 = 8 << 20;

/// The items that wait between the reader and the writer.
const AHEAD: usize = 256;

pub(super) async fn run(args: &SeedArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let types = types(&args.types)?;
    let end = end(args)?;
    let source = Source::open(&args.file)?;
    let form = match args.form {
        Some(form) => form.into(),
        None => source.form().map_err(|error| wrong(&args.file, &[error]))?,
    };
    fits(args, form)?;
    // Errors of a conversation need no table to be found.
    let conversation = match form {
        FileForm::Conversation => Some(source.conversation().map_err(|errors| wrong(&args.file, &errors))?),
        _ => None,
    };
    let tables = Tables::open(common, ui).await?;
    let table = tables.find(&table_name(args, &tables)?).await?;
    let content = match conversation {
        Some(conversation) => {
            let members = members::chosen(args, &tables.aws, common).await?;
            let place = ConversationPlace { members: &members, group: args.message_group_uuid, end };
            Content::Items(conversation.records(&place))
        }
        None => Content::Records { source, form, types },
    };
    let summary = content.check(&table.keys).map_err(|errors| wrong(&args.file, &errors))?;
    consent(args, &tables, &table, summary, ui)?;
    if args.dry_run {
        ui.say(&format!("{} would be written to `{}`.", count(summary.items, "item"), table.name));
        return Ok(Exit::Done);
    }
    // On this machine no capacity is paid for, and none is enforced.
    let units = table.write_limit().filter(|_| !tables.aws.keeps_items_here());
    let writer = BatchWriter::new(&tables.aws, &table.name, units);
    let ended = write(writer, content, &table.keys, summary, ui).await;
    report(args, &table, summary, ended, ui)
}

/// The table: the one that is named, else the only one that the stack file declares.
fn table_name(args: &SeedArgs, tables: &Tables) -> Result<String, CommandError> {
    match (&args.table, tables.only()) {
        (Some(name), _) => Ok(name.clone()),
        (None, Some(address)) => Ok(address.to_string()),
        (None, None) => {
            Err(CommandError::usage("`--table` is missing: the stack file does not declare exactly one table")
                .hint("name the table by its address, such as `tables.orders`, or by its name"))
        }
    }
}

/// The time of the last message: not in the future.
fn end(args: &SeedArgs) -> Result<jiff::Timestamp, CommandError> {
    let now = jiff::Timestamp::now();
    if args.end == "now" {
        // Whole seconds, as people read them.
        return jiff::Timestamp::from_second(now.as_second())
            .map_err(|error| CommandError::failed("failed to read the clock", &error));
    }
    let end: jiff::Timestamp = args.end.parse().map_err(|_| {
        CommandError::usage(format!("`--end {}` is no time", args.end))
            .hint("write it as `2026-11-01T12:00:00Z`, with an offset, or `now`")
    })?;
    if end > now {
        return Err(CommandError::usage(format!("`--end {}` is in the future", args.end))
            .hint("the last message lies in the past; `--end now` is the latest"));
    }
    Ok(end)
}

/// Refuses options of conversations for other files, and of other files for conversations.
fn fits(args: &SeedArgs, form: FileForm) -> Result<(), CommandError> {
    let only = |flag: &str, what: &str| Err(CommandError::usage(format!("`{flag}` is for {what} only")));
    if form != FileForm::Csv && !args.types.is_empty() {
        return only("--type", "CSV");
    }
    if form == FileForm::Conversation {
        return Ok(());
    }
    let named = [
        ("--my-handle", &args.my_handle),
        ("--other-handle", &args.other_handle),
        ("--database-url", &args.database_url),
        ("--pool", &args.pool),
    ];
    match named.iter().find(|(_, given)| given.is_some()) {
        Some((flag, _)) => only(flag, "conversations"),
        None => Ok(()),
    }
}

/// Asks before items are written elsewhere than on this machine.
fn consent(
    args: &SeedArgs,
    tables: &Tables,
    table: &TableFacts,
    summary: FileSummary,
    ui: &Ui,
) -> Result<(), CommandError> {
    if args.yes || args.dry_run || tables.aws.keeps_items_here() {
        return Ok(());
    }
    let env = tables.aws.env();
    let what = format!(
        "write {} to table `{}` in account {}, {}",
        count(summary.items, "item"),
        table.name,
        env.account,
        env.region
    );
    if !ui.can_ask() {
        return Err(CommandError::usage(format!("there is no terminal to confirm this: {what}"))
            .hint("add `--yes`; items with the same keys are replaced"));
    }
    let question = format!("This will {what}; items with the same keys are replaced. Only `yes` will be accepted:");
    if ui.ask(&question) == "yes" { Ok(()) } else { Err(CommandError::Declined { yes: "yes".to_owned() }) }
}

/// A file that can be read several times: standard input and pipes are kept in a temporary file.
struct Source {
    path: PathBuf,
    kept: Option<tempfile::NamedTempFile>,
}

impl Source {
    fn open(file: &Path) -> Result<Self, CommandError> {
        let failed = |error: &std::io::Error| CommandError::io("read", file, error);
        let is_stdin = file.as_os_str() == "-";
        if !is_stdin && std::fs::metadata(file).map_err(|error| failed(&error))?.is_file() {
            return Ok(Self { path: file.to_owned(), kept: None });
        }
        let mut kept = tempfile::NamedTempFile::new().map_err(|error| failed(&error))?;
        let copied = if is_stdin {
            std::io::copy(&mut std::io::stdin().lock(), &mut kept)
        } else {
            File::open(file).and_then(|mut file| std::io::copy(&mut file, &mut kept))
        };
        copied.and_then(|_| kept.flush()).map_err(|error| failed(&error))?;
        Ok(Self { path: file.to_owned(), kept: Some(kept) })
    }

    fn reader(&self) -> Result<BufReader<File>, FileError> {
        let open = match &self.kept {
            None => File::open(&self.path),
            Some(kept) => kept.reopen().and_then(|mut file| file.rewind().map(|()| file)),
        };
        open.map(|file| BufReader::with_capacity(1 << 16, file)).map_err(FileError::of_file)
    }

    /// The form by the file's name and beginning.
    fn form(&self) -> Result<FileForm, FileError> {
        // The whole first line that holds something, which may be a large item.
        let (mut beginning, mut reader) = (Vec::new(), self.reader()?.take(LONGEST_LINE));
        while beginning.trim_ascii().is_empty() {
            if reader.read_until(b'\n', &mut beginning).map_err(FileError::of_file)? == 0 {
                break;
            }
        }
        form_of(self.kept.is_none().then_some(&self.path), &beginning)
    }

    fn conversation(&self) -> Result<Conversation, Vec<FileError>> {
        let path = self.kept.as_ref().map_or(self.path.as_path(), tempfile::NamedTempFile::path);
        let text = read_text(path, MOST, Streams::Taken).map_err(|error| vec![FileError::of_file(error)])?;
        Conversation::parse(&text)
    }
}

/// What is to be written.
enum Content {
    /// The items of a conversation.
    Items(Vec<Record>),
    /// The records of a file, which is read once to be checked and once to be written.
    Records { source: Source, form: FileForm, types: ColumnTypes },
}

impl Content {
    fn check(&self, keys: &TableKeys) -> Result<FileSummary, Vec<FileError>> {
        match self {
            Self::Items(records) => check_conversation(records, keys),
            Self::Records { source, form, types } => {
                let reader = source.reader().map_err(|error| vec![error])?;
                check(keys, |each| read(*form, reader, keys, types, each))
            }
        }
    }

    /// Sends all items, in order, until nobody takes them. A file that has changed since it was checked is an error.
    fn send(self, keys: &TableKeys, items: &mpsc::Sender<Result<Item, FileError>>) {
        match self {
            Self::Items(all) => {
                for record in all {
                    if items.blocking_send(Ok(record.item)).is_err() {
                        return;
                    }
                }
            }
            Self::Records { source, form, types } => {
                let reader = match source.reader() {
                    Ok(reader) => reader,
                    Err(error) => return drop(items.blocking_send(Err(error))),
                };
                read(form, reader, keys, &types, &mut |record| {
                    let item = record.and_then(|record| match keys.check(&record.item) {
                        Ok(_) => Ok(record.item),
                        Err(error) => Err(FileError::at(record.line, error)),
                    });
                    let failed = item.is_err();
                    if items.blocking_send(item).is_err() || failed {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                });
            }
        }
    }
}

/// The reason why nothing more is sent.
enum Stopped {
    AtTheEnd,
    Interrupted,
    Changed(FileError),
    Failed(CallError),
}

/// The end of a write.
enum Ended {
    Whole(WriteSummary),
    Interrupted(WriteSummary),
    Changed(WriteSummary, FileError),
    Failed(WriteError),
}

/// Reads and writes at once.
async fn write(mut writer: BatchWriter, content: Content, keys: &TableKeys, summary: FileSummary, ui: &Ui) -> Ended {
    let (sender, mut items) = mpsc::channel(AHEAD);
    let keys = keys.clone();
    let reading = tokio::task::spawn_blocking(move || content.send(&keys, &sender));
    let bar = progress(summary.items, ui);
    let written = writer.progress();
    let mut signals = Signals::listen();
    let stopped = loop {
        if let Some(bar) = &bar {
            bar.set_position(written.load(Ordering::Relaxed));
        }
        let next = tokio::select! {
            biased;
            () = signals.asked() => break Stopped::Interrupted,
            item = items.recv() => item,
        };
        let (sent, is_last) = match next {
            Some(Err(error)) => break Stopped::Changed(error),
            Some(Ok(item)) => (
                tokio::select! {
                    sent = writer.put(item) => sent,
                    () = signals.asked() => break Stopped::Interrupted,
                },
                false,
            ),
            None => (
                tokio::select! {
                    sent = writer.flush() => sent,
                    () = signals.asked() => break Stopped::Interrupted,
                },
                true,
            ),
        };
        match sent {
            Err(error) => break Stopped::Failed(error),
            Ok(()) if is_last => break Stopped::AtTheEnd,
            Ok(()) => {}
        }
    };
    drop(items);
    // It ends by itself, since nobody takes what it reads. If it broke off, not all of the file was sent.
    if let Ok(Err(broken)) = tokio::time::timeout(Duration::from_secs(5), reading).await
        && let Ok(panic) = broken.try_into_panic()
    {
        std::panic::resume_unwind(panic);
    }
    let (interrupted, changed, failed) = match stopped {
        Stopped::AtTheEnd => (false, None, None),
        Stopped::Interrupted => (true, None, None),
        Stopped::Changed(error) => (false, Some(error), None),
        Stopped::Failed(error) => (false, None, Some(error)),
    };
    let written = writer.end(failed).await;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    match (written, changed) {
        (Err(error), _) => Ended::Failed(error),
        (Ok(written), Some(error)) => Ended::Changed(written, error),
        (Ok(written), None) if interrupted => Ended::Interrupted(written),
        (Ok(written), None) => Ended::Whole(written),
    }
}

fn progress(items: u64, ui: &Ui) -> Option<ProgressBar> {
    let bar = ui.can_draw().then(|| ProgressBar::new(items))?;
    if let Ok(style) = ProgressStyle::with_template("  {bar:30} {human_pos} of {human_len} items {elapsed}") {
        bar.set_style(style);
    }
    Some(bar)
}

fn report(
    args: &SeedArgs,
    table: &TableFacts,
    summary: FileSummary,
    ended: Ended,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let again = "run it again: the same items are written, and none twice";
    let failed = |written: &WriteSummary, causes: Vec<String>| {
        let message =
            format!("{} of {} were written to `{}`", written.written, count(summary.items, "item"), table.name);
        Err(CommandError::Failed { message, causes, hint: Some(again.to_owned()) })
    };
    match ended {
        Ended::Whole(written) => {
            let units = written.capacity.as_ref().filter(|_| args.consumed_capacity);
            if ui.format == Format::Json {
                ui.data(&to_json(&json!({
                    "table": table.name, "written": written.written, "repeated": written.repeated,
                    "consumed_capacity": units,
                })))?;
            } else {
                let units = consumed(units);
                ui.say(&format!("{} written to `{}`.{units}", count(written.written, "item"), table.name));
            }
            Ok(Exit::Done)
        }
        Ended::Interrupted(written) => {
            let all = count(summary.items, "item");
            ui.say(&format!("interrupted: {} of {all} were written to `{}`; {again}", written.written, table.name));
            if ui.format == Format::Json {
                ui.data(&to_json(&json!({"table": table.name, "written": written.written, "interrupted": true})))?;
            }
            Ok(Exit::Interrupted)
        }
        Ended::Changed(written, error) => {
            failed(&written, vec![format!("`{}` changed meanwhile: {error}", args.file.display())])
        }
        Ended::Failed(WriteError { summary: written, source }) => failed(&written, vec![source.to_string()]),
    }
}

/// The error of a file, with all that is wrong at its lines.
fn wrong(file: &Path, errors: &[FileError]) -> CommandError {
    let name = if file.as_os_str() == "-" { "standard input".into() } else { file.display().to_string() };
    let place = |error: &FileError| match error.line {
        Some(line) => format!("{name}:{line}: {}", error.message),
        None => format!("{name}: {}", error.message),
    };
    let hint = errors.iter().find_map(|error| error.hint.clone());
    CommandError::Failed {
        message: format!("nothing was written: `{name}` can't be used"),
        causes: errors.iter().map(place).collect(),
        hint,
    }
}
