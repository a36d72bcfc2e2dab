//! The check of a table that is to be adopted, replaced or deleted: its features that `stack.yaml` can't express,
//! and that the usual read does not return. Each answer costs a call, and only this needs it.

use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_dynamodb::types::{BackupTypeFilter, BillingMode, ProvisionedThroughputDescription, TableDescription};

use super::describe::{self, NOT_THERE, failed};
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::{RemovalCheck, unmanaged};
use crate::kinds::table::scaling::scaling_resource;

/// The features that were found, or could not be looked for.
pub(super) async fn look(name: &str, outputs: &Outputs, aws: &Aws) -> Result<RemovalCheck, CallError> {
    let stream = outputs.get("stream_arn").map(String::as_str);
    let table = describe::table(aws, name).await?;
    let id = table.as_ref().and_then(|table| table.table_id());
    let (policy, scheduled, backups) =
        tokio::join!(stream_policy(stream, aws), scheduled(name, aws), earlier_backups(name, id, aws));
    let found = [unmanaged("resource policy of the stream", policy)?, unmanaged("scheduled scaling", scheduled)?];
    let warm = table.as_ref().and_then(warm_throughput);
    Ok(RemovalCheck {
        unmanaged: found.into_iter().flatten().collect(),
        before_it_goes: backups?.into_iter().chain(warm).collect(),
    })
}

/// The backups that earlier, interrupted deletions of this very table made.
/// Later changes are not in them, and can't be detected, so none of them replaces the
/// backup of this deletion. Source: API reference, `ListBackups` (backups of a deleted table keep its name, and
/// differ from this one's only in the ARN's time of creation, so the table's id decides).
async fn earlier_backups(name: &str, id: Option<&str>, aws: &Aws) -> Result<Option<String>, CallError> {
    let mut found = Vec::new();
    let mut start = None;
    loop {
        let call = aws.dynamodb().list_backups().table_name(name).backup_type(BackupTypeFilter::User);
        let answer = call.set_exclusive_start_backup_arn(start).send().await.map_err(failed("ListBackups"));
        let page = match answer {
            Ok(page) => page,
            // It is only a help.
            Err(error) if error.is_unsupported() || error.is_denied() || error.is(NOT_THERE) => return Ok(None),
            Err(error) => return Err(error),
        };
        for backup in page.backup_summaries() {
            // An emulator may not return the table's id.
            let of_this_one = backup.table_id().zip(id).is_none_or(|(its, id)| its == id);
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
            "an unfinished deletion left the backup {names}: items may have been written since, so another one is made \
             now"
        )
    }))
}

/// The warm throughput of a table and its indexes that is more than a new table has: bought, or grown with use, it is
/// lost with the table.
/// Source: DynamoDB Developer Guide, "Understanding DynamoDB warm throughput" (on demand, 12,000 read and 4,000 write
/// units per second; provisioned, the capacity).
fn warm_throughput(table: &TableDescription) -> Option<String> {
    let on_demand =
        table.billing_mode_summary().and_then(|summary| summary.billing_mode()) == Some(&BillingMode::PayPerRequest);
    let usual = |capacity: Option<&ProvisionedThroughputDescription>| match capacity {
        Some(capacity) if !on_demand => {
            (capacity.read_capacity_units().unwrap_or(0), capacity.write_capacity_units().unwrap_or(0))
        }
        _ => (12_000, 4_000),
    };
    let mut warm = Vec::new();
    let mut tell = |whose: String, read: Option<i64>, write: Option<i64>, usual: (i64, i64)| {
        let (read, write) = (read.unwrap_or(0), write.unwrap_or(0));
        if read > usual.0 || write > usual.1 {
            warm.push(format!("{whose}{read} read and {write} write units per second"));
        }
    };
    if let Some(own) = table.warm_throughput() {
        let usual = usual(table.provisioned_throughput());
        tell(String::new(), own.read_units_per_second(), own.write_units_per_second(), usual);
    }
    for index in table.global_secondary_indexes() {
        if let Some(own) = index.warm_throughput() {
            let whose = format!("`{}`: ", index.index_name().unwrap_or_default());
            let usual = usual(index.provisioned_throughput());
            tell(whose, own.read_units_per_second(), own.write_units_per_second(), usual);
        }
    }
    (!warm.is_empty()).then(|| {
        format!(
            "its warm throughput is lost with it ({}); a new table begins cold, even if it was paid for",
            warm.join(", ")
        )
    })
}

/// Returns whether a backup's name is one that a deletion gives: the table's name, and the time.
fn is_ours(backup: &str, table: &str) -> bool {
    let moment = backup.strip_prefix(table).and_then(|rest| rest.strip_prefix('-'));
    moment.is_some_and(|moment| jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", moment).is_ok())
}

/// The policy of a stream. Source: API reference, `GetResourcePolicy`: streams have policies of their own.
async fn stream_policy(stream: Option<&str>, aws: &Aws) -> Result<Vec<String>, CallError> {
    let Some(arn) = stream else { return Ok(Vec::new()) };
    match describe::policy(aws, arn).await {
        Ok(policy) => Ok(policy.map(|policy| policy.to_string()).into_iter().collect()),
        Err(error) if error.is(NOT_THERE) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The scheduled scaling of a table. Source: Application Auto Scaling API reference, `DescribeScheduledActions`:
/// without a resource, it returns the actions of the whole service; it takes one resource, or none.
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
    fn warm_throughput_above_default_is_reported() {
        use aws_sdk_dynamodb::types::{BillingModeSummary, TableWarmThroughputDescription};
        let table = |mode: BillingMode, read: i64| {
            let warm = TableWarmThroughputDescription::builder().read_units_per_second(read).write_units_per_second(5);
            let capacity =
                ProvisionedThroughputDescription::builder().read_capacity_units(10).write_capacity_units(5).build();
            TableDescription::builder()
                .billing_mode_summary(BillingModeSummary::builder().billing_mode(mode).build())
                .provisioned_throughput(capacity)
                .warm_throughput(warm.build())
                .build()
        };
        assert_eq!(warm_throughput(&table(BillingMode::Provisioned, 10)), None);
        assert_eq!(warm_throughput(&table(BillingMode::PayPerRequest, 12_000)), None);
        let told = warm_throughput(&table(BillingMode::PayPerRequest, 50_000)).expect("it is told");
        assert!(told.contains("(50000 read and 5 write units per second)"), "{told}");
        assert!(warm_throughput(&table(BillingMode::Provisioned, 11)).is_some());
    }

    #[test]
    fn own_backup_is_recognized_by_its_name() {
        assert!(is_ours("orders-20261121T151500Z", "orders"));
        assert!(!is_ours("orders-eu-20261121T151500Z", "orders"));
        assert!(!is_ours("orders-20261121", "orders"));
        assert!(!is_ours("nightly", "orders"));
    }
}
