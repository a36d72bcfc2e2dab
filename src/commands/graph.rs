//! `graph`: draws what stands on what.

use crate::cli::{Common, GraphArgs, GraphLanguage};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::kinds::REGISTRY;
use crate::plan;
use crate::ui::Ui;

use super::source;

pub(super) fn run(args: &GraphArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let stack = source::read_offline(common)?;
    let env = source::offline(common, &stack.settings);
    let wanted = crate::commands::source::wanted(&stack);
    let edges = plan::dependencies(&REGISTRY, &wanted, &env);
    let text = match args.language {
        GraphLanguage::Dot => crate::report::dot(&stack.settings.stack, &edges),
        GraphLanguage::Mermaid => crate::report::mermaid(&edges),
    };
    ui.data(&text)?;
    Ok(Exit::Done)
}
