//! Waits until a change of a table has taken effect.
//!
//! `DescribeTable` is eventually consistent: it may return the state before the call for a moment, so that
//! every wait looks for the effect itself, and then for a settled state. Source: API reference, `DescribeTable`.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::{
    BillingMode, GlobalSecondaryIndexDescription, IndexStatus, OnDemandThroughput as Limits, SseStatus, StreamViewType,
    TableDescription, TableStatus,
};

use super::describe::{self, kms_key};
use crate::aws::{Aws, CallError, WaitLimits, until};
use crate::kinds::table::op::{IndexUpdate, OnDemandThroughput, ProvisionedThroughput, UpdateTable};

/// The time limit for changes that take seconds, or some minutes on a bad day.
pub(super) const SHORT: WaitLimits = WaitLimits::seconds(10 * 60);
/// The time limit for changes of whole tables.
const LONG: WaitLimits = WaitLimits::seconds(60 * 60);
/// The time that a table may be settled without the change: `DescribeTable` lags by seconds, and an endpoint
/// that accepts a change silently never makes it.
const STALL: Duration = Duration::from_mins(2);
/// The same for emulators of AWS: nothing lags there.
const STALL_ELSEWHERE: Duration = Duration::from_secs(3);
/// The time limit for an index that is filled from all items.
const BACKFILL: WaitLimits = WaitLimits::seconds(24 * 60 * 60);

/// Waits until a table is not being created any more.
pub(super) async fn created(aws: &Aws, name: &str) -> Result<(), CallError> {
    let what = format!("the table `{name}` to be created");
    until("DescribeTable", &what, SHORT, || async {
        let table = describe::table(aws, name).await?;
        let status = table.as_ref().and_then(TableDescription::table_status);
        Ok((status != Some(&TableStatus::Creating)).then_some(()))
    })
    .await
}

/// Returns whether no change of the table is in progress.
/// Source: API reference, `TableDescription`: the states of the table, of every index, of the key and of the
/// warm throughput change by themselves.
pub(super) fn is_at_rest(table: &TableDescription) -> bool {
    let busy = matches!(
        table.table_status(),
        Some(TableStatus::Creating | TableStatus::Updating | TableStatus::Deleting | TableStatus::Archiving)
    );
    let index_busy = |index: &GlobalSecondaryIndexDescription| {
        index.index_status().is_some_and(|status| *status != IndexStatus::Active)
            || index.warm_throughput().and_then(|warm| warm.status()).is_some_and(|s| *s != IndexStatus::Active)
    };
    let key_busy = table
        .sse_description()
        .and_then(|description| description.status())
        .is_some_and(|s| matches!(s, SseStatus::Enabling | SseStatus::Disabling | SseStatus::Updating));
    let warm_busy = table
        .warm_throughput()
        .and_then(|warm| warm.status())
        .is_some_and(|status| matches!(status, TableStatus::Creating | TableStatus::Updating));
    !busy && !key_busy && !warm_busy && !table.global_secondary_indexes().iter().any(index_busy)
}

/// Waits until no change of the table is in progress, and returns it; `None` if it is deleted.
pub(super) async fn rest(aws: &Aws, operation: &str, name: &str) -> Result<Option<TableDescription>, CallError> {
    let what = format!("the table `{name}` to finish what it is doing");
    until(operation, &what, BACKFILL, || async {
        Ok(match describe::table(aws, name).await? {
            None => Some(None),
            Some(table) if is_at_rest(&table) => Some(Some(table)),
            Some(_) => None,
        })
    })
    .await
}

/// Waits until the table is deleted.
pub(super) async fn gone(aws: &Aws, name: &str) -> Result<(), CallError> {
    let what = format!("the table `{name}` to be gone");
    until("DeleteTable", &what, LONG, || async { Ok(describe::table(aws, name).await?.is_none().then_some(())) }).await
}

/// Waits until an update has taken effect, and no change is in progress any more.
pub(super) async fn updated(aws: &Aws, input: &UpdateTable) -> Result<TableDescription, CallError> {
    let name = &input.table_name;
    let patience = if input.global_secondary_index_updates.is_empty() { LONG } else { BACKFILL };
    let what = format!("the change of the table `{name}` to take effect");
    let stall = if aws.is_at_aws() { STALL } else { STALL_ELSEWHERE };
    let rest = Mutex::new(SettledSince { since: None, stall });
    until("UpdateTable", &what, patience, || async {
        let Some(table) = describe::table(aws, name).await? else {
            return Err(CallError::unexpected("UpdateTable", format!("the table `{name}` is gone")));
        };
        let at_rest = is_at_rest(&table);
        if at_rest && has(&table, input) {
            return Ok(Some(table));
        }
        if rest.lock().unwrap_or_else(PoisonError::into_inner).lasts(at_rest, Instant::now()) {
            let seconds = stall.as_secs();
            let message = format!(
                "the call succeeded, but the change has no effect: the table `{name}` has been ACTIVE for {seconds} s \
                 without it"
            );
            if aws.is_at_aws() {
                let message = format!("{message}; does this endpoint support what was requested?");
                return Err(CallError::unexpected("UpdateTable", message));
            }
            return Err(CallError::not_taken("dynamodb", "UpdateTable", message));
        }
        Ok(None)
    })
    .await
}

/// The time since when a table has been settled without the change.
#[derive(Debug)]
struct SettledSince {
    since: Option<Instant>,
    stall: Duration,
}

impl SettledSince {
    /// Records a read; returns whether the table has been settled for too long.
    fn lasts(&mut self, at_rest: bool, now: Instant) -> bool {
        self.since = at_rest.then(|| self.since.unwrap_or(now));
        self.since.is_some_and(|since| now.saturating_duration_since(since) >= self.stall)
    }
}

/// Returns whether the table has the changes of the update.
fn has(table: &TableDescription, input: &UpdateTable) -> bool {
    let UpdateTable {
        table_name: _,
        attribute_definitions: _,
        billing_mode,
        provisioned_throughput,
        on_demand_throughput,
        global_secondary_index_updates,
        stream_specification,
        sse_specification,
        table_class,
        deletion_protection_enabled,
    } = input;
    let mode = table.billing_mode_summary().and_then(|summary| summary.billing_mode());
    let mode = mode.map_or(BillingMode::Provisioned.as_str(), BillingMode::as_str);
    let stream = table.stream_specification().filter(|stream| stream.stream_enabled());
    let stream = stream.and_then(|stream| stream.stream_view_type()).map(StreamViewType::as_str);
    let class = table.table_class_summary().and_then(|summary| summary.table_class());
    let key = kms_key(table);
    let capacity = table.provisioned_throughput();
    let capacity = capacity.map(|told| (told.read_capacity_units(), told.write_capacity_units()));
    billing_mode.as_deref().is_none_or(|wanted| wanted == mode)
        && same_capacity(provisioned_throughput.as_ref(), capacity)
        && same_limits(on_demand_throughput.as_ref(), table.on_demand_throughput())
        && stream_specification.as_ref().is_none_or(|wanted| wanted.stream_view_type.as_deref() == stream)
        && sse_specification.as_ref().is_none_or(|wanted| match (&wanted.kms_master_key_id, wanted.enabled) {
            (Some(wanted), _) => key == Some(wanted),
            (None, enabled) => enabled == key.is_some(),
        })
        && table_class.as_deref().is_none_or(|wanted| class.map_or("STANDARD", |class| class.as_str()) == wanted)
        && deletion_protection_enabled.is_none_or(|on| table.deletion_protection_enabled().unwrap_or(false) == on)
        && global_secondary_index_updates.iter().all(|update| index_has(table, update))
}

fn index_has(table: &TableDescription, update: &IndexUpdate) -> bool {
    let find = |name: &str| table.global_secondary_indexes().iter().find(|index| index.index_name() == Some(name));
    match update {
        IndexUpdate::Create(wanted) => find(&wanted.index_name).is_some(),
        IndexUpdate::Delete(wanted) => find(&wanted.index_name).is_none(),
        IndexUpdate::Update(wanted) => find(&wanted.index_name).is_some_and(|index| {
            let capacity = index.provisioned_throughput();
            let capacity = capacity.map(|told| (told.read_capacity_units(), told.write_capacity_units()));
            same_capacity(wanted.provisioned_throughput.as_ref(), capacity)
                && same_limits(wanted.on_demand_throughput.as_ref(), index.on_demand_throughput())
        }),
    }
}

fn same_capacity(wanted: Option<&ProvisionedThroughput>, told: Option<(Option<i64>, Option<i64>)>) -> bool {
    let units = |told: Option<i64>| told.and_then(|units| u64::try_from(units).ok());
    wanted.is_none_or(|wanted| {
        told.is_some_and(|(read, write)| {
            units(read) == Some(wanted.read_capacity_units) && units(write) == Some(wanted.write_capacity_units)
        })
    })
}

fn same_limits(wanted: Option<&OnDemandThroughput>, told: Option<&Limits>) -> bool {
    // No limit is returned as -1, or not at all.
    let same = |wanted: Option<i64>, told: Option<i64>| wanted.is_none_or(|wanted| wanted == told.unwrap_or(-1));
    wanted.is_none_or(|wanted| {
        same(wanted.max_read_request_units, told.and_then(Limits::max_read_request_units))
            && same(wanted.max_write_request_units, told.and_then(Limits::max_write_request_units))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settled_table_without_the_change_ends_the_wait() {
        let begin = Instant::now();
        let at = |seconds: u64| begin + Duration::from_secs(seconds);
        let mut rest = SettledSince { since: None, stall: STALL };
        assert!(!rest.lasts(true, at(0)) && !rest.lasts(true, at(100)), "it is told late");
        assert!(!rest.lasts(false, at(110)) && !rest.lasts(false, at(3000)), "it works on it");
        assert!(!rest.lasts(true, at(3001)) && !rest.lasts(true, at(3120)));
        assert!(rest.lasts(true, at(3121)));
    }
}
