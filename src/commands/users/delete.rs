//! `users delete`: a user who is deleted for good, with consent by name.

use super::args::DeleteArgs;
use super::change::{Consent, Target, UserChange};
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::plan::{Outcome, Verdict};
use crate::ui::Ui;
use crate::users::{UserError, delete_user};

pub(super) async fn run(args: &DeleteArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let DeleteArgs { user, pool, yes, allow_delete } = args;
    if let Some(other) = allow_delete.iter().position(|named| named != user) {
        let number = other + 1;
        let message = format!("`--allow-delete` number {number} names another user than the one to delete");
        return Err(CommandError::usage(message).hint("one user is deleted in a run"));
    }
    let Some(target) = Target::open(&pool.pool, user, common, ui).await? else { return Ok(Exit::Denied) };
    let change = UserChange {
        verb: "delete",
        operation: "AdminDeleteUser",
        sentence: "a user is deleted for good, with all attributes".to_owned(),
        destructive: true,
    };
    let Some(there) = &target.user else {
        return target.report(&change, "There is no such user: nothing to do", false, ui);
    };
    let consent = match (allow_delete.is_empty(), *yes) {
        (false, _) => Consent::Given,
        (true, true) => Consent::Missing,
        (true, false) => Consent::Asked,
    };
    let missing = (consent == Consent::Missing).then(|| Verdict {
        hint: Some("add `--allow-delete USER` with the user's name".to_owned()),
        ..Verdict::new(
            "consent",
            "delete",
            Outcome::Fail,
            "a user would be deleted for good, and nobody consented to it",
        )
    });
    if let Some(exit) = target.approve(&change, consent, missing, user, ui).await? {
        return Ok(exit);
    }
    match delete_user(target.aws(), &target.pool, &there.username).await {
        Ok(()) => target.report(&change, "Deleted the user", true, ui),
        // Somebody else has deleted it meanwhile.
        Err(UserError::Missing) => target.report(&change, "There is no such user: nothing to do", false, ui),
        Err(error) => Err(target.failed(&change, error).await),
    }
}
