//! What a table is, as DynamoDB describes it.

use super::keys::{IndexKeys, TableKeys};

/// The description of a table.
#[derive(Debug, Clone)]
pub struct TableFacts {
    /// The physical name.
    pub name: String,
    /// The ARN.
    pub arn: Option<String>,
    /// Such as `ACTIVE`.
    pub status: String,
    /// The time of its creation.
    pub created: Option<jiff::Timestamp>,
    /// The keys of the table and its indexes.
    pub keys: TableKeys,
    /// The indexes.
    pub indexes: Vec<IndexFacts>,
    /// `provisioned` or `pay_per_request`.
    pub billing: String,
    /// Read capacity units, of provisioned billing.
    pub read_capacity: Option<u64>,
    /// Write capacity units, of provisioned billing.
    pub write_capacity: Option<u64>,
    /// The number of items: AWS counts about every six hours. Source: API reference, `TableDescription`.
    pub item_count: i64,
    /// The size in bytes, counted as rarely.
    pub size_bytes: i64,
    /// The part of a change that is in the stream; `None` without a stream.
    pub stream: Option<String>,
    /// The stream's ARN.
    pub stream_arn: Option<String>,
    /// True if AWS refuses to delete the table; `None` if the endpoint does not say.
    pub deletion_protection: Option<bool>,
    /// The ARN of the KMS key; `None` for a key that AWS owns.
    pub encryption: Option<String>,
    /// The class, if it is not the usual one.
    pub table_class: Option<String>,
}

/// The description of an index.
#[derive(Debug, Clone)]
pub struct IndexFacts {
    /// The name and the keys.
    pub keys: IndexKeys,
    /// True for a global secondary index, false for a local one.
    pub is_global: bool,
    /// `all`, `keys_only` or `include: …`.
    pub projection: String,
    /// Such as `ACTIVE`; only global indexes have one.
    pub status: Option<String>,
    /// Read capacity units, of provisioned billing.
    pub read_capacity: Option<u64>,
    /// Write capacity units, of provisioned billing.
    pub write_capacity: Option<u64>,
    /// The number of entries.
    pub item_count: Option<i64>,
    /// The size in bytes.
    pub size_bytes: Option<i64>,
}

impl TableFacts {
    /// The write capacity units that limit a write to the table and all its indexes; `None` on demand.
    pub fn write_limit(&self) -> Option<u64> {
        let of_indexes = self.indexes.iter().filter_map(|index| index.write_capacity);
        self.write_capacity.into_iter().chain(of_indexes).min()
    }
}
