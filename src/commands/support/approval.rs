//! The approval of a plan, from the shown plan to its execution.

use super::confirm::{Agreed, ShownPlan};
use super::execution::{OnRace, carry_out};
use super::planner::Planner;
use super::prompt::{ask, show};
use super::request::Request;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

/// The approval of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Approval {
    /// Given beforehand, by `--yes`.
    Given,
    /// Given when the plan was saved: it is applied exactly as shown.
    Saved,
    /// Asked for at the prompt.
    Asked,
}

/// Shows a plan, asks for approval until the answer is about the current plan, and carries the plan out.
pub(crate) async fn settle(
    planner: &mut Planner,
    request: &Request,
    mut seen: ShownPlan,
    approval: Approval,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let plan = loop {
        show(&seen.plan, ui)?;
        if seen.plan.blocked {
            return Ok(Exit::Denied);
        }
        if seen.plan.is_empty() {
            return Ok(Exit::Done);
        }
        if approval != Approval::Asked {
            break seen.plan;
        }
        ask(&seen.plan, ui)?;
        match seen.agreed(planner, async |planner| planner.plan(request).await, ui).await? {
            Agreed::AsShown(plan) => break plan,
            Agreed::Moved(now) => seen = now,
        }
    };
    let on_race = if approval == Approval::Saved { OnRace::Stop } else { OnRace::GoOn };
    carry_out(planner, plan, request, on_race, ui).await
}
