//! The effects of `--target` and `--exclude` on a plan.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Decision;
use super::input::{Desired, Inventory, PlanOptions};
use super::model::Action;
use super::order;
use crate::base::{Address, pending};

/// The excluded addresses, each with the reason: those that `--exclude` names, their dependents, and their dependencies
/// that would be deleted otherwise. `OpenTofu`'s `-exclude` leaves out the same.
pub(super) fn excluded(
    stack: &[Desired],
    inventory: &Inventory,
    before: &BTreeMap<Address, BTreeSet<Address>>,
    left: &BTreeMap<Address, BTreeSet<Address>>,
    terms: &PlanOptions<'_>,
) -> BTreeMap<Address, String> {
    let declared = stack.iter().map(|wanted| &wanted.address);
    let gone: BTreeSet<&Address> = inventory.orphans.iter().map(|orphan| &orphan.address).collect();
    let there: BTreeSet<&Address> = declared.chain(gone.iter().copied()).collect();
    let named: BTreeSet<Address> = terms.excludes.iter().filter(|address| there.contains(address)).cloned().collect();
    let all: BTreeMap<Address, BTreeSet<Address>> =
        before.iter().chain(left).map(|(address, on)| (address.clone(), on.clone())).collect();
    let mut excluded: BTreeMap<Address, String> =
        named.iter().map(|address| (address.clone(), "it is excluded, and left as it is".to_owned())).collect();
    // A resource that is created or changed needs its dependencies.
    if !terms.destroy {
        let staying: BTreeMap<_, _> = all.iter().filter(|(at, _)| !gone.contains(at)).collect();
        let staying = staying.into_iter().map(|(at, on)| (at.clone(), on.clone())).collect();
        for address in order::with_dependents(&named, &staying) {
            let why = "it stands on what is excluded, and is left as it is, too";
            excluded.entry(address).or_insert_with(|| why.to_owned());
        }
    }
    // A resource that is deleted must have no dependents that stay.
    let kept: BTreeSet<Address> = excluded.keys().cloned().collect();
    for address in order::with_foundations(&kept, &all) {
        if (terms.destroy && there.contains(&address)) || gone.contains(&address) {
            let why = "what is excluded stands on it, so it is not deleted";
            excluded.entry(address).or_insert_with(|| why.to_owned());
        }
    }
    excluded
}

/// Warns if a target loses an attribute that a live resource, which is no target, relies on: a stream's ARN that
/// changes.
pub(super) fn warn_of_cut_off(
    stack: &[Desired],
    is_selected: &dyn Fn(&Address) -> bool,
    is_excluded: &dyn Fn(&Address) -> bool,
    inventory: &Inventory,
    decisions: &mut BTreeMap<Address, Decision>,
) {
    let is_live = |address: &Address| inventory.readings.get(address).is_some_and(|reading| reading.live.is_some());
    for wanted in stack.iter().filter(|wanted| !is_selected(&wanted.address) && is_live(&wanted.address)) {
        for reference in pending::references(&wanted.body) {
            let Some(decision) = decisions.get_mut(&reference.address) else { continue };
            let anew = decision.change.action == Action::Replace;
            if anew || decision.change.forgets.contains(&reference.attribute) {
                let left = if is_excluded(&wanted.address) { "is excluded" } else { "is not among the targets" };
                let message = format!(
                    "{} {left} and relies on the `{}` of now: it is cut off until an apply that takes \
                     it in",
                    wanted.address, reference.attribute
                );
                if !decision.warnings.contains(&message) {
                    decision.warnings.push(message);
                }
            }
        }
    }
}
