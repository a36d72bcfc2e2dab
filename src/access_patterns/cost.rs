//! The read and write units that a pattern consumes, by AWS's rounding rules.
//!
//! Sources: Developer Guide, "DynamoDB on-demand and provisioned capacity": 4 KB for a read unit, half of it for an
//! eventually consistent read, twice of it in a transaction, 1 KB for a write unit; a query adds up the sizes of its
//! items before it rounds. "Global secondary indexes", "Write capacity units": an index is written where an item has its
//! key, once for a new entry, twice where the key of an entry changes. An index holds no more than the item, so what an
//! index holds in part is counted as the whole item: at most.

use std::collections::BTreeMap;

use serde::Serialize;

use super::pattern::AccessPattern;
use super::served::{lacks, served};
use super::table_keys::{IndexKeys, Projected, TableKeys};
use super::template::Part;
use super::value::AttributeTemplate;
use super::writes::{Write, WriteKind};

/// The size of an item for which no other is given, in bytes.
pub const DEFAULT_ITEM_SIZE: u32 = 1024;

/// The bytes of a read unit, of a write unit, and of a page.
const READ_UNIT: u64 = 4096;
const WRITE_UNIT: u64 = 1024;
const PAGE: u64 = 1024 * 1024;

/// Units of the table, or of an index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Units {
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
}

/// The cost of one request of a pattern, or of one page of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    /// The size of an item, in bytes.
    pub item_size: u32,
    /// The number of items that are read, or written.
    pub items: u64,
    /// The units in total.
    pub total: Units,
    /// The part of the table.
    pub table: Units,
    /// The part of each index.
    pub indexes: BTreeMap<String, Units>,
    /// True if it may be less: of an index that holds a part of each item, of an item that may not be in it.
    pub at_most: bool,
}

/// A number as units. They are whole or halves.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 units")]
fn units(halves: u64) -> f64 {
    halves as f64 / 2.0
}

/// The cost of a pattern; `None` for one that no key serves, of which the size of the table decides.
pub(super) fn cost(pattern: &AccessPattern, all: &BTreeMap<String, AccessPattern>, keys: &TableKeys) -> Option<Cost> {
    let item_size = pattern.item_size.unwrap_or(DEFAULT_ITEM_SIZE);
    let mut cost = Cost {
        item_size,
        items: 0,
        total: Units::default(),
        table: Units::default(),
        indexes: BTreeMap::new(),
        at_most: false,
    };
    if pattern.is_read() {
        read(pattern, keys, &mut cost)?;
    } else {
        write(pattern, all, keys, &mut cost);
    }
    cost.total = cost
        .indexes
        .values()
        .fold(cost.table, |sum, one| Units { read: sum.read + one.read, write: sum.write + one.write });
    Some(cost)
}

fn read(pattern: &AccessPattern, keys: &TableKeys, cost: &mut Cost) -> Option<()> {
    let served = served(pattern, keys)?;
    let size = u64::from(cost.item_size);
    let in_a_page = (PAGE / size).max(1);
    let items =
        if served.one_item { 1 } else { u64::from(pattern.items.or(pattern.limit).unwrap_or(1)).min(in_a_page) };
    cost.items = items;
    let halves = |bytes: u64| bytes.div_ceil(READ_UNIT) * if pattern.consistent { 2 } else { 1 };
    let own = units(halves(items * size));
    let Some(name) = served.index else {
        cost.table.read = own;
        return Some(());
    };
    cost.indexes.insert(name.clone(), Units { read: own, write: 0.0 });
    let index = keys.indexes.get(&name)?;
    cost.at_most = index.projected != Projected::All;
    if !index.global && lacks(pattern, keys, index).next().is_some() {
        cost.table.read = units(items * halves(size));
    }
    Some(())
}

fn write(pattern: &AccessPattern, all: &BTreeMap<String, AccessPattern>, keys: &TableKeys, cost: &mut Cost) {
    let Some(writes) = &pattern.write else { return };
    let factor = if writes.transact { 2 } else { 1 };
    let once = u64::from(cost.item_size).div_ceil(WRITE_UNIT) * 2;
    cost.items = writes.writes.len() as u64;
    for write in &writes.writes {
        cost.table.write += units(once * factor);
        // AWS does not say in which unit a check is counted.
        cost.at_most |= write.kind == WriteKind::Check;
        for (name, index) in &keys.indexes {
            let (times, sure) = entries(write, index, all, keys);
            if times > 0 {
                // AWS does not say whether a transaction doubles the writes of indexes.
                cost.at_most |= !sure || writes.transact || index.projected != Projected::All;
                cost.indexes.entry(name.clone()).or_default().write += units(once * factor * times);
            }
        }
    }
}

/// The number of writes to an index, and whether that is certain.
fn entries(write: &Write, index: &IndexKeys, all: &BTreeMap<String, AccessPattern>, keys: &TableKeys) -> (u64, bool) {
    let in_index = |item: &Write| index.keys().all(|key| item.attributes.contains_key(&key.name));
    if write.kind == WriteKind::Put {
        return (u64::from(in_index(write)), true);
    }
    // Puts of items with such keys show whether they are in the index.
    let writes = all.values().filter_map(|pattern| pattern.write.as_ref()).flat_map(|writes| &writes.writes);
    let puts: Vec<&Write> =
        writes.filter(|put| put.kind == WriteKind::Put && have_one_form(put, write, keys)).collect();
    let may_be = puts.is_empty() || puts.iter().any(|put| in_index(put));
    let sure = !puts.is_empty() && puts.iter().all(|put| in_index(put) == may_be);
    match write.kind {
        WriteKind::Put | WriteKind::Check => (0, true),
        WriteKind::Delete => (u64::from(may_be), sure),
        WriteKind::Update => {
            let changed = write.set.keys().chain(write.add.keys()).chain(&write.remove);
            let changed: Vec<&String> = changed.collect();
            let of_key = changed.iter().any(|name| index.keys().any(|key| key.name == **name));
            let held = keys.held(index);
            let seen = changed.iter().any(|name| held.as_ref().is_none_or(|held| held.contains(*name)));
            match (of_key, seen && may_be) {
                (true, _) => (2, false),
                (false, true) => (1, sure),
                (false, false) => (0, true),
            }
        }
    }
}

/// Returns whether the keys of two writes have one form: they are the same but for the names of parameters.
fn have_one_form(one: &Write, other: &Write, keys: &TableKeys) -> bool {
    let form = |write: &Write| -> Vec<Option<String>> {
        let values = keys.own().map(|key| write.attributes.get(&key.name));
        values.map(|value| value.map(form_of)).collect()
    };
    form(one) == form(other)
}

fn form_of(value: &AttributeTemplate) -> String {
    match value.template() {
        None => value.canonical(),
        Some(template) => template
            .parts()
            .into_iter()
            .map(|part| match part {
                Part::Text(text) => text,
                Part::Parameter(_) => "\u{0}".to_owned(),
            })
            .collect(),
    }
}
