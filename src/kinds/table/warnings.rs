//! Warnings to read before a table is changed.

use super::identity::ITEMS;
use super::properties::PointInTimeRecovery;
use super::spec::{Stream, TableSpec};
use crate::base::count;
use crate::kind::{Change, Difference, Loss, Observed};
use crate::path;

/// Warnings about costs, gaps in service, and budgets of a change.
pub(super) fn warnings(change: Change<'_, TableSpec>, differences: &[Difference]) -> Vec<String> {
    match change {
        Change::Create { .. } => Vec::new(),
        Change::Update { before, after, .. } => update(&before.spec, after, differences),
        Change::Delete { before, backup } => delete(&before.spec, backup),
    }
}

/// The items, and the times to restore, that a change loses though nothing is turned off.
pub(super) fn data_loss(before: &Observed<TableSpec>, after: &TableSpec, differences: &[Difference]) -> Vec<Loss> {
    let differs = |key: &str| differences.iter().any(|difference| path![key].covers(&difference.path));
    let mut losses = Vec::new();
    if let Some(attribute) = after.time_to_live.as_ref().filter(|_| differs("time_to_live")) {
        losses.push(Loss {
            path: path!["time_to_live"],
            message: expiring(attribute),
            // DynamoDB counts items about every six hours.
            doubtful: before.outputs.get(ITEMS).is_some_and(|count| count == "0"),
        });
    }
    if let Some((old, new)) = shortened(&before.spec, after) {
        let message = format!(
            "what is older than {} could not be restored any more; it is {} now",
            count(new, "day"),
            count(old, "day")
        );
        losses.push(Loss { path: path!["point_in_time_recovery"], message, doubtful: false });
    }
    losses
}

/// The message about expiry. Source: DynamoDB Developer Guide, "Using time to live (TTL) in DynamoDB".
fn expiring(attribute: &str) -> String {
    format!("AWS deletes the items whose `{attribute}` is in the past, those that are there already included")
}

/// The days of point-in-time recovery before and after, if they become fewer.
fn shortened(before: &TableSpec, after: &TableSpec) -> Option<(u64, u64)> {
    match (before.point_in_time_recovery, after.point_in_time_recovery) {
        (PointInTimeRecovery::On { period_days: old }, PointInTimeRecovery::On { period_days: new }) if new < old => {
            Some((old, new))
        }
        _ => None,
    }
}

fn update(before: &TableSpec, after: &TableSpec, differences: &[Difference]) -> Vec<String> {
    let differs = |key: &str| differences.iter().any(|difference| path![key].covers(&difference.path));
    let mut say: Vec<String> = Vec::new();
    if differs("stream") && before.stream != Stream::Off {
        // Source: DynamoDB Developer Guide, "Change data capture for DynamoDB Streams".
        say.push(match after.stream {
            Stream::Off => {
                "the stream is turned off: its records stay readable for 24 hours, and nothing reads on".into()
            }
            _ => "another view needs another stream, with another ARN: its readers have to be replaced, and records that \
                  they have not read yet stay in the old stream, for 24 hours at most"
                .into(),
        });
    }
    for name in
        before.global_secondary_indexes.keys().filter(|name| !after.global_secondary_indexes.contains_key(*name))
    {
        say.push(format!("the index `{name}` is deleted: queries on it fail from then on"));
    }
    for (name, index) in &after.global_secondary_indexes {
        let Some(live) = before.global_secondary_indexes.get(name) else { continue };
        let made_of = ["partition_key", "sort_key", "projection"];
        let path = path!["global_secondary_indexes", name];
        let rebuilt = made_of.iter().any(|key| differences.iter().any(|d| path.child(*key).covers(&d.path)));
        if rebuilt {
            say.push(format!(
                "the index `{name}` is deleted and made again: queries on it fail until all items are in it, which \
                 may take hours and is charged as writes"
            ));
        } else if after.is_provisioned()
            && (live.read_capacity > index.read_capacity || live.write_capacity > index.write_capacity)
        {
            say.push(fewer(&format!("the index `{name}`")));
        }
    }
    if differs("billing") {
        if before.billing.mode != after.billing.mode {
            // Source: DynamoDB Developer Guide, "Considerations when switching capacity modes".
            say.push(if after.is_provisioned() {
                "billing becomes provisioned: requests beyond the capacity are throttled".into()
            } else {
                "billing becomes on demand: AWS allows four such switches in 24 hours".into()
            });
        } else if before.billing.read_capacity > after.billing.read_capacity
            || before.billing.write_capacity > after.billing.write_capacity
        {
            say.push(fewer("the table"));
        }
    }
    if differs("encryption") {
        say.push("the key of the encryption changes: AWS allows four such changes in 24 hours".into());
    }
    if differs("table_class") {
        say.push("the table class changes: AWS allows two such changes in 30 days".into());
    }
    if differs("time_to_live") && before.time_to_live.is_some() {
        say.push(match after.time_to_live {
            None => "items do not expire any more; AWS allows about one change of time to live an hour".into(),
            Some(_) => "another attribute for time to live takes two runs: AWS allows about one change an hour, and \
                        the old one is turned off first"
                .into(),
        });
    }
    if let Some(attribute) = after.time_to_live.as_ref().filter(|_| differs("time_to_live")) {
        say.push(format!("once time to live is on, {}", expiring(attribute)));
    }
    if differs("point_in_time_recovery") {
        if let Some((old, new)) = shortened(before, after) {
            say.push(format!(
                "continuous backups older than {} are lost, of the present {}",
                count(new, "day"),
                count(old, "day")
            ));
        } else if after.point_in_time_recovery == PointInTimeRecovery::Off {
            say.push("continuous backups end: no moment before now can be restored any more".into());
        }
    }
    say
}

/// The warning about less capacity. Source: DynamoDB Developer Guide, "Quotas", "Decreasing provisioned throughput".
fn fewer(what: &str) -> String {
    format!("{what} gets less capacity: AWS allows four decreases a day, and one more in each hour without one")
}

fn delete(before: &TableSpec, backup: Option<&str>) -> Vec<String> {
    let recovery = before.point_in_time_recovery != PointInTimeRecovery::Off;
    // Source: DynamoDB Developer Guide, "Point-in-time recovery", "Deleting a table with PITR enabled".
    match (backup, recovery) {
        (Some(name), _) => {
            vec![format!("a backup `{name}` is taken first; it stays, and is charged, until you delete it")]
        }
        (None, true) => {
            vec!["AWS keeps a system backup of the table for 35 days, since it has point-in-time recovery".into()]
        }
        (None, false) => {
            vec!["nothing is left of the table: it has no point-in-time recovery, and no backup is taken".into()]
        }
    }
}
