//! The calls of all resources, each with the calls that come first, in an order in which they could be made one by one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::model::Step;
use super::order::{self, Cycle};
use crate::base::Address;
use crate::kind::{ErasedOperation, Registry};

/// A call before it becomes a step.
pub(super) struct StepDraft {
    pub(super) id: String,
    address: Address,
    call: ErasedOperation,
    after: BTreeSet<String>,
    destructive: bool,
}

/// The calls of one resource, each after those that it names, or after the one before it.
pub(super) fn sequence(
    address: &Address,
    moves: Vec<ErasedOperation>,
    offset: usize,
    first: Option<&String>,
    destructive: bool,
) -> Vec<StepDraft> {
    let id = |index: usize| format!("{address}#{}", offset + index + 1);
    let draft = |(index, call): (usize, ErasedOperation)| {
        let mut after: BTreeSet<String> = match &call.after {
            Some(positions) => positions.iter().filter(|p| **p < index).map(|position| id(*position)).collect(),
            None => index.checked_sub(1).map(id).into_iter().collect(),
        };
        if after.is_empty() {
            after.extend(first.cloned());
        }
        StepDraft { id: id(index), address: address.clone(), call, after, destructive }
    };
    moves.into_iter().enumerate().map(draft).collect()
}

/// The destructive calls of one resource, or the others.
type Group = (Address, bool);

/// Adds the order between resources: the first calls of a group wait for the last ones of others.
pub(super) fn link(registry: &Registry, drafts: &mut [StepDraft], before: &BTreeMap<Address, BTreeSet<Address>>) {
    let group = |draft: &StepDraft| -> Group { (draft.address.clone(), draft.destructive) };
    let mut ids: BTreeMap<Group, BTreeSet<String>> = BTreeMap::new();
    for draft in drafts.iter() {
        ids.entry(group(draft)).or_default().insert(draft.id.clone());
    }
    let mut last = ids.clone();
    for draft in drafts.iter() {
        if let Some(last) = last.get_mut(&group(draft)) {
            last.retain(|id| !draft.after.contains(id));
        }
    }
    let groups: Vec<&Group> = ids.keys().collect();
    let wait = |(address, destructive): &Group, (other, other_destructive): &Group| {
        if address == other {
            return (*other_destructive && !destructive).then_some(Wait::Must);
        }
        if *destructive {
            // A dependent is deleted first, or changed to use another resource first. A resource that is only deleted
            // to be made anew can't wait for its later dependents.
            let for_good = !ids.contains_key(&(address.clone(), false));
            let first = depends_on(registry, other.section(), address.section());
            first.then_some(match (other_destructive, for_good) {
                (true, _) => Some(Wait::Must),
                (false, true) => Some(Wait::Should),
                (false, false) => None,
            })?
        } else {
            let needed = !other_destructive && before.get(address).is_some_and(|lookups| lookups.contains(other));
            needed.then_some(Wait::Must)
        }
    };
    let mut waits: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); groups.len()];
    let mut wishes = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        for (first, other) in groups.iter().enumerate() {
            match wait(group, other) {
                Some(Wait::Must) => drop(waits[at].insert(first)),
                Some(Wait::Should) => wishes.push((at, first)),
                None => {}
            }
        }
    }
    // A wish is by section alone, and may make a cycle: the resource that is changed to use another one may depend on
    // something that waits for this very deletion.
    for (at, first) in wishes {
        if !reaches(&waits, first, at) {
            waits[at].insert(first);
        }
    }
    for draft in drafts {
        let group = group(draft);
        let is_first = ids.get(&group).is_none_or(|mine| mine.is_disjoint(&draft.after));
        if let (true, Ok(at)) = (is_first, groups.binary_search(&&group)) {
            let others = waits[at].iter().map(|first| groups[*first]).filter(|(other, _)| *other != group.0);
            draft.after.extend(others.filter_map(|other| last.get(other)).flatten().cloned());
        }
    }
}

/// The need of one group of calls to wait for another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wait {
    /// The call fails otherwise.
    Must,
    /// The call may fail otherwise.
    Should,
}

/// Returns whether `from` waits for `to`, directly or not.
fn reaches(waits: &[BTreeSet<usize>], from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        open.extend(waits[at].iter().copied().filter(|next| seen.insert(*next)));
    }
    false
}

/// Returns whether resources of section `upper` depend on those of `lower`, directly or not.
fn depends_on(registry: &Registry, upper: &str, lower: &str) -> bool {
    registry.kind(upper).is_some_and(|kind| {
        kind.depends_on().iter().any(|section| *section == lower || depends_on(registry, section, lower))
    })
}

/// The steps, in an order in which they could be made one by one.
pub(super) fn in_order(drafts: Vec<StepDraft>) -> Result<Vec<Step>, Cycle> {
    let ids: Vec<String> = drafts.iter().map(|draft| draft.id.clone()).collect();
    let before: BTreeMap<String, BTreeSet<String>> =
        drafts.iter().map(|draft| (draft.id.clone(), draft.after.clone())).collect();
    let sorted: Vec<String> = order::sort(&ids, &before)?.into_iter().cloned().collect();
    let mut by_id: BTreeMap<String, StepDraft> = drafts.into_iter().map(|draft| (draft.id.clone(), draft)).collect();
    Ok(sorted.iter().filter_map(|id| by_id.remove(id)).map(step).collect())
}

fn step(draft: StepDraft) -> Step {
    let StepDraft { id, address, call, after, destructive } = draft;
    let ErasedOperation { op, covers, after: _, call, requires } = call;
    // `Op` is tagged by its variant's name, which is the operation's name.
    let input = match op {
        Value::Object(map) if map.len() == 1 => map.into_iter().next().map_or(Value::Null, |(_, input)| input),
        other => other,
    };
    Step {
        id,
        address,
        service: call.service.to_owned(),
        operation: call.operation.to_owned(),
        title: call.title,
        input,
        requires,
        covers,
        after: after.into_iter().collect(),
        expects: call.expects,
        destructive,
    }
}
