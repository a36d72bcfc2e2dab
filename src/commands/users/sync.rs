//! `users sync`: `cognito_user_id` of a database's users by handle.

use serde_json::json;

use super::args::SyncArgs;
use super::{failure, place};
use crate::cli::{Common, Format};
use crate::commands::support::progress::Signals;
use crate::commands::support::stack_file::variable;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::plan::{Outcome, Verdict};
use crate::report::{SyncShown, sync_text, to_json};
use crate::ui::Ui;
use crate::users::{self, Database, DatabaseUrlError, PoolUser, Writing, find_pool, list_users, selected_url};

pub(super) async fn run(args: &SyncArgs, common: &Common, ui: &Ui) -> Result<Exit, CommandError> {
    let SyncArgs { pool, database_url, dry_run } = args;
    let url = match selected_url(database_url.as_deref(), common.env.as_deref(), &variable) {
        Ok(Some(url)) => url,
        Ok(None) => return Err(unnamed(common)),
        Err(error @ DatabaseUrlError::Production { .. }) => {
            let hint = Some(error.hint().to_owned());
            let verdict = Verdict { hint, ..Verdict::new("production", "database", Outcome::Fail, error.to_string()) };
            place::show_refusal(&[verdict], ui)?;
            return Ok(Exit::Denied);
        }
        Err(error) => return Err(failure::of_url(&error)),
    };
    let Some(aws) = place::connect(common, ui).await? else { return Ok(Exit::Denied) };
    let mut database = Database::connect(&url).await.map_err(|error| failure::of_database(&error))?;
    let pool = find_pool(&aws, &pool.pool).await.map_err(|error| failure::of_pool(&error))?;
    let listed = list_users(&aws, &pool, None, None)
        .await
        .map_err(|error| CommandError::failed(format!("failed to list the users of {}", pool.shown()), &error))?;
    let accounts: Vec<_> = listed.iter().filter_map(PoolUser::account).collect();
    // From here on an interrupt waits for the end of the transaction, which has a time limit.
    let _signals = (!dry_run).then(Signals::listen);
    let writing = if *dry_run { Writing::DryRun } else { Writing::Written };
    let synced = users::sync(&mut database, &accounts, writing).await.map_err(|error| failure::of_database(&error))?;
    let users::Synced { comparison, written } = synced;
    if ui.format == Format::Json {
        let users::Reconciliation {
            changes,
            unchanged,
            missing_in_database,
            missing_in_pool,
            duplicates,
            unconfirmed,
            accounts_without_handle,
            rows_without_handle,
        } = &comparison;
        ui.data(&to_json(&json!({
            "pool": pool,
            "database": database.place(),
            "dry_run": dry_run,
            "written": written,
            "changes": changes,
            "unchanged": unchanged,
            "missing_in_database": missing_in_database,
            "missing_in_pool": missing_in_pool,
            "duplicates": duplicates,
            "unconfirmed": unconfirmed,
            "accounts_without_handle": accounts_without_handle,
            "rows_without_handle": rows_without_handle,
        })))?;
    } else {
        let shown = if *dry_run { SyncShown::DryRun } else { SyncShown::Done };
        ui.data(&sync_text(&pool, database.place(), &comparison, shown))?;
    }
    Ok(Exit::Done)
}

/// The error of a run that names no database.
fn unnamed(common: &Common) -> CommandError {
    let name = if common.env.as_deref() == Some("prod") { "PROD_CONNECTION_URL" } else { "CONNECTION_URL" };
    CommandError::usage(format!("no database is named: neither `--database-url` nor the variable `{name}` is given"))
        .hint("set the variable to `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`")
}
