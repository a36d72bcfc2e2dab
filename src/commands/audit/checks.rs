//! `audit checks`: the catalogue.

use std::fmt::Write as _;

use serde_json::json;

use crate::audit::check;
use crate::cli::{Common, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::to_json;
use crate::stack::shipped_rules;
use crate::ui::Ui;

pub(super) fn run(common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let mut checks: Vec<_> = shipped_rules().iter().map(check).collect();
    checks.sort_by(|one, other| one.area.cmp(&other.area).then(one.id.cmp(&other.id)));
    match common.format {
        Format::Json => ui.data(&to_json(&json!({"checks": checks})))?,
        Format::Text | Format::Table => {
            let mut text = String::new();
            let mut area = "";
            for check in &checks {
                if check.area != area {
                    area = &check.area;
                    let gap = if text.is_empty() { "" } else { "\n" };
                    let _ = writeln!(text, "{gap}{area}");
                }
                let severity = format!("{:?}", check.severity).to_lowercase();
                let _ = writeln!(text, "  {:<34} {severity:<9} {}", check.id, check.title);
            }
            let _ = writeln!(text, "\n{} checks", checks.len());
            ui.data(&ui.folded(text))?;
        }
        _ => {
            let error = CommandError::usage("`audit checks` has no such format");
            return Err(error.hint("`text` and `json` are its formats; docs/rules.md explains each check"));
        }
    }
    Ok(Exit::Done)
}
