//! Runs an action of `users`.

use super::args::UsersAction;
use super::{create, delete, disable, list, show, sync};
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(in crate::commands) async fn run(action: &UsersAction, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    match action {
        UsersAction::List(args) => list::run(args, common, ui).await,
        UsersAction::Show(args) => show::run(args, common, ui).await,
        UsersAction::Create(args) => Box::pin(create::run(args, common, ui)).await,
        UsersAction::Disable(args) => Box::pin(disable::run(args, common, ui)).await,
        UsersAction::Delete(args) => Box::pin(delete::run(args, common, ui)).await,
        UsersAction::Sync(args) => Box::pin(sync::run(args, common, ui)).await,
    }
}
