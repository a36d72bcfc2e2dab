//! Runs `explain`: for an action, or for a plan.

use super::args::ExplainArgs;
use super::chain::{chain, settings};
use super::context::GivenContext;
use super::{action, plan};
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::policy::Decision;
use crate::ui::Ui;

pub(in crate::commands) fn run(args: &ExplainArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let given = GivenContext::read(args)?;
    let decision = if let Some(action) = &args.action {
        action::run(action, args, &given, common, ui)?
    } else {
        let file = args.plan.as_deref().ok_or_else(|| CommandError::usage("nothing was asked"))?;
        let chain = chain(args, settings(args, common)?.as_ref(), common, ui)?;
        plan::run(file, &chain, args, &given, ui)?
    };
    Ok(if decision == Decision::Allowed { Exit::Done } else { Exit::Denied })
}
