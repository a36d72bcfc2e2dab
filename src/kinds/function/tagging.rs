//! The tags of a function and of its log group: both services have calls of the same names.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::kind::{Observed, PlannedOperation, StepContext};
use crate::kinds::lambda_tags::{self, TagChange};

use super::identity::{LOG_GROUP, OWNED, function_arn, group_arn, log_group_of};
use super::op::Op;
use super::spec::FunctionSpec;

/// A call that Lambda and `CloudWatch` Logs both have; each spells its input in its own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Either<L, W> {
    /// Lambda's.
    Lambda(L),
    /// `CloudWatch` Logs'.
    Logs(W),
}

/// The input of `TagResource`. Source: `CloudWatch` Logs API reference, `TagResource`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TagLogGroup {
    /// The group's ARN, without `:*`.
    pub resource_arn: String,
    /// The tags to set.
    pub tags: BTreeMap<String, String>,
}

/// The input of `UntagResource`. Source: `CloudWatch` Logs API reference, `UntagResource`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UntagLogGroup {
    /// The group's ARN, without `:*`.
    pub resource_arn: String,
    /// The keys to remove.
    pub tag_keys: Vec<String>,
}

impl<L: Serialize, W: Serialize> Serialize for Either<L, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Lambda(input) => input.serialize(serializer),
            Self::Logs(input) => input.serialize(serializer),
        }
    }
}

impl<'de, L: Deserialize<'de>, W: Deserialize<'de>> Deserialize<'de> for Either<L, W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let input = Value::deserialize(deserializer)?;
        if input.get("resourceArn").is_some() {
            W::deserialize(input).map(Self::Logs).map_err(Error::custom)
        } else {
            L::deserialize(input).map(Self::Lambda).map_err(Error::custom)
        }
    }
}

/// The calls that change the tags. A log group of ours has the function's tags: it comes first, so that the function
/// still shows the rest of the work if a run is interrupted in between.
pub(super) fn change(
    before: &Observed<FunctionSpec>,
    after: &FunctionSpec,
    cx: &StepContext<'_>,
) -> Vec<PlannedOperation<Op>> {
    let change = TagChange::between(&before.spec.tags, &after.tags);
    let mut moves = Vec::new();
    if before.outputs.get(LOG_GROUP).is_some_and(|whose| whose == OWNED) {
        let arn = || group_arn(&log_group_of(cx.name, &before.outputs), cx.env);
        let has = before.spec.log_group_tags.as_ref().unwrap_or(&before.spec.tags);
        let change = TagChange::between(has, after.log_group_tags.as_ref().unwrap_or(&after.tags));
        moves.extend(change.moves_at(
            "log_group_tags",
            |tags| Op::TagResource(Either::Logs(TagLogGroup { resource_arn: arn(), tags })),
            |tag_keys| Op::UntagResource(Either::Logs(UntagLogGroup { resource_arn: arn(), tag_keys })),
        ));
    }
    let resource = || function_arn(cx.name, cx.env);
    moves.extend(change.moves(
        |tags| Op::TagResource(Either::Lambda(lambda_tags::TagResource { resource: resource(), tags })),
        |tag_keys| Op::UntagResource(Either::Lambda(lambda_tags::UntagResource { resource: resource(), tag_keys })),
    ));
    moves
}
