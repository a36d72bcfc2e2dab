//! Makes a plan from desired and live resources.

use std::collections::BTreeMap;

use super::assemble::assemble;
use super::decision::{self, Decision};
use super::declared::{self, DESTROYED};
use super::error::PlanError;
use super::input::{Desired, Inventory, PlanOptions};
use super::model::Plan;
use super::redact::redact;
use super::release;
use super::selection::Selection;
use crate::base::Address;
use crate::kind::Registry;

/// Makes the plan. Its verdicts are about ownership alone; the guardrails add theirs.
pub fn make(
    registry: &Registry,
    stack: &[Desired],
    inventory: &Inventory,
    options: &PlanOptions<'_>,
) -> Result<Plan, PlanError> {
    if !options.releases.is_empty() {
        return let_go(registry, stack, inventory, options);
    }
    let selection = Selection::of(registry, stack, inventory, options)?;
    let declared = declared::decide(registry, stack, inventory, &selection, options)?;
    let unreadable = declared.verdicts(&selection);
    let mut decisions = declared.made;
    let removed = remove_orphans(registry, inventory, options, &selection, &mut decisions)?;
    for decision in decisions.values_mut() {
        redact(decision, options.vault);
    }
    let order: Vec<Address> = selection.declared.iter().chain(&removed).cloned().collect();
    let mut plan = assemble(registry, &order, decisions, &selection.before, inventory, options)?;
    plan.judge(unreadable);
    plan.notes.extend(selection.notes());
    Ok(plan)
}

/// Plans a release: the stack's tags are removed from some resources, which stay.
fn let_go(
    registry: &Registry,
    stack: &[Desired],
    inventory: &Inventory,
    options: &PlanOptions<'_>,
) -> Result<Plan, PlanError> {
    let decisions = release::decide(registry, stack, inventory, options)?;
    let order: Vec<Address> = decisions.iter().map(|(address, _)| address.clone()).collect();
    let mut decisions: BTreeMap<Address, Decision> = decisions.into_iter().collect();
    for decision in decisions.values_mut() {
        redact(decision, options.vault);
    }
    Ok(assemble(registry, &order, decisions, &BTreeMap::new(), inventory, options)?)
}

/// Decides on orphans; returns their addresses.
fn remove_orphans(
    registry: &Registry,
    inventory: &Inventory,
    options: &PlanOptions<'_>,
    selection: &Selection,
    decisions: &mut BTreeMap<Address, Decision>,
) -> Result<Vec<Address>, PlanError> {
    let mut removed = Vec::new();
    for orphan in inventory.orphans.iter().filter(|orphan| selection.contains(&orphan.address)) {
        let Some(kind) = registry.kind(orphan.address.section()) else { continue };
        let wanted = orphan.unwanted();
        let reason = if options.destroy { DESTROYED } else { "it is no longer in the file" };
        let decision = decision::remove(kind, &wanted, &orphan.live, reason, inventory, options);
        let decision = decision.map_err(PlanError::at(&orphan.address))?;
        removed.push(orphan.address.clone());
        decisions.insert(orphan.address.clone(), decision);
    }
    Ok(removed)
}
