//! The calls on the tags of a function and of its log group: both services have calls of the same names.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

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
