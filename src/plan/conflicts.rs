//! Conflicts between resources that are each valid alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::dependencies::dependencies;
use super::input::Desired;
use crate::base::{Address, Environment, Problem};
use crate::kind::{Context, PureKind, Registry};

/// Physical name and desired properties, by address.
pub(super) type DesiredValues<'a> = BTreeMap<&'a Address, (String, Value)>;

/// The conflicts between the resources of a file, as far as they can be found offline.
pub fn conflicts(registry: &Registry, stack: &[Desired], env: &Environment) -> Vec<(Address, Vec<Problem>)> {
    let desired = normalised(registry, stack, env);
    let before = dependencies(registry, stack, env);
    let mut claimed = UniqueKeys::default();
    let mut found = Vec::new();
    for Desired { address, .. } in stack {
        let Some(kind) = registry.kind(address.section()) else { continue };
        let mut problems = incompatible(kind, address, before.get(address), &desired);
        problems.extend(claimed.take(kind, address, &desired, env));
        if !problems.is_empty() {
            found.push((address.clone(), problems));
        }
    }
    found
}

/// Warnings about resources that are each valid alone, where one can't work with another.
pub fn warnings(registry: &Registry, stack: &[Desired], env: &Environment) -> Vec<(Address, Vec<Problem>)> {
    let desired = normalised(registry, stack, env);
    let before = dependencies(registry, stack, env);
    let of = |wanted: &Desired| {
        let kind = registry.kind(wanted.address.section())?;
        let (_, mine) = desired.get(&wanted.address)?;
        let mut found = Vec::new();
        for dependency in before.get(&wanted.address).into_iter().flatten() {
            if let Some((name, tree)) = desired.get(dependency) {
                found.extend(kind.dependency_advice(mine, dependency, name, tree));
            }
        }
        (!found.is_empty()).then(|| (wanted.address.clone(), found))
    };
    stack.iter().filter_map(of).collect()
}

/// Names and properties of the resources that can be normalised offline; the plan reports the problems of the others.
fn normalised<'a>(registry: &Registry, stack: &'a [Desired], env: &Environment) -> DesiredValues<'a> {
    let mut desired = DesiredValues::new();
    for wanted in stack {
        let cx = Context { name: &wanted.name, env, facts: None };
        let normal = registry.kind(wanted.address.section()).map(|kind| kind.normalize(&wanted.body, &cx));
        if let Some(Ok(tree)) = normal {
            desired.insert(&wanted.address, (wanted.name.clone(), tree));
        }
    }
    desired
}

/// The problems of a resource with its dependencies.
pub(super) fn incompatible(
    kind: &dyn PureKind,
    address: &Address,
    dependencies: Option<&BTreeSet<Address>>,
    desired: &DesiredValues<'_>,
) -> Vec<Problem> {
    let Some((_, mine)) = desired.get(address) else { return Vec::new() };
    let check = |dependency: &Address| {
        let (name, tree) = desired.get(dependency)?;
        kind.check_dependency(mine, dependency, name, tree)
    };
    dependencies.into_iter().flatten().filter_map(check).collect()
}

/// The unique keys that are taken, and the resource that has each.
#[derive(Default)]
pub(super) struct UniqueKeys<'a>(BTreeMap<(&'static str, Vec<String>), &'a Address>);

impl<'a> UniqueKeys<'a> {
    /// Takes the unique keys of a resource; reports a key that another resource has, once for each other resource.
    pub(super) fn take(
        &mut self,
        kind: &dyn PureKind,
        address: &'a Address,
        desired: &DesiredValues<'_>,
        env: &Environment,
    ) -> Vec<Problem> {
        let Some((_, mine)) = desired.get(address) else { return Vec::new() };
        let mut told: BTreeSet<&Address> = BTreeSet::new();
        let mut problems = Vec::new();
        for claim in kind.unique_keys(mine, env) {
            let first = *self.0.entry((kind.section(), claim.key)).or_insert(address);
            if first != address && told.insert(first) {
                let message = format!("`{first}` has this already: {}", claim.why);
                problems.push(Problem::new(claim.path, message).hint(claim.hint));
            }
        }
        problems
    }
}
