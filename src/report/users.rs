//! Users as text: a table, one user, attributes alone, and a synchronisation.

use std::fmt::Write as _;

use comfy_table::{ContentArrangement, Table, presets};

use crate::base::{counted, printable};
use crate::users::{Change, Pool, PoolUser, Reconciliation};

/// The attributes that are columns; `show` and JSON have all.
const COLUMNS: [(&str, &str); 4] =
    [("handle", "preferred_username"), ("email", "email"), ("name", "name"), ("sub", "sub")];

fn table(width: Option<u16>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    if let Some(width) = width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

/// The users as a table, as wide as the terminal if there is one; nothing without users.
pub fn users_text(users: &[PoolUser], width: Option<u16>) -> String {
    if users.is_empty() {
        return String::new();
    }
    let mut table = table(width);
    let titles = COLUMNS.iter().map(|(title, _)| *title);
    table.set_header(["username"].into_iter().chain(titles).chain(["status", "enabled", "created"]));
    for user in users {
        let PoolUser { username, status, enabled, created_at, updated_at: _, attributes } = user;
        let of = |name: &str| attributes.get(name).map(|value| printable(value)).unwrap_or_default();
        let attributes = COLUMNS.iter().map(|(_, name)| of(name));
        let created = created_at.clone().unwrap_or_default();
        let rest = [printable(status), yes(*enabled).to_owned(), created];
        table.add_row([printable(username)].into_iter().chain(attributes).chain(rest));
    }
    format!("{}\n", table.trim_fmt())
}

/// One user, a property or attribute a line.
pub fn user_text(user: &PoolUser) -> String {
    let PoolUser { username, status, enabled, created_at, updated_at, attributes } = user;
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(out, "{:<20}  {}", printable(name), printable(value));
    };
    line("username", username);
    line("status", status);
    line("enabled", yes(*enabled));
    line("created", created_at.as_deref().unwrap_or_default());
    line("updated", updated_at.as_deref().unwrap_or_default());
    for (name, value) in attributes {
        line(name, value);
    }
    out
}

/// The attributes of each user as a table of its own.
pub fn attributes_text(users: &[PoolUser], width: Option<u16>) -> String {
    let mut out = String::new();
    for user in users {
        let mut table = table(width);
        table.set_header(["Name", "Value"]);
        for (name, value) in &user.attributes {
            table.add_row([printable(name), printable(value)]);
        }
        let _ = writeln!(out, "{}", table.trim_fmt());
    }
    out
}

/// The effect of a synchronisation in its report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncShown {
    /// The changes were made.
    Done,
    /// The changes were not made.
    DryRun,
}

/// The report of a synchronisation.
pub fn sync_text(pool: &Pool, place: &str, found: &Reconciliation, shown: SyncShown) -> String {
    let Reconciliation {
        changes,
        unchanged,
        missing_in_database,
        missing_in_pool,
        duplicates,
        unconfirmed,
        accounts_without_handle,
        rows_without_handle,
    } = found;
    let mut out = format!("{} and {}\n", pool.shown(), printable(place));
    let width = changes.iter().map(|change| change.handle.chars().count()).max().unwrap_or_default();
    for Change { handle, before, after } in changes {
        let before = before.as_deref().map_or_else(|| "nothing".to_owned(), printable);
        let _ = writeln!(out, "  ~ {:<width$}  {before} → {}", printable(handle), printable(after));
    }
    let mut list = |what: &str, handles: &[String]| {
        if !handles.is_empty() {
            let handles = handles.iter().map(|handle| printable(handle)).collect::<Vec<_>>().join(", ");
            let _ = writeln!(out, "  {what}: {handles}");
        }
    };
    list("in the pool, not in the database", missing_in_database);
    list("in the database, not in the pool", missing_in_pool);
    list("left, since several accounts of the pool have the handle", &duplicates.in_pool);
    list("left, since several rows of the database have the handle", &duplicates.in_database);
    list("left out, since a confirmed account has the handle of the sign-up", unconfirmed);
    list("accounts without `preferred_username`", accounts_without_handle);
    if *rows_without_handle > 0 {
        let _ = writeln!(out, "  rows without a handle: {rows_without_handle}");
    }
    let users = counted(changes.len(), "user", "users");
    let _ = match shown {
        SyncShown::Done if changes.is_empty() => writeln!(out, "Nothing to set; {unchanged} unchanged."),
        SyncShown::Done => writeln!(out, "Set `cognito_user_id` of {users}; {unchanged} unchanged."),
        SyncShown::DryRun => {
            writeln!(out, "Would set `cognito_user_id` of {users}; {unchanged} unchanged. Nothing was written.")
        }
    };
    out
}
