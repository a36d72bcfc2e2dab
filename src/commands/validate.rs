//! `validate`: checks the stack file, offline.

use serde_json::json;

use super::source;
use crate::base::Environment;
use crate::cli::{Common, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::guard;
use crate::report::{to_json, verdicts_text};
use crate::ui::Ui;

pub(super) fn run(common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let stack = source::read_offline(common)?;
    // Their mistakes are errors here too; what they deny, only a plan can tell.
    source::policies(common, &stack.settings)?;
    let guardrails = &stack.settings.guardrails;
    let mut verdicts = guard::unevaluated(guardrails);
    // The account is told by credentials alone; the region may be named already.
    if let Some(region) = common.region.as_ref().or(stack.settings.region.as_ref()) {
        verdicts.extend(guard::place(&Environment::new("", region), None, &stack.settings.residency));
    }
    match ui.format {
        Format::Json => {
            let addresses: Vec<String> = stack.resources.iter().map(|declared| declared.address.to_string()).collect();
            ui.data(&to_json(&json!({
                "valid": true,
                "stack": stack.settings.stack,
                "resources": addresses,
                "warnings": stack.warnings,
                "verdicts": verdicts,
            })))?;
        }
        Format::Text | Format::Markdown => {
            source::warn(&stack, common, ui);
            if !verdicts.is_empty() {
                ui.say(&ui.folded_err(verdicts_text(&verdicts, ui.paint_err())));
            }
            let count = stack.resources.len();
            let plural = if count == 1 { "" } else { "s" };
            ui.data(&format!(
                "{} is valid: stack {}, {count} resource{plural}.\n",
                common.file.display(),
                stack.settings.stack
            ))?;
        }
    }
    let unknown = guardrails.unknown.unwrap_or_default();
    let denied = verdicts.iter().any(|verdict| verdict.outcome.forbids(unknown));
    Ok(if denied { Exit::Denied } else { Exit::Done })
}
