//! `sandbox`: the local AWS emulator.

use crate::cli::{Common, SandboxAction};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::sandbox::{self, Sandbox};
use crate::ui::Ui;

/// Makes sure that the sandbox runs for an account.
pub(super) fn ensure(account: Option<&str>, ui: &Ui) -> Result<Sandbox, CommandError> {
    let _ = (account, ui);
    Err(CommandError::usage("later"))
}

pub(super) fn run(action: SandboxAction, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let _ = (action, common, ui);
    Err(CommandError::usage("later"))
}
