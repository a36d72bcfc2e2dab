//! A read of items, query or scan, and its results.

use std::collections::BTreeMap;

use super::capacity::ConsumedCapacity;
use super::value::{AttributeValue, Item};

/// A query, or without a key condition a scan.
#[derive(Debug, Clone, Default)]
pub struct ReadRequest {
    /// The table's physical name.
    pub table: String,
    /// The index to read; `None` for the table itself.
    pub index: Option<String>,
    /// The condition on the key, in DynamoDB's expression language; `None` to scan.
    pub key_condition: Option<String>,
    /// The condition on what is read, in the same language.
    pub filter: Option<String>,
    /// The attributes to return, in the same language; `None` for all.
    pub projection: Option<String>,
    /// The names that the expressions use: `#pk` → `pk`.
    pub names: BTreeMap<String, String>,
    /// The values that the expressions use: `:pk` → its value.
    pub values: BTreeMap<String, AttributeValue>,
    /// The order of the sort key, of a query.
    pub order: SortOrder,
    /// The consistency.
    pub consistency: Consistency,
    /// The largest number of items to return; `None` for all.
    pub limit: Option<u64>,
    /// The key after which to go on: the `next` of an earlier read.
    pub start: Option<Item>,
    /// The attributes of the key of what is read, the table's and the index's. With them a filter and a limit take fewer
    /// requests: a page may be larger than the limit, and is cut.
    pub key: Vec<String>,
}

/// The order of a query's items by their sort key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SortOrder {
    /// The lowest sort key is first.
    #[default]
    Ascending,
    /// The highest sort key is first.
    Descending,
}

/// The consistency of a read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Consistency {
    /// A read may not show the latest writes.
    #[default]
    Eventual,
    /// A read shows all writes before it, for twice the units; no global index has it.
    Strong,
}

/// One page of an answer.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The items.
    pub items: Vec<Item>,
    /// The number of items that were read before the filter.
    pub scanned_count: u64,
    /// The units that the request consumed, if the endpoint counts them.
    pub capacity: Option<ConsumedCapacity>,
    /// The key after which there may be more.
    pub next: Option<Item>,
}

/// The numbers of a whole read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadSummary {
    /// The number of items.
    pub count: u64,
    /// The number of items that were read before the filter.
    pub scanned_count: u64,
    /// The units that all requests consumed; `None` if no answer said so.
    pub capacity: Option<ConsumedCapacity>,
    /// The key after which there may be more.
    pub next: Option<Item>,
    /// The number of requests.
    pub requests: u64,
}

impl ReadSummary {
    /// Adds a page.
    pub fn add(&mut self, page: &Page) {
        let Page { items, scanned_count, capacity, next } = page;
        self.count += items.len() as u64;
        self.scanned_count += scanned_count;
        if let Some(units) = capacity {
            self.capacity.get_or_insert_with(ConsumedCapacity::default).add(units);
        }
        self.next.clone_from(next);
        self.requests += 1;
    }
}
