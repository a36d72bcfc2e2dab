//! An access pattern as an author writes it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::comparison::{Comparison, sort_schema};
use super::table_keys::ScalarType;
use super::value::AttributeTemplate;
use super::writes::Writes;

/// An access pattern: a read by a key, or a write of items. In its values, `{name}` stands for a parameter.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessPattern {
    /// The purpose of the pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1000))]
    pub description: Option<String>,
    /// The index that a read uses. Default: the table if its key serves, else an index whose key does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub index: Option<String>,
    /// The attributes that a read knows, each with its value: the partition key, and perhaps the sort key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("minProperties" = 1))]
    pub key: BTreeMap<String, AttributeTemplate>,
    /// The comparison of the sort key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "sort_schema")]
    pub sort: Option<Comparison>,
    /// Comparisons of other attributes, which are made after the items were read, and paid for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Comparison>,
    /// The attributes that are read. Default: all that the table or the index has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(length(min = 1, max = 255)))]
    pub attributes: Vec<String>,
    /// The order by the sort key. Default: `ascending`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// The largest number of items of one page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub limit: Option<u32>,
    /// True for a strongly consistent read, which a global index does not have. Default: false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub consistent: bool,
    /// True for a read of the whole table, by no key. Default: false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub scan: bool,
    /// The items that are written, in place of a read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<Writes>,
    /// What is known of parameters beside their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Parameter>,
    /// The usual size of an item in bytes, names of attributes included, for the costs. Default: 1024.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 409_600))]
    pub item_size: Option<u32>,
    /// The usual number of items of one page, for the costs. Default: the `limit`, else 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub items: Option<u32>,
}

/// The order of items by the sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The smallest first.
    Ascending,
    /// The largest first.
    Descending,
    /// The smallest first, where the sort key is a time.
    OldestFirst,
    /// The largest first, where the sort key is a time.
    NewestFirst,
}

impl Order {
    /// True if the largest is first.
    pub(crate) fn is_descending(self) -> bool {
        matches!(self, Self::Descending | Self::NewestFirst)
    }
}

/// What is known of a parameter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Its type. Default: that of the key attribute whose whole value it is, else `S`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ScalarType>,
    /// The form of its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// All values that it may have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Its meaning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The form of a parameter's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A UUID such as `5ae290ed-55d1-47a0-bc6d-fe2bc2700399`.
    Uuid,
    /// A time such as `2026-11-30T16:53:01Z`, with its offset.
    Time,
    /// A day such as `2026-11-30`.
    Date,
    /// A month such as `2026-11`.
    Month,
    /// A year such as `2026`.
    Year,
}

impl AccessPattern {
    /// True for a read.
    pub fn is_read(&self) -> bool {
        self.write.is_none()
    }
}
