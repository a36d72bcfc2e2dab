//! The resources that a plan is about: all of them, or those that `--target` and `--exclude` leave.

use std::collections::{BTreeMap, BTreeSet};

use super::dependencies::{dependencies, orphan_dependencies};
use super::input::{Desired, Inventory, PlanOptions};
use super::model::Note;
use super::order::{self, Cycle};
use crate::base::Address;
use crate::kind::Registry;

/// The selected resources, and their order.
pub(super) struct Selection {
    /// The dependencies of each resource of the file.
    pub(super) before: BTreeMap<Address, BTreeSet<Address>>,
    /// The resources of the file, in its order.
    pub(super) declared: Vec<Address>,
    /// The same, each after its dependencies.
    pub(super) sorted: Vec<Address>,
    /// The targets with their dependencies or dependents; `None` for all.
    targeted: Option<BTreeSet<Address>>,
    /// The excluded resources, each with the reason.
    excluded: BTreeMap<Address, String>,
}

impl Selection {
    /// Selects; fails if resources wait for each other.
    pub(super) fn of(
        registry: &Registry,
        stack: &[Desired],
        inventory: &Inventory,
        options: &PlanOptions<'_>,
    ) -> Result<Self, Cycle> {
        let before = dependencies(registry, stack, options.env);
        let declared: Vec<Address> = stack.iter().map(|wanted| wanted.address.clone()).collect();
        let sorted = order::sort(&declared, &before)?.into_iter().cloned().collect();
        // A resource is deleted with its dependents, and without its dependencies.
        let left = orphan_dependencies(registry, stack, inventory, options.env);
        let selected = if options.destroy {
            let all = before.iter().chain(&left).map(|(address, on)| (address.clone(), on.clone())).collect();
            order::with_dependents(options.targets, &all)
        } else {
            let is_gone = |address: &&Address| inventory.orphans.iter().any(|orphan| orphan.address == **address);
            let gone = options.targets.iter().filter(is_gone).cloned().collect();
            let mut selected = order::with_dependencies(options.targets, &before);
            selected.extend(order::with_dependents(&gone, &left));
            selected
        };
        let excluded = excluded(stack, inventory, &before, &left, options);
        let targeted = (!options.targets.is_empty()).then_some(selected);
        Ok(Self { before, declared, sorted, targeted, excluded })
    }

    fn is_targeted(&self, address: &Address) -> bool {
        self.targeted.as_ref().is_none_or(|targeted| targeted.contains(address))
    }

    /// Returns whether `--exclude` leaves a resource out.
    pub(super) fn excludes(&self, address: &Address) -> bool {
        self.excluded.contains_key(address)
    }

    /// Returns whether the plan is about a resource.
    pub(super) fn contains(&self, address: &Address) -> bool {
        self.is_targeted(address) && !self.excludes(address)
    }

    /// The notes on the excluded resources that would be selected otherwise.
    pub(super) fn notes(&self) -> impl Iterator<Item = Note> {
        let excluded = self.excluded.iter().filter(|(address, _)| self.is_targeted(address));
        excluded.map(|(address, reason)| Note { address: Some(address.clone()), message: reason.clone() })
    }
}

/// The excluded addresses, each with the reason: those that `--exclude` names, their dependents, and their dependencies
/// that would be deleted otherwise. `OpenTofu`'s `-exclude` leaves out the same.
fn excluded(
    stack: &[Desired],
    inventory: &Inventory,
    before: &BTreeMap<Address, BTreeSet<Address>>,
    left: &BTreeMap<Address, BTreeSet<Address>>,
    options: &PlanOptions<'_>,
) -> BTreeMap<Address, String> {
    let declared = stack.iter().map(|wanted| &wanted.address);
    let gone: BTreeSet<&Address> = inventory.orphans.iter().map(|orphan| &orphan.address).collect();
    let there: BTreeSet<&Address> = declared.chain(gone.iter().copied()).collect();
    let named: BTreeSet<Address> = options.excludes.iter().filter(|address| there.contains(address)).cloned().collect();
    let all: BTreeMap<Address, BTreeSet<Address>> =
        before.iter().chain(left).map(|(address, on)| (address.clone(), on.clone())).collect();
    let mut excluded: BTreeMap<Address, String> =
        named.iter().map(|address| (address.clone(), "it is excluded, and left as it is".to_owned())).collect();
    // A resource that is created or changed needs its dependencies.
    if !options.destroy {
        let staying: BTreeMap<_, _> = all.iter().filter(|(at, _)| !gone.contains(at)).collect();
        let staying = staying.into_iter().map(|(at, on)| (at.clone(), on.clone())).collect();
        for address in order::with_dependents(&named, &staying) {
            let why = "it depends on what is excluded, and is left as it is, too";
            excluded.entry(address).or_insert_with(|| why.to_owned());
        }
    }
    // A resource that is deleted must have no dependents that stay.
    let kept: BTreeSet<Address> = excluded.keys().cloned().collect();
    for address in order::with_dependencies(&kept, &all) {
        if (options.destroy && there.contains(&address)) || gone.contains(&address) {
            let why = "what is excluded depends on it, so it is not deleted";
            excluded.entry(address).or_insert_with(|| why.to_owned());
        }
    }
    excluded
}
