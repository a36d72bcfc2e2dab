//! What stands between an answer at the prompt and the first call: nothing, where it came at once; else another
//! look, so that what is done is what was shown. Where something moved, the new plan is shown, and asked about.

use std::time::{Duration, Instant};

use super::planner::Planner;
use super::saved::moved;
use crate::error::CommandError;
use crate::plan::{Plan, Verdict};
use crate::ui::Ui;

/// For how long what was seen is taken for what is there.
const FRESH: Duration = Duration::from_secs(5);

/// A plan as it was shown, and when what is live was seen.
pub(crate) struct ShownPlan {
    pub(crate) plan: Plan,
    at: Instant,
}

impl ShownPlan {
    /// What `look` makes of what it sees: nothing of it is older than its beginning.
    pub(crate) async fn by(look: impl Future<Output = Result<Plan, CommandError>>) -> Result<Self, CommandError> {
        let at = Instant::now();
        Ok(Self { plan: look.await?, at })
    }

    /// Takes a yes to this plan: `Ok` where it still is what would be done, and else the plan of `again`, which is
    /// made with nothing remembered.
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

/// What guardrails forbid by now and did not before: an exception may have expired, or a policy been attached.
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

/// What a yes is worth.
pub(crate) enum Agreed {
    /// This is what was shown.
    AsShown(Plan),
    /// It was given to something else: this is how it is now.
    Moved(ShownPlan),
}
