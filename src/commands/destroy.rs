//! `destroy`: deletes what the stack owns.

use super::apply::{carry_out, show};
use super::session::{Request, Session, salt};
use crate::cli::{Common, DestroyArgs};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::plan::Action;
use crate::ui::Ui;

pub(super) async fn run(args: &DestroyArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let mut session = Session::open(common, ui, salt()?).await?;
    let mut request = Request::new(&args.selection, true);
    let asking = !args.yes && ui.can_ask();
    let mut plan = session.plan(&request).await?;
    if asking {
        // Whoever types the stack's name has seen the whole plan, and consents to it.
        let deleted = plan.changes.iter().filter(|change| change.action == Action::Delete);
        request.consents.delete.extend(deleted.map(|change| change.address.clone()));
        session.consent(&mut plan, &request.consents);
    }
    show(&plan, ui)?;
    if plan.blocked {
        return Ok(Exit::Denied);
    }
    if plan.is_empty() {
        return Ok(Exit::Done);
    }
    if asking {
        let name = session.owner.stack.clone();
        if ui.ask(&format!("This deletes all that is shown above. To go on, type the stack's name ({name}):")) != name {
            return Err(CommandError::Declined);
        }
    } else if !args.yes {
        return Err(CommandError::usage("nobody can be asked whether to delete all this")
            .hint("say `--yes`, and `--allow-delete ADDRESS` for each resource that holds data"));
    }
    carry_out(&mut session, plan, &request, ui).await
}
