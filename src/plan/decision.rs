//! The decision on one resource: compares the desired resource with the live one.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::comparison::{Compared, Comparison, compare, compared, refresh, seal_alike, supported_differences};
use super::ignored;
use super::input::{Desired, Inventory, PlanOptions};
use super::model::{Action, Live, PlannedChange, Property};
use super::ownership::{Ownership, ownership};
use super::tags::owned_tags;
use super::unsupported::UnsupportedProperties;
use crate::base::{Outputs, Problem, PropertyPath, pending};
use crate::kind::{
    Change, Context, Dependency, Difference, ErasedOperation, Observed, PureKind, StepContext, UnmanagedFeature,
};

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

impl Decision {
    /// A decision without calls.
    pub(super) fn idle(change: PlannedChange) -> Self {
        Self {
            change,
            unmaking: Vec::new(),
            making: Vec::new(),
            outputs: Outputs::new(),
            warnings: Vec::new(),
            skipped: BTreeSet::new(),
            ownership: Ownership::Ours,
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
        _ => format!("managed by {}; it has no stack tag", managers.join(" and ")),
    }
}

/// Plans the calls of one resource, without those that the endpoint does not support.
struct Calls<'a> {
    kind: &'a dyn PureKind,
    wanted: &'a Desired,
    cx: StepContext<'a>,
    backup: Option<String>,
    unsupported: UnsupportedProperties<'a>,
}

impl<'a> Calls<'a> {
    fn of(kind: &'a dyn PureKind, wanted: &'a Desired, inventory: &'a Inventory, options: &PlanOptions<'a>) -> Self {
        Self {
            kind,
            wanted,
            cx: step_context(wanted, inventory, options),
            backup: backup(kind, wanted, inventory, options),
            unsupported: UnsupportedProperties::of(inventory.readings.get(&wanted.address)),
        }
    }

    fn plan(&mut self, change: Change<'_, Value>) -> Result<Vec<ErasedOperation>, Vec<Problem>> {
        let calls = self.kind.steps(change, &self.cx).map_err(|problem| vec![problem])?;
        let calls = self.unsupported.supported(calls);
        if let Change::Create { after } = change {
            self.unsupported.made(self.kind, &self.wanted.body, after);
        }
        Ok(calls)
    }

    /// The deletion of the live resource, after its backup.
    fn delete(
        &mut self,
        live: &Observed<Value>,
        differences: &[Difference],
    ) -> Result<(Vec<ErasedOperation>, Vec<String>), Vec<Problem>> {
        let backup = self.backup.clone();
        let change = Change::Delete { before: live, backup: backup.as_deref() };
        Ok((self.plan(change)?, self.kind.warnings(change, differences)))
    }
}

/// Decides on a resource that the file names and that is not to be deleted.
pub(super) fn decide(
    kind: &dyn PureKind,
    wanted: &Desired,
    dependencies: &[Dependency<'_>],
    inventory: &Inventory,
    options: &PlanOptions<'_>,
) -> Result<Decision, Vec<Problem>> {
    let mut calls = Calls::of(kind, wanted, inventory, options);
    let mut body = wanted.body.clone();
    if !calls.unsupported.tags() {
        add_tags(&mut body, owned_tags(options.owner, &wanted.address));
    }
    let cx = Context { name: &wanted.name, env: options.env, facts: Some(&inventory.facts) };
    let asked = kind.normalize(&body, &cx)?;
    let Some(live) = inventory.readings.get(&wanted.address).and_then(|reading| reading.live.as_ref()) else {
        return create(calls, asked, options);
    };
    let one = |problem| vec![problem];
    let comparison = Comparison { ignored: &wanted.ignored, cx: Some(&cx) };
    let Compared { live, mut desired, file, mut differences, ignored } =
        compared(kind, live, &asked, &mut calls.unsupported, comparison, options.comparison()).map_err(one)?;
    let live = &live;
    let ownership = ownership(live.spec.get("tags"), calls.unsupported.tags(), options);
    let mut outputs = live.outputs.clone();
    let refreshed = refresh(kind, &desired, live, dependencies, &wanted.ignored, &mut differences);
    let (action, reason) = action_of(&differences, &ownership);
    let reason = reason_of(action, reason, live, &ownership, !ignored.is_empty());
    let reason = refreshed.filter(|_| action == Action::Update).unwrap_or(reason);
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
            let (deletion, more) = calls.delete(live, &differences)?;
            unmaking = deletion;
            warnings.extend(more);
            // Nobody else has set anything on the new resource: the file's values are taken.
            warnings.extend(ignored.iter().map(|one| {
                format!("`{}` is ignored, and gets the file's value as the {} is created again", one.path, kind.noun())
            }));
            if !ignored.is_empty() {
                desired = file;
                let unsupported = &mut calls.unsupported;
                differences = supported_differences(kind, &live.spec, &desired, unsupported, options.comparison());
            }
            making = calls.plan(Change::Create { after: &desired })?;
        }
        Action::Update | Action::Adopt => {
            for forgotten in kind.invalidated_outputs(&differences) {
                forgets.extend(outputs.remove(forgotten).map(|_| forgotten.to_owned()));
            }
            if let Some(problem) = ignored::unsendable(kind, &differences, &ignored) {
                return Err(vec![problem]);
            }
            let after = calls.unsupported.doable(&desired, &live.spec);
            let change = Change::Update { before: live, after: &after, differences: &differences };
            making = calls.plan(change)?;
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
    Ok(Decision { change, unmaking, making, outputs, warnings, skipped: calls.unsupported.that_matter(), ownership })
}

/// Decides on a resource that does not exist.
fn create(mut calls: Calls<'_>, desired: Value, options: &PlanOptions<'_>) -> Result<Decision, Vec<Problem>> {
    let properties = compare(calls.kind, &Value::Object(Map::new()), &desired, options.comparison());
    let change = Change::Create { after: &desired };
    let making = calls.plan(change)?;
    let warnings = calls.kind.warnings(change, &properties);
    let planned = planned(calls.kind, calls.wanted, Action::Create, "not there yet", &properties);
    Ok(Decision {
        making,
        warnings,
        skipped: calls.unsupported.that_matter(),
        ownership: Ownership::Nobodys,
        ..Decision::idle(PlannedChange { wanted: Some(desired), ..planned })
    })
}

/// Decides on a resource that the endpoint can't read: nothing is done to it.
pub(super) fn unknown(kind: &dyn PureKind, wanted: &Desired, reason: &str) -> Decision {
    Decision::idle(planned(kind, wanted, Action::NoOp, &format!("unknown: {reason}"), &[]))
}

/// Decides on a resource that is to be deleted.
pub(super) fn remove(
    kind: &dyn PureKind,
    wanted: &Desired,
    live: &Observed<Value>,
    reason: &str,
    inventory: &Inventory,
    options: &PlanOptions<'_>,
) -> Result<Decision, Vec<Problem>> {
    let mut live = live.clone();
    seal_alike(&mut live.spec, &wanted.body, options.vault);
    let mut calls = Calls::of(kind, wanted, inventory, options);
    let properties = compare(kind, &live.spec, &Value::Object(Map::new()), options.comparison());
    let (unmaking, warnings) = calls.delete(&live, &properties)?;
    let ownership = ownership(live.spec.get("tags"), calls.unsupported.tags(), options);
    let change = PlannedChange {
        unique_id: Some(live.unique_id),
        unmanaged: live.unmanaged,
        ..planned(kind, wanted, Action::Delete, reason, &properties)
    };
    let skipped = calls.unsupported.that_matter();
    Ok(Decision { unmaking, warnings, skipped, ownership, ..Decision::idle(change) })
}

/// The name of the last backup, if one is to be taken before a deletion.
fn backup(kind: &dyn PureKind, wanted: &Desired, inventory: &Inventory, options: &PlanOptions<'_>) -> Option<String> {
    // If it is unknown whether the resource holds data, the backup is taken.
    let holds = inventory.holds_data.get(&wanted.address).copied().unwrap_or(true);
    (kind.stateful() && options.backup && holds).then(|| format!("{}-{}", wanted.name, options.at))
}

pub(super) fn step_context<'a>(
    wanted: &'a Desired,
    inventory: &'a Inventory,
    options: &PlanOptions<'a>,
) -> StepContext<'a> {
    let (env, token, facts) = (options.env, options.token, Some(&inventory.facts));
    StepContext { address: &wanted.address, name: &wanted.name, env, token, facts }
}

fn action_of(differences: &[Difference], ownership: &Ownership) -> (Action, &'static str) {
    match (differences.iter().any(|d| d.forces_replacement), differences.is_empty(), ownership) {
        (true, _, Ownership::Nobodys) => {
            (Action::Replace, "made by hand, and a property can only be set when it is created")
        }
        (true, ..) => (Action::Replace, "a property can only be set when it is created"),
        (_, _, Ownership::Nobodys) => (Action::Adopt, "made by hand: it has no stack tag"),
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

fn add_tags(body: &mut Value, ours: std::collections::BTreeMap<String, String>) {
    if let Value::Object(body) = body {
        let tags = body.entry("tags").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(tags) = tags {
            tags.extend(ours.into_iter().map(|(key, value)| (key, Value::String(value))));
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
