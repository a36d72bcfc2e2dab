//! Makes a plan from desired and live resources.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{self, Decision, Ownership};
use super::conflicts::{DesiredValues, UniqueKeys, incompatible};
use super::dependencies::{dependencies, orphan_dependencies};
use super::error::PlanError;
use super::input::{Desired, Inventory, PlanOptions};
use super::model::{Action, FORMAT_VERSION, Note, Outcome, Plan, Verdict};
use super::order;
use super::redact::redact;
use super::steps::{StepDraft, in_order, link, sequence};
use super::{release, targets};
use crate::base::{Address, Outputs, Reference, pending};
use crate::kind::{Dependency, Registry};

/// The reason of a deletion when the stack is destroyed.
const DESTROYED: &str = "the stack is destroyed";

/// Makes the plan. Its verdicts are about ownership alone; the guardrails add theirs.
pub fn make(
    registry: &Registry,
    stack: &[Desired],
    inventory: &Inventory,
    terms: &PlanOptions<'_>,
) -> Result<Plan, PlanError> {
    if !terms.releases.is_empty() {
        return let_go(registry, stack, inventory, terms);
    }
    let before = dependencies(registry, stack, terms.env);
    let addresses: Vec<Address> = stack.iter().map(|wanted| wanted.address.clone()).collect();
    let sorted = order::sort(&addresses, &before)?;
    // A resource is deleted with its dependents, and without its dependencies.
    let left = orphan_dependencies(registry, stack, inventory, terms.env);
    let selected = if terms.destroy {
        let all = before.iter().chain(&left).map(|(address, on)| (address.clone(), on.clone())).collect();
        order::with_dependents(terms.targets, &all)
    } else {
        let is_gone = |address: &&Address| inventory.orphans.iter().any(|orphan| orphan.address == **address);
        let gone = terms.targets.iter().filter(is_gone).cloned().collect();
        let mut selected = order::with_foundations(terms.targets, &before);
        selected.extend(order::with_dependents(&gone, &left));
        selected
    };
    let excluded = targets::excluded(stack, inventory, &before, &left, terms);
    let aimed_at = |address: &Address| terms.targets.is_empty() || selected.contains(address);
    let is_selected = |address: &Address| aimed_at(address) && !excluded.contains_key(address);

    let mut known: BTreeMap<Address, Outputs> = BTreeMap::new();
    let mut decisions: BTreeMap<Address, Decision> = BTreeMap::new();
    let mut desired: DesiredValues<'_> = BTreeMap::new();
    let mut made: BTreeSet<&Address> = BTreeSet::new();
    let mut claimed = UniqueKeys::default();
    let mut unknown = inventory.unknown.clone();
    for address in sorted {
        let Some(wanted) = stack.iter().find(|wanted| wanted.address == *address) else { continue };
        let Some(kind) = registry.kind(address.section()) else { continue };
        let failed = |problems| PlanError::Problems { address: address.clone(), problems };
        let live = inventory.readings.get(address).and_then(|reading| reading.live.as_ref());
        if let Some(reason) = unknown.get(address).cloned() {
            if is_selected(address) {
                decisions.insert(address.clone(), change::unknown(kind, wanted, &reason));
            }
            continue;
        }
        if terms.destroy {
            if let Some(live) = live.filter(|_| is_selected(address)) {
                let decision = change::remove(kind, wanted, live, DESTROYED, inventory, terms);
                decisions.insert(address.clone(), decision.map_err(failed)?);
            }
            continue;
        }
        let mut wanted = wanted.clone();
        pending::fill(&mut wanted.body, &|reference: &Reference| {
            known.get(&reference.address)?.get(&reference.attribute).cloned()
        });
        // A resource that refers to an unknown one can't be created or changed.
        let lost =
            pending::references(&wanted.body).into_iter().find(|reference| unknown.contains_key(&reference.address));
        if let Some(reference) = lost {
            let reason = format!("it refers to `{reference}`, which is unknown here");
            if is_selected(address) {
                decisions.insert(address.clone(), change::unknown(kind, &wanted, &reason));
            }
            unknown.insert(address.clone(), reason);
            continue;
        }
        let stood_on: Vec<Dependency<'_>> = before
            .get(address)
            .into_iter()
            .flatten()
            .filter_map(|at| dependency(at, &desired, &known, &made))
            .collect();
        let decision = change::decide(kind, &wanted, &stood_on, inventory, terms).map_err(failed)?;
        let outputs = match (is_selected(address), live) {
            (false, Some(live)) => live.outputs.clone(),
            _ => decision.outputs.clone(),
        };
        known.insert(address.clone(), outputs);
        if is_selected(address) && matches!(decision.change.action, Action::Create | Action::Replace) {
            made.insert(address);
        }
        desired.extend(decision.change.wanted.clone().map(|tree| (address, (wanted.name, tree))));
        let taken = claimed.take(kind, address, &desired, terms.env);
        if is_selected(address) {
            let problems = [incompatible(kind, address, before.get(address), &desired), taken].concat();
            if !problems.is_empty() {
                return Err(failed(problems));
            }
            decisions.insert(address.clone(), decision);
        }
    }
    if !terms.destroy {
        let is_excluded = |address: &Address| excluded.contains_key(address);
        targets::warn_of_cut_off(stack, &is_selected, &is_excluded, inventory, &mut decisions);
    }
    let removed = remove_orphans(registry, inventory, terms, &is_selected, &mut decisions)?;
    for decision in decisions.values_mut() {
        redact(decision, terms.vault);
    }
    let order: Vec<Address> = addresses.iter().chain(&removed).cloned().collect();
    let mut plan = assemble(registry, &order, decisions, &before, inventory, terms)?;
    let told: Vec<Verdict> = unknown.iter().filter(|(address, _)| is_selected(address)).map(not_known).collect();
    plan.judge(told);
    let left_out = excluded.iter().filter(|(address, _)| aimed_at(address));
    plan.notes.extend(left_out.map(|(address, why)| Note { address: Some(address.clone()), message: why.clone() }));
    Ok(plan)
}

/// Plans a release: the stack's tags are removed from some resources, which stay.
fn let_go(
    registry: &Registry,
    stack: &[Desired],
    inventory: &Inventory,
    terms: &PlanOptions<'_>,
) -> Result<Plan, PlanError> {
    let decisions = release::decide(registry, stack, inventory, terms)?;
    let order: Vec<Address> = decisions.iter().map(|(address, _)| address.clone()).collect();
    let mut decisions: BTreeMap<Address, Decision> = decisions.into_iter().collect();
    for decision in decisions.values_mut() {
        redact(decision, terms.vault);
    }
    assemble(registry, &order, decisions, &BTreeMap::new(), inventory, terms)
}

/// Decides on orphans; returns their addresses.
fn remove_orphans(
    registry: &Registry,
    inventory: &Inventory,
    terms: &PlanOptions<'_>,
    is_selected: &dyn Fn(&Address) -> bool,
    decisions: &mut BTreeMap<Address, Decision>,
) -> Result<Vec<Address>, PlanError> {
    let mut removed = Vec::new();
    for orphan in inventory.orphans.iter().filter(|orphan| is_selected(&orphan.address)) {
        let Some(kind) = registry.kind(orphan.address.section()) else { continue };
        let wanted = orphan.unwanted();
        let reason = if terms.destroy { DESTROYED } else { "it is no longer in the file" };
        let failed = |problems| PlanError::Problems { address: orphan.address.clone(), problems };
        let decision = change::remove(kind, &wanted, &orphan.live, reason, inventory, terms).map_err(failed)?;
        removed.push(orphan.address.clone());
        decisions.insert(orphan.address.clone(), decision);
    }
    Ok(removed)
}

/// The verdict on a resource that can't be read here.
fn not_known((address, reason): (&Address, &String)) -> Verdict {
    let message = format!("nothing is done to it, since nobody can tell here what it is like: {reason}");
    Verdict { address: Some(address.clone()), ..Verdict::new("endpoint", "unsupported", Outcome::Unknown, message) }
}

/// A dependency, as it was decided before.
fn dependency<'a>(
    at: &'a Address,
    desired: &'a DesiredValues<'_>,
    known: &'a BTreeMap<Address, Outputs>,
    made: &BTreeSet<&Address>,
) -> Option<Dependency<'a>> {
    let (name, _) = desired.get(at)?;
    Some(Dependency { address: at, name, made_anew: made.contains(at), outputs: known.get(at)? })
}

fn assemble(
    registry: &Registry,
    order: &[Address],
    mut decisions: BTreeMap<Address, Decision>,
    before: &BTreeMap<Address, BTreeSet<Address>>,
    inventory: &Inventory,
    terms: &PlanOptions<'_>,
) -> Result<Plan, PlanError> {
    let mut drafts: Vec<StepDraft> = Vec::new();
    let mut changes = Vec::new();
    let mut notes = Vec::new();
    let mut verdicts = Vec::new();
    let mut skipped: BTreeMap<&Address, BTreeSet<String>> = BTreeMap::new();
    for address in order {
        let Some(decision) = decisions.remove(address) else { continue };
        // A resource without a stack's tags, or of another owner, must not be destroyed by this stack.
        let left_alone = match &decision.ownership {
            Ownership::Others(whose) => Some(format!("it belongs to {whose}, so it is left alone")),
            Ownership::Nobodys => Some("it bears no stack's tag, so it is left alone".to_owned()),
            Ownership::Ours => None,
        };
        if let (true, Some(message)) = (terms.destroy, left_alone) {
            notes.push(Note { address: Some(address.clone()), message });
            continue;
        }
        if let Ownership::Others(whose) = &decision.ownership {
            let released = !terms.releases.is_empty();
            let hint = "only the stack that a resource belongs to can let go of it: run this with that stack's file";
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
                format!("`{}` is skipped: the endpoint does not know it ({})", skipped.property, skipped.reason);
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
        stack: terms.owner.stack.clone(),
        environment: terms.env.clone(),
        endpoint_url: None,
        summary: Plan::count(&changes),
        changes,
        steps,
        verdicts: Vec::new(),
        unknown: terms.unknown,
        blocked: false,
        notes,
        skipped: left_out,
        not_searched: inventory.not_searched.keys().cloned().collect(),
        releases: !terms.releases.is_empty(),
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
        ..Verdict::new("ownership", "another-owner", Outcome::Fail, format!("it belongs to {whose}"))
    }
}
