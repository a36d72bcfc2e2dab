//! Partition keys with few values: partitions that get most of the traffic, or that grow without bound.
//!
//! Source: Developer Guide, "Designing partition keys to distribute your workload" (a partition takes 3,000 read and
//! 1,000 write units a second; a creation date rounded to a day, and status codes, are its bad examples), and "Using
//! write sharding to distribute workloads evenly".

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use super::pattern::{AccessPattern, Format};
use super::served::served;
use super::table_keys::{Key, ScalarType, TableKeys};
use super::template::Part;
use super::uses::{attribute_place, place, types};
use super::value::AttributeTemplate;
use super::writes::{Write, WriteKind};
use crate::base::PropertyPath;
use crate::path;

/// Names of parameters that usually have few values.
const FEW: [&str; 13] = [
    "status", "state", "type", "kind", "gender", "priority", "severity", "level", "enabled", "active", "deleted",
    "country", "language",
];

/// Names of parameters that usually are a day or a longer time.
const DATES: [&str; 8] = ["date", "day", "today", "week", "month", "quarter", "year", "yyyymmdd"];

/// The reason for which a value is one of few.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Few {
    /// It has no parameter.
    Constant(String),
    /// Its parameters have few values: each with the reason.
    Values(Vec<String>),
    /// It is a day, a month or a year: what happens at one time has one value.
    Time(Vec<String>),
}

/// A use of a partition key with few values.
struct Hot {
    patterns: BTreeSet<String>,
    grows: BTreeSet<String>,
    at: PropertyPath,
}

/// Finds the partition keys with few values of a table and its indexes.
pub(super) fn hot_partitions(patterns: &BTreeMap<String, AccessPattern>, keys: &TableKeys) -> Vec<Finding> {
    let mut hot: BTreeMap<(Option<String>, Vec<String>, Few), Hot> = BTreeMap::new();
    let mut note =
        |index: Option<&String>, attributes: Vec<String>, few: Few, pattern: &str, at: PropertyPath, grows: bool| {
            let at = path!["access_patterns", pattern].keys().iter().chain(at.keys()).cloned().collect();
            let one = hot.entry((index.cloned(), attributes, few)).or_insert_with(|| Hot {
                patterns: BTreeSet::new(),
                grows: BTreeSet::new(),
                at,
            });
            one.patterns.insert(pattern.to_owned());
            if grows {
                one.grows.insert(pattern.to_owned());
            }
        };
    for (name, pattern) in patterns {
        if let Some(served) = served(pattern, keys).filter(|served| !served.one_item) {
            let values = served.partition.iter().map(|attribute| pattern.key.get(attribute));
            let types = types(pattern, keys, served.sort_on.as_deref());
            if let Some(few) = few(values, pattern, &types) {
                let at = path!["key", &served.partition[0]];
                note(served.index.as_ref(), served.partition.clone(), few, name, at, false);
            }
        }
        let types = types(pattern, keys, None);
        for write in pattern.write.iter().flat_map(|writes| &writes.writes) {
            for (index, partition, sort) in places(keys, write) {
                let values = partition.iter().map(|key| written(write, &key.name));
                let Some(few) = few(values, pattern, &types) else { continue };
                let spreads = sort
                    .iter()
                    .filter_map(|key| written(write, &key.name))
                    .any(|value| is_many(value, pattern, &types));
                // One item alone is no partition that grows.
                if !spreads && index.is_none() {
                    continue;
                }
                let grows = write.kind == WriteKind::Put && (spreads || index.is_some());
                let at = written_at(write, &partition[0].name);
                let attributes = partition.iter().map(|key| key.name.clone()).collect();
                note(index, attributes, few, name, at, grows);
            }
        }
    }
    hot.into_iter().map(|((index, attributes, few), hot)| finding(index.as_deref(), &attributes, &few, hot)).collect()
}

/// The table and the indexes in which a write puts an item, with their keys.
fn places<'k>(keys: &'k TableKeys, write: &Write) -> Vec<(Option<&'k String>, &'k [Key], &'k [Key])> {
    if !matches!(write.kind, WriteKind::Put | WriteKind::Update) {
        return Vec::new();
    }
    let table = (None, std::slice::from_ref(&keys.partition), keys.sort.as_slice());
    let global = keys.indexes.iter().filter(|(_, index)| index.global);
    let given = global.filter(|(_, index)| index.partition.iter().all(|key| written(write, &key.name).is_some()));
    let indexes = given.map(|(name, index)| (Some(name), &index.partition[..], &index.sort[..]));
    std::iter::once(table).chain(indexes).collect()
}

/// The value that a write gives an attribute.
fn written<'w>(write: &'w Write, attribute: &str) -> Option<&'w AttributeTemplate> {
    write.attributes.get(attribute).or_else(|| write.set.get(attribute))
}

fn written_at(write: &Write, attribute: &str) -> PropertyPath {
    if write.attributes.contains_key(attribute) {
        attribute_place(write, attribute)
    } else {
        place(write).child("set").child(attribute)
    }
}

/// The reason for which the values of a partition key are few, if they are.
fn few<'v>(
    values: impl Iterator<Item = Option<&'v AttributeTemplate>>,
    pattern: &AccessPattern,
    types: &BTreeMap<String, ScalarType>,
) -> Option<Few> {
    let (mut reasons, mut text, mut time) = (Vec::new(), Vec::new(), false);
    for value in values {
        let value = value?;
        text.push(value.shown());
        let parts = value.template().map(super::Template::parts).unwrap_or_default();
        for part in parts {
            let Part::Parameter(name) = part else { continue };
            let (reason, is_time) = reason(&name, pattern, types)?;
            time |= is_time;
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
    }
    Some(match (reasons.is_empty(), time) {
        (true, _) => Few::Constant(text.join(", ")),
        (false, true) => Few::Time(reasons),
        (false, false) => Few::Values(reasons),
    })
}

/// The reason for which a parameter has few values, and whether it is a time.
fn reason(name: &str, pattern: &AccessPattern, types: &BTreeMap<String, ScalarType>) -> Option<(String, bool)> {
    let declared = pattern.parameters.get(name);
    if let Some(declared) = declared {
        if !declared.values.is_empty() {
            return Some((format!("`{{{name}}}` has {} values", declared.values.len()), false));
        }
        match declared.format {
            Some(Format::Date) => return Some((format!("`{{{name}}}` is a day"), true)),
            Some(Format::Month) => return Some((format!("`{{{name}}}` is a month"), true)),
            Some(Format::Year) => return Some((format!("`{{{name}}}` is a year"), true)),
            Some(Format::Uuid | Format::Time) => return None,
            None => {}
        }
    }
    if types.get(name) == Some(&ScalarType::Bool) {
        return Some((format!("`{{{name}}}` is a truth value"), false));
    }
    let words: Vec<String> = name.to_lowercase().split(['_', '-']).map(str::to_owned).collect();
    let last = words.last().map(String::as_str).unwrap_or_default();
    let first = words.first().map(String::as_str).unwrap_or_default();
    if DATES.contains(&last) {
        return Some((
            format!(
                "`{{{name}}}` looks like a {}",
                if last == "date" || last == "yyyymmdd" || last == "today" { "day" } else { last }
            ),
            true,
        ));
    }
    let flag = words.len() > 1 && matches!(first, "is" | "has");
    (flag || FEW.contains(&last)).then(|| (format!("`{{{name}}}` looks like one of few values"), false))
}

/// Returns whether a value has a parameter with many values.
pub(super) fn is_many(
    value: &AttributeTemplate,
    pattern: &AccessPattern,
    types: &BTreeMap<String, ScalarType>,
) -> bool {
    let mut names = value.template().into_iter().flat_map(super::Template::parameters);
    names.any(|name| reason(&name, pattern, types).is_none())
}

fn finding(index: Option<&str>, attributes: &[String], few: &Few, hot: Hot) -> Finding {
    let Hot { patterns, grows, at } = hot;
    let list = |names: &BTreeSet<String>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let keys = attributes.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let whose = index.map_or_else(|| "the table".to_owned(), |name| format!("the index `{name}`"));
    let reason = match few {
        Few::Constant(text) => format!("is always `{text}` for {}", list(&patterns)),
        Few::Values(reasons) => format!("may have few values for {}: {}", list(&patterns), reasons.join(", ")),
        Few::Time(reasons) => {
            format!("is the same for all that happens at one time, for {}: {}", list(&patterns), reasons.join(", "))
        }
    };
    let grows = match (grows.is_empty(), few) {
        (true, _) | (_, Few::Time(_)) => String::new(),
        (false, _) => format!(", and it grows without bound with {}", list(&grows)),
    };
    let throttled = if index.is_some() { "; where an index is throttled, writes to its table are, too" } else { "" };
    Finding {
        rule: "hot-partition",
        path: at,
        message: format!("the partition key {keys} of {whose} {reason}. This may be a hot partition{grows}{throttled}"),
        hint: Some(
            "a partition takes 3,000 read and 1,000 write units a second: add to the key what differs from item to \
             item, such as an id, or a number from a small range (write sharding)"
                .to_owned(),
        ),
    }
}
