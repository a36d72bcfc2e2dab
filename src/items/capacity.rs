//! The capacity that requests consume, in total.

use std::collections::BTreeMap;

use serde::Serialize;

/// Consumed capacity units: of the whole, of the table, and of each index. Source: DynamoDB API reference,
/// `ConsumedCapacity`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ConsumedCapacity {
    /// The units of the whole.
    pub capacity_units: f64,
    /// The units of the table itself.
    pub table: f64,
    /// The units of each local secondary index.
    pub local_secondary_indexes: BTreeMap<String, f64>,
    /// The units of each global secondary index.
    pub global_secondary_indexes: BTreeMap<String, f64>,
}

impl ConsumedCapacity {
    /// Adds the units of another request.
    pub fn add(&mut self, other: &Self) {
        let Self { capacity_units, table, local_secondary_indexes, global_secondary_indexes } = other;
        self.capacity_units += capacity_units;
        self.table += table;
        let sum = |to: &mut BTreeMap<String, f64>, from: &BTreeMap<String, f64>| {
            for (name, units) in from {
                *to.entry(name.clone()).or_default() += units;
            }
        };
        sum(&mut self.local_secondary_indexes, local_secondary_indexes);
        sum(&mut self.global_secondary_indexes, global_secondary_indexes);
    }

    /// The same in the form of DynamoDB's own answers.
    pub fn as_answered(&self, table: &str) -> serde_json::Value {
        let units = |map: &BTreeMap<String, f64>| -> serde_json::Map<String, serde_json::Value> {
            map.iter().map(|(name, units)| (name.clone(), serde_json::json!({"CapacityUnits": units}))).collect()
        };
        serde_json::json!({
            "TableName": table,
            "CapacityUnits": self.capacity_units,
            "Table": {"CapacityUnits": self.table},
            "LocalSecondaryIndexes": units(&self.local_secondary_indexes),
            "GlobalSecondaryIndexes": units(&self.global_secondary_indexes),
        })
    }
}
