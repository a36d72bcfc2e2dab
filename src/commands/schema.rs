//! `schema`: prints the JSON Schema of the stack file, for editors, or of a plan, for programs.

use crate::cli::{Format, SchemaArgs, SchemaOf};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::kinds::REGISTRY;
use crate::report::to_json;
use crate::ui::Ui;

/// The project's own stack: the reference shows its sections.
const EXAMPLE: &str = include_str!("../../stack.yaml");

pub(super) fn run(args: &SchemaArgs, ui: &Ui) -> Result<Exit, CommandError> {
    ui.data(&match args.of {
        SchemaOf::Stack if ui.format == Format::Markdown => crate::stack::reference(&REGISTRY, EXAMPLE),
        SchemaOf::Stack => to_json(&crate::stack::schema(&REGISTRY)),
        SchemaOf::Plan => to_json(&crate::plan::schema()),
    })?;
    Ok(Exit::Done)
}
