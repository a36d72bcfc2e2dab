//! `destroy`: deletes what the stack owns.

use super::apply::{carry_out, show, show_to_who_is_asked};
use super::session::{Request, Session, salt};
use crate::cli::{Common, DestroyArgs};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::plan::{Action, Outcome};
use crate::ui::Ui;

pub(super) async fn run(args: &DestroyArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let mut session = Session::open(common, ui, salt()?).await?;
    let mut request = Request::new(&args.selection, true);
    let asking = !args.yes && ui.can_ask();
    let mut plan = session.plan(&request).await?;
    session.known_addresses(&request, &plan)?;
    let mut shown = plan.clone();
    if asking {
        // Whoever types the stack's name has seen the whole plan, and consents to it: until then, what it
        // takes away is a warning.
        for verdict in
            shown.verdicts.iter_mut().filter(|one| one.guardrail == "consent" && one.outcome == Outcome::Fail)
        {
            (verdict.outcome, verdict.hint) = (Outcome::Warn, None);
        }
        shown.judge([]);
        let deleted = plan.changes.iter().filter(|change| change.action == Action::Delete);
        request.consents.delete.extend(deleted.map(|change| change.address.clone()));
        session.consent(&mut plan, &request.consents);
    }
    show(&shown, ui)?;
    if plan.blocked {
        return Ok(Exit::Denied);
    }
    if plan.is_empty() {
        return Ok(Exit::Done);
    }
    if asking {
        let name = session.owner.stack.clone();
        show_to_who_is_asked(&shown, ui);
        let question = format!("This deletes all that is shown above. To go on, type the stack's name ({name}):");
        if ui.ask(&question) != name {
            return Err(CommandError::Declined { yes: name });
        }
    } else if !args.yes {
        return Err(CommandError::usage("nobody can be asked whether to delete all this")
            .hint("say `--yes`, and `--allow-delete ADDRESS` for each resource that holds data"));
    }
    carry_out(&mut session, plan, &request, ui).await
}
