//! `graph`: draws the dependencies.

use crate::cli::{Common, GraphArgs, GraphLanguage};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::kinds::REGISTRY;
use crate::plan;
use crate::ui::Ui;

use super::support::stack_file;

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
