//! Runs a verb of `function`.

use super::args::FunctionAction;
use super::{invoke, watch};
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(in crate::commands) async fn run(action: &FunctionAction, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    match action {
        FunctionAction::Invoke(args) => invoke::run(args, common, ui).await,
        FunctionAction::Watch(args) => watch::run(args, common, ui).await,
    }
}
