//! The properties of a table that an author may write, and their defaults.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::properties::{
    ContributorInsights, Encryption, IndexKey, KeyAttribute, KeyType, PointInTimeRecovery, Projection,
};
use super::scaling::{AutoScaling, Dimension, scaling_resource, tidy};
use crate::access_patterns::{AccessPattern, IndexKeys, Key, Projected, ScalarType, TableKeys};
use crate::kind::policy_schema;

/// A DynamoDB table. The key is its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableSpec {
    /// The attribute that items are distributed by. A change replaces the table.
    pub partition_key: KeyAttribute,
    /// The attribute that items with one partition key are sorted by. A change replaces the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort_key: Option<KeyAttribute>,
    /// The billing of reads and writes. Default: on demand.
    #[serde(default)]
    pub billing: Billing,
    /// Indexes with keys of their own, by name; at most 20. They may be added and removed at any time.
    #[serde(default)]
    pub global_secondary_indexes: BTreeMap<String, GlobalIndex>,
    /// Indexes with the table's partition key and a sort key of their own, by name; at most 5. They are created
    /// with the table only: a change replaces the table.
    #[serde(default)]
    pub local_secondary_indexes: BTreeMap<String, LocalIndex>,
    /// The part of each change that is in the table's stream. Default: off.
    #[serde(default)]
    pub stream: Stream,
    /// True if AWS refuses to delete the table. Default: true.
    #[serde(default = "yes")]
    pub deletion_protection: bool,
    /// Continuous backups, from which the table can be restored to any second of the period. Default: true.
    #[serde(default)]
    pub point_in_time_recovery: PointInTimeRecovery,
    /// The key that the table is encrypted with. Default: one that AWS owns.
    #[serde(default)]
    pub encryption: Encryption,
    /// The numeric attribute with the time when an item expires, in seconds since 1970. Default: items stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub time_to_live: Option<String>,
    /// The billing of storage. Default: standard.
    #[serde(default)]
    pub table_class: TableClass,
    /// Lets Application Auto Scaling set the provisioned capacity, which is then left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_scaling: Option<AutoScaling>,
    /// The recording of the most used keys by CloudWatch (charged for each event). Default: false.
    #[serde(default)]
    pub contributor_insights: ContributorInsights,
    /// A resource-based policy, which gives others access to the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "policy")]
    pub resource_policy: Option<Value>,
    /// The reads and writes of applications, by name: `validate` proves that keys and indexes serve them. They are no
    /// property of the live table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(schema_with = "patterns")]
    pub access_patterns: BTreeMap<String, AccessPattern>,
    /// Tags beside the stack's own.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// The schema of the patterns, each by a name that the command line takes.
fn patterns(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "description": "The reads and writes of applications, by name: `validate` proves that keys and indexes serve \
                        them. They are no property of the live table, and change no plan.",
        "type": "object",
        "propertyNames": {"minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9_.-]+$"},
        "additionalProperties": generator.subschema_for::<AccessPattern>()
    })
}

fn policy(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    policy_schema()
}

const fn yes() -> bool {
    true
}

/// The billing of reads and writes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Billing {
    /// The mode: set capacity, or billing by request.
    pub mode: BillingMode,
    /// Read capacity units, of provisioned billing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub read_capacity: Option<u64>,
    /// Write capacity units, of provisioned billing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub write_capacity: Option<u64>,
    /// The largest number of read request units in a second, of billing on demand. Default: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub max_read_request_units: Option<u64>,
    /// The largest number of write request units in a second, of billing on demand. Default: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub max_write_request_units: Option<u64>,
}

/// The billing mode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BillingMode {
    /// Each request is paid for.
    #[default]
    OnDemand,
    /// Capacity is set beforehand, and paid for whether it is used or not.
    Provisioned,
}

/// A global secondary index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GlobalIndex {
    /// The attribute, or up to four of them, that entries are distributed by. A change rebuilds the index.
    pub partition_key: IndexKey,
    /// The attribute, or up to four of them, that entries are sorted by. A change rebuilds the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort_key: Option<IndexKey>,
    /// The attributes in the index beside the keys. Default: all. A change rebuilds the index.
    #[serde(default)]
    pub projection: Projection,
    /// Read capacity units, of provisioned billing. Default: the table's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub read_capacity: Option<u64>,
    /// Write capacity units, of provisioned billing. Default: the table's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub write_capacity: Option<u64>,
    /// The largest number of read request units in a second, of billing on demand. Default: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub max_read_request_units: Option<u64>,
    /// The largest number of write request units in a second, of billing on demand. Default: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub max_write_request_units: Option<u64>,
    /// Lets Application Auto Scaling set the index's capacity, which is then left alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_scaling: Option<AutoScaling>,
    /// The recording of the index's most used keys by CloudWatch. Default: false.
    #[serde(default)]
    pub contributor_insights: ContributorInsights,
}

/// A local secondary index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LocalIndex {
    /// The attribute that entries are sorted by.
    pub sort_key: KeyAttribute,
    /// The attributes in the index beside the keys. Default: all.
    #[serde(default)]
    pub projection: Projection,
}

/// The part of each change that is in a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// There is no stream.
    #[default]
    Off,
    /// The keys of the item.
    KeysOnly,
    /// The item after the change.
    NewImage,
    /// The item before the change.
    OldImage,
    /// Both.
    NewAndOldImages,
}

/// The billing of storage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TableClass {
    /// Cheaper requests.
    #[default]
    Standard,
    /// Cheaper storage.
    StandardInfrequentAccess,
}

impl TableSpec {
    /// Returns whether capacity is set.
    pub fn is_provisioned(&self) -> bool {
        self.billing.mode == BillingMode::Provisioned
    }

    /// Fills in AWS's and the documented defaults, and sorts sets.
    pub fn normalize(&mut self, table: &str) {
        let provisioned = self.is_provisioned();
        // The live table has none: they make no difference and no step.
        self.access_patterns.clear();
        tidy(&mut self.auto_scaling, &scaling_resource(table, None));
        let least = |scaling: Option<&AutoScaling>, dimension| AutoScaling::get(scaling, dimension).map(|s| s.min);
        if provisioned {
            // If scaling sets the capacity and the file does not, it begins at the minimum.
            let scaling = self.auto_scaling.as_ref();
            self.billing.read_capacity = self.billing.read_capacity.or(least(scaling, Dimension::Read));
            self.billing.write_capacity = self.billing.write_capacity.or(least(scaling, Dimension::Write));
        }
        for (name, index) in &mut self.global_secondary_indexes {
            tidy(&mut index.auto_scaling, &scaling_resource(table, Some(name)));
            index.projection.tidy();
            if provisioned {
                let scaling = index.auto_scaling.as_ref();
                let read = least(scaling, Dimension::Read).or(self.billing.read_capacity);
                let write = least(scaling, Dimension::Write).or(self.billing.write_capacity);
                index.read_capacity = index.read_capacity.or(read);
                index.write_capacity = index.write_capacity.or(write);
            }
        }
        for index in self.local_secondary_indexes.values_mut() {
            index.projection.tidy();
        }
    }

    /// Takes over the live capacity if auto scaling sets it.
    pub fn adopt_live_values(&mut self, live: &Self) {
        if !(self.is_provisioned() && live.is_provisioned()) {
            return;
        }
        let take = |scaling: Option<&AutoScaling>, dimension, to: &mut Option<u64>, from: Option<u64>| {
            if AutoScaling::get(scaling, dimension).is_some() && from.is_some() {
                *to = from;
            }
        };
        let scaling = self.auto_scaling.as_ref();
        take(scaling, Dimension::Read, &mut self.billing.read_capacity, live.billing.read_capacity);
        take(scaling, Dimension::Write, &mut self.billing.write_capacity, live.billing.write_capacity);
        for (name, index) in &mut self.global_secondary_indexes {
            let Some(live) = live.global_secondary_indexes.get(name) else { continue };
            let scaling = index.auto_scaling.as_ref();
            take(scaling, Dimension::Read, &mut index.read_capacity, live.read_capacity);
            take(scaling, Dimension::Write, &mut index.write_capacity, live.write_capacity);
        }
    }

    /// The types of all attributes that are keys of the table or of an index that `wanted` names.
    pub fn key_types(&self, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, super::properties::KeyType> {
        let mut keys: Vec<&KeyAttribute> = vec![&self.partition_key];
        keys.extend(&self.sort_key);
        keys.extend(self.local_secondary_indexes.values().map(|index| &index.sort_key));
        let chosen = self.global_secondary_indexes.iter().filter(|(name, _)| wanted(name));
        keys.extend(chosen.flat_map(|(_, index)| index.keys()));
        keys.into_iter().map(|key| (key.name.clone(), key.kind)).collect()
    }
}

/// A key attribute as access patterns see it.
fn key(KeyAttribute { name, kind }: &KeyAttribute) -> Key {
    let kind = match kind {
        KeyType::S => ScalarType::S,
        KeyType::N => ScalarType::N,
        KeyType::B => ScalarType::B,
    };
    Key { name: name.clone(), kind }
}

fn projected(projection: &Projection) -> Projected {
    match projection {
        Projection::All => Projected::All,
        Projection::KeysOnly => Projected::Keys,
        Projection::Include(names) => Projected::Include(names.clone()),
    }
}

impl TableSpec {
    /// The keys of the table and of its indexes, for access patterns.
    pub fn keys(&self) -> TableKeys {
        let keys = |keys: &IndexKey| keys.0.iter().map(key).collect::<Vec<_>>();
        let global = self.global_secondary_indexes.iter().map(|(name, index)| {
            let sort = index.sort_key.as_ref().map(keys).unwrap_or_default();
            let projected = projected(&index.projection);
            (name.clone(), IndexKeys { partition: keys(&index.partition_key), sort, projected, global: true })
        });
        let local = self.local_secondary_indexes.iter().map(|(name, index)| {
            let (partition, sort) = (vec![key(&self.partition_key)], vec![key(&index.sort_key)]);
            (name.clone(), IndexKeys { partition, sort, projected: projected(&index.projection), global: false })
        });
        TableKeys {
            partition: key(&self.partition_key),
            sort: self.sort_key.as_ref().map(key),
            indexes: global.chain(local).collect(),
        }
    }
}

impl GlobalIndex {
    /// The attributes of both keys.
    pub fn keys(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.partition_key.0.iter().chain(self.sort_key.iter().flat_map(|key| &key.0))
    }
}
