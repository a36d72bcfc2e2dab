//! Runs `table drop`: `destroy --target` under the name that people look for.

use super::args::DropArgs;
use crate::base::Address;
use crate::cli::{Common, Selection};
use crate::commands::destroy::{self, DestroyArgs};
use crate::commands::support::shell::place_flags;
use crate::commands::support::stack_file;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(super) async fn run(args: &DropArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let DropArgs { table, allow_delete, no_backup, unknown, yes } = args;
    let address = address(table, common)?;
    let mut command = format!("underpin destroy --target {address}");
    for consent in allow_delete {
        command = format!("{command} --allow-delete {consent}");
    }
    for (given, flag) in [(*no_backup, " --no-backup"), (*yes, " --yes")] {
        command.push_str(if given { flag } else { "" });
    }
    if !ui.format.is_json() {
        ui.say(&format!("This is `{command}{}`.", place_flags(common)));
    }
    let selection = Selection {
        target: vec![address],
        allow_delete: allow_delete.clone(),
        no_backup: *no_backup,
        unknown: *unknown,
        ..Selection::default()
    };
    destroy::run(&DestroyArgs { selection, yes: *yes }, common, ui).await
}

/// The address of a table: as it is given, or of the declared table with this key or physical name. A table that left the
/// file still has the address with its key.
fn address(table: &str, common: &Common) -> Result<Address, CommandError> {
    let stack = stack_file::read_offline(common)?;
    let declared = || stack.resources.iter().filter(|one| one.address.section() == "tables");
    let parsed: Option<Address> = table.parse().ok().filter(|address: &Address| address.section() == "tables");
    if let Some(address) = declared().map(|one| &one.address).find(|address| parsed.as_ref() == Some(address)) {
        return Ok(address.clone());
    }
    let by_name =
        declared().find(|one| one.name == table).or_else(|| declared().find(|one| one.address.name() == table));
    Ok(by_name.map(|one| one.address.clone()).or(parsed).unwrap_or_else(|| Address::new("tables", table)))
}
