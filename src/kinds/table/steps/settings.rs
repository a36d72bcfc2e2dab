//! The calls that change what is beside the table itself: tags, backups, expiry, insights.

use std::collections::BTreeMap;

use crate::base::PropertyPath;
use crate::kind::tags::{self, TagCalls, TagOrder};
use crate::kind::{Difference, PlannedOperation, StepContext};
use crate::kinds::table::identity::arn;
use crate::kinds::table::op::{
    AttributeDefinition, Op, PointInTimeRecoverySpecification, TagResource, TimeToLiveSpecification, UntagResource,
    UpdateContinuousBackups, UpdateContributorInsights, UpdateTimeToLive,
};
use crate::kinds::table::properties::{ContributorInsights, KeyType, PointInTimeRecovery};
use crate::kinds::table::spec::TableSpec;
use crate::path;

/// The calls of a change, in order.
pub(super) type Moves = Vec<PlannedOperation<Op>>;

/// The properties that differ.
#[derive(Clone, Copy)]
pub(super) struct Changed<'a>(pub(super) &'a [Difference]);

impl Changed<'_> {
    /// Returns whether anything differs at, above or below a path.
    pub(super) fn at(self, path: &PropertyPath) -> bool {
        self.0.iter().any(|difference| difference.path.covers(path) || path.covers(&difference.path))
    }
}

/// Attribute definitions, by name.
pub(super) fn definitions(types: BTreeMap<String, KeyType>) -> Vec<AttributeDefinition> {
    let definition = |(attribute_name, attribute_type)| AttributeDefinition { attribute_name, attribute_type };
    types.into_iter().map(definition).collect()
}

/// The calls that change tags. Removed tags make room for new ones: there may be 50.
pub(super) fn retag(before: &TableSpec, after: &TableSpec, changed: Changed<'_>, cx: &StepContext<'_>) -> Moves {
    let differing = |tags: &BTreeMap<String, String>| {
        let mut tags = tags.clone();
        tags.retain(|key, _| changed.at(&path!["tags", key]));
        tags
    };
    let resource_arn = arn(cx.env, cx.name);
    let calls = TagCalls {
        property: "tags",
        order: TagOrder::RemoveFirst,
        set: |tags| Op::TagResource(TagResource { resource_arn: resource_arn.clone(), tags: tags::listed(&tags) }),
        remove: |tag_keys| Op::UntagResource(UntagResource { resource_arn: resource_arn.clone(), tag_keys }),
    };
    calls.between(&differing(&before.tags), &differing(&after.tags))
}

pub(super) fn recovery(to: PointInTimeRecovery, cx: &StepContext<'_>) -> PlannedOperation<Op> {
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

pub(super) fn expiry(attribute: &str, enabled: bool, cx: &StepContext<'_>) -> PlannedOperation<Op> {
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
