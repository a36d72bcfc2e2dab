//! Runs the actions of `table`.

use super::args::TableAction;
use super::{describe, get, list, scan};
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(in crate::commands) async fn run(action: &TableAction, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    match action {
        TableAction::List(_) => list::run(common, ui).await,
        TableAction::Describe(args) => Box::pin(describe::run(args, common, ui)).await,
        TableAction::Scan(args) => scan::run(args, common, ui).await,
        TableAction::Get(args) => get::run(args, common, ui).await,
    }
}
