//! `users create`: a new user of a pool.

use std::collections::BTreeMap;

use super::args::CreateArgs;
use super::change::{Consent, Target, UserChange};
use crate::cli::Common;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::ui::Ui;
use crate::users::{Invitation, NewUser, create_user};

pub(super) async fn run(args: &CreateArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let CreateArgs { user, pool, attributes, no_invitation, yes } = args;
    let attributes = parsed(attributes)?;
    let invitation = if *no_invitation { Invitation::Suppressed } else { Invitation::Sent };
    let Some(target) = Target::open(&pool.pool, user, common, ui).await? else { return Ok(Exit::Denied) };
    let message = match invitation {
        Invitation::Sent => "a user is created, and Cognito sends the pool's invitation",
        Invitation::Suppressed => "a user is created, and no invitation is sent",
    };
    let change =
        UserChange { verb: "create", operation: "AdminCreateUser", sentence: message.to_owned(), destructive: false };
    if let Some(there) = &target.user {
        let differs = |(name, value): &(&String, &String)| there.attributes.get(*name) != Some(*value);
        let other: Vec<String> = attributes.iter().filter(differs).map(|(name, _)| format!("`{name}`")).collect();
        if other.is_empty() {
            return target.report(&change, "The user is there already: nothing to do", false, ui);
        }
        let message =
            format!("{} has such a user already, with other values of {}", target.pool.shown(), other.join(", "));
        return Err(CommandError::Failed { message, causes: Vec::new(), hint: None }
            .hint("`underpin users show` shows the user; nothing was changed"));
    }
    let consent = if *yes { Consent::Given } else { Consent::Asked };
    if let Some(exit) = target.approve(&change, consent, None, "yes", ui).await? {
        return Ok(exit);
    }
    let new = NewUser { username: user, attributes: &attributes, invitation };
    match create_user(target.aws(), &target.pool, &new).await {
        Ok(()) => target.report(&change, "Created the user", true, ui),
        Err(error) => Err(target.failed(&change, error).await),
    }
}

/// The attributes by name. Errors do not repeat values.
fn parsed(attributes: &[String]) -> Result<BTreeMap<String, String>, CommandError> {
    let mut all = BTreeMap::new();
    for (index, text) in attributes.iter().enumerate() {
        let number = index + 1;
        let pair = text.split_once('=').filter(|(name, _)| !name.is_empty() && !name.contains(char::is_whitespace));
        let Some((name, value)) = pair else {
            return Err(CommandError::usage(format!("the attribute number {number} is not written NAME=VALUE"))
                .hint("such as `--attribute preferred_username=ada`"));
        };
        if name == "sub" {
            return Err(CommandError::usage("`sub` is given by Cognito, and can't be set"));
        }
        if all.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(CommandError::usage(format!("the attribute `{name}` is given twice")));
        }
    }
    Ok(all)
}
