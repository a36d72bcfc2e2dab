//! AWS's limits on a table that the schema can't express.
//!
//! Sources: DynamoDB Developer Guide, "Quotas in Amazon DynamoDB"; API reference, `CreateTable`.

use std::collections::BTreeMap;

use super::properties::{Encryption, KeyAttribute, KeyType, Projection};
use super::scaling::{AutoScaling, Dimension};
use super::spec::TableSpec;
use crate::access_patterns;
use crate::base::{Problem, PropertyPath, is_account, pending};
use crate::kind::policy_problems;
use crate::path;
use crate::policy::PolicyKind;

/// Finds the problems for which AWS would refuse a table.
pub(super) fn check(spec: &TableSpec, table: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    if let Some(message) = bad_name("a table", table) {
        found.push(Problem::new(path!["name"], message).hint(NAMES));
    }
    keys(spec, &mut found);
    indexes(spec, &mut found);
    billing(spec, &mut found);
    scaling(spec, &mut found);
    found.extend(access_patterns::check(&spec.access_patterns, &spec.keys()));
    if let Encryption::CustomerKey(arn) = &spec.encryption
        && !pending::is_pending(arn)
        && !is_key_arn(arn)
    {
        let message = format!("`{arn}` is not the ARN of a KMS key");
        let hint =
            "write `arn:aws:kms:<region>:<account>:key/<id>`; AWS reports this form, so an alias would always differ";
        found.push(Problem::new(path!["encryption", "kms_key"], message).hint(hint));
    }
    if let Some(policy) = &spec.resource_policy {
        found.extend(policy_problems(&path!["resource_policy"], policy, PolicyKind::Resource));
        let size = policy.to_string().len();
        // Source: DynamoDB Developer Guide, "Resource-based policy considerations".
        if size > 20 * 1024 {
            let message = format!("this policy has {size} bytes, and AWS takes 20,480");
            found.push(Problem::new(path!["resource_policy"], message).hint("use fewer or shorter statements"));
        }
    }
    found
}

const NAMES: &str = "names have 3 to 255 of the characters a-z, A-Z, 0-9, `_`, `-` and `.`";

/// Checks a name. Source: API reference, `CreateTable`, `TableName` and `IndexName`.
fn bad_name(what: &str, name: &str) -> Option<String> {
    if pending::is_pending(name) {
        return None;
    }
    let length = name.chars().count();
    let characters = name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    (!(3..=255).contains(&length) || !characters).then(|| format!("AWS does not accept `{name}` as the name of {what}"))
}

/// Recognises a key's ARN. Source: API reference, `KMSMasterKeyId`; AWS KMS Developer Guide, "Key identifiers".
fn is_key_arn(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    let mut next = || parts.next().unwrap_or_default();
    next() == "arn" && next().starts_with("aws") && next() == "kms" && {
        let (region, account, resource) = (next(), next(), next());
        !region.is_empty() && is_account(account) && resource.strip_prefix("key/").is_some_and(|id| !id.is_empty())
    }
}

fn same_name(path: &PropertyPath, keys: &[&KeyAttribute], found: &mut Vec<Problem>) {
    for (position, key) in keys.iter().enumerate() {
        if keys.iter().take(position).any(|earlier| earlier.name == key.name) {
            let message = format!("`{}` is in the key twice", key.name);
            found.push(Problem::new(path.clone(), message).hint("use a different attribute for each part of a key"));
        }
    }
}

fn keys(spec: &TableSpec, found: &mut Vec<Problem>) {
    let mut all: Vec<(PropertyPath, &KeyAttribute)> = vec![(path!["partition_key"], &spec.partition_key)];
    all.extend(spec.sort_key.as_ref().map(|key| (path!["sort_key"], key)));
    for (name, index) in &spec.local_secondary_indexes {
        all.push((path!["local_secondary_indexes", name, "sort_key"], &index.sort_key));
        same_name(&path!["local_secondary_indexes", name, "sort_key"], &[&spec.partition_key, &index.sort_key], found);
    }
    for (name, index) in &spec.global_secondary_indexes {
        let path = path!["global_secondary_indexes", name];
        all.extend(index.partition_key.0.iter().map(|key| (path.child("partition_key"), key)));
        all.extend(index.sort_key.iter().flat_map(|keys| &keys.0).map(|key| (path.child("sort_key"), key)));
        let keys: Vec<_> = index.keys().collect();
        same_name(&path, &keys, found);
    }
    if let Some(sort) = &spec.sort_key {
        same_name(&path!["sort_key"], &[&spec.partition_key, sort], found);
    }
    let mut types: BTreeMap<&str, (KeyType, &PropertyPath)> = BTreeMap::new();
    for (path, KeyAttribute { name, kind }) in &all {
        // Source: "Quotas", "Partition keys and sort keys" (names of key attributes: 255 bytes).
        if name.len() > 255 {
            let message = format!("the name of a key attribute may have 255 bytes, and this has {}", name.len());
            found.push(Problem::new(path.clone(), message).hint("choose a shorter name"));
        }
        let (first, at) = *types.entry(name).or_insert((*kind, path));
        if first != *kind {
            let message = format!("the attribute `{name}` is {kind:?} here and {first:?} at `{at}`");
            let problem = Problem::new(path.clone(), message).hint("an attribute has one type in all keys");
            found.push(problem.given(at.clone()));
        }
    }
}

fn indexes(spec: &TableSpec, found: &mut Vec<Problem>) {
    let (globals, locals) = (&spec.global_secondary_indexes, &spec.local_secondary_indexes);
    // Source: "Quotas", "Secondary indexes per table".
    for (word, count, most) in [("global", globals.len(), 20), ("local", locals.len(), 5)] {
        if count > most {
            let message = format!("a table may have {most} {word} secondary indexes, and this has {count}");
            let path = path![format!("{word}_secondary_indexes")];
            found.push(
                Problem::new(path, message).hint("leave some out; each is a copy that is written with the table"),
            );
        }
    }
    if !locals.is_empty() && spec.sort_key.is_none() {
        let message = "a table with local secondary indexes needs a sort key";
        let hint = "give the table a `sort_key`, or make it a global secondary index";
        let problem = Problem::new(path!["local_secondary_indexes"], message).hint(hint);
        found.push(problem.given(path!["sort_key"]));
    }
    let named = globals.keys().map(|name| ("global_secondary_indexes", name));
    for (section, name) in named.chain(locals.keys().map(|name| ("local_secondary_indexes", name))) {
        if let Some(message) = bad_name("an index", name) {
            found.push(Problem::new(path![section, name], message).hint(NAMES));
        }
    }
    for name in locals.keys().filter(|name| globals.contains_key(*name)) {
        let message = format!("two indexes of this table are called `{name}`");
        let hint = "the names of a table's indexes differ from each other";
        found.push(Problem::new(path!["local_secondary_indexes", name], message).hint(hint));
    }
    // Source: "Quotas", "Projected secondary index attributes per table": those of all indexes count together,
    // an attribute in two indexes twice.
    let projections = globals.values().map(|i| &i.projection).chain(locals.values().map(|i| &i.projection));
    let included: usize =
        projections.map(|held| if let Projection::Include(names) = held { names.len() } else { 0 }).sum();
    if included > 100 {
        let message =
            format!("the indexes of a table may include 100 attributes together, and these include {included}");
        let problem = Problem::new(path!["global_secondary_indexes"], message);
        let problem = problem.hint("use `projection: all` where much is included");
        found.push(problem.given(path!["local_secondary_indexes"]));
    }
}

fn billing(spec: &TableSpec, found: &mut Vec<Problem>) {
    let provisioned = spec.is_provisioned();
    let billing = &spec.billing;
    let mut misplaced = |path: PropertyPath, key: &str, given: bool, of: &str, instead: &str| {
        if given {
            let message = format!("`{key}` needs `mode: {of}`");
            found.push(Problem::new(path.child(key), message).hint(instead).given(path!["billing", "mode"]));
        }
    };
    let rows = std::iter::once((
        path!["billing"],
        [billing.read_capacity, billing.write_capacity],
        [billing.max_read_request_units, billing.max_write_request_units],
    ))
    .chain(spec.global_secondary_indexes.iter().map(|(name, index)| {
        (
            path!["global_secondary_indexes", name],
            [index.read_capacity, index.write_capacity],
            [index.max_read_request_units, index.max_write_request_units],
        )
    }));
    for (path, [read, write], [max_read, max_write]) in rows {
        if provisioned {
            let hint = "set `read_capacity` and `write_capacity`, or `mode: on_demand`";
            misplaced(path.clone(), "max_read_request_units", max_read.is_some(), "on_demand", hint);
            misplaced(path, "max_write_request_units", max_write.is_some(), "on_demand", hint);
        } else {
            let hint = "leave it out, or set `mode: provisioned` in the table's `billing`";
            misplaced(path.clone(), "read_capacity", read.is_some(), "provisioned", hint);
            misplaced(path, "write_capacity", write.is_some(), "provisioned", hint);
        }
    }
    if provisioned {
        let rows = [
            (Dimension::Read, "read_capacity", billing.read_capacity),
            (Dimension::Write, "write_capacity", billing.write_capacity),
        ];
        for (dimension, key, capacity) in rows {
            if capacity.is_none() && AutoScaling::get(spec.auto_scaling.as_ref(), dimension).is_none() {
                let message = format!("provisioned billing needs a `{key}`");
                let hint = format!("add `{key}: 5`, or `auto_scaling` for it, or set `mode: on_demand`");
                let scaling = path!["auto_scaling", dimension.word()];
                found.push(Problem::new(path!["billing", key], message).hint(hint).given(scaling));
            }
        }
    }
}

fn scaling(spec: &TableSpec, found: &mut Vec<Problem>) {
    let table = std::iter::once((path!["auto_scaling"], spec.auto_scaling.as_ref()));
    let indexes = spec.global_secondary_indexes.iter();
    let indexes =
        indexes.map(|(name, i)| (path!["global_secondary_indexes", name, "auto_scaling"], i.auto_scaling.as_ref()));
    for (path, scaling) in table.chain(indexes) {
        for dimension in Dimension::ALL {
            let Some(one) = AutoScaling::get(scaling, dimension) else { continue };
            let path = path.child(dimension.word());
            if !spec.is_provisioned() {
                let message = "auto scaling sets provisioned capacity, and this table is billed on demand";
                let hint = "leave it out, or set `billing.mode: provisioned`";
                found.push(Problem::new(path.clone(), message).hint(hint).given(path!["billing", "mode"]));
            }
            if one.min > one.max {
                let message = format!("`min`, {}, is more than `max`, {}", one.min, one.max);
                let problem = Problem::new(path.child("min"), message).hint("swap them, or raise `max`");
                found.push(problem.given(path.child("max")));
            }
        }
    }
}
