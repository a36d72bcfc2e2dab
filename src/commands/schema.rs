//! `schema`: prints the JSON Schema of the stack file, for editors, or of a plan, a start-up or an audit, for programs.

use clap::{Args, ValueEnum};

use crate::cli::Format;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::kinds::REGISTRY;
use crate::report::to_json;
use crate::ui::Ui;

/// The project's own stack: the reference shows its sections.
const EXAMPLE: &str = include_str!("../../stack.yaml");

/// `schema`
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The subject: stack (`stack.yaml`), plan (the output of `plan --format json` and `plan --out`), startup (the last
    /// line of `startup` and `reset`) or audit (the output of `audit --format json`)
    #[arg(value_enum, default_value_t = SchemaOf::Stack, hide_possible_values = true)]
    pub of: SchemaOf,
}

/// The subject of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// `stack.yaml`
    Stack,
    /// The output of `plan --format json` and `plan --out`
    Plan,
    /// The last line of `startup` and `reset`
    Startup,
    /// The output of `audit --format json`
    Audit,
}

pub(super) fn run(args: &SchemaArgs, ui: &Ui) -> Result<Exit, CommandError> {
    ui.data(&match args.of {
        SchemaOf::Stack if ui.format == Format::Markdown => crate::stack::reference(&REGISTRY, EXAMPLE),
        SchemaOf::Stack => to_json(&crate::stack::schema(&REGISTRY)),
        SchemaOf::Plan => to_json(&crate::plan::schema()),
        SchemaOf::Startup => to_json(&crate::workspace::schema()),
        SchemaOf::Audit => to_json(&crate::audit::json::schema()),
    })?;
    Ok(Exit::Done)
}
