//! Makes the inventory.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{self, FutureExt};
use serde_json::Value;

use super::facts;
use super::orphan_addresses::orphan_address;
use crate::aws::{Aws, CallError};
use crate::base::{Address, Problem};
use crate::kind::{Context, ErasedLive, Facts, FirstRead, Found, Identity, Owner, ReadOutcome, SharedLookup};
use crate::plan::{Action, Desired, Inventory, Orphan, Plan, SCOPE_TAG, STACK_TAG, owned_tags};

/// The kinds with their effectful halves.
pub type LiveRegistry = &'static [&'static dyn ErasedLive];

/// The reason why the inventory could not be made.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// A look-up or read failed.
    #[error("failed to read {what}")]
    Read {
        /// The thing to be read.
        what: String,
        /// The cause.
        #[source]
        source: CallError,
    },
    /// The problems that a kind finds with a resource, now that the account is known.
    #[error("{address} can't be read")]
    Problems {
        /// The resource.
        address: Address,
        /// The problems.
        problems: Vec<Problem>,
    },
}

/// The terms of an inspection.
#[derive(Clone, Copy)]
pub struct Inspection<'a> {
    /// The resources of the file.
    pub stack: &'a [Desired],
    /// The owner of these resources.
    pub owner: &'a Owner,
    /// The sections to search for orphans; `None` for all.
    pub sections: Option<&'a [String]>,
    /// True if stateful resources of the file are asked whether they hold data, because they may be deleted.
    pub destroy: bool,
    /// The resources to release: all their parts that may have the stack's tags are read.
    pub releases: &'a BTreeSet<Address>,
    /// The depth of the reads.
    pub depth: Depth,
    /// The shared look-ups, if they are known already.
    pub facts: Option<&'a Facts>,
}

/// The depth in which the resources of the file are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Each by itself, with all that can be known.
    Whole,
    /// In bulk, and without what no file can set: [`read_changed`] reads those whole that a plan then changes.
    First,
}

/// Reads everything, in parallel.
pub async fn inspect(kinds: LiveRegistry, inspection: &Inspection<'_>, aws: &Aws) -> Result<Inventory, InspectError> {
    let lookups: BTreeSet<_> = inspection
        .stack
        .iter()
        .filter_map(|wanted| Some((kind_of(kinds, wanted.address.section())?, wanted)))
        .flat_map(|(kind, wanted)| kind.lookups(&wanted.body))
        // Resources that are deleted are not checked.
        .filter(|lookup| lookup.is_required() || !inspection.destroy)
        .collect();
    let facts = match inspection.facts {
        Some(facts) => future::ready(Ok(facts.clone())).boxed().shared(),
        None => facts::look_up(&lookups, aws).boxed().shared(),
    };
    let active = |kind: &&&dyn ErasedLive| {
        inspection.sections.is_none_or(|sections| sections.iter().any(|section| section == kind.section()))
    };
    let (facts, readings, found) = future::join3(
        facts.clone(),
        future::try_join_all(kinds.iter().map(|kind| read_kind(*kind, inspection, facts.clone(), aws))),
        future::join_all(
            kinds
                .iter()
                .filter(active)
                .map(|kind| async move { (kind.section(), kind.discover(inspection.owner, aws).await) }),
        ),
    )
    .await;
    // Resources that need these facts are unknown then.
    let lacks_facts = facts.as_ref().is_err_and(CallError::is_unsupported);
    let facts = if lacks_facts { Ok(Facts::default()) } else { facts };
    let facts = facts.map_err(|source| InspectError::Read { what: "what resources share".to_owned(), source })?;
    let mut inventory = Inventory { facts, lacks_facts, ..Inventory::default() };
    for (address, reading) in readings?.into_iter().flatten() {
        match reading {
            Ok(reading) => drop(inventory.readings.insert(address, reading)),
            Err(error) => drop(inventory.unknown.insert(address, error.to_string())),
        }
    }
    let mut candidates: Vec<Found> = Vec::new();
    for (section, found) in found {
        match found {
            Ok(found) => candidates.extend(found),
            Err(error) if error.is_denied() || error.is_unsupported() => {
                inventory.not_searched.insert(section.to_owned(), error.to_string());
            }
            Err(source) => {
                return Err(InspectError::Read { what: format!("the stack's own resources in {section}"), source });
            }
        }
    }
    read_whole(kinds, &candidates, inspection, &mut inventory, aws).await?;
    inventory.orphans = orphans(kinds, candidates, inspection, &mut inventory, aws).await?;
    ask_for_data(kinds, inspection, &mut inventory, aws).await;
    Ok(inventory)
}

pub(super) fn kind_of(kinds: LiveRegistry, section: &str) -> Option<&'static dyn ErasedLive> {
    kinds.iter().copied().find(|kind| kind.section() == section)
}

type SharedFacts<'a> = future::Shared<future::BoxFuture<'a, Result<Facts, CallError>>>;

/// A resource with its reading, or with the answer of an endpoint that can't read it.
type Read = (Address, Result<ReadOutcome<Value>, CallError>);

/// Reads the resources of one kind. Only a kind that can't be resolved without facts waits for them.
async fn read_kind(
    kind: &dyn ErasedLive,
    inspection: &Inspection<'_>,
    facts: SharedFacts<'_>,
    aws: &Aws,
) -> Result<Vec<Read>, InspectError> {
    let mut mine: Vec<&Desired> = inspection.stack.iter().filter(|w| w.address.section() == kind.section()).collect();
    let mut read: Vec<Read> = Vec::with_capacity(mine.len());
    let needs_facts = |wanted: &&Desired| kind.lookups(&wanted.body).iter().any(SharedLookup::is_required);
    let facts = if mine.iter().any(needs_facts) {
        match facts.await {
            Err(error) if error.is_unsupported() => {
                let (lost, rest): (Vec<_>, Vec<_>) = mine.into_iter().partition(needs_facts);
                read.extend(lost.into_iter().map(|wanted| (wanted.address.clone(), Err(error.clone()))));
                mine = rest;
                Facts::default()
            }
            facts => facts.map_err(|source| InspectError::Read { what: "what resources share".to_owned(), source })?,
        }
    } else {
        Facts::default()
    };
    if mine.is_empty() {
        return Ok(read);
    }
    let mut ids = Vec::with_capacity(mine.len());
    for wanted in &mine {
        let mut id = identity(kind, wanted, inspection.owner, &facts, aws)?;
        if inspection.depth == Depth::First {
            FirstRead::new(inspection.owner.names()).mark(&mut id);
        }
        ids.push(id);
    }
    let readings = kind.read_many(&ids, aws).await;
    for (wanted, reading) in mine.iter().zip(readings) {
        match reading {
            Err(source) if !source.is_unsupported() => {
                return Err(InspectError::Read { what: wanted.address.to_string(), source });
            }
            reading => read.push((wanted.address.clone(), reading)),
        }
    }
    Ok(read)
}

/// Reads the resources whole that a plan made from first reads changes: nothing is decided about them by what a bulk
/// answer told, or without what was left out. Returns `true` if there are any that are not among those that were read whole
/// before, so that the plan is made again, and looked at again.
pub async fn read_changed(
    kinds: LiveRegistry,
    plan: &Plan,
    inspection: &Inspection<'_>,
    inventory: &mut Inventory,
    whole: &mut BTreeSet<Address>,
    aws: &Aws,
) -> Result<bool, InspectError> {
    if inspection.depth == Depth::Whole {
        return Ok(false);
    }
    let live = |address: &Address| inventory.readings.get(address).is_some_and(|reading| reading.live.is_some());
    let changed: BTreeSet<&Address> = plan
        .changes
        .iter()
        .filter(|change| change.action != Action::NoOp)
        .map(|change| &change.address)
        .filter(|address| live(address) && !whole.contains(*address))
        .collect();
    let stack: Vec<Desired> =
        inspection.stack.iter().filter(|wanted| changed.contains(&wanted.address)).cloned().collect();
    if stack.is_empty() {
        return Ok(false);
    }
    whole.extend(stack.iter().map(|wanted| wanted.address.clone()));
    let again = Inspection { stack: &stack, depth: Depth::Whole, ..*inspection };
    let facts = future::ready(Ok(inventory.facts.clone())).boxed().shared();
    let readings = future::try_join_all(kinds.iter().map(|kind| read_kind(*kind, &again, facts.clone(), aws))).await?;
    for (address, reading) in readings.into_iter().flatten() {
        match reading {
            Ok(reading) => drop(inventory.readings.insert(address, reading)),
            Err(error) => {
                inventory.readings.remove(&address);
                inventory.unknown.insert(address, error.to_string());
            }
        }
    }
    Ok(true)
}

fn identity(
    kind: &dyn ErasedLive,
    wanted: &Desired,
    owner: &Owner,
    facts: &Facts,
    aws: &Aws,
) -> Result<Identity, InspectError> {
    let failed = |problems| InspectError::Problems { address: wanted.address.clone(), problems };
    let cx = Context { name: &wanted.name, env: aws.env(), facts: Some(facts) };
    let normal = kind.normalize(&wanted.body, &cx).map_err(failed)?;
    let mut identity = kind.identity(&wanted.address, &normal, &cx).map_err(|problem| failed(vec![problem]))?;
    // A kind without a name of its own (endpoint, mapping) is recognized by its tags.
    identity.details.extend(owned_tags(owner, &wanted.address));
    Ok(identity)
}

/// Reads resources to release once more, as orphans are read: with parts that the file doesn't mention, and that may
/// have the stack's tags all the same (a log group).
async fn read_whole(
    kinds: LiveRegistry,
    candidates: &[Found],
    inspection: &Inspection<'_>,
    inventory: &mut Inventory,
    aws: &Aws,
) -> Result<(), InspectError> {
    for Found { identity, scope: _ } in candidates {
        let there = inventory.readings.get(&identity.address).is_some_and(|reading| reading.live.is_some());
        let Some(kind) = kind_of(kinds, identity.address.section()) else { continue };
        if !there || !inspection.releases.contains(&identity.address) {
            continue;
        }
        match kind.read_many(std::slice::from_ref(identity), aws).await.into_iter().next() {
            Some(Ok(reading)) if reading.live.is_some() => {
                inventory.readings.insert(identity.address.clone(), reading);
            }
            Some(Err(error)) if error.is_denied() => {
                let said = format!("whether its parts have the stack's tags could not be read: {error}");
                inventory.before_it_goes.entry(identity.address.clone()).or_default().push(said);
            }
            Some(Err(source)) => return Err(InspectError::Read { what: identity.address.to_string(), source }),
            Some(Ok(_)) | None => {}
        }
    }
    Ok(())
}

/// Reads each candidate directly: a listing may lag behind, and may still name deleted resources.
async fn orphans(
    kinds: LiveRegistry,
    candidates: Vec<Found>,
    inspection: &Inspection<'_>,
    inventory: &mut Inventory,
    aws: &Aws,
) -> Result<Vec<Orphan>, InspectError> {
    let scope = inspection.owner.scope.as_str();
    let names: BTreeSet<(&str, &str)> =
        inspection.stack.iter().map(|wanted| (wanted.address.section(), wanted.name.as_str())).collect();
    let declared: BTreeSet<&Address> = inspection.stack.iter().map(|wanted| &wanted.address).collect();
    let unique: BTreeSet<(&str, &str)> = inventory
        .readings
        .iter()
        .filter_map(|(address, reading)| Some((address.section(), reading.live.as_ref()?.unique_id.as_str())))
        .collect();
    let mut by_section: BTreeMap<String, Vec<Identity>> = BTreeMap::new();
    for Found { mut identity, scope: its } in candidates {
        // The file still names it. That it could not be read is no reason to delete it.
        if inventory.unknown.contains_key(&identity.address) {
            continue;
        }
        let known = names.contains(&(identity.address.section(), identity.name.as_str()));
        // If a listing gives a unique id that is known here, the resource was read already.
        let told = identity.details.get("unique_id").map(String::as_str);
        let read = told.is_some_and(|id| unique.contains(&(identity.address.section(), id)));
        if its.as_deref() != Some(scope) || read || (known && declared.contains(&identity.address)) {
            continue;
        }
        identity.address = orphan_address(&identity, &declared);
        by_section.entry(identity.address.section().to_owned()).or_default().push(identity);
    }
    let mut orphans = Vec::new();
    let mut not_searched = BTreeMap::new();
    for (section, ids) in by_section {
        let Some(kind) = kind_of(kinds, &section) else { continue };
        for (identity, reading) in ids.iter().zip(kind.read_many(&ids, aws).await) {
            let reading = match reading {
                Err(error) if error.is_unsupported() => {
                    not_searched.insert(section.clone(), error.to_string());
                    continue;
                }
                reading => {
                    reading.map_err(|source| InspectError::Read { what: identity.address.to_string(), source })?
                }
            };
            let Some(live) = reading.live else { continue };
            if unique.contains(&(section.as_str(), live.unique_id.as_str())) || !is_ours(&live.spec, inspection.owner) {
                continue;
            }
            orphans.push(Orphan { address: identity.address.clone(), name: identity.name.clone(), live });
        }
    }
    inventory.not_searched.extend(not_searched);
    orphans.sort_by(|one, other| one.address.cmp(&other.address));
    orphans.dedup_by(|one, other| {
        one.address.section() == other.address.section() && one.live.unique_id == other.live.unique_id
    });
    Ok(apart(orphans, &declared))
}

/// Gives orphans with the same address different ones, so that each is shown, and consented to, by itself: by their own
/// names, then by number.
fn apart(mut orphans: Vec<Orphan>, declared: &BTreeSet<&Address>) -> Vec<Orphan> {
    let mut bearers: BTreeMap<Address, usize> = BTreeMap::new();
    for orphan in &orphans {
        *bearers.entry(orphan.address.clone()).or_default() += 1;
    }
    let shared = |address: &Address| bearers.get(address).is_some_and(|count| *count > 1);
    let mut taken: BTreeSet<Address> = declared.iter().map(|address| (*address).clone()).collect();
    taken.extend(orphans.iter().map(|orphan| orphan.address.clone()).filter(|address| !shared(address)));
    for orphan in orphans.iter_mut().filter(|orphan| shared(&orphan.address)) {
        let named = |name: &str| Address::new(orphan.address.section(), name);
        let numbered = (2_usize..).map(|number| named(&format!("{}~{number}", orphan.name)));
        let free = std::iter::once(named(&orphan.name)).chain(numbered).find(|address| !taken.contains(address));
        orphan.address = free.unwrap_or_else(|| orphan.address.clone());
        taken.insert(orphan.address.clone());
    }
    orphans.sort_by(|one, other| one.address.cmp(&other.address));
    orphans
}

fn is_ours(spec: &Value, owner: &Owner) -> bool {
    let tag = |key: &str| spec.get("tags").and_then(|tags| tags.get(key)).and_then(Value::as_str);
    let stack = tag(STACK_TAG);
    let ours = owner.names().any(|name| stack == Some(name));
    ours && tag(SCOPE_TAG) == Some(owner.scope.as_str())
}

/// Reads whether resources that may be deleted hold data. If that can't be read, a backup is taken.
async fn ask_for_data(kinds: LiveRegistry, inspection: &Inspection<'_>, inventory: &mut Inventory, aws: &Aws) {
    let declared = inspection.stack.iter().filter(|_| inspection.destroy).map(|wanted| (&wanted.address, &wanted.name));
    let removed = inventory.orphans.iter().map(|orphan| (&orphan.address, &orphan.name));
    let asked = declared.chain(removed).filter_map(|(address, name)| {
        let kind = kind_of(kinds, address.section()).filter(|kind| kind.stateful())?;
        let id = Identity { address: address.clone(), name: name.clone(), details: BTreeMap::new() };
        Some(async move { (id.address.clone(), kind.holds_data(&id, aws).await) })
    });
    let answers = future::join_all(asked).await;
    for (address, answer) in answers {
        if let Ok(Some(holds)) = answer {
            inventory.holds_data.insert(address, holds);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Outputs;
    use crate::kind::Observed;

    fn orphan(address: &str, name: &str) -> Orphan {
        let live =
            Observed { spec: Value::Null, outputs: Outputs::new(), unique_id: name.to_owned(), unmanaged: Vec::new() };
        Orphan { address: address.parse().expect("an address"), name: name.to_owned(), live }
    }

    fn told(orphans: Vec<Orphan>, declared: &[&str]) -> Vec<String> {
        let declared: Vec<Address> = declared.iter().map(|text| text.parse().expect("an address")).collect();
        let orphans = apart(orphans, &declared.iter().collect());
        orphans.iter().map(|orphan| format!("{} is {}", orphan.address, orphan.name)).collect()
    }

    #[test]
    fn orphans_get_unique_addresses() {
        assert_eq!(told(vec![orphan("tables.a", "x")], &[]), ["tables.a is x"]);
        let both = vec![orphan("tables.a", "a"), orphan("tables.a", "x"), orphan("tables.b", "b")];
        assert_eq!(told(both, &[]), ["tables.a is a", "tables.b is b", "tables.x is x"]);
        let both = vec![orphan("tables.a", "x"), orphan("tables.a", "y"), orphan("tables.y", "z")];
        assert_eq!(told(both, &["tables.x"]), ["tables.x~2 is x", "tables.y is z", "tables.y~2 is y"]);
    }
}
