//! A table's resource policy, and what it allows by itself.

use serde_json::Value;

use super::identity::account_of;
use super::read_item::ReadItem;
use crate::policy::{Clause, Document, Effect};

/// A resource policy: of a table, or of its stream.
#[derive(Debug, Clone)]
pub(super) struct ResourcePolicy {
    /// Its name in verdicts.
    pub(super) name: &'static str,
    /// The document.
    pub(super) document: Document,
}

/// The members of a table's item with the answers about its policies, and the policies' names.
const POLICIES: [(&str, &str); 2] =
    [("GetResourcePolicy", "the resource policy"), ("StreamPolicy", "the stream's resource policy")];

/// The resource policies of a table and its stream, and what could not be read of them.
pub(super) fn resource_policies(table: &ReadItem<'_>) -> (Vec<ResourcePolicy>, Vec<String>) {
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    for (member, name) in POLICIES {
        match read(table, member) {
            Ok(Some(document)) => found.push(ResourcePolicy { name, document }),
            Ok(None) => {}
            Err(reason) => unread.push(format!("{name} could not be read ({reason}): it may allow or deny more")),
        }
    }
    (found, unread)
}

/// The policy in an answer, a document or its text; `Err` with the reason if it could not be read.
fn read(table: &ReadItem<'_>, member: &str) -> Result<Option<Document>, String> {
    let value = match table.body.pointer(&format!("/supplementaryConfiguration/{member}")) {
        None | Some(Value::Null) => return Ok(None),
        Some(answer) => answer.get("Policy").unwrap_or(answer),
    };
    let parsed = match value {
        Value::String(text) => serde_json::from_str(text).map_err(|_| table.reason(text))?,
        document => document.clone(),
    };
    let document = Document::from_aws(&parsed);
    document.map(Some).ok_or_else(|| "it holds what is not understood here".to_owned())
}

/// The policy without what it allows the account as a whole: that allows nothing by itself, but lets the policies of the
/// account's identities decide.
///
/// Source: IAM User Guide, "AWS JSON policy elements: Principal", "AWS account principals".
pub(super) fn direct(document: &Document, account: &str) -> Document {
    let mut document = document.clone();
    for statement in &mut document.statements {
        if let (Effect::Allow, Some(Clause::Only(listed))) = (statement.effect, &mut statement.principal) {
            listed.retain(|(_, name)| !is_whole_account(name, account));
        }
    }
    document
}

/// Returns whether a principal's name stands for the account as a whole.
pub(super) fn is_whole_account(name: &str, account: &str) -> bool {
    name == account || (name.ends_with(":root") && account_of(name) == Some(account))
}
