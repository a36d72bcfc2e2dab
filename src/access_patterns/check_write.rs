//! The problems of patterns that write.
//!
//! Sources: API reference, `PutItem`, `UpdateItem`, `DeleteItem`, `TransactWriteItems`; Developer Guide, "Managing
//! complex workflows with DynamoDB transactions".

use std::collections::{BTreeMap, BTreeSet};

use super::pattern::AccessPattern;
use super::suggestion::meant;
use super::table_keys::TableKeys;
use super::uses::{attribute_place, place};
use super::writes::{Write, WriteKind, Writes};
use crate::base::{Problem, PropertyPath};
use crate::path;

/// The number of actions of a transaction. Source: API reference, `TransactWriteItems`, `TransactItems`.
pub(super) const MOST_ACTIONS: usize = 100;

pub(super) fn check(pattern: &AccessPattern, keys: &TableKeys, found: &mut Vec<Problem>) {
    let Some(Writes { transact, mixed, writes }) = &pattern.write else { return };
    if *mixed {
        let message = "beside `transact` there are no other writes";
        let hint = "write them below `transact`, or make two patterns of it";
        found.push(Problem::new(path!["write", "transact"], message).hint(hint).of_key());
        return;
    }
    if writes.is_empty() {
        let message = "this pattern writes nothing";
        found.push(Problem::new(path!["write"], message).hint("for example `put: [{pk: \"…\", sk: \"…\"}]`").of_key());
    }
    if *transact && writes.len() > MOST_ACTIONS {
        let message = format!("a transaction has at most {MOST_ACTIONS} actions, and this has {}", writes.len());
        found.push(Problem::new(path!["write", "transact"], message).hint("make several patterns of it").of_key());
    }
    for write in writes {
        own_key(write, keys, found);
        match write.kind {
            WriteKind::Put | WriteKind::Delete => {}
            WriteKind::Update => changes(write, keys, found),
            WriteKind::Check => {
                if !transact {
                    let message = "`check` is a part of a transaction";
                    found.push(Problem::new(place(write), message).hint("write it below `transact`").of_key());
                }
                if write.condition.is_empty() {
                    let message = "a check needs a `condition`";
                    let hint = format!("for example `condition: {{{}: {{exists: true}}}}`", keys.partition.name);
                    found.push(Problem::new(place(write), message).hint(hint));
                }
            }
        }
    }
    twice(writes, keys, *transact, found);
}

/// Checks that the key is whole, and that nothing but a put has more than the key.
fn own_key(write: &Write, keys: &TableKeys, found: &mut Vec<Problem>) {
    let word = write.kind.word();
    let missing: Vec<String> =
        keys.own().filter(|key| !write.attributes.contains_key(&key.name)).map(|key| key.name.clone()).collect();
    let beside: Vec<&String> = write.attributes.keys().filter(|name| !keys.is_own(name)).collect();
    for name in &missing {
        let message = format!("`{word}` lacks `{name}`, a part of the table's key");
        let near = meant(name, beside.iter().map(|name| name.as_str())).filter(|hint| hint.starts_with("did"));
        let hint = match near {
            Some(near) => format!("{} Else add `{name}: \"…\"`", near.replace("did you mean", "is it meant by")),
            None => format!("add `{name}: \"…\"`"),
        };
        found.push(Problem::new(place(write), message).hint(hint));
    }
    // A misspelt attribute of the key is reported by what is missing.
    if write.kind != WriteKind::Put && missing.is_empty() {
        for name in beside {
            let message = format!("`{name}` is no part of the table's key, by which `{word}` finds the item");
            let hint = match write.kind {
                WriteKind::Update => {
                    "write changes below `set`, `add` or `remove`, and what must hold below `condition`"
                }
                _ => "remove it, or compare it below `condition`",
            };
            found.push(Problem::new(attribute_place(write, name), message).hint(hint).of_key());
        }
    }
}

/// Checks an update. Source: API reference, `UpdateItem`: the primary key can't be updated, and an attribute is changed
/// once.
fn changes(write: &Write, keys: &TableKeys, found: &mut Vec<Problem>) {
    let set = write.set.keys().map(|name| (path!["set", name], name));
    let add = write.add.keys().map(|name| (path!["add", name], name));
    let remove = write.remove.iter().enumerate().map(|(index, name)| (path!["remove", index.to_string()], name));
    let mut seen = BTreeSet::new();
    let mut any = false;
    for (below, name) in set.chain(add).chain(remove) {
        any = true;
        let at: PropertyPath = place(write).keys().iter().chain(below.keys()).cloned().collect();
        if keys.is_own(name) {
            let message = format!("`{name}` is a part of the key, and a key can't be updated");
            let hint =
                "delete the item and put it under its new key, in one transaction: `transact: {delete: […], put: […]}`";
            found.push(Problem::new(at, message).hint(hint).of_key());
        } else if !seen.insert(name) {
            let message = format!("`{name}` is changed twice");
            found.push(Problem::new(at, message).hint("keep one of them").of_key());
        }
    }
    if !any {
        let message = "this update changes nothing";
        found.push(Problem::new(place(write), message).hint("add `set: {attribute: \"{value}\"}`, `add` or `remove`"));
    }
}

/// Checks that no item is written twice. Source: API reference, `TransactWriteItems`: no two actions can target the
/// same item; `BatchWriteItem` has the same rule.
fn twice(writes: &[Write], keys: &TableKeys, transact: bool, found: &mut Vec<Problem>) {
    let mut seen: BTreeMap<Vec<String>, &Write> = BTreeMap::new();
    for write in writes {
        let key: Option<Vec<String>> = keys
            .own()
            .map(|key| write.attributes.get(&key.name).map(super::value::AttributeTemplate::canonical))
            .collect();
        let Some(key) = key else { continue };
        if let Some(first) = seen.get(&key) {
            let first: Vec<&str> = first.at.iter().map(String::as_str).collect();
            let message = if transact {
                format!("a transaction can't have two actions on one item: `{}` has this key, too", first.join("."))
            } else {
                format!("two writes of one item, in no certain order: `{}` has this key, too", first.join("."))
            };
            let hint = "join them, or make their keys differ; a put takes the place of the item that is there";
            found.push(Problem::new(place(write), message).hint(hint));
        } else {
            seen.insert(key, write);
        }
    }
}
