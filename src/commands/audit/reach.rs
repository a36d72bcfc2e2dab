//! `audit --reach`: who can reach a table, by which way.

use std::collections::BTreeSet;

use super::args::AuditArgs;
use super::judgement::scope;
use super::reading;
use super::subject::Subject;
use crate::audit::reach::{Account, READ_TYPES, ReadItem};
use crate::cli::{Common, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::{reach_text, to_json};
use crate::ui::Ui;

pub(super) async fn run(table: &str, args: &AuditArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    if !matches!(ui.format, Format::Text | Format::Json) {
        let error = CommandError::usage("`audit --reach` has no such format");
        return Err(error.hint("`text` and `json` are its formats"));
    }
    let subject = Subject::open(args, common, ui).await?;
    subject.in_place()?;
    let name = subject.table(table);
    let wanted: BTreeSet<String> = READ_TYPES.iter().map(|&one| one.to_owned()).collect();
    let scope = scope(args, common, subject.aws().env(), wanted)?;
    let documents = reading::documents(subject.aws(), &scope, ui).await;
    let unread: Vec<&str> = documents.unread_types.iter().map(|one| one.type_name.as_str()).collect();
    let items = || documents.live.iter().flat_map(|live| &live.items);
    let read = || items().map(|item| ReadItem { body: &item.body, unknown: &item.unknown });
    let found: Vec<_> =
        documents.accounts.iter().flat_map(|account| Account::new(account, read(), &unread).reach(&name)).collect();
    if found.is_empty() {
        let message = format!("there is no table `{name}` here");
        return Err(CommandError::usage(message).hint("`underpin table list` prints their names"));
    }
    match ui.format {
        Format::Json => ui.data(&to_json(&found))?,
        _ => ui.data(&ui.folded(reach_text(&found, ui.paint_out())))?,
    }
    Ok(Exit::Done)
}
