//! Dependencies: of resources in the file, from the file; of orphans, from their live properties.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::input::{Desired, Inventory};
use crate::base::{Address, Environment, PropertyPath, pending};
use crate::kind::{PureKind, Registry, Rule, When, holds};

/// Resources by their names, ARNs and ids.
type Names<'a> = BTreeMap<String, BTreeSet<&'a Address>>;

/// The names of resources that are known for certain.
fn names<'a>(
    registry: &Registry,
    resources: impl Iterator<Item = (&'a Address, &'a str, &'a Value)>,
    env: &Environment,
) -> Names<'a> {
    let mut names = Names::new();
    for (address, name, body) in resources {
        let attributes = registry.kind(address.section()).into_iter().flat_map(PureKind::attributes);
        for attribute in attributes {
            if let When::Always(value) = attribute.when {
                let property = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
                names.entry(value(name, &property, env)).or_default().insert(address);
            }
        }
    }
    names
}

/// The dependencies of each resource: those it refers to by values that are known after apply, and those that a
/// property with `Rule::Requires` refers to or names literally.
pub fn dependencies(registry: &Registry, stack: &[Desired], env: &Environment) -> BTreeMap<Address, BTreeSet<Address>> {
    let names = names(registry, stack.iter().map(|wanted| (&wanted.address, &*wanted.name, &wanted.body)), env);
    let mut before: BTreeMap<Address, BTreeSet<Address>> = BTreeMap::new();
    for wanted in stack {
        let Some(kind) = registry.kind(wanted.address.section()) else { continue };
        let mine = before.entry(wanted.address.clone()).or_default();
        mine.extend(pending::references(&wanted.body).into_iter().map(|reference| reference.address));
        for (at, reference) in &wanted.references {
            if holds(kind.rules(), Rule::Requires, at) {
                mine.insert(reference.address.clone());
            }
        }
        literal_dependencies(kind, &PropertyPath::root(), &wanted.body, &names, mine);
        mine.remove(&wanted.address);
    }
    before
}

fn literal_dependencies(
    kind: &dyn PureKind,
    path: &PropertyPath,
    value: &Value,
    names: &Names<'_>,
    into: &mut BTreeSet<Address>,
) {
    match value {
        Value::String(text) if holds(kind.rules(), Rule::Requires, path) => {
            let stood_on = |address: &&&Address| kind.depends_on().contains(&address.section());
            into.extend(names.get(text).into_iter().flatten().filter(stood_on).map(|address| (*address).clone()));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                literal_dependencies(kind, &path.child(index.to_string()), item, names, into);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                literal_dependencies(kind, &path.child(key), item, names, into);
            }
        }
        _ => {}
    }
}

/// The dependencies of each orphan: the resources that a property with `Rule::Requires` names, and those with an
/// attribute (such as the ARN of a table's stream) that a property holds.
pub(super) fn orphan_dependencies(
    registry: &Registry,
    stack: &[Desired],
    inventory: &Inventory,
    env: &Environment,
) -> BTreeMap<Address, BTreeSet<Address>> {
    let declared = stack.iter().map(|wanted| (&wanted.address, &*wanted.name, &wanted.body));
    let left = inventory.orphans.iter().map(|orphan| (&orphan.address, &*orphan.name, &orphan.live.spec));
    let names = names(registry, declared.chain(left), env);
    let read = inventory.readings.iter().filter_map(|(address, reading)| Some((address, reading.live.as_ref()?)));
    let live = read.chain(inventory.orphans.iter().map(|orphan| (&orphan.address, &orphan.live)));
    let mut told = Names::new();
    for (address, live) in live {
        let attributes = registry.kind(address.section()).into_iter().flat_map(PureKind::attributes);
        for text in attributes.filter_map(|attribute| live.outputs.get(attribute.name)) {
            told.entry(text.clone()).or_default().insert(address);
        }
    }
    let mut before = BTreeMap::new();
    for orphan in &inventory.orphans {
        let Some(kind) = registry.kind(orphan.address.section()) else { continue };
        let mut mine = BTreeSet::new();
        literal_dependencies(kind, &PropertyPath::root(), &orphan.live.spec, &names, &mut mine);
        live_dependencies(kind, &orphan.live.spec, &told, &mut mine);
        mine.remove(&orphan.address);
        before.insert(orphan.address.clone(), mine);
    }
    before
}

fn live_dependencies(kind: &dyn PureKind, value: &Value, told: &Names<'_>, into: &mut BTreeSet<Address>) {
    match value {
        Value::String(text) => {
            let stood_on = |address: &&&Address| kind.depends_on().contains(&address.section());
            into.extend(told.get(text).into_iter().flatten().filter(stood_on).map(|address| (*address).clone()));
        }
        Value::Array(items) => items.iter().for_each(|item| live_dependencies(kind, item, told, into)),
        Value::Object(map) => map.values().for_each(|item| live_dependencies(kind, item, told, into)),
        _ => {}
    }
}
