//! Reads the prerequisites of planned calls that are outside the stack: apply would notice a missing one only half-way.
//! Only created or changed resources are checked, so that a plan without changes makes no more calls.

use futures::future;

use super::inspect::{InspectError, LiveRegistry, kind_of};
use crate::aws::Aws;
use crate::kind::Prerequisites;
use crate::plan::{Action, Inventory, Note, Plan};

/// Returns notes for the reader; a prerequisite that is missing for sure is an error.
pub async fn check_prerequisites(
    kinds: LiveRegistry,
    plan: &Plan,
    inventory: &Inventory,
    aws: &Aws,
) -> Result<Vec<Note>, InspectError> {
    let looks = plan.changes.iter().filter_map(|change| {
        let kind = kind_of(kinds, change.address.section())?;
        let wanted = change.wanted.as_ref()?;
        let live = inventory.readings.get(&change.address).and_then(|reading| reading.live.as_ref());
        let live = match change.action {
            Action::Create | Action::Replace => None,
            Action::Update | Action::Adopt => live.map(|live| &live.spec),
            Action::Delete | Action::Release | Action::NoOp => return None,
        };
        Some(async move {
            let found = kind.check_prerequisites(wanted, live, aws).await;
            let failed = |source| InspectError::Read { what: change.address.to_string(), source };
            found.map_err(failed).map(|found| (&change.address, found))
        })
    });
    let mut notes = Vec::new();
    for (address, Prerequisites { problems, remarks }) in future::try_join_all(looks).await? {
        if !problems.is_empty() {
            return Err(InspectError::Problems { address: address.clone(), problems });
        }
        notes.extend(remarks.into_iter().map(|message| Note { address: Some(address.clone()), message }));
    }
    Ok(notes)
}
