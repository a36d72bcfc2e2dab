//! What stands between an answer at the prompt and the first call: nothing, where it came at once; else another
//! look, so that what is done is what was shown. Where something moved, the new plan is shown, and asked about.

use std::time::{Duration, Instant};

use super::saved::moved;
use super::session::Session;
use crate::error::CommandError;
use crate::plan::Plan;
use crate::ui::Ui;

/// For how long what was seen is taken for what is there.
const FRESH: Duration = Duration::from_secs(5);

/// A plan as it was shown, and when what is live was seen.
pub(super) struct Seen {
    pub(super) plan: Plan,
    at: Instant,
}

impl Seen {
    /// A plan that was made just now.
    pub(super) fn now(plan: Plan) -> Self {
        Self { plan, at: Instant::now() }
    }

    /// Takes a yes to this plan: `Ok` where it still is what would be done, and else the plan of `again`, which is
    /// made with nothing remembered.
    pub(super) async fn agreed<F>(self, session: &mut Session, again: F, ui: &Ui) -> Result<Agreed, CommandError>
    where
        F: AsyncFnOnce(&Session) -> Result<Plan, CommandError>,
    {
        if self.at.elapsed() < FRESH {
            return Ok(Agreed::AsShown(self.plan));
        }
        session.forget();
        let seen = Self::now(again(session).await?);
        let value =
            |plan: &Plan| serde_json::to_value(plan).map_err(|error| CommandError::failed("failed to compare", &error));
        let differences = moved(&value(&self.plan)?, &value(&seen.plan)?);
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

/// What a yes is worth.
pub(super) enum Agreed {
    /// This is what was shown.
    AsShown(Plan),
    /// It was given to something else: this is how it is now.
    Moved(Seen),
}
