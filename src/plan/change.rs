//! The decision on one resource: compares the desired resource with the live one.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::ignored;
use super::input::{CompareOptions, Desired, Inventory, PlanOptions};
use super::model::{Action, Ignored, Live, PlannedChange, Property};
use super::tags::{SCOPE_TAG, STACK_TAG, TAG_PROPERTIES, owned_tags};
use super::unsupported::UnsupportedProperties;
use crate::base::{Outputs, Problem, PropertyPath, Vault, pending};
use crate::diff;
use crate::kind::{
    Change, Context, Dependency, Difference, ErasedOperation, Ignore, Observed, PureKind, ReadOutcome, StepContext,
    UnmanagedFeature,
};

/// The owner of a live resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ownership {
    /// This stack's.
    Ours,
    /// No stack's: it has no stack's tags.
    Nobodys,
    /// Another stack's, or another scope's: a description of the owner.
    Others(String),
}

/// The decision on one resource.
pub(super) struct Decision {
    pub(super) change: PlannedChange,
    /// The calls that delete the live resource.
    pub(super) unmaking: Vec<ErasedOperation>,
    /// The calls that create or change the resource.
    pub(super) making: Vec<ErasedOperation>,
    /// The known attributes, for the resources that refer to it.
    pub(super) outputs: Outputs,
    pub(super) warnings: Vec<String>,
    /// The desired properties that the endpoint does not support.
    pub(super) skipped: BTreeSet<String>,
    pub(super) ownership: Ownership,
}

/// Finds the owner of a resource by its tags.
pub(super) fn ownership(tags: Option<&Value>, tags_unsupported: bool, terms: &PlanOptions<'_>) -> Ownership {
    if tags_unsupported {
        return Ownership::Ours;
    }
    let tag = |key: &str| tags.and_then(|tags| tags.get(key)).and_then(Value::as_str);
    match (tag(STACK_TAG), tag(SCOPE_TAG)) {
        (None, _) => Ownership::Nobodys,
        (Some(stack), scope) => {
            let owner = terms.owner;
            let ours = stack == owner.stack || owner.previous_names.iter().any(|name| name == stack);
            match (ours, scope) {
                (false, _) => Ownership::Others(format!("the stack `{stack}`")),
                (true, Some(scope)) if scope != owner.scope.as_str() => {
                    Ownership::Others(format!("this stack's scope `{scope}`; here it is `{}`", owner.scope))
                }
                _ => Ownership::Ours,
            }
        }
    }
}

/// The reason of an action, with the other managers of the resource.
fn reason_of(action: Action, reason: &str, live: &Observed<Value>, ownership: &Ownership, has_ignored: bool) -> String {
    let managers: Vec<&str> = live.unmanaged.iter().filter_map(UnmanagedFeature::manager).collect();
    match (managers.as_slice(), ownership, action) {
        (_, _, Action::NoOp) if has_ignored => "all that differs is ignored".to_owned(),
        ([], ..) | (_, Ownership::Ours | Ownership::Others(_), _) => reason.to_owned(),
        (_, _, Action::Replace) => {
            format!("managed by {}, and a property can only be set when it is created", managers.join(" and "))
        }
        _ => format!("managed by {}; it bears no stack's tag", managers.join(" and ")),
    }
}

/// Decides on a resource that the file names and that is not to be deleted.
pub(super) fn decide(
    kind: &dyn PureKind,
    wanted: &Desired,
    dependencies: &[Dependency<'_>],
    inventory: &Inventory,
    terms: &PlanOptions<'_>,
) -> Result<Decision, Vec<Problem>> {
    let reading = inventory.readings.get(&wanted.address);
    let mut unsupported = UnsupportedProperties::of(reading);
    let mut body = wanted.body.clone();
    if !unsupported.tags() {
        add_tags(&mut body, owned_tags(terms.owner, &wanted.address));
    }
    let cx = Context { name: &wanted.name, env: terms.env, facts: Some(&inventory.facts) };
    let desired = kind.normalize(&body, &cx)?;
    let one = |problem| vec![problem];
    let steps = step_context(wanted, inventory, terms);
    let live = reading.and_then(|reading| reading.live.as_ref());
    let Some(live) = live else {
        let properties = compare(kind, &Value::Object(Map::new()), &desired, terms.options());
        let change = Change::Create { after: &desired };
        let making = unsupported.supported(kind.steps(change, &steps).map_err(one)?);
        unsupported.made(kind, &wanted.body, &desired);
        let warnings = kind.warnings(change, &properties);
        let planned = planned(kind, wanted, Action::Create, "not there yet", &properties);
        return Ok(Decision {
            change: PlannedChange { wanted: Some(desired), ..planned },
            unmaking: Vec::new(),
            making,
            outputs: Outputs::new(),
            warnings,
            skipped: unsupported.that_matter(),
            ownership: Ownership::Nobodys,
        });
    };
    let asked = desired;
    let comparison = Comparison { ignored: &wanted.ignored, cx: Some(&cx) };
    let Compared { live, mut desired, file, mut differences, ignored } =
        held_against(kind, live, &asked, &mut unsupported, comparison, terms.options()).map_err(one)?;
    let live = &live;
    let ownership = ownership(live.spec.get("tags"), unsupported.tags(), terms);
    let mut outputs = live.outputs.clone();
    let renewal = renew(kind, &desired, live, dependencies, &wanted.ignored, &mut differences);
    let (action, reason) = action_of(&differences, &ownership);
    let reason = reason_of(action, reason, live, &ownership, !ignored.is_empty());
    let reason = renewal.filter(|_| action == Action::Update).unwrap_or(reason);
    let (mut unmaking, mut making, mut warnings) = (Vec::new(), Vec::new(), kind.remarks(&asked, live));
    if ownership == Ownership::Ours && matches!(action, Action::NoOp | Action::Update) {
        let still =
            |one: &UnmanagedFeature| Some(format!("it is managed by {} as well: {}", one.manager()?, one.detail));
        warnings.extend(live.unmanaged.iter().filter_map(still));
    }
    let (mut forgets, mut losses) = (Vec::new(), Vec::new());
    match action {
        Action::Replace => {
            outputs.clear();
            let backup = backup(kind, wanted, inventory, terms);
            let change = Change::Delete { before: live, backup: backup.as_deref() };
            unmaking = unsupported.supported(kind.steps(change, &steps).map_err(one)?);
            warnings.extend(kind.warnings(change, &differences));
            // Nobody else has set anything on the new resource: the file's values are taken.
            warnings.extend(ignored.iter().map(|one| {
                format!("`{}` is ignored, and gets the file's value as the {} is made anew", one.path, kind.noun())
            }));
            if !ignored.is_empty() {
                desired = file;
                differences = compare(kind, &live.spec, &desired, terms.options());
                unsupported.without(&mut differences);
            }
            let change = Change::Create { after: &desired };
            making = unsupported.supported(kind.steps(change, &steps).map_err(one)?);
            unsupported.made(kind, &wanted.body, &desired);
        }
        Action::Update | Action::Adopt => {
            for forgotten in kind.invalidated_outputs(&differences) {
                forgets.extend(outputs.remove(forgotten).map(|_| forgotten.to_owned()));
            }
            if let Some(problem) = ignored::unsendable(kind, &differences, &ignored) {
                return Err(vec![problem]);
            }
            let after = unsupported.doable(&desired, &live.spec);
            let change = Change::Update { before: live, after: &after, differences: &differences };
            making = unsupported.supported(kind.steps(change, &steps).map_err(one)?);
            uncovered(&differences, &making)?;
            losses = kind.data_loss(live, &desired, &differences).map_err(one)?;
            warnings.extend(kind.warnings(change, &differences));
        }
        Action::Create | Action::Delete | Action::Release | Action::NoOp => {}
    }
    let change = PlannedChange {
        wanted: Some(desired),
        unique_id: Some(live.unique_id.clone()),
        ignored: if action == Action::Replace { Vec::new() } else { ignored },
        unmanaged: live.unmanaged.clone(),
        by_hand: ownership == Ownership::Nobodys,
        forgets,
        losses,
        outputs: outputs.clone(),
        live: Some(Live { spec: live.spec.clone(), outputs: live.outputs.clone() }),
        ..planned(kind, wanted, action, &reason, &differences)
    };
    Ok(Decision { change, unmaking, making, outputs, warnings, skipped: unsupported.that_matter(), ownership })
}

/// Decides on a resource that the endpoint can't read: nothing is done to it.
pub(super) fn unknown(kind: &dyn PureKind, wanted: &Desired, reason: &str) -> Decision {
    Decision {
        change: planned(kind, wanted, Action::NoOp, &format!("unknown: {reason}"), &[]),
        unmaking: Vec::new(),
        making: Vec::new(),
        outputs: Outputs::new(),
        warnings: Vec::new(),
        skipped: BTreeSet::new(),
        ownership: Ownership::Ours,
    }
}

/// A live resource, compared with the desired one.
pub(super) struct Compared {
    live: Observed<Value>,
    /// The desired values; properties that the file does not manage have their live values.
    desired: Value,
    /// The same, with the file's values of the ignored properties.
    file: Value,
    differences: Vec<Difference>,
    /// The differences that the file ignores.
    ignored: Vec<Ignored>,
}

/// The part of a comparison that comes from the file.
#[derive(Clone, Copy, Default)]
struct Comparison<'a> {
    /// The properties that the file ignores.
    ignored: &'a [Ignore],
    /// The context of the resource; without it nothing is ignored.
    cx: Option<&'a Context<'a>>,
}

fn held_against(
    kind: &dyn PureKind,
    live: &Observed<Value>,
    desired: &Value,
    unsupported: &mut UnsupportedProperties<'_>,
    Comparison { ignored, cx }: Comparison<'_>,
    options: CompareOptions<'_>,
) -> Result<Compared, Problem> {
    let mut live = live.clone();
    seal_alike(&mut live.spec, desired, options.vault);
    let mut desired = kind.adopt_live_values(desired, &live.spec)?;
    keep_ignored_tags(&mut desired, &live.spec, options.ignore_tags);
    let (mut left_out, file) = (Vec::new(), desired.clone());
    if let Some(cx) = cx.filter(|_| !ignored.is_empty()) {
        desired = ignored::with_live(kind, &file, &live.spec, ignored, cx, options.vault)?;
        left_out = ignored::left_out(compare(kind, &desired, &file, options), ignored);
    }
    let mut differences = compare(kind, &live.spec, &desired, options);
    unsupported.without(&mut differences);
    Ok(Compared { live, desired, file, differences, ignored: left_out })
}

/// The differences of a resource from the desired one, as a plan finds them; `None` if it does not exist.
pub fn unlike(
    kind: &dyn PureKind,
    reading: &ReadOutcome<Value>,
    desired: &Value,
    options: CompareOptions<'_>,
) -> Result<Option<Vec<Difference>>, Problem> {
    let Some(live) = &reading.live else { return Ok(None) };
    let compared = held_against(
        kind,
        live,
        desired,
        &mut UnsupportedProperties::of(Some(reading)),
        Comparison::default(),
        options,
    )?;
    Ok(Some(compared.differences))
}

/// Adds properties to set again because a dependency was made anew; returns the reason if nothing else differs.
fn renew(
    kind: &dyn PureKind,
    desired: &Value,
    live: &Observed<Value>,
    dependencies: &[Dependency<'_>],
    ignored: &[Ignore],
    differences: &mut Vec<Difference>,
) -> Option<String> {
    let differed = !differences.is_empty();
    let mut reason = None;
    for dependency in dependencies {
        for path in kind.refreshes(desired, live, dependency) {
            let at = |tree: &Value| path.keys().iter().try_fold(tree, |value, key| value.get(key)).cloned();
            let differs = |difference: &Difference| difference.path.covers(&path) || path.covers(&difference.path);
            if differences.iter().any(differs) || ignored::is_ignored(ignored, &path) {
                continue;
            }
            let (before, after) = (at(&live.spec), at(desired));
            reason.get_or_insert_with(|| {
                let when = if dependency.made_anew { "is" } else { "was" };
                format!("{} {when} made anew, and is to be set again", dependency.address)
            });
            differences.push(Difference { path, before, after, sensitive: false, forces_replacement: false });
        }
    }
    reason.filter(|_| !differed)
}

/// Decides on a resource that is to be deleted.
pub(super) fn remove(
    kind: &dyn PureKind,
    wanted: &Desired,
    live: &Observed<Value>,
    reason: &str,
    inventory: &Inventory,
    terms: &PlanOptions<'_>,
) -> Result<Decision, Vec<Problem>> {
    let mut live = live.clone();
    seal_alike(&mut live.spec, &wanted.body, terms.vault);
    let live = &live;
    let backup = backup(kind, wanted, inventory, terms);
    let mut unsupported = UnsupportedProperties::of(inventory.readings.get(&wanted.address));
    let change = Change::Delete { before: live, backup: backup.as_deref() };
    let unmaking = kind.steps(change, &step_context(wanted, inventory, terms)).map_err(|problem| vec![problem])?;
    let unmaking = unsupported.supported(unmaking);
    let properties = compare(kind, &live.spec, &Value::Object(Map::new()), terms.options());
    let warnings = kind.warnings(change, &properties);
    Ok(Decision {
        change: PlannedChange {
            unique_id: Some(live.unique_id.clone()),
            unmanaged: live.unmanaged.clone(),
            ..planned(kind, wanted, Action::Delete, reason, &properties)
        },
        unmaking,
        making: Vec::new(),
        outputs: Outputs::new(),
        warnings,
        ownership: ownership(live.spec.get("tags"), unsupported.tags(), terms),
        skipped: unsupported.that_matter(),
    })
}

/// The name of the last backup, where one is to be taken before a deletion.
fn backup(kind: &dyn PureKind, wanted: &Desired, inventory: &Inventory, terms: &PlanOptions<'_>) -> Option<String> {
    // If it is unknown whether the resource holds data, the backup is taken.
    let holds = inventory.holds_data.get(&wanted.address).copied().unwrap_or(true);
    (kind.stateful() && terms.backup && holds).then(|| format!("{}-{}", wanted.name, terms.at))
}

pub(super) fn step_context<'a>(
    wanted: &'a Desired,
    inventory: &'a Inventory,
    terms: &PlanOptions<'a>,
) -> StepContext<'a> {
    let (env, token, facts) = (terms.env, terms.token, Some(&inventory.facts));
    StepContext { address: &wanted.address, name: &wanted.name, env, token, facts }
}

fn action_of(differences: &[Difference], ownership: &Ownership) -> (Action, &'static str) {
    match (differences.iter().any(|d| d.forces_replacement), differences.is_empty(), ownership) {
        (true, _, Ownership::Nobodys) => {
            (Action::Replace, "made by hand, and a property can only be set when it is created")
        }
        (true, ..) => (Action::Replace, "a property can only be set when it is created"),
        (_, _, Ownership::Nobodys) => (Action::Adopt, "made by hand: it bears no stack's tag"),
        (_, true, _) => (Action::NoOp, "as it should be"),
        _ => (Action::Update, "it differs from the file"),
    }
}

pub(super) fn planned(
    kind: &dyn PureKind,
    wanted: &Desired,
    action: Action,
    reason: &str,
    differences: &[Difference],
) -> PlannedChange {
    let property = |difference: &Difference| Property {
        path: difference.path.clone(),
        before: difference.before.clone(),
        after: difference.after.clone(),
        sensitive: difference.sensitive,
        forces_replacement: difference.forces_replacement && action == Action::Replace,
        known_after_apply: difference.after.as_ref().is_some_and(pending::any_pending),
    };
    PlannedChange {
        address: wanted.address.clone(),
        kind: kind.section().to_owned(),
        type_name: kind.type_name().to_owned(),
        name: wanted.name.clone(),
        action,
        reason: reason.to_owned(),
        properties: differences.iter().map(property).collect(),
        ignored: Vec::new(),
        unmanaged: Vec::new(),
        unique_id: None,
        wanted: None,
        by_hand: false,
        forgets: Vec::new(),
        losses: Vec::new(),
        outputs: Outputs::new(),
        live: None,
    }
}

/// Compares by the kind's rules.
fn compare(kind: &dyn PureKind, live: &Value, desired: &Value, options: CompareOptions<'_>) -> Vec<Difference> {
    let seal = |text: &str| options.vault.mask(text);
    diff::diff(live, desired, diff::DiffOptions { rules: kind.rules(), seal: &seal, ignore_tags: options.ignore_tags })
}

fn add_tags(body: &mut Value, ours: std::collections::BTreeMap<String, String>) {
    if let Value::Object(body) = body {
        let tags = body.entry("tags").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(tags) = tags {
            tags.extend(ours.into_iter().map(|(key, value)| (key, Value::String(value))));
        }
    }
}

/// Seals live values wherever the desired value is sensitive, so that the two can be compared and neither is
/// ever shown. Within a list or a policy document a value may be anywhere: there, any text that equals a sensitive
/// value is sealed.
pub(super) fn seal_alike(live: &mut Value, desired: &Value, vault: &Vault) {
    match (live, desired) {
        (Value::String(live), Value::String(desired)) if Vault::is_sealed(desired) && !Vault::is_sealed(live) => {
            *live = vault.seal(live);
        }
        (Value::Object(live), Value::Object(desired)) if !live.contains_key("Statement") => {
            for (key, live) in live {
                if let Some(desired) = desired.get(key) {
                    seal_alike(live, desired, vault);
                }
            }
        }
        (live @ (Value::Array(_) | Value::Object(_)), desired) if Vault::holds_sealed(desired) => {
            vault.seal_like(live, desired);
        }
        _ => {}
    }
}

/// Keeps the live tags that match an ignore pattern, whatever the kind's steps compare.
fn keep_ignored_tags(desired: &mut Value, live: &Value, ignore: &[String]) {
    for property in TAG_PROPERTIES {
        let Some(Value::Object(live)) = live.get(property) else { continue };
        for (key, value) in live {
            if ignore.iter().any(|pattern| diff::glob(pattern, key))
                && let Some(Value::Object(tags)) = desired.get_mut(property)
                && !tags.contains_key(key)
            {
                tags.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Refuses a difference that no call covers, so that it is not found out later: the coverage law.
pub(super) fn uncovered(differences: &[Difference], moves: &[ErasedOperation]) -> Result<(), Vec<Problem>> {
    let covered = |path: &PropertyPath| {
        moves.iter().flat_map(|one| &one.covers).any(|cover| cover.covers(path) || path.covers(cover))
    };
    let problems: Vec<Problem> = differences
        .iter()
        .filter(|difference| !covered(&difference.path))
        .map(|d| {
            Problem::new(d.path.clone(), "no API call of this kind changes this property; this is a defect of underpin")
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
