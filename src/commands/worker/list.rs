//! The accounts of the organization.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::event::Place;
use super::failure::Failure;
use super::store::Store;
use crate::audit::account::Reader;
use crate::aws::Aws;

/// An account of the list, with the members that Organizations gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Listed {
    /// The account's id.
    pub(super) id: String,
    /// Its name.
    #[serde(default)]
    pub(super) name: String,
}

/// Writes the list of the organization's accounts, those that are suspended included: they can't be read, and the report says
/// so.
///
/// Source: Organizations API reference, `ListAccounts`: only from the management account, or a delegated administrator.
pub(super) async fn list_accounts(place: &Place, own: &Aws) -> Result<Value, Failure> {
    const OPERATION: &str = "organizations:ListAccounts";
    let reader = Reader::new(std::sync::Arc::new(own.in_region(&own.env().region)));
    let found = reader.all(OPERATION, json!({})).await;
    let found =
        found.map_err(|unread| Failure::Failed(format!("the accounts could not be listed: {}", unread.sentence())))?;
    let read = found.into_iter().map(serde_json::from_value::<Listed>).collect::<Result<Vec<_>, _>>();
    let mut accounts = read.map_err(|error| Failure::Failed(format!("`{OPERATION}` gives another answer: {error}")))?;
    accounts.sort_by(|one, other| one.id.cmp(&other.id));
    let store = Store::new(own, place);
    let key = store.key("accounts.json");
    store.write(&key, "application/json", json!(accounts).to_string().into_bytes()).await?;
    Ok(json!({"accounts": key, "count": accounts.len()}))
}
