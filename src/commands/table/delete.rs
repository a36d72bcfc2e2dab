//! Runs `table delete`.

use super::args::DeleteArgs;
use super::change::{ShownChange, ShownItem, consumed, finished, left_open};
use super::pairs::key_of;
use crate::cli::Common;
use crate::commands::support::tables::Tables;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::items::live;
use crate::report::to_json;
use crate::ui::Ui;

pub(super) async fn run(args: &DeleteArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let DeleteArgs { table, key, consumed_capacity } = args;
    let tables = Tables::open(common, ui).await?;
    let table = tables.find(table).await?;
    let key = key_of(key, &table.keys)?;
    let Some(change) = finished(live::delete(&tables.aws, &table.name, &key)).await else {
        return Ok(left_open("deleted", ui));
    };
    let change = change
        .map_err(|error| CommandError::failed(format!("failed to delete an item of `{}`", table.name), &error))?;
    let units = change.capacity.as_ref().filter(|_| *consumed_capacity);
    if ui.format.is_json() {
        let names = table.keys.names();
        let items = change.before.iter().map(|item| ShownItem { item, first: &names, format: ui.format }).collect();
        ui.data(&to_json(&ShownChange::new(items, None, units)))?;
        return Ok(Exit::Done);
    }
    let what = if change.before.is_some() { "The item was deleted." } else { "There was no item with this key." };
    ui.say(&format!("{what}{}", consumed(units)));
    Ok(Exit::Done)
}
