//! The check between a consent at the prompt and the first call: none, if the answer came at once; else a new
//! plan, so that the shown plan is what is applied. If anything changed, the new plan is shown, and asked about.

use std::time::{Duration, Instant};

use super::planner::Planner;
use super::saved::moved;
use crate::error::CommandError;
use crate::plan::{Plan, Verdict};
use crate::ui::Ui;

/// The time for which a read counts as current.
const FRESH: Duration = Duration::from_secs(5);

/// A plan as it was shown, and the time of its read.
pub(crate) struct ShownPlan {
    pub(crate) plan: Plan,
    at: Instant,
}

impl ShownPlan {
    /// Makes a plan by `look`: nothing in it is older than the start of `look`.
    pub(crate) async fn by(look: impl Future<Output = Result<Plan, CommandError>>) -> Result<Self, CommandError> {
        let at = Instant::now();
        Ok(Self { plan: look.await?, at })
    }

    /// Takes a consent to this plan: returns the plan if it is still the same, and else the plan of `again`, which is
    /// made without cached answers.
    pub(crate) async fn agreed<F>(self, planner: &mut Planner, again: F, ui: &Ui) -> Result<Agreed, CommandError>
    where
        F: AsyncFnOnce(&Planner) -> Result<Plan, CommandError>,
    {
        if self.at.elapsed() < FRESH {
            return Ok(Agreed::AsShown(self.plan));
        }
        planner.connection.forget();
        let seen = Self::by(again(planner)).await?;
        let value =
            |plan: &Plan| serde_json::to_value(plan).map_err(|error| CommandError::failed("failed to compare", &error));
        let mut differences = moved(&value(&self.plan)?, &value(&seen.plan)?);
        differences.extend(newly_forbidden(&self.plan, &seen.plan));
        if differences.is_empty() {
            return Ok(Agreed::AsShown(seen.plan));
        }
        ui.say("Nothing was done yet: while you looked at the plan, this changed.");
        for difference in &differences {
            ui.say(&ui.folded_err(format!("  - {difference}")));
        }
        ui.say("This is the plan now:\n");
        Ok(Agreed::Moved(seen))
    }
}

/// The new denials of guardrails: an exception may have expired, or a policy been attached.
fn newly_forbidden(then: &Plan, now: &Plan) -> Vec<String> {
    let known = |verdict: &Verdict| {
        let same = |other: &&Verdict| (&other.guardrail, &other.rule) == (&verdict.guardrail, &verdict.rule);
        let about = |other: &&Verdict| (&other.address, &other.action) == (&verdict.address, &verdict.action);
        then.verdicts.iter().filter(same).filter(about).any(|other| other.outcome.forbids(then.unknown))
    };
    let forbidden = now.verdicts.iter().filter(|verdict| verdict.outcome.forbids(now.unknown) && !known(verdict));
    let mut told: Vec<String> = forbidden
        .map(|Verdict { guardrail, rule, address, .. }| {
            let which = address.as_ref().map(|address| format!("{address}: ")).unwrap_or_default();
            format!("{which}it is forbidden now [{guardrail}/{rule}]")
        })
        .collect();
    told.dedup();
    told
}

/// The result of a consent.
pub(crate) enum Agreed {
    /// The plan is as it was shown.
    AsShown(Plan),
    /// The plan has changed: the new one.
    Moved(ShownPlan),
}
