//! The connection of actions that read: the account and region of the stack file, without its resources.

use std::sync::Arc;

use serde_json::json;

use crate::aws::Aws;
use crate::base::{Archives, Vault};
use crate::cli::{Common, Format};
use crate::commands::support::planner::salt;
use crate::commands::support::{connection, stack_file};
use crate::error::CommandError;
use crate::guard;
use crate::plan::Verdict;
use crate::report::{to_json, verdicts_text};
use crate::stack::OnUnknown;
use crate::ui::Ui;

/// Connects; `None` if account or region are not those of the stack file, which is reported.
pub(super) async fn connect(common: &Common, ui: &Ui) -> Result<Option<Aws>, CommandError> {
    let source = stack_file::read(common)?;
    let vault = Arc::new(Vault::new(salt()?));
    let aws = connection::connect(&source, common, vault, Arc::new(Archives::default()), ui).await?;
    let verdicts = guard::place(aws.env(), &stack_file::pins_of(&source, common));
    if verdicts.is_empty() {
        return Ok(Some(aws));
    }
    show_refusal(&verdicts, ui)?;
    Ok(None)
}

/// Shows the verdicts that forbid an action.
pub(super) fn show_refusal(verdicts: &[Verdict], ui: &Ui) -> Result<(), CommandError> {
    ui.say(&ui.folded_err(verdicts_text(verdicts, OnUnknown::Warn, ui.paint_err())));
    if ui.format == Format::Json {
        ui.data(&to_json(&json!({"blocked": true, "verdicts": verdicts})))?;
    }
    Ok(())
}

/// The width of the terminal that the data goes to.
pub(super) fn width(ui: &Ui) -> Option<u16> {
    if !ui.shows_data() {
        return None;
    }
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0)
}
