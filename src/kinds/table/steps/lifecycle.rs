//! The calls that create, update and delete a table, in their order.

use super::indexes::{self, Indexes};
use super::scaling::{end_scaling, scaling_path, start_scaling};
use super::settings::{Changed, Moves, definitions, expiry, insights, recovery, retag};
use crate::base::PropertyPath;
use crate::kind::{Change, PlannedOperation, StepContext, policy_text, tags};
use crate::kinds::table::identity::arn;
use crate::kinds::table::op::{
    CreateBackup, CreateTable, DeleteResourcePolicy, DeleteTable, Op, PutResourcePolicy, UpdateTable,
};
use crate::kinds::table::properties::{ContributorInsights, Encryption, PointInTimeRecovery};
use crate::kinds::table::scaling::{AutoScaling, Dimension, Target};
use crate::kinds::table::spec::{Stream, TableClass, TableSpec};
use crate::kinds::table::spelling::{key_schema, limits, throughput};
use crate::path;

/// The calls of a change, in order.
pub(in crate::kinds::table) fn steps(change: Change<'_, TableSpec>, cx: &StepContext<'_>) -> Moves {
    match change {
        Change::Create { after } => create(after, cx),
        Change::Update { before, after, differences } => update(&before.spec, after, Changed(differences), cx),
        Change::Delete { before, backup } => delete(&before.spec, backup, cx),
    }
}

fn create(after: &TableSpec, cx: &StepContext<'_>) -> Moves {
    let TableSpec {
        partition_key,
        sort_key,
        billing,
        global_secondary_indexes,
        local_secondary_indexes,
        stream,
        deletion_protection,
        point_in_time_recovery,
        encryption,
        time_to_live,
        table_class,
        auto_scaling,
        contributor_insights,
        resource_policy,
        access_patterns: _,
        tags,
    } = after;
    let provisioned = after.is_provisioned();
    let capacity = || throughput(billing.read_capacity, billing.write_capacity);
    let limits = || limits(billing.max_read_request_units, billing.max_write_request_units);
    let globals = global_secondary_indexes.iter();
    let locals = local_secondary_indexes.iter();
    let input = CreateTable {
        table_name: cx.name.to_owned(),
        attribute_definitions: definitions(after.key_types(|_| true)),
        key_schema: key_schema([partition_key], sort_key),
        local_secondary_indexes: locals.map(|(name, index)| index.specification(name, partition_key)).collect(),
        global_secondary_indexes: globals.map(|(name, index)| index.specification(name, provisioned)).collect(),
        billing_mode: billing.mode.aws().to_owned(),
        provisioned_throughput: if provisioned { capacity() } else { None },
        on_demand_throughput: if provisioned { None } else { limits() },
        stream_specification: (*stream != Stream::Off).then(|| stream.specification()),
        sse_specification: (*encryption != Encryption::AwsOwned).then(|| encryption.specification()),
        table_class: (*table_class != TableClass::Standard).then(|| table_class.aws().to_owned()),
        deletion_protection_enabled: *deletion_protection,
        resource_policy: resource_policy.as_ref().map(policy_text),
        tags: tags::listed(tags),
    };
    let mut moves = vec![PlannedOperation::new(Op::CreateTable(Box::new(input)), [PropertyPath::root()])];
    if *point_in_time_recovery != PointInTimeRecovery::Off {
        moves.push(recovery(*point_in_time_recovery, cx));
    }
    if let Some(attribute) = time_to_live {
        moves.push(expiry(attribute, true, cx));
    }
    moves.extend(insights(*contributor_insights, ContributorInsights::Off, None, cx));
    for (name, index) in global_secondary_indexes {
        moves.extend(insights(index.contributor_insights, ContributorInsights::Off, Some(name), cx));
    }
    moves.extend(start_scaling(None, auto_scaling.as_ref(), None, cx));
    for (name, index) in global_secondary_indexes {
        moves.extend(start_scaling(None, index.auto_scaling.as_ref(), Some(name), cx));
    }
    moves
}

/// Orders the calls: protection comes first and its removal last, scaling ends before its resource changes, and an
/// index that is rebuilt is missing for as short a time as possible.
fn update(before: &TableSpec, after: &TableSpec, changed: Changed<'_>, cx: &StepContext<'_>) -> Moves {
    // Keys and local indexes are created with the table: a change of theirs is a replacement.
    let TableSpec {
        partition_key: _,
        sort_key: _,
        billing: _,
        global_secondary_indexes,
        local_secondary_indexes: _,
        stream,
        deletion_protection,
        point_in_time_recovery,
        encryption,
        time_to_live,
        table_class,
        auto_scaling,
        contributor_insights,
        resource_policy,
        access_patterns: _,
        tags: _,
    } = after;
    let indexes = Indexes::sort_out(before, after, changed);
    let mut moves = retag(before, after, changed, cx);
    let protection = |on: bool| {
        let input = UpdateTable { deletion_protection_enabled: Some(on), ..UpdateTable::new(cx.name) };
        PlannedOperation::new(Op::UpdateTable(input), [path!["deletion_protection"]])
    };
    let protects = changed.at(&path!["deletion_protection"]);
    let recovers = changed.at(&path!["point_in_time_recovery"]);
    if protects && *deletion_protection {
        moves.push(protection(true));
    }
    if recovers && *point_in_time_recovery != PointInTimeRecovery::Off {
        moves.push(recovery(*point_in_time_recovery, cx));
    }
    moves.extend(end_scaling(before.auto_scaling.as_ref(), auto_scaling.as_ref(), None, changed, cx));
    moves.extend(indexes.end_scaling(changed, cx));
    moves.extend(indexes.remove(cx));
    moves.extend(indexes::billing(before, after, &indexes, changed, cx));
    moves.extend(indexes.rebuild_and_add(cx));
    if changed.at(&path!["stream"]) {
        // A view can't be changed while the stream is on.
        let turn = |to: Stream| {
            let input = UpdateTable { stream_specification: Some(to.specification()), ..UpdateTable::new(cx.name) };
            PlannedOperation::new(Op::UpdateTable(input), [path!["stream"]])
        };
        if before.stream != Stream::Off {
            moves.push(turn(Stream::Off));
        }
        if *stream != Stream::Off {
            moves.push(turn(*stream));
        }
    }
    if changed.at(&path!["encryption"]) {
        let sse_specification = Some(encryption.specification());
        let input = UpdateTable { sse_specification, ..UpdateTable::new(cx.name) };
        moves.push(PlannedOperation::new(Op::UpdateTable(input), [path!["encryption"]]));
    }
    if changed.at(&path!["table_class"]) {
        let input = UpdateTable { table_class: Some(table_class.aws().to_owned()), ..UpdateTable::new(cx.name) };
        moves.push(PlannedOperation::new(Op::UpdateTable(input), [path!["table_class"]]));
    }
    if changed.at(&path!["contributor_insights"]) {
        moves.extend(insights(*contributor_insights, before.contributor_insights, None, cx));
    }
    moves.extend(indexes.insights(changed, cx));
    if changed.at(&path!["auto_scaling"]) {
        moves.extend(start_scaling(before.auto_scaling.as_ref(), auto_scaling.as_ref(), None, cx));
    }
    for (name, index) in global_secondary_indexes {
        let old = indexes.scaling_that_stays(name);
        if changed.at(&path!["global_secondary_indexes", name, "auto_scaling"]) || indexes.is_made(name) {
            moves.extend(start_scaling(old, index.auto_scaling.as_ref(), Some(name), cx));
        }
    }
    if changed.at(&path!["resource_policy"]) {
        let resource_arn = arn(cx.env, cx.name);
        let op = match resource_policy {
            Some(policy) => Op::PutResourcePolicy(PutResourcePolicy { resource_arn, policy: policy_text(policy) }),
            None => Op::DeleteResourcePolicy(DeleteResourcePolicy { resource_arn }),
        };
        moves.push(PlannedOperation::new(op, [path!["resource_policy"]]));
    }
    if recovers && *point_in_time_recovery == PointInTimeRecovery::Off {
        moves.push(recovery(*point_in_time_recovery, cx));
    }
    if protects && !*deletion_protection {
        moves.push(protection(false));
    }
    // Last, since AWS may refuse the second half for an hour.
    if changed.at(&path!["time_to_live"]) {
        moves.extend(before.time_to_live.as_deref().map(|attribute| expiry(attribute, false, cx)));
        moves.extend(time_to_live.as_deref().map(|attribute| expiry(attribute, true, cx)));
    }
    moves
}

fn delete(before: &TableSpec, backup: Option<&str>, cx: &StepContext<'_>) -> Moves {
    let mut moves = Moves::new();
    if before.deletion_protection {
        let input = UpdateTable { deletion_protection_enabled: Some(false), ..UpdateTable::new(cx.name) };
        moves.push(PlannedOperation::new(Op::UpdateTable(input), [path!["deletion_protection"]]));
    }
    if let Some(name) = backup {
        let backup = CreateBackup { table_name: cx.name.to_owned(), backup_name: backup_name(name) };
        moves.push(PlannedOperation::new(Op::CreateBackup(backup), [path!["backup"]]));
    }
    // Scalable targets outlive tables.
    let mut ends = |scaling: Option<&AutoScaling>, index: Option<&str>| {
        for dimension in Dimension::ALL {
            if AutoScaling::get(scaling, dimension).is_some() {
                let op = Target::new(cx.name, index, dimension).deregister();
                moves.push(PlannedOperation::new(op, [scaling_path(index, dimension)]));
            }
        }
    };
    ends(before.auto_scaling.as_ref(), None);
    for (name, index) in &before.global_secondary_indexes {
        ends(index.auto_scaling.as_ref(), Some(name));
    }
    moves.push(PlannedOperation::new(
        Op::DeleteTable(DeleteTable { table_name: cx.name.to_owned() }),
        [PropertyPath::root()],
    ));
    moves
}

/// A backup's name, of 3 to 255 characters. Source: API reference, `CreateBackup`.
fn backup_name(name: &str) -> String {
    let characters = name.chars().count();
    // The end of the name differs between backups.
    name.chars().skip(characters.saturating_sub(255)).collect()
}
