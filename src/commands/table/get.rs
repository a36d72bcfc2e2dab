//! Runs `table get`.

use super::args::GetArgs;
use super::pairs::key_of;
use super::reading::form;
use super::scan::shown;
use crate::cli::{Common, Format};
use crate::commands::support::tables::Tables;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::items::{Consistency, ReadSummary, live};
use crate::report::{ItemsText, item_lines, items_line};
use crate::ui::Ui;

pub(super) async fn run(args: &GetArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let GetArgs { table, key, consistent_read, consumed_capacity } = args;
    let tables = Tables::open(common, ui).await?;
    let table = tables.find(table).await?;
    let key = key_of(key, &table.keys)?;
    let consistency = if *consistent_read { Consistency::Strong } else { Consistency::Eventual };
    let answer = live::get(&tables.aws, &table.name, &key, consistency).await;
    let page =
        answer.map_err(|error| CommandError::failed(format!("failed to get an item of `{}`", table.name), &error))?;
    if page.items.is_empty() {
        let key = item_lines(&key, &table.keys.names());
        let key = key.lines().map(|line| line.replacen("  ", " = ", 1)).collect::<Vec<_>>().join(", ");
        let message = format!("table `{}` has no item with {key}", table.name);
        return Err(CommandError::Failed { message, causes: Vec::new(), hint: None });
    }
    let mut summary = ReadSummary::default();
    summary.add(&page);
    let capacity = shown(*consumed_capacity);
    if ui.format == Format::Text {
        let text: String = page.items.iter().map(|item| item_lines(item, &table.keys.names())).collect();
        ui.data(&text)?;
        if *consumed_capacity {
            ui.say(&items_line(&summary, capacity));
        }
        return Ok(Exit::Done);
    }
    let mut text = ItemsText::new(form(ui), capacity, &table.name, table.keys.names());
    let items = text.page(page.items);
    ui.data(&format!("{items}{}", text.end(&summary)))?;
    Ok(Exit::Done)
}
