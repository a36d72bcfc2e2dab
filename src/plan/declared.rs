//! The decisions on the resources of the file, each after its dependencies.

use std::collections::{BTreeMap, BTreeSet};

use super::conflicts::{DesiredValues, UniqueKeys, incompatible};
use super::decision::{self, Decision};
use super::error::PlanError;
use super::input::{Desired, Inventory, PlanOptions};
use super::model::{Action, Outcome, Verdict};
use super::prerequisites;
use super::selection::Selection;
use crate::base::{Address, Outputs, Problem, Reference, pending};
use crate::kind::{Dependency, Prerequisites, PureKind, Registry};

/// The decisions so far, and the values that later ones need.
pub(super) struct Decisions<'a> {
    /// The decision on each selected resource.
    pub(super) made: BTreeMap<Address, Decision>,
    /// The resources that can't be read, or that refer to one of these, each with the reason.
    unknown: BTreeMap<Address, String>,
    outputs: BTreeMap<Address, Outputs>,
    desired: DesiredValues<'a>,
    created: BTreeSet<&'a Address>,
    unique_keys: UniqueKeys<'a>,
    /// The changes that AWS would refuse.
    refused: Vec<(Address, Vec<Problem>)>,
}

/// The reason of a deletion when the stack is destroyed.
pub(super) const DESTROYED: &str = "the stack is destroyed";

/// Decides on every resource of the file.
pub(super) fn decide<'a>(
    registry: &Registry,
    stack: &'a [Desired],
    inventory: &Inventory,
    selection: &Selection,
    options: &PlanOptions<'_>,
) -> Result<Decisions<'a>, PlanError> {
    let mut decisions = Decisions {
        made: BTreeMap::new(),
        unknown: inventory.unknown.clone(),
        outputs: BTreeMap::new(),
        desired: DesiredValues::new(),
        created: BTreeSet::new(),
        unique_keys: UniqueKeys::default(),
        refused: Vec::new(),
    };
    for address in &selection.sorted {
        let Some(wanted) = stack.iter().find(|wanted| wanted.address == *address) else { continue };
        let Some(kind) = registry.kind(address.section()) else { continue };
        if let Some(reason) = decisions.unknown.get(address).cloned() {
            decisions.leave(kind, wanted, &reason, selection);
        } else if options.destroy {
            decisions.destroy(kind, wanted, inventory, selection, options)?;
        } else {
            decisions.decide(kind, wanted, inventory, selection, options)?;
        }
    }
    if !decisions.refused.is_empty() {
        return Err(PlanError::Refused(decisions.refused));
    }
    if !options.destroy {
        warn_of_cut_off(stack, selection, inventory, &mut decisions.made);
    }
    Ok(decisions)
}

impl<'a> Decisions<'a> {
    /// The verdicts on selected resources that can't be read here.
    pub(super) fn verdicts(&self, selection: &Selection) -> Vec<Verdict> {
        self.unknown.iter().filter(|(address, _)| selection.contains(address)).map(unreadable).collect()
    }

    fn leave(&mut self, kind: &dyn PureKind, wanted: &Desired, reason: &str, selection: &Selection) {
        if selection.contains(&wanted.address) {
            self.made.insert(wanted.address.clone(), decision::unknown(kind, wanted, reason));
        }
    }

    fn destroy(
        &mut self,
        kind: &dyn PureKind,
        wanted: &Desired,
        inventory: &Inventory,
        selection: &Selection,
        options: &PlanOptions<'_>,
    ) -> Result<(), PlanError> {
        let address = &wanted.address;
        let live = inventory.readings.get(address).and_then(|reading| reading.live.as_ref());
        if let Some(live) = live.filter(|_| selection.contains(address)) {
            let decision = decision::remove(kind, wanted, live, DESTROYED, inventory, options);
            self.made.insert(address.clone(), decision.map_err(PlanError::at(address))?);
        }
        Ok(())
    }

    fn decide(
        &mut self,
        kind: &dyn PureKind,
        declared: &'a Desired,
        inventory: &Inventory,
        selection: &Selection,
        options: &PlanOptions<'_>,
    ) -> Result<(), PlanError> {
        let address = &declared.address;
        let mut wanted = declared.clone();
        pending::fill(&mut wanted.body, &|reference: &Reference| {
            self.outputs.get(&reference.address)?.get(&reference.attribute).cloned()
        });
        // A resource that refers to an unknown one can't be created or changed.
        let references = pending::references(&wanted.body);
        if let Some(reference) = references.iter().find(|reference| self.unknown.contains_key(&reference.address)) {
            let reason = format!("it refers to `{reference}`, which is unknown here");
            self.leave(kind, &wanted, &reason, selection);
            self.unknown.insert(address.clone(), reason);
            return Ok(());
        }
        let on = selection.before.get(address);
        let dependencies: Vec<Dependency<'_>> = on.into_iter().flatten().filter_map(|at| self.dependency(at)).collect();
        let decision = decision::decide(kind, &wanted, &dependencies, inventory, options);
        let mut decision = decision.map_err(PlanError::at(address))?;
        let is_selected = selection.contains(address);
        if is_selected {
            let Prerequisites { problems, remarks } =
                prerequisites::check(kind, &wanted, &decision, inventory, options);
            decision.warnings.extend(remarks);
            self.refused.extend((!problems.is_empty()).then(|| (address.clone(), problems)));
        }
        let live = inventory.readings.get(address).and_then(|reading| reading.live.as_ref());
        let outputs = match live {
            Some(live) if !is_selected => live.outputs.clone(),
            _ => decision.outputs.clone(),
        };
        self.outputs.insert(address.clone(), outputs);
        if is_selected && matches!(decision.change.action, Action::Create | Action::Replace) {
            self.created.insert(address);
        }
        self.desired.extend(decision.change.wanted.clone().map(|tree| (address, (wanted.name, tree))));
        let taken = self.unique_keys.take(kind, address, &self.desired, options.env);
        if is_selected {
            let problems = [incompatible(kind, address, on, &self.desired), taken].concat();
            if !problems.is_empty() {
                return Err(PlanError::at(address)(problems));
            }
            self.made.insert(address.clone(), decision);
        }
        Ok(())
    }

    /// A dependency, as it was decided before.
    fn dependency<'s>(&'s self, at: &'s Address) -> Option<Dependency<'s>> {
        let (name, _) = self.desired.get(at)?;
        Some(Dependency { address: at, name, made_anew: self.created.contains(at), outputs: self.outputs.get(at)? })
    }
}

/// The verdict on a resource that can't be read here.
fn unreadable((address, reason): (&Address, &String)) -> Verdict {
    let message = format!("it is not changed, since its live state is unknown here: {reason}");
    Verdict { address: Some(address.clone()), ..Verdict::new("endpoint", "unsupported", Outcome::Unknown, message) }
}

/// Warns if a target loses an attribute that a live resource, which is no target, relies on: a stream's ARN that
/// changes.
fn warn_of_cut_off(
    stack: &[Desired],
    selection: &Selection,
    inventory: &Inventory,
    decisions: &mut BTreeMap<Address, Decision>,
) {
    let is_live = |address: &Address| inventory.readings.get(address).is_some_and(|reading| reading.live.is_some());
    for wanted in stack.iter().filter(|wanted| !selection.contains(&wanted.address) && is_live(&wanted.address)) {
        for reference in pending::references(&wanted.body) {
            let Some(decision) = decisions.get_mut(&reference.address) else { continue };
            let anew = decision.change.action == Action::Replace;
            if anew || decision.change.forgets.contains(&reference.attribute) {
                let left = if selection.excludes(&wanted.address) { "is excluded" } else { "is not among the targets" };
                let message = format!(
                    "{} {left} and uses the current `{}`: it is cut off until an apply that includes it",
                    wanted.address, reference.attribute
                );
                if !decision.warnings.contains(&message) {
                    decision.warnings.push(message);
                }
            }
        }
    }
}
