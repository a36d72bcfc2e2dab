//! Runs `table put`.

use std::io::Read as _;

use super::args::PutArgs;
use super::change::{ShownChange, ShownItem, consumed, finished, left_open};
use super::pairs::{item_of_pairs, text_of_file, types};
use crate::cli::Common;
use crate::commands::support::tables::Tables;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::items::file::item_from_json;
use crate::items::live::{self, Existing};
use crate::items::{Item, TableKeys};
use crate::report::to_json;
use crate::ui::Ui;

/// The largest text of an item, in bytes: 400 KB in which each character is escaped.
const MOST: u64 = 8 << 20;

pub(super) async fn run(args: &PutArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let PutArgs { table, item, types: told, if_absent, consumed_capacity } = args;
    let types = types(told)?;
    let text = json_text(item)?;
    let tables = Tables::open(common, ui).await?;
    let table = tables.find(table).await?;
    let item = match &text {
        Some(text) => from_json(text, &table.keys)?,
        None => item_of_pairs(item, &table.keys, &types)?,
    };
    let checked = table.keys.check(&item);
    checked.map_err(|error| CommandError::usage(format!("table `{}` can't hold this item: {error}", table.name)))?;
    let existing = if *if_absent { Existing::Kept } else { Existing::Replaced };
    let call = live::put(&tables.aws, &table.name, &item, &table.keys.partition.name, existing);
    let Some(change) = finished(call).await else { return Ok(left_open("put", ui)) };
    let change = change.map_err(|error| {
        if error.is(&["ConditionalCheckFailedException"]) {
            let message = format!("table `{}` has an item with this key, and `--if-absent` was given", table.name);
            return CommandError::Failed { message, causes: Vec::new(), hint: None };
        }
        CommandError::failed(format!("failed to put an item into `{}`", table.name), &error)
    })?;
    let units = change.capacity.as_ref().filter(|_| *consumed_capacity);
    if ui.format.is_json() {
        let names = table.keys.names();
        let shown = |item| ShownItem { item, first: &names, format: ui.format };
        let replaced = change.before.as_ref().map(shown);
        ui.data(&to_json(&ShownChange::new(vec![shown(&item)], replaced, units)))?;
        return Ok(Exit::Done);
    }
    let what = match &change.before {
        Some(_) => "The item was put, in place of the one that had its key.",
        None => "The item was put.",
    };
    ui.say(&format!("{what}{}", consumed(units)));
    Ok(Exit::Done)
}

/// The JSON text of the item, if it is given as one: `{…}`, `-` for standard input, `@FILE` or `file://FILE`.
fn json_text(item: &[String]) -> Result<Option<String>, CommandError> {
    let [one] = item else { return Ok(None) };
    if one == "-" {
        let mut text = String::new();
        let read = std::io::stdin().take(MOST + 1).read_to_string(&mut text);
        read.map_err(|error| CommandError::failed("failed to read standard input", &error))?;
        return Ok(Some(text));
    }
    if let Some(text) = text_of_file(one, MOST)? {
        return Ok(Some(text));
    }
    Ok(one.trim_start().starts_with('{').then(|| one.clone()))
}

fn from_json(text: &str, keys: &TableKeys) -> Result<Item, CommandError> {
    item_from_json(text, keys).map_err(|error| {
        CommandError::usage(format!("this is no item: {error}"))
            .hint("write plain JSON, `{\"pk\": \"1\"}`, or DynamoDB JSON, `{\"pk\": {\"S\": \"1\"}}`")
    })
}
