//! Runs `apply`.

use super::args::ApplyArgs;
use crate::cli::Common;
use crate::commands::support::approval::{Approval, settle};
use crate::commands::support::confirm::ShownPlan;
use crate::commands::support::planner::{Planner, salt};
use crate::commands::support::request::Request;
use crate::commands::support::saved;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;

pub(in crate::commands) async fn run(args: &ApplyArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let saved = args.plan.as_deref().map(saved::read).transpose()?;
    let fresh_salt = salt()?;
    let mut planner = Planner::open(common, ui, saved.as_ref().map_or(fresh_salt, |saved| saved.salt)).await?;
    let mut request = Request::new(&args.selection, false);
    let said = request.clone();
    if let Some(saved) = &saved {
        let mut theirs = saved.request.clone();
        theirs.consents.delete.append(&mut request.consents.delete);
        theirs.consents.replace.append(&mut request.consents.replace);
        theirs.consents.unprotect.append(&mut request.consents.unprotect);
        theirs.consents.adopt.append(&mut request.consents.adopt);
        theirs.unknown = request.unknown.or(theirs.unknown);
        request = theirs;
    }
    let seen = ShownPlan::by(planner.plan(&request)).await?;
    if let Some(saved) = &saved {
        saved.same_place(&seen.plan, common)?;
        // If nothing was read, nothing can have changed: the guardrail decides.
        if !planner.connection.is_out_of_place() {
            saved.same_as(&seen.plan)?;
        }
    }
    // Addresses of a saved plan may be gone: that made it stale, and is no mistake of the user.
    planner.known_addresses(&said, &seen.plan)?;
    let approval = match (&saved, args.yes) {
        // It was reviewed when it was saved.
        (Some(_), _) => Approval::Saved,
        (None, true) => Approval::Given,
        (None, false) => Approval::Asked,
    };
    settle(&mut planner, &request, seen, approval, ui).await
}
