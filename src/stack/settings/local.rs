//! What a local environment begins with: `seed` and `database` of an environment, typed.

use std::path::PathBuf;

use serde_json::Value;

use crate::base::{Address, PropertyPath};
use crate::stack::diagnostics::Complaint;
use crate::stack::messages::wording;

/// The items that a table of an environment begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The table.
    pub table: Address,
    /// The file of items, or of a conversation, as the user would name it.
    pub file: PathBuf,
    /// The handles of a conversation's first and second person; `None` for the project's own.
    pub members: Option<[String; 2]>,
    /// The message group of a conversation, a UUID; `None` for the usual one.
    pub message_group_uuid: Option<String>,
}

/// The database of an environment's users.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LocalDatabase {
    /// The connection string; `None` to take `CONNECTION_URL`, if that is set. It may hold a password.
    pub url: Option<String>,
    /// The file of SQL statements that make its tables; `None` for the project's own.
    pub schema: Option<PathBuf>,
    /// The file of SQL statements that make its first rows; `None` for the project's own.
    pub seed: Option<PathBuf>,
}

impl std::fmt::Debug for LocalDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { url, schema, seed } = self;
        let url = url.as_ref().map(|_| "…");
        f.debug_struct("LocalDatabase").field("url", &url).field("schema", schema).field("seed", seed).finish()
    }
}

/// The tools of the reader of settings.
pub(super) struct Tools<'r> {
    /// The names of the file's tables.
    pub(super) tables: Vec<&'r str>,
    /// Finds a file, or reports that it is not there.
    pub(super) file: &'r dyn Fn(&str, &PropertyPath) -> Option<PathBuf>,
    /// Reports a mistake at its place.
    pub(super) report: &'r dyn Fn(&PropertyPath, Complaint),
}

/// Reads `seed`: a list, in order.
pub(super) fn seeds(value: &Value, at: &PropertyPath, tools: &Tools<'_>) -> Vec<Seed> {
    let entries = value.as_array().into_iter().flatten().enumerate();
    entries.filter_map(|(index, entry)| seed(entry, &at.child(index.to_string()), tools)).collect()
}

fn seed(value: &Value, at: &PropertyPath, tools: &Tools<'_>) -> Option<Seed> {
    let text = |key: &str| value[key].as_str();
    let file = text("file").and_then(|file| (tools.file)(file, &at.child("file")));
    let name = text("table")?;
    let name = name.strip_prefix("tables.").unwrap_or(name);
    if !tools.tables.contains(&name) {
        let complaint = Complaint::new("unknown-resource", format!("there is no table `{name}` in this file"));
        let hint = wording::did_you_mean(name, tools.tables.iter().copied())
            .unwrap_or_else(|| "name one by its key under `tables:`".to_owned());
        (tools.report)(&at.child("table"), complaint.hint(hint));
        return None;
    }
    let members: Option<Vec<String>> =
        value["members"].as_array().map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    let members: Option<[String; 2]> = members.and_then(|members| members.try_into().ok());
    if let Some([one, other]) = &members
        && one == other
    {
        let complaint = Complaint::new("wrong-value", format!("`{one}` is both members of the conversation"));
        (tools.report)(&at.child("members"), complaint.hint("name two different handles"));
    }
    Some(Seed {
        table: Address::new("tables", name),
        file: file?,
        members,
        message_group_uuid: text("message_group_uuid").map(str::to_owned),
    })
}

/// Reads `database`.
pub(super) fn database(value: &Value, at: &PropertyPath, tools: &Tools<'_>) -> Option<LocalDatabase> {
    value.as_object()?;
    let file = |key: &str| value[key].as_str().and_then(|file| (tools.file)(file, &at.child(key)));
    let url = value["url"].as_str().map(str::to_owned);
    Some(LocalDatabase { url, schema: file("schema"), seed: file("seed") })
}
