//! A pattern in short: its calls, what serves it, and its cost.

use std::collections::BTreeMap;

use serde::Serialize;

use super::cost::{Cost, cost};
use super::pattern::AccessPattern;
use super::served::served;
use super::table_keys::TableKeys;
use super::writes::WriteKind;

/// A pattern with its calls, what serves it, and its cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PatternSummary {
    /// The pattern's name.
    pub pattern: String,
    /// The operations of the API, each once.
    pub operations: Vec<&'static str>,
    /// True if a key serves it.
    pub served: bool,
    /// The index that serves it; `None` for the table itself.
    pub index: Option<String>,
    /// The cost of one request, or of one page; `None` for a scan.
    pub cost: Option<Cost>,
}

/// The patterns of a table in short, by name.
pub fn summaries(patterns: &BTreeMap<String, AccessPattern>, keys: &TableKeys) -> Vec<PatternSummary> {
    let one = |(name, pattern): (&String, &AccessPattern)| {
        let served = served(pattern, keys);
        let operations = match (&pattern.write, &served) {
            (Some(writes), _) if writes.transact => vec!["TransactWriteItems"],
            (Some(writes), _) => {
                let mut all: Vec<&str> = Vec::new();
                for write in &writes.writes {
                    let operation = match write.kind {
                        WriteKind::Put => "PutItem",
                        WriteKind::Delete => "DeleteItem",
                        WriteKind::Update => "UpdateItem",
                        WriteKind::Check => "TransactWriteItems",
                    };
                    if !all.contains(&operation) {
                        all.push(operation);
                    }
                }
                all
            }
            (None, Some(served)) if served.one_item => vec!["GetItem"],
            (None, Some(_)) => vec!["Query"],
            (None, None) => vec!["Scan"],
        };
        PatternSummary {
            pattern: name.clone(),
            operations,
            served: served.is_some() || !pattern.is_read(),
            index: served.and_then(|served| served.index),
            cost: cost(pattern, patterns, keys),
        }
    };
    patterns.iter().map(one).collect()
}
