//! Runs the actions of `table`.

use super::args::TableAction;
use super::{delete, describe, drop, get, list, put, query, scan, seed};
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(in crate::commands) async fn run(action: &TableAction, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    match action {
        TableAction::List(_) => list::run(common, ui).await,
        TableAction::Describe(args) => Box::pin(describe::run(args, common, ui)).await,
        TableAction::Scan(args) => scan::run(args, common, ui).await,
        TableAction::Query(args) => Box::pin(query::run(args, common, ui)).await,
        TableAction::Get(args) => get::run(args, common, ui).await,
        TableAction::Put(args) => put::run(args, common, ui).await,
        TableAction::Delete(args) => delete::run(args, common, ui).await,
        TableAction::Seed(args) => Box::pin(seed::run(args, common, ui)).await,
        TableAction::Drop(args) => Box::pin(drop::run(args, common, ui)).await,
    }
}
