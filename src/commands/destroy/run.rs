//! Runs `destroy`.

use super::args::DestroyArgs;
use crate::cli::Common;
use crate::commands::support::confirm::{Agreed, ShownPlan};
use crate::commands::support::execution::{OnRace, carry_out};
use crate::commands::support::planner::{Planner, salt};
use crate::commands::support::prompt::{show, show_to_who_is_asked};
use crate::commands::support::request::Request;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::plan::{Action, Outcome, Plan};
use crate::ui::Ui;

pub(in crate::commands) async fn run(args: &DestroyArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let mut planner = Planner::open(common, ui, salt()?).await?;
    let request = Request::new(&args.selection, true);
    let asking = !args.yes && ui.can_ask();
    let mut seen = ShownPlan::by(planner.plan(&request)).await?;
    planner.known_addresses(&request, &seen.plan)?;
    let plan = loop {
        // A user who types the stack's name has seen the whole plan, and consents to it.
        let agreed = asking.then(|| consented(&planner, &seen.plan, &request));
        let blocked = agreed.as_ref().map_or(seen.plan.blocked, |plan| plan.blocked);
        let shown = if asking { softened(&seen.plan) } else { seen.plan.clone() };
        show(&shown, ui)?;
        if blocked {
            return Ok(Exit::Denied);
        }
        if shown.is_empty() {
            return Ok(Exit::Done);
        }
        let Some(agreed) = agreed else {
            if !args.yes {
                return Err(CommandError::usage("there is no terminal to confirm deleting all this")
                    .hint("add `--yes`, and `--allow-delete ADDRESS` for each resource that holds data"));
            }
            break seen.plan;
        };
        ask(&planner, &shown, ui)?;
        match seen.agreed(&mut planner, async |planner| planner.plan(&request).await, ui).await? {
            Agreed::AsShown(_) => break agreed,
            Agreed::Moved(now) => seen = now,
        }
    };
    carry_out(&mut planner, plan, &request, OnRace::GoOn, ui).await
}

/// The plan with consent to all that it deletes.
fn consented(planner: &Planner, plan: &Plan, request: &Request) -> Plan {
    let (mut plan, mut consents) = (plan.clone(), request.consents.clone());
    let deleted = plan.changes.iter().filter(|change| change.action == Action::Delete);
    consents.delete.extend(deleted.map(|change| change.address.clone()));
    planner.consent(&mut plan, &consents);
    plan
}

/// The plan in the form for the prompt: before the answer, missing consent is a warning.
fn softened(plan: &Plan) -> Plan {
    let mut shown = plan.clone();
    let refused = |one: &&mut crate::plan::Verdict| one.guardrail == "consent" && one.outcome == Outcome::Fail;
    for verdict in shown.verdicts.iter_mut().filter(refused) {
        (verdict.outcome, verdict.hint) = (Outcome::Warn, None);
    }
    shown.judge([]);
    shown
}

/// Asks for the stack's name; anything else is an error.
fn ask(planner: &Planner, shown: &Plan, ui: &Ui) -> Result<(), CommandError> {
    let name = planner.project.owner.stack.clone();
    show_to_who_is_asked(shown, ui);
    let question = format!("This deletes all that is shown above. To go on, type the stack's name ({name}):");
    if ui.ask(&question) == name { Ok(()) } else { Err(CommandError::Declined { yes: name }) }
}
