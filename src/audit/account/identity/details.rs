//! The listing of an account, and the documents in it.

use serde_json::{Value, json};

use crate::audit::account::{Reader, Unread};
use crate::aws::policy_document;

/// The listing.
pub(super) const OPERATION: &str = "iam:GetAccountAuthorizationDetails";

/// The input for some kinds of entries. Source: IAM API reference: at most 1,000 entries in an answer.
pub(super) fn input(filter: &[&str]) -> Value {
    json!({"Filter": filter, "MaxItems": 1000})
}

/// The entries of a list in an answer.
pub(super) fn entries(answer: &mut Value, list: &str) -> Vec<Value> {
    match answer.get_mut(list).map(Value::take) {
        Some(Value::Array(entries)) => entries,
        _ => Vec::new(),
    }
}

/// Puts documents in place of their percent-encoded texts: `member` of each item of `list`.
pub(super) fn parse_documents(reader: &Reader, entry: &mut Value, list: &str, member: &str) -> Result<(), Unread> {
    for item in entry.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
        parse_document(reader, item, member)?;
    }
    Ok(())
}

/// The same for one member.
pub(super) fn parse_document(reader: &Reader, item: &mut Value, member: &str) -> Result<(), Unread> {
    if let Some(text) = item.get(member).and_then(Value::as_str) {
        let parsed = policy_document(OPERATION, text).map_err(|error| {
            let unread = Unread::of(OPERATION, error);
            reader.note(&unread);
            unread
        })?;
        item[member] = parsed;
    }
    Ok(())
}

/// The ARNs of the managed policies that are attached.
pub(super) fn attached(entry: &Value) -> Vec<String> {
    let list = entry["AttachedManagedPolicies"].as_array().into_iter().flatten();
    let mut arns: Vec<String> = list.filter_map(|one| one["PolicyArn"].as_str()).map(str::to_owned).collect();
    arns.sort();
    arns.dedup();
    arns
}
