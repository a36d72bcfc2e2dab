//! Runs `table list`.

use serde_json::json;

use crate::cli::{Common, Format};
use crate::commands::support::tables::{Tables, unread};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::items::live;
use crate::report::{text_table, to_json};
use crate::ui::Ui;

pub(super) async fn run(common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let tables = Tables::open(common, ui).await?;
    let names = live::table_names(&tables.aws).await.map_err(|error| unread("the list of tables", &error))?;
    let address = |name: &String| tables.address(name).map(ToString::to_string);
    if ui.format == Format::Json {
        let rows: Vec<_> = names.iter().map(|name| json!({"name": name, "address": address(name)})).collect();
        ui.data(&to_json(&json!({"tables": rows, "count": names.len()})))?;
        return Ok(Exit::Done);
    }
    if names.is_empty() {
        ui.say("There are no tables.");
        return Ok(Exit::Done);
    }
    let rows = names.iter().map(|name| vec![name.clone(), address(name).unwrap_or_default()]);
    ui.data(&match tables.stack {
        Some(_) => text_table(&["table", "address"], rows, ui.width()),
        None => text_table(&["table"], names.iter().map(|name| vec![name.clone()]), ui.width()),
    })?;
    Ok(Exit::Done)
}
