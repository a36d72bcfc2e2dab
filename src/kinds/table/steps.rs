//! The API calls of a change of a table.
//!
//! `UpdateTable` takes one kind of change at a time: billing and capacity, the stream, encryption, class,
//! protection, and one index to create or delete. Source: API reference, `UpdateTable`; measured for the rest
//! ("You cannot modify stream status while updating table IOPS").

use std::collections::BTreeMap;

use super::index_steps::{self, Indexes};
use super::op::{
    AttributeDefinition, CreateBackup, CreateTable, DeleteResourcePolicy, DeleteTable, Op,
    PointInTimeRecoverySpecification, PutResourcePolicy, Tag, TagResource, TimeToLiveSpecification, UntagResource,
    UpdateContinuousBackups, UpdateContributorInsights, UpdateTable, UpdateTimeToLive,
};
use super::properties::{ContributorInsights, Encryption, KeyType, PointInTimeRecovery};
use super::scaling::{AutoScaling, Dimension, Scaling, Target};
use super::spec::{Stream, TableClass, TableSpec};
use super::spelling::{key_schema, limits, throughput};
use crate::base::{Environment, PropertyPath};
use crate::kind::{Change, Difference, PlannedOperation, StepContext, policy_text};
use crate::path;

pub(super) type Moves = Vec<PlannedOperation<Op>>;

/// The ARN of a table.
pub(super) fn arn(env: &Environment, table: &str) -> String {
    env.arn("dynamodb", &format!("table/{table}"))
}

/// The properties that differ.
#[derive(Clone, Copy)]
pub(super) struct Changed<'a>(&'a [Difference]);

impl Changed<'_> {
    /// Returns whether anything differs at, above or below a path.
    pub(super) fn at(self, path: &PropertyPath) -> bool {
        self.0.iter().any(|difference| difference.path.covers(path) || path.covers(&difference.path))
    }
}

/// The calls of a change, in order.
pub(super) fn steps(change: Change<'_, TableSpec>, cx: &StepContext<'_>) -> Moves {
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
        tags: tag_list(tags),
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
    moves.extend(index_steps::billing(before, after, &indexes, changed, cx));
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

/// Attribute definitions, by name.
pub(super) fn definitions(types: BTreeMap<String, KeyType>) -> Vec<AttributeDefinition> {
    let definition = |(attribute_name, attribute_type)| AttributeDefinition { attribute_name, attribute_type };
    types.into_iter().map(definition).collect()
}

fn tag_list(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

fn retag(before: &TableSpec, after: &TableSpec, changed: Changed<'_>, cx: &StepContext<'_>) -> Moves {
    let mut moves = Moves::new();
    let differs = |key: &String| changed.at(&path!["tags", key]);
    let gone: Vec<String> =
        before.tags.keys().filter(|key| !after.tags.contains_key(*key) && differs(key)).cloned().collect();
    let set: BTreeMap<String, String> = after
        .tags
        .iter()
        .filter(|(key, value)| before.tags.get(*key) != Some(value) && differs(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    // Removed tags make room for new ones: there may be 50.
    if !gone.is_empty() {
        let covers: Vec<_> = gone.iter().map(|key| path!["tags", key]).collect();
        let input = UntagResource { resource_arn: arn(cx.env, cx.name), tag_keys: gone };
        moves.push(PlannedOperation::new(Op::UntagResource(input), covers));
    }
    if !set.is_empty() {
        let covers: Vec<_> = set.keys().map(|key| path!["tags", key]).collect();
        let input = TagResource { resource_arn: arn(cx.env, cx.name), tags: tag_list(&set) };
        moves.push(PlannedOperation::new(Op::TagResource(input), covers));
    }
    moves
}

fn recovery(to: PointInTimeRecovery, cx: &StepContext<'_>) -> PlannedOperation<Op> {
    let (on, days) = match to {
        PointInTimeRecovery::Off => (false, None),
        PointInTimeRecovery::On { period_days } => (true, Some(period_days)),
    };
    let specification =
        PointInTimeRecoverySpecification { point_in_time_recovery_enabled: on, recovery_period_in_days: days };
    let input =
        UpdateContinuousBackups { table_name: cx.name.to_owned(), point_in_time_recovery_specification: specification };
    PlannedOperation::new(Op::UpdateContinuousBackups(input), [path!["point_in_time_recovery"]])
}

fn expiry(attribute: &str, enabled: bool, cx: &StepContext<'_>) -> PlannedOperation<Op> {
    let specification = TimeToLiveSpecification { enabled, attribute_name: attribute.to_owned() };
    let input = UpdateTimeToLive { table_name: cx.name.to_owned(), time_to_live_specification: specification };
    PlannedOperation::new(Op::UpdateTimeToLive(input), [path!["time_to_live"]])
}

pub(super) fn insights(
    to: ContributorInsights,
    from: ContributorInsights,
    index: Option<&str>,
    cx: &StepContext<'_>,
) -> Option<PlannedOperation<Op>> {
    if to == from {
        return None;
    }
    let (action, mode) = match to {
        ContributorInsights::Off => ("DISABLE", None),
        ContributorInsights::On => ("ENABLE", Some("ACCESSED_AND_THROTTLED_KEYS")),
        ContributorInsights::ThrottledKeys => ("ENABLE", Some("THROTTLED_KEYS")),
    };
    let input = UpdateContributorInsights {
        table_name: cx.name.to_owned(),
        index_name: index.map(str::to_owned),
        contributor_insights_action: action.to_owned(),
        contributor_insights_mode: mode.map(str::to_owned),
    };
    let path = match index {
        None => path!["contributor_insights"],
        Some(index) => path!["global_secondary_indexes", index, "contributor_insights"],
    };
    Some(PlannedOperation::new(Op::UpdateContributorInsights(input), [path]))
}

pub(super) fn scaling_path(index: Option<&str>, dimension: Dimension) -> PropertyPath {
    match index {
        None => path!["auto_scaling", dimension.word()],
        Some(index) => path!["global_secondary_indexes", index, "auto_scaling", dimension.word()],
    }
}

/// Ends scaling that is not desired any more.
pub(super) fn end_scaling(
    before: Option<&AutoScaling>,
    after: Option<&AutoScaling>,
    index: Option<&str>,
    changed: Changed<'_>,
    cx: &StepContext<'_>,
) -> Moves {
    let ends = |dimension: &Dimension| {
        AutoScaling::get(before, *dimension).is_some()
            && AutoScaling::get(after, *dimension).is_none()
            && changed.at(&scaling_path(index, *dimension))
    };
    let end = |dimension| {
        PlannedOperation::new(Target::new(cx.name, index, dimension).deregister(), [scaling_path(index, dimension)])
    };
    Dimension::ALL.into_iter().filter(ends).map(end).collect()
}

/// Starts or changes the desired scaling.
fn start_scaling(
    before: Option<&AutoScaling>,
    after: Option<&AutoScaling>,
    index: Option<&str>,
    cx: &StepContext<'_>,
) -> Moves {
    let mut moves = Moves::new();
    for dimension in Dimension::ALL {
        let Some(to) = AutoScaling::get(after, dimension) else { continue };
        let from = AutoScaling::get(before, dimension);
        let (target, path) = (Target::new(cx.name, index, dimension), scaling_path(index, dimension));
        let bounds_stay = from.is_some_and(|from| (from.min, from.max) == (to.min, to.max));
        if !bounds_stay {
            // Without scaling before, all of it is new.
            let covers = match from {
                None => vec![path.clone()],
                Some(_) => vec![path.child("min"), path.child("max")],
            };
            moves.push(PlannedOperation::new(target.register(to), covers));
        }
        let name = target.policy_name(to);
        let old = from.filter(|from| from.target > 0).map(|from| target.policy_name(from));
        let policy = |of: &Scaling| (of.target, of.scale_in_cooldown, of.scale_out_cooldown, of.policy_name.clone());
        let policy_stays = from.is_some_and(|from| policy(from) == policy(to));
        if !policy_stays {
            let covers =
                || ["target", "scale_in_cooldown", "scale_out_cooldown", "policy_name"].map(|key| path.child(key));
            // Two policies of one metric are refused.
            if let Some(old) = old.filter(|old| *old != name) {
                moves.push(PlannedOperation::new(target.delete_policy(old), [path.child("policy_name")]));
            }
            moves.push(PlannedOperation::new(target.put_policy(to), covers()));
        }
    }
    moves
}
