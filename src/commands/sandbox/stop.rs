//! `sandbox stop`: stops the sandbox of an account, or all.

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
    let ran = sandbox::stop(home, account.as_deref(), &|text| ui.say(text)).map_err(failed)?;
    if ui.format == Format::Json {
        ui.data(&to_json(&json!({"stopped": ran})))?;
    } else if ran.is_empty() {
        ui.data("No sandbox ran.\n")?;
    } else {
        let line = |Sandbox { account, .. }: &Sandbox| {
            format!("Stopped the sandbox of account {account}: all that was made in it is gone.\n")
        };
        ui.data(&ran.iter().map(line).collect::<String>())?;
    }
    Ok(Exit::Done)
}
