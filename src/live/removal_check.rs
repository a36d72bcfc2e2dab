//! Reads again the resources that a plan would adopt, replace or delete: their features that the stack file can't
//! express must be known, and only for these resources are the calls worth it.

use std::collections::BTreeMap;

use futures::future;

use super::inspect::{InspectError, LiveRegistry, kind_of};
use crate::aws::Aws;
use crate::base::Address;
use crate::kind::{Identity, RemovalCheck};
use crate::plan::{Action, Inventory, Plan};

/// Adds the findings to the inventory. Returns `true` if there are any, so that the plan changes.
pub async fn check_before_removal(
    kinds: LiveRegistry,
    plan: &Plan,
    inventory: &mut Inventory,
    aws: &Aws,
) -> Result<bool, InspectError> {
    let at_stake = |action| matches!(action, Action::Adopt | Action::Replace | Action::Delete);
    let orphans = inventory.orphans.iter().map(|orphan| (&orphan.address, &orphan.live));
    let read = inventory.readings.iter().filter_map(|(address, reading)| Some((address, reading.live.as_ref()?)));
    let live: BTreeMap<&Address, _> = read.chain(orphans).collect();
    let looks = plan.changes.iter().filter(|change| at_stake(change.action)).filter_map(|change| {
        let (kind, live) = (kind_of(kinds, change.address.section())?, live.get(&change.address)?);
        let id = Identity { address: change.address.clone(), name: change.name.clone(), details: live.outputs.clone() };
        Some(async move {
            let found = kind.check_before_removal(&id, aws).await;
            found.map_err(|source| InspectError::Read { what: id.address.to_string(), source }).map(|f| (id.address, f))
        })
    });
    let mut found = future::try_join_all(looks).await?;
    found.retain(|(_, closer)| *closer != RemovalCheck::default());
    for (address, RemovalCheck { unmanaged, before_it_goes }) in &found {
        if !before_it_goes.is_empty() {
            inventory.before_it_goes.insert(address.clone(), before_it_goes.clone());
        }
        let read = inventory.readings.get_mut(address).and_then(|reading| reading.live.as_mut());
        let orphan = inventory.orphans.iter_mut().find(|orphan| orphan.address == *address).map(|o| &mut o.live);
        if let Some(live) = read.or(orphan) {
            live.unmanaged.extend(unmanaged.iter().cloned());
        }
    }
    Ok(!found.is_empty())
}
