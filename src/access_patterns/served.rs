//! The table or index that serves a read.
//!
//! Source: API reference, `Query`: equality on the whole partition key, and at most one comparison of the sort key.
//! Developer Guide, "Multi-attribute keys pattern": the attributes of a sort key are compared from left to right, all
//! but the last one for equality.

use super::pattern::AccessPattern;
use super::table_keys::{IndexKeys, Key, TableKeys};

/// The table or index that serves a read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The index; `None` for the table itself.
    pub index: Option<String>,
    /// True for a global index.
    pub global: bool,
    /// The attributes of the key that are known, the partition key's first.
    pub key: Vec<String>,
    /// The attributes of the partition key, which are the first of `key`.
    pub partition: Vec<String>,
    /// The attribute that `sort` compares.
    pub sort_on: Option<String>,
    /// Attributes of the pattern's `key` that are no part of this key: a filter.
    pub beside: Vec<String>,
    /// True if the whole key of the table is known: it is one item.
    pub one_item: bool,
}

/// The reason why an index (or the table) does not serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unserved {
    /// An attribute of its partition key is not known.
    Partition,
    /// There is a comparison of the sort key, and no sort key that is left to compare.
    Sort,
}

/// The best of table and indexes for a read: the named one; else the one with the fewest attributes left to filter,
/// the table first, then local and global indexes by name. `None` if none serves, or if it is no read by a key.
pub fn served(pattern: &AccessPattern, keys: &TableKeys) -> Option<Served> {
    if !pattern.is_read() || pattern.scan {
        return None;
    }
    if let Some(name) = &pattern.index {
        return serves(pattern, keys, Some((name, keys.indexes.get(name)?))).ok();
    }
    let table = serves(pattern, keys, None);
    let indexes = keys.indexes.iter().map(|index| serves(pattern, keys, Some(index)));
    let mut all: Vec<Served> = std::iter::once(table).chain(indexes).filter_map(Result::ok).collect();
    all.sort_by_key(|one| {
        let unfit =
            one.index.as_ref().and_then(|name| keys.indexes.get(name)).is_some_and(|index| {
                one.global && (pattern.consistent || lacks(pattern, keys, index).next().is_some())
            });
        (unfit, one.beside.len(), one.global, one.index.is_some())
    });
    all.into_iter().next()
}

/// The attributes that a read needs and that an index does not hold.
pub(super) fn lacks<'p>(
    pattern: &'p AccessPattern,
    keys: &TableKeys,
    index: &IndexKeys,
) -> impl Iterator<Item = &'p String> {
    let held = keys.held(index);
    let lacks = move |name: &&String| held.as_ref().is_some_and(|held| !held.contains(*name));
    pattern.attributes.iter().chain(pattern.filter.keys()).chain(pattern.key.keys()).filter(lacks)
}

/// Whether the table, or an index, serves a read.
pub(super) fn serves(
    pattern: &AccessPattern,
    keys: &TableKeys,
    index: Option<(&String, &IndexKeys)>,
) -> Result<Served, Unserved> {
    let own = (std::slice::from_ref(&keys.partition), keys.sort.as_slice());
    let (partition, sort) = index.map_or(own, |(_, index)| (&index.partition[..], &index.sort[..]));
    let known = |key: &&Key| pattern.key.contains_key(&key.name);
    if !partition.iter().all(|key| known(&key)) {
        return Err(Unserved::Partition);
    }
    let names = |keys: &[Key]| keys.iter().map(|key| key.name.clone()).collect::<Vec<_>>();
    let partition = names(partition);
    let mut equal: Vec<String> = sort.iter().take_while(known).map(|key| key.name.clone()).collect();
    let mut sort_on = None;
    if pattern.sort.is_some() {
        let next = sort.get(equal.len()).ok_or(Unserved::Sort)?;
        sort_on = Some(next.name.clone());
    }
    let whole = equal.len() == sort.len() && sort_on.is_none();
    let mut key = partition.clone();
    key.append(&mut equal);
    let beside: Vec<String> = pattern.key.keys().filter(|name| !key.contains(name)).cloned().collect();
    Ok(Served {
        index: index.map(|(name, _)| name.clone()),
        global: index.is_some_and(|(_, index)| index.global),
        one_item: whole
            && index.is_none()
            && pattern.limit.is_none()
            && pattern.order.is_none()
            && beside.is_empty()
            && pattern.filter.is_empty(),
        key,
        partition,
        sort_on,
        beside,
    })
}
