//! The plan, from the decisions on its resources.

use std::collections::{BTreeMap, BTreeSet};

use super::decision::Decision;
use super::input::{Inventory, PlanOptions};
use super::model::{Action, FORMAT_VERSION, Note, Outcome, Plan, Verdict};
use super::order::Cycle;
use super::ownership::Ownership;
use super::steps::{StepDraft, in_order, link, sequence};
use crate::base::Address;
use crate::kind::Registry;

/// Makes the plan: the changes in the given order, their calls, and the notes and verdicts that are certain by now.
pub(super) fn assemble(
    registry: &Registry,
    order: &[Address],
    mut decisions: BTreeMap<Address, Decision>,
    before: &BTreeMap<Address, BTreeSet<Address>>,
    inventory: &Inventory,
    options: &PlanOptions<'_>,
) -> Result<Plan, Cycle> {
    let mut drafts: Vec<StepDraft> = Vec::new();
    let mut changes = Vec::new();
    let mut notes = Vec::new();
    let mut verdicts = Vec::new();
    let mut skipped: BTreeMap<&Address, BTreeSet<String>> = BTreeMap::new();
    for address in order {
        let Some(decision) = decisions.remove(address) else { continue };
        // A resource without a stack's tags, or of another owner, must not be destroyed by this stack.
        let left_alone = match &decision.ownership {
            Ownership::Others(whose) => Some(format!("it is owned by {whose}, so it is not deleted")),
            Ownership::Nobodys => Some("it has no stack tag, so it is not deleted".to_owned()),
            Ownership::Ours => None,
        };
        if let (true, Some(message)) = (options.destroy, left_alone) {
            notes.push(Note { address: Some(address.clone()), message });
            continue;
        }
        if let Ownership::Others(whose) = &decision.ownership {
            let released = !options.releases.is_empty();
            let hint = "only the stack that owns a resource can release it: run this with that stack's file";
            let verdict = foreign(address, whose);
            verdicts.push(if released { Verdict { hint: Some(hint.to_owned()), ..verdict } } else { verdict });
        }
        notes.extend(decision.warnings.into_iter().map(|message| Note { address: Some(address.clone()), message }));
        let unmade = sequence(address, decision.unmaking, 0, None, true);
        let last = unmade.last().map(|draft| draft.id.clone());
        let made = sequence(address, decision.making, unmade.len(), last.as_ref(), false);
        drafts.extend(unmade);
        drafts.extend(made);
        changes.push(decision.change);
        skipped.insert(address, decision.skipped);
    }
    for (section, reason) in &inventory.not_searched {
        notes.push(Note { address: None, message: format!("removals of {section} were not searched: {reason}") });
    }
    let mut left_out: BTreeMap<Address, BTreeMap<String, String>> = BTreeMap::new();
    for (address, reading) in &inventory.readings {
        let matters = |property: &str| skipped.get(address).is_some_and(|those| those.contains(property));
        for skipped in reading.unsupported.iter().filter(|skipped| matters(&skipped.property)) {
            let message =
                format!("`{}` is skipped: the endpoint does not support it ({})", skipped.property, skipped.reason);
            notes.push(Note { address: Some(address.clone()), message });
            let those = left_out.entry(address.clone()).or_default();
            those.insert(skipped.property.clone(), skipped.reason.clone());
        }
    }
    for change in
        changes.iter().filter(|change| matches!(change.action, Action::Delete | Action::Replace | Action::Release))
    {
        let said = inventory.before_it_goes.get(&change.address).into_iter().flatten();
        notes.extend(said.map(|said| Note { address: Some(change.address.clone()), message: said.clone() }));
    }
    link(registry, &mut drafts, before);
    let steps = in_order(drafts)?;
    let mut plan = Plan {
        format_version: FORMAT_VERSION,
        stack: options.owner.stack.clone(),
        environment: options.env.clone(),
        endpoint_url: None,
        summary: Plan::count(&changes),
        changes,
        steps,
        verdicts: Vec::new(),
        unknown: options.unknown,
        blocked: false,
        notes,
        skipped: left_out,
        not_searched: inventory.not_searched.keys().cloned().collect(),
        releases: !options.releases.is_empty(),
        orphans: inventory.orphans.iter().map(|orphan| orphan.address.clone()).collect(),
    };
    plan.judge(verdicts);
    Ok(plan)
}

fn foreign(address: &Address, whose: &str) -> Verdict {
    Verdict {
        address: Some(address.clone()),
        hint: Some(
            "give this resource another name, or remove it from one of the two files; if this stack was renamed, \
             list its old name under `previous_names`"
                .to_owned(),
        ),
        ..Verdict::new("ownership", "another-owner", Outcome::Fail, format!("it is owned by {whose}"))
    }
}
