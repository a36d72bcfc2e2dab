//! `users disable`: a user who can't sign in any more.

use super::args::DisableArgs;
use super::change::{Consent, Target, UserChange};
use super::failure;
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;
use crate::users::{UserError, disable_user};

pub(super) async fn run(args: &DisableArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let DisableArgs { user, pool, yes } = args;
    let Some(target) = Target::open(&pool.pool, user, common, ui).await? else { return Ok(Exit::Denied) };
    let change = UserChange {
        verb: "disable",
        operation: "AdminDisableUser",
        sentence: "a user can't sign in any more, and is signed out".to_owned(),
        destructive: false,
    };
    let Some(there) = &target.user else {
        return Err(failure::of_user("disable the user", &target.pool, &UserError::Missing));
    };
    if !there.enabled {
        return target.report(&change, "The user is disabled already: nothing to do", false, ui);
    }
    let consent = if *yes { Consent::Given } else { Consent::Asked };
    if let Some(exit) = target.approve(&change, consent, None, "yes", ui).await? {
        return Ok(exit);
    }
    // The name in the pool: the given one may be an alias.
    match disable_user(target.aws(), &target.pool, &there.username).await {
        Ok(()) => target.report(&change, "Disabled the user", true, ui),
        Err(error) => Err(target.failed(&change, error).await),
    }
}
