//! One report of all accounts.

use std::collections::BTreeSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};

use super::account::unaudited;
use super::event::Accounts;
use super::failure::Failure;
use super::list::Listed;
use super::store::Store;
use crate::audit::{Report, merge};
use crate::aws::Aws;
use crate::report::audit_html;

/// Reports that are read at the same time.
const AT_ONCE: usize = 16;

/// Reads the report of each listed account, and writes the one of all, as JSON and as a page. An account without a report is
/// in it as one that could not be audited.
pub(super) async fn merge_all(of: &Accounts, own: &Aws) -> Result<Value, Failure> {
    let store = Store::new(own, &of.to);
    let list = store.read(&of.accounts).await?;
    let list = list.ok_or_else(|| Failure::Failed(format!("there is no list of accounts `{}`", of.accounts)))?;
    let listed: Vec<Listed> = serde_json::from_slice(&list)
        .map_err(|error| Failure::Failed(format!("the list of accounts `{}` can't be read: {error}", of.accounts)))?;
    let accounts: BTreeSet<String> = listed.into_iter().map(|one| one.id).collect();
    let reports = stream::iter(&accounts).map(|account| report_of(account, &store));
    let reports: Vec<Report> = reports.buffered(AT_ONCE).try_collect().await?;
    let merged = merge(reports).report;
    let (json_key, html_key) = (store.key("report.json"), store.key("report.html"));
    store.write_report(&json_key, &merged).await?;
    store.write(&html_key, "text/html; charset=utf-8", audit_html(&merged).into_bytes()).await?;
    let audited = accounts.iter().filter(|account| merged.scope.accounts.contains(account)).count();
    Ok(json!({
        "accounts": accounts.len(),
        "audited": audited,
        "not_assessed": accounts.len() - audited,
        "summary": merged.summary(),
        "report": json_key,
        "page": html_key,
    }))
}

async fn report_of(account: &str, store: &Store<'_>) -> Result<Report, Failure> {
    let key = store.key_of(account);
    let Some(body) = store.read(&key).await? else {
        return Ok(unaudited(account, "the account could not be audited: it has no report"));
    };
    let read = Report::from_json(body.as_slice());
    Ok(read.unwrap_or_else(|error| unaudited(account, &format!("its report `{key}` can't be read: {error}"))))
}
