//! `users show`: one user of a pool.

use serde_json::json;

use super::args::ShowArgs;
use super::{failure, place};
use crate::cli::{Common, Format};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::report::{to_json, user_text};
use crate::ui::Ui;
use crate::users::{find_pool, get_user};

pub(super) async fn run(args: &ShowArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let ShowArgs { user, pool } = args;
    let Some(aws) = place::connect(common, ui).await? else { return Ok(Exit::Denied) };
    let pool = find_pool(&aws, &pool.pool).await.map_err(|error| failure::of_pool(&error))?;
    let user = get_user(&aws, &pool, user).await;
    let user = user.map_err(|error| failure::of_user("show the user", &pool, &error))?;
    match ui.format {
        Format::Json => ui.data(&to_json(&json!({"pool": pool, "user": user})))?,
        _ => ui.data(&user_text(&user))?,
    }
    Ok(Exit::Done)
}
