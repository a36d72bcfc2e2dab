//! Findings about the design of a table for its patterns: it works, and costs more or grows worse than it need.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::comparison::Operator;
use super::cost::DEFAULT_ITEM_SIZE;
use super::finding::Finding;
use super::hot_partition::{hot_partitions, is_many};
use super::pattern::AccessPattern;
use super::served::{Served, lacks, served};
use super::table_keys::{ScalarType, TableKeys};
use super::uses::{place, types};
use super::writes::WriteKind;
use crate::base::{PropertyPath, counted};
use crate::path;

/// The least share of patterns that the table itself should serve, in percent, and the number of patterns from which
/// a share means something.
const SHARE: usize = 80;
const ENOUGH: usize = 5;

/// Finds what is bad about a table without a problem. None, if it has no patterns.
pub fn findings(patterns: &BTreeMap<String, AccessPattern>, keys: &TableKeys) -> Vec<Finding> {
    if patterns.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut by_table = 0;
    for (name, pattern) in patterns {
        let at = path!["access_patterns", name];
        let served = served(pattern, keys);
        match &served {
            Some(Served { index: Some(index), .. }) => {
                used.insert(index.clone());
            }
            Some(Served { index: None, .. }) => by_table += 1,
            None if !pattern.is_read() => by_table += 1,
            None => {
                used.extend(pattern.index.iter().filter(|_| pattern.scan).cloned());
                found.push(scan(name, pattern, keys, &at));
            }
        }
        found.extend(transaction_size(name, pattern, &at));
        if let Some(served) = &served {
            found.extend(filter(name, pattern, keys, served, &at));
            found.extend(fetches(name, pattern, keys, served, &at));
            found.extend(without_effect(name, pattern, keys, served, &at));
        }
    }
    found.extend(share(patterns.len(), by_table, used.len()));
    for name in keys.indexes.keys().filter(|name| !used.contains(*name)) {
        let section = if keys.indexes[name].global { "global_secondary_indexes" } else { "local_secondary_indexes" };
        found.push(Finding {
            rule: "index-unused",
            path: path![section, name],
            message: format!(
                "no access pattern uses the index `{name}`, which is paid for with each write of its items"
            ),
            hint: Some("remove it, or add the pattern that needs it".to_owned()),
        });
    }
    found.extend(hot_partitions(patterns, keys));
    found.extend(collections(patterns, keys));
    found
}

/// A pattern that no key serves.
fn scan(name: &str, pattern: &AccessPattern, keys: &TableKeys, at: &PropertyPath) -> Finding {
    let by_filter = || {
        let equal = pattern.filter.iter().filter(|(_, comparison)| comparison.operator == Operator::Equals);
        equal.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let known: Vec<String> = if pattern.scan { by_filter() } else { pattern.key.keys().cloned().collect() };
    // What has many values is the better partition key.
    let types = types(pattern, keys, None);
    let many = |name: &String| {
        let value = pattern.key.get(name).or_else(|| pattern.filter.get(name)?.equal_to());
        value.is_some_and(|value| is_many(value, pattern, &types))
    };
    let known = known.iter().filter(|name| many(name)).chain(known.iter().filter(|name| !many(name)));
    let known: Vec<&String> = known.filter(|name| **name != keys.partition.name).collect();
    let reads = if pattern.scan && pattern.index.is_some() { "the whole index" } else { "the whole table" };
    let message = format!("no key serves `{name}`: it would need a scan, which reads {reads}");
    let hint = match known.as_slice() {
        [] => "give it a `key`; what must read everything, and seldom, is better served by an export to S3".to_owned(),
        [partition, rest @ ..] => {
            let by_table = keys.sort.as_ref().filter(|_| pattern.sort.is_some()).map(|key| key.name.clone());
            let sort = rest.first().map(|name| (*name).clone()).or(by_table.filter(|name| name != *partition));
            format!(
                "this index would serve it:{}",
                index_lines(&[(*partition).clone()], sort.as_deref(), keys, &types, pattern)
            )
        }
    };
    Finding { rule: "pattern-scan", path: at.clone(), message, hint: Some(hint) }
}

/// The lines of `stack.yaml` with a global index.
fn index_lines(
    partition: &[String],
    sort: Option<&str>,
    keys: &TableKeys,
    types: &BTreeMap<String, ScalarType>,
    pattern: &AccessPattern,
) -> String {
    let attribute = |name: &str| {
        let value = pattern.key.get(name).or_else(|| pattern.filter.get(name)?.values.first());
        let kind = keys.type_of(name).or_else(|| match value? {
            super::value::AttributeTemplate::Number(_) => Some(ScalarType::N),
            super::value::AttributeTemplate::Flag(_) => None,
            super::value::AttributeTemplate::Text(text) => types.get(&text.only_parameter()?).copied(),
        });
        match kind {
            Some(ScalarType::N) => format!("{{name: {name}, type: N}}"),
            Some(ScalarType::B) => format!("{{name: {name}, type: B}}"),
            _ => name.to_owned(),
        }
    };
    let named: Vec<&str> = partition.iter().map(String::as_str).chain(sort).collect();
    let key = match partition {
        [one] => attribute(one),
        several => format!("[{}]", several.iter().map(|name| attribute(name)).collect::<Vec<_>>().join(", ")),
    };
    let mut lines = format!(
        "\n      global_secondary_indexes:\n        {}-index:\n          partition_key: {key}",
        named.join("-")
    );
    if let Some(sort) = sort {
        let _ = write!(lines, "\n          sort_key: {}", attribute(sort));
    }
    lines
}

/// A filter that reads more than it returns. Source: Developer Guide, "Filter expressions for the Query operation": a
/// filter is applied after the items are read, and consumes the same capacity.
fn filter(
    name: &str,
    pattern: &AccessPattern,
    keys: &TableKeys,
    served: &Served,
    at: &PropertyPath,
) -> Option<Finding> {
    let beside = served.beside.iter().map(|name| (at.child("key").child(name), name));
    let filters = pattern.filter.keys().map(|name| (at.child("filter").child(name), name));
    let all: Vec<(PropertyPath, &String)> = beside.chain(filters).collect();
    let (path, _) = all.first()?.clone();
    let names = all.iter().map(|(_, name)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let place = served.index.as_ref().map_or_else(|| "the table".to_owned(), |name| format!("the index `{name}`"));
    let message = format!(
        "`{name}` reads every item with its key from {place}, and filters them by {names}: it reads, and pays for, more than it returns"
    );
    let types = types(pattern, keys, served.sort_on.as_deref());
    // A sort key takes what a filter compares by equality, a beginning or an order.
    let takes = |name: &&String| {
        let comparison = pattern.filter.get(*name);
        comparison
            .is_none_or(|one| !matches!(one.operator, Operator::NotEquals | Operator::Contains | Operator::Exists))
    };
    let sort = all.iter().map(|(_, name)| *name).find(takes).filter(|_| pattern.sort.is_none() && all.len() == 1);
    let hint = match sort {
        Some(sort) => {
            format!("this index would serve it:{}", index_lines(&served.partition, Some(sort), keys, &types, pattern))
        }
        None => {
            "put what is filtered into a sort key, in front of what is compared, such as `OPEN#{created_at}`".to_owned()
        }
    };
    Some(Finding { rule: "pattern-filter", path, message, hint: Some(hint) })
}

/// Attributes that a local index does not hold. Source: Developer Guide, "Local secondary indexes", "Attribute
/// projections": `DynamoDB` fetches them from the table, item by item.
fn fetches(
    name: &str,
    pattern: &AccessPattern,
    keys: &TableKeys,
    served: &Served,
    at: &PropertyPath,
) -> Option<Finding> {
    let index_name = served.index.as_ref().filter(|_| !served.global)?;
    let index = keys.indexes.get(index_name)?;
    let missing: BTreeSet<&String> = lacks(pattern, keys, index).collect();
    let first = missing.first()?;
    let position = pattern.attributes.iter().position(|one| one == *first);
    let path = position.map_or_else(|| at.clone(), |position| at.child("attributes").child(position.to_string()));
    let names = missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Some(Finding {
        rule: "index-fetches",
        path,
        message: format!(
            "the index `{index_name}` does not hold {names}: for each item of `{name}` the whole item is read from the table, too"
        ),
        hint: Some(
            "read other attributes; a local index can only be given another projection with a new table".to_owned(),
        ),
    })
}

/// A transaction whose items are too large together. Source: API reference, `TransactWriteItems`: 4 MB.
fn transaction_size(name: &str, pattern: &AccessPattern, at: &PropertyPath) -> Option<Finding> {
    const MOST: u64 = 4 * 1024 * 1024;
    let writes = pattern.write.as_ref().filter(|writes| writes.transact)?;
    let item = pattern.item_size.unwrap_or(DEFAULT_ITEM_SIZE);
    let size = u64::from(item) * writes.writes.len() as u64;
    (size > MOST).then(|| Finding {
        rule: "transaction-size",
        path: at.child("write").child("transact"),
        message: format!("`{name}` writes {size} bytes with its `item_size`, and a transaction takes {MOST}"),
        hint: Some("make several patterns of it, or correct `item_size`".to_owned()),
    })
}

/// An order where there is nothing to order.
fn without_effect(
    name: &str,
    pattern: &AccessPattern,
    keys: &TableKeys,
    served: &Served,
    at: &PropertyPath,
) -> Option<Finding> {
    pattern.order?;
    let sort = served
        .index
        .as_ref()
        .map_or(keys.sort.is_some(), |index| keys.indexes.get(index).is_some_and(|index| !index.sort.is_empty()));
    let place = served.index.as_ref().map_or_else(|| "the table".to_owned(), |name| format!("the index `{name}`"));
    (!sort).then(|| Finding {
        rule: "order-without-effect",
        path: at.child("order"),
        message: format!("`{name}` has an `order`, and {place} has no sort key"),
        hint: Some("remove it, or give the index a sort key".to_owned()),
    })
}

/// The share of the patterns that the table itself serves.
fn share(all: usize, by_table: usize, indexes: usize) -> Option<Finding> {
    let percent = by_table * 100 / all;
    let (patterns, used) = (counted(all, "pattern", "patterns"), counted(indexes, "index serves", "indexes serve"));
    (all >= ENOUGH && percent < SHARE).then(|| Finding {
        rule: "table-share",
        path: path!["access_patterns"],
        message: format!("the table itself serves {by_table} of {patterns} ({percent} %), and {used} the others"),
        hint: Some(
            "as a rule of thumb the table's own key serves 80 to 90 %, and one or two indexes serve the rest: look for a \
             key that serves more"
                .to_owned(),
        ),
    })
}

/// Item collections that grow without bound beside a local index. Source: Developer Guide, "Local secondary indexes",
/// "Item collection size limit": 10 GB for each value of the partition key.
fn collections(patterns: &BTreeMap<String, AccessPattern>, keys: &TableKeys) -> Option<Finding> {
    let (local, sort) = (keys.indexes.iter().find(|(_, index)| !index.global)?, keys.sort.as_ref()?);
    for (name, pattern) in patterns {
        let types = types(pattern, keys, None);
        for write in pattern.write.iter().flat_map(|writes| &writes.writes) {
            let value = write.attributes.get(&sort.name).filter(|_| write.kind == WriteKind::Put);
            if !value.is_some_and(|value| is_many(value, pattern, &types)) {
                continue;
            }
            let at = path!["access_patterns", name].keys().iter().chain(place(write).keys()).cloned().collect();
            return Some(Finding {
                rule: "item-collection-limit",
                path: at,
                message: format!(
                    "with the local index `{}`, the items of one `{}` can't be more than 10 GB, and `{name}` adds to them without bound",
                    local.0, keys.partition.name
                ),
                hint: Some("use a global index in its place, or let items expire (`time_to_live`)".to_owned()),
            });
        }
    }
    None
}
