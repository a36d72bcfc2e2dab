//! `schema`: prints the JSON Schema of the stack file, for editors.

use crate::error::CommandError;
use crate::exit::Exit;
use crate::kinds::REGISTRY;
use crate::report::to_json;
use crate::ui::Ui;

pub(super) fn run(ui: &Ui) -> Result<Exit, CommandError> {
    ui.data(&to_json(&crate::stack::schema(&REGISTRY)))?;
    Ok(Exit::Done)
}
