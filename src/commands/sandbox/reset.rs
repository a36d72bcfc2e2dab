//! `sandbox reset`: empties the sandbox of an account, or all.

use serde_json::json;

use super::args::WhichSandbox;
use crate::cli::Format;
use crate::commands::support::emulator::failed;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::to_json;
use crate::sandbox::{self, Home, Sandbox};
use crate::ui::Ui;

pub(super) fn run(WhichSandbox { account }: &WhichSandbox, home: &Home, ui: &Ui) -> Result<Exit, CommandError> {
    let emptied = sandbox::reset(home, account.as_deref()).map_err(failed)?;
    if ui.format == Format::Json {
        ui.data(&to_json(&json!({"emptied": emptied})))?;
    } else {
        let line = |Sandbox { account, .. }: &Sandbox| {
            format!("Emptied the sandbox of account {account}: all that was made in it is gone; it runs on.\n")
        };
        ui.data(&emptied.iter().map(line).collect::<String>())?;
    }
    Ok(Exit::Done)
}
