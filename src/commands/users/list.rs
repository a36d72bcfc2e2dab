//! `users list`: the users of a pool.

use serde_json::{Value, json};

use super::args::ListArgs;
use super::{failure, place};
use crate::base::counted;
use crate::cli::{Common, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::{attributes_text, to_json, users_text};
use crate::ui::Ui;
use crate::users::{PoolUser, find_pool, list_users};

pub(super) async fn run(args: &ListArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let ListArgs { pool, filter, attributes_only, limit } = args;
    let Some(aws) = place::connect(common, ui).await? else { return Ok(Exit::Denied) };
    let pool = find_pool(&aws, &pool.pool).await.map_err(|error| failure::of_pool(&error))?;
    let limit = limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let users = list_users(&aws, &pool, filter.as_deref(), limit).await.map_err(|error| {
        let failed = CommandError::failed(format!("failed to list the users of {}", pool.shown()), &error);
        match filter {
            Some(_) if error.is(&["InvalidParameterException"]) => failed.hint(
                "a filter is one comparison: `ATTRIBUTE = \"VALUE\"`, or `^=` for the beginning; it takes standard \
                 attributes, `status` and `cognito:user_status`",
            ),
            _ => failed,
        }
    })?;
    match (ui.format, attributes_only) {
        (Format::Json, true) => ui.data(&to_json(&users.iter().map(pairs).collect::<Vec<_>>()))?,
        (Format::Json, false) => ui.data(&to_json(&json!({"pool": pool, "users": users, "count": users.len()})))?,
        (_, true) => ui.data(&attributes_text(&users, place::width(ui)))?,
        (_, false) => {
            ui.data(&users_text(&users, place::width(ui)))?;
            ui.say(&format!("{} of {}.", counted(users.len(), "user", "users"), pool.shown()));
        }
    }
    Ok(Exit::Done)
}

/// The attributes of a user in AWS's form.
fn pairs(user: &PoolUser) -> Vec<Value> {
    user.attributes.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect()
}
