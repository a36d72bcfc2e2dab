//! Releases: the stack's tags are removed, and the resource is left as it is. Compare Terraform's
//! `removed { lifecycle { destroy = false } }`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::comparison::seal_alike;
use super::decision::{self, Decision};
use super::error::PlanError;
use super::ignored::seal_sensitive;
use super::input::{Desired, Inventory, PlanOptions};
use super::model::{Action, Live, PlannedChange};
use super::ownership::{Ownership, ownership};
use super::tags::{OURS, TAG_PROPERTIES};
use crate::base::{Address, Problem, PropertyPath};
use crate::kind::{Change, Difference, ErasedOperation, Observed, PureKind, Registry, StepContext};
use crate::path;
use crate::stack::written_under;

/// Decides on each resource that is released, in the order of the file.
pub(super) fn decide(
    registry: &Registry,
    stack: &[Desired],
    inventory: &Inventory,
    options: &PlanOptions<'_>,
) -> Result<Vec<(Address, Decision)>, PlanError> {
    let all = with_nested(options.releases, stack, inventory);
    if let Some((address, reason)) = inventory.unknown.iter().find(|(address, _)| all.contains(address)) {
        let message = format!("the endpoint doesn't show who owns it ({reason}), so no tags are removed");
        let hint = "release it where the endpoint answers, or remove it from the file: it is not changed then";
        let problems = vec![Problem::new(PropertyPath::root(), message).hint(hint)];
        return Err(PlanError::Problems { address: address.clone(), problems });
    }
    let mut decisions = Vec::new();
    for wanted in stack.iter().filter(|wanted| all.contains(&wanted.address)) {
        let Some(kind) = registry.kind(wanted.address.section()) else { continue };
        let reading = inventory.readings.get(&wanted.address);
        let live = reading.and_then(|reading| reading.live.as_ref());
        let mut decision = one(kind, wanted, live, inventory, options)?;
        if decision.change.action == Action::Release {
            decision.warnings.extend(what_follows(wanted, live, stack, &all, options));
        }
        decisions.push((wanted.address.clone(), decision));
    }
    for orphan in inventory.orphans.iter().filter(|orphan| all.contains(&orphan.address)) {
        let Some(kind) = registry.kind(orphan.address.section()) else { continue };
        let wanted = orphan.unwanted();
        let mut decision = one(kind, &wanted, Some(&orphan.live), inventory, options)?;
        decision.warnings.extend(along(&orphan.address, options));
        decisions.push((orphan.address.clone(), decision));
    }
    Ok(decisions)
}

/// The addresses, with the resources written under them: these leave the file with them.
fn with_nested(releases: &BTreeSet<Address>, stack: &[Desired], inventory: &Inventory) -> BTreeSet<Address> {
    let there =
        stack.iter().map(|wanted| &wanted.address).chain(inventory.orphans.iter().map(|orphan| &orphan.address));
    let nested = there.filter(|address| written_under(address).is_some_and(|owner| releases.contains(&owner)));
    releases.iter().chain(nested).cloned().collect()
}

fn one(
    kind: &dyn PureKind,
    wanted: &Desired,
    live: Option<&Observed<Value>>,
    inventory: &Inventory,
    options: &PlanOptions<'_>,
) -> Result<Decision, PlanError> {
    let failed = |problem| PlanError::Problems { address: wanted.address.clone(), problems: vec![problem] };
    let unsupported = inventory.readings.get(&wanted.address).into_iter().flat_map(|reading| &reading.unsupported);
    if let Some(tags) = unsupported.into_iter().find(|one| one.property == "tags") {
        let message = format!("the endpoint has no tags ({}), so there are none to remove", tags.reason);
        let hint = "remove it from the file: it is not changed then";
        return Err(failed(Problem::new(PropertyPath::root(), message).hint(hint)));
    }
    let idle = |reason: &str| Decision::idle(decision::planned(kind, wanted, Action::NoOp, reason, &[]));
    let Some(live) = live else { return Ok(idle("it is not there")) };
    let ownership = ownership(live.spec.get("tags"), false, options);
    match ownership {
        Ownership::Ours => {}
        Ownership::Nobodys => return Ok(idle("it has no stack tag")),
        Ownership::Others(_) => return Ok(Decision { ownership, ..idle("it is not this stack's") }),
    }
    let mut before = live.clone();
    seal_alike(&mut before.spec, &wanted.body, options.vault);
    seal_sensitive(&mut before.spec, &PropertyPath::root(), kind.rules(), options.vault);
    let steps = decision::step_context(wanted, inventory, options);
    let Untagging { after, differences, calls: making } = untagging(kind, &before, &steps).map_err(failed)?;
    decision::uncovered(&differences, &making).map_err(PlanError::at(&wanted.address))?;
    let planned =
        decision::planned(kind, wanted, Action::Release, "it is left as it is, without the stack's tags", &differences);
    let outputs = before.outputs.clone();
    let change = PlannedChange {
        unique_id: Some(before.unique_id.clone()),
        wanted: Some(after),
        outputs: outputs.clone(),
        live: Some(Live { spec: before.spec, outputs: before.outputs }),
        ..planned
    };
    Ok(Decision { making, outputs, ownership, ..Decision::idle(change) })
}

/// The changes and calls that remove the stack's tags from a resource.
pub struct Untagging {
    /// The resource without them.
    pub after: Value,
    /// The tags that are removed.
    pub differences: Vec<Difference>,
    /// The calls that remove them; each request's context has the tags, which are still present before the call.
    pub calls: Vec<ErasedOperation>,
}

/// Removes the stack's tags from a live resource.
pub fn untagging(kind: &dyn PureKind, before: &Observed<Value>, cx: &StepContext<'_>) -> Result<Untagging, Problem> {
    let mut after = before.spec.clone();
    let mut differences = Vec::new();
    for property in TAG_PROPERTIES {
        let Some(Value::Object(tags)) = after.get_mut(property) else { continue };
        let gone = tags.iter().filter(|(key, _)| OURS.contains(&key.as_str()));
        let difference = |(key, value): (&String, &Value)| Difference {
            path: path![property, key],
            before: Some(value.clone()),
            after: None,
            sensitive: false,
            forces_replacement: false,
        };
        differences.extend(gone.map(difference));
        tags.retain(|key, _| !OURS.contains(&key.as_str()));
    }
    let change = Change::Update { before, after: &after, differences: &differences };
    let mut calls = kind.steps(change, cx)?;
    // It is the only call on the resource: until it is made, the tags are present.
    let arn = before.outputs.get("arn");
    for request in calls.iter_mut().flat_map(|call| &mut call.requires) {
        if arn == Some(&request.resource) {
            let tag =
                |one: &Difference| Some((one.path.keys().last()?.clone(), one.before.as_ref()?.as_str()?.to_owned()));
            let tags = differences.iter().filter_map(tag);
            request.context.extend(tags.map(|(key, value)| (format!("aws:ResourceTag/{key}"), vec![value])));
        }
    }
    Ok(Untagging { after, differences, calls })
}

/// The reason why a resource is released that was not named.
fn along(address: &Address, options: &PlanOptions<'_>) -> Option<String> {
    let owner = written_under(address).filter(|_| !options.releases.contains(address))?;
    Some(format!("it is written under {owner}, and is released with it"))
}

/// Notes for a resource that is still in the file: the next plan would adopt it again.
fn what_follows(
    wanted: &Desired,
    live: Option<&Observed<Value>>,
    stack: &[Desired],
    released: &BTreeSet<Address>,
    options: &PlanOptions<'_>,
) -> Vec<String> {
    if let Some(along) = along(&wanted.address, options) {
        return vec![along];
    }
    let mut said = vec!["it is still in the file: remove it there, or the next plan adopts it again".to_owned()];
    let others = stack.iter().filter(|other| !released.contains(&other.address));
    let mut uses: BTreeMap<(&Address, String), Option<String>> = BTreeMap::new();
    for other in others {
        for (_, reference) in other.references.iter().filter(|(_, reference)| reference.address == wanted.address) {
            let value = match reference.attribute.as_str() {
                "name" => Some(wanted.name.clone()),
                attribute => live.and_then(|live| live.outputs.get(attribute).cloned()),
            };
            uses.insert((&other.address, reference.to_string()), value);
        }
    }
    said.extend(uses.into_iter().map(|((other, reference), value)| {
        let value = value.map_or_else(|| "the value".to_owned(), |value| format!("`{value}`"));
        format!("{other} refers to it: write {value} in place of `${{{reference}}}` when you remove it")
    }));
    said
}
