//! A second look at a table that is to be adopted, replaced or deleted: what it has that `stack.yaml` has no word
//! for, and that the usual reading does not tell. Each answer costs a call, and only this needs it.

use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_dynamodb::types::BackupTypeFilter;

use super::describe::{self, NOT_THERE, failed};
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::{Closer, beyond};
use crate::kinds::table::scaling::scaling_resource;

/// What was found, or could not be looked for.
pub(super) async fn look(name: &str, outputs: &Outputs, aws: &Aws) -> Result<Closer, CallError> {
    let stream = outputs.get("stream_arn").map(String::as_str);
    let (policy, scheduled, backups) =
        tokio::join!(stream_policy(stream, aws), scheduled(name, aws), earlier_backups(name, aws));
    let found = [beyond("resource policy of the stream", policy)?, beyond("scheduled scaling", scheduled)?];
    Ok(Closer { beyond: found.into_iter().flatten().collect(), before_it_goes: backups?.into_iter().collect() })
}

/// The backups that earlier deletions of this very table made, and did not get to the end: they were interrupted.
/// What was written since is not in them, and whether anything was can't be told, so none stands in for the
/// backup of this deletion. Source: API reference, `ListBackups` (those of a table that is gone keep its name, and
/// are told from this one's by its ARN's moment of creation alone, so the table's id decides).
async fn earlier_backups(name: &str, aws: &Aws) -> Result<Option<String>, CallError> {
    let mut found = Vec::new();
    let mut start = None;
    let id = describe::table(aws, name).await?.and_then(|table| table.table_id);
    loop {
        let call = aws.dynamodb().list_backups().table_name(name).backup_type(BackupTypeFilter::User);
        let answer = call.set_exclusive_start_backup_arn(start).send().await.map_err(failed("ListBackups"));
        let page = match answer {
            Ok(page) => page,
            // It is a help, and no more.
            Err(error) if error.is_unsupported() || error.is_denied() || error.is(NOT_THERE) => return Ok(None),
            Err(error) => return Err(error),
        };
        for backup in page.backup_summaries() {
            // An emulator may not tell of which table it is.
            let of_this_one = backup.table_id().zip(id.as_deref()).is_none_or(|(its, id)| its == id);
            found.extend(backup.backup_name().filter(|backup| of_this_one && is_ours(backup, name)).map(str::to_owned));
        }
        start = page.last_evaluated_backup_arn;
        if start.is_none() {
            break;
        }
    }
    let names = found.iter().map(|backup| format!("`{backup}`")).collect::<Vec<_>>().join(", ");
    Ok((!found.is_empty()).then(|| {
        format!(
            "a deletion that did not come to its end left the backup {names}: items may have been written since, so \
             it does not stand in for the one that is made now"
        )
    }))
}

/// Whether a backup's name is one that a deletion gives: the table's name, and the moment.
fn is_ours(backup: &str, table: &str) -> bool {
    let moment = backup.strip_prefix(table).and_then(|rest| rest.strip_prefix('-'));
    moment.is_some_and(|moment| jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", moment).is_ok())
}

/// Source: API reference, `GetResourcePolicy`: streams have policies of their own.
async fn stream_policy(stream: Option<&str>, aws: &Aws) -> Result<Vec<String>, CallError> {
    let Some(arn) = stream else { return Ok(Vec::new()) };
    match describe::policy(aws, arn).await {
        Ok(policy) => Ok(policy.map(|policy| policy.to_string()).into_iter().collect()),
        Err(error) if error.is(NOT_THERE) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Source: Application Auto Scaling API reference, `DescribeScheduledActions`: without a resource, it tells those of
/// the whole service; it can be asked for one resource, or for all.
async fn scheduled(name: &str, aws: &Aws) -> Result<Vec<String>, CallError> {
    let call = aws.scaling().describe_scheduled_actions().service_namespace(ServiceNamespace::Dynamodb);
    let mut pages = call.into_paginator().send();
    let table = scaling_resource(name, None);
    let mut found = Vec::new();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(|error| CallError::of("application-autoscaling", "DescribeScheduledActions", &error))?;
        for action in page.scheduled_actions() {
            let index = action.resource_id().strip_prefix(&table);
            if index.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
                found.push(format!("`{}` of {}", action.scheduled_action_name(), action.resource_id()));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_of_ours_is_told_by_its_name() {
        assert!(is_ours("orders-20261121T151500Z", "orders"));
        assert!(!is_ours("orders-eu-20261121T151500Z", "orders"));
        assert!(!is_ours("orders-20261121", "orders"));
        assert!(!is_ours("nightly", "orders"));
    }
}
