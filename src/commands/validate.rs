//! `validate`: checks the stack file, offline.

use serde_json::json;

use super::source;
use crate::cli::{Common, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::to_json;
use crate::ui::Ui;

pub(super) fn run(common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let stack = source::read_offline(common)?;
    match ui.format {
        Format::Json => {
            let addresses: Vec<String> = stack.resources.iter().map(|declared| declared.address.to_string()).collect();
            ui.data(&to_json(&json!({
                "valid": true,
                "stack": stack.settings.stack,
                "resources": addresses,
                "warnings": stack.warnings,
            })))?;
        }
        Format::Text | Format::Markdown => {
            for warning in &stack.warnings {
                ui.say(&format!("warning: {}", warning.message));
            }
            let count = stack.resources.len();
            let plural = if count == 1 { "" } else { "s" };
            ui.data(&format!("{} is valid: stack {}, {count} resource{plural}.\n", common.file.display(), stack.settings.stack))?;
        }
    }
    Ok(Exit::Done)
}
