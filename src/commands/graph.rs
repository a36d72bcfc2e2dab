//! `graph`: draws the dependencies.

use clap::{Args, ValueEnum};

use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::kinds::REGISTRY;
use crate::plan;
use crate::ui::Ui;

use super::support::stack_file;

/// `graph`
#[derive(Debug, Args)]
pub struct GraphArgs {
    /// The language of the drawing: dot (Graphviz) or mermaid
    #[arg(long, value_enum, default_value_t = GraphLanguage::Dot, hide_possible_values = true)]
    pub language: GraphLanguage,
}

/// The language of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphLanguage {
    /// Graphviz.
    Dot,
    /// Mermaid.
    Mermaid,
}

pub(super) fn run(args: &GraphArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let stack = stack_file::read_offline(common)?;
    let env = stack_file::offline(common, &stack.settings);
    let wanted = stack_file::wanted(&stack);
    let edges = plan::dependencies(&REGISTRY, &wanted, &env);
    let text = match args.language {
        GraphLanguage::Dot => crate::report::dot(&stack.settings.stack, &edges),
        GraphLanguage::Mermaid => crate::report::mermaid(&edges),
    };
    ui.data(&text)?;
    Ok(Exit::Done)
}
