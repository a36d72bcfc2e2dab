//! What `--target` leaves out, and what that does to it.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Decision;
use super::input::{Inventory, Wanted};
use super::model::Action;
use crate::base::{Address, pending};

/// Warns where a target loses what a resource that is live, and no target, relies on: a stream's ARN that becomes
/// another one.
pub(super) fn warn_of_cut_off(
    stack: &[Wanted],
    selected: &BTreeSet<Address>,
    inventory: &Inventory,
    decisions: &mut BTreeMap<Address, Decision>,
) {
    let is_live = |address: &Address| inventory.readings.get(address).is_some_and(|reading| reading.live.is_some());
    for wanted in stack.iter().filter(|wanted| !selected.contains(&wanted.address) && is_live(&wanted.address)) {
        for reference in pending::references(&wanted.body) {
            let Some(decision) = decisions.get_mut(&reference.address) else { continue };
            let anew = decision.change.action == Action::Replace;
            if anew || decision.change.forgets.contains(&reference.attribute) {
                let message = format!(
                    "{} is not among the targets and relies on the `{}` of now: it is cut off until an apply that takes \
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
