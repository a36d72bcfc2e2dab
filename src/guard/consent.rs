//! Consent by address: no resource of a user is lost, and no protection turned off, unless the user consented for that
//! resource by name.

use std::collections::BTreeSet;

use serde_json::Value;

use super::suggestion;
use crate::base::Address;
use crate::kind::{PureKind, Registry, Rule, UnmanagedFeature, holds};
use crate::plan::{Action, Outcome, Plan, PlannedChange, Property, Verdict};
use crate::policy;

/// The consents that the user gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Consents {
    /// `--allow-delete`
    pub delete: BTreeSet<Address>,
    /// `--allow-replace`
    pub replace: BTreeSet<Address>,
    /// `--allow-unprotect`
    pub unprotect: BTreeSet<Address>,
    /// `--allow-adopt`
    pub adopt: BTreeSet<Address>,
}

impl Consents {
    /// Every address that is named, with its flag.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &Address)> {
        [
            ("--allow-delete", &self.delete),
            ("--allow-replace", &self.replace),
            ("--allow-unprotect", &self.unprotect),
            ("--allow-adopt", &self.adopt),
        ]
        .into_iter()
        .flat_map(|(flag, addresses)| addresses.iter().map(move |address| (flag, address)))
    }
}

/// Judges the losses of a plan. A verdict that passes reports the consent.
pub fn consent(plan: &Plan, registry: &Registry, consents: &Consents) -> Vec<Verdict> {
    plan.changes
        .iter()
        .filter_map(|change| Some((change, registry.kind(change.address.section())?)))
        .flat_map(|(change, kind)| one(plan, change, kind, consents))
        .collect()
}

fn one(plan: &Plan, change: &PlannedChange, kind: &dyn PureKind, consents: &Consents) -> Vec<Verdict> {
    let noun = kind.noun();
    let given = |set: &BTreeSet<Address>| set.contains(&change.address);
    let mut verdicts = Vec::new();
    let mut ask = |rule: &str, flag: &str, given: bool, message: String, keep: Option<String>| {
        let outcome = if given { Outcome::Pass } else { Outcome::Fail };
        // The way that loses nothing comes first.
        let say = |keep: Option<String>| match keep {
            Some(keep) => format!("to keep it, {keep}; to continue as planned, add {flag} {}", change.address),
            None => format!("if that is what you want, add {flag} {}", change.address),
        };
        verdicts.push(Verdict {
            address: Some(change.address.clone()),
            hint: (!given).then(|| say(keep)),
            ..Verdict::new("consent", rule, outcome, message)
        });
    };
    let keep = || suggestion::as_live(change.properties.iter().filter(|property| property.forces_replacement));
    let features: Vec<&str> =
        change.unmanaged.iter().filter(|one| one.manager().is_none()).map(|one| one.feature.as_str()).collect();
    let managers: Vec<&str> = change.unmanaged.iter().filter_map(UnmanagedFeature::manager).collect();
    let inexpressible = || format!("this {noun} has what the stack file can't express: {}", features.join(", "));
    // Other tools that manage the resource are named wherever it would be adopted or deleted.
    let managed = |message: String| match managers.as_slice() {
        [] => message,
        _ => format!("{message}; it is managed by {} as well", managers.join(" and ")),
    };
    let unmanaged = || {
        if features.is_empty() {
            return format!("this {noun} is managed by {}, which continues to manage it", managers.join(" and "));
        }
        managed(inexpressible())
    };
    match change.action {
        Action::Delete if kind.stateful() => {
            let message = managed(format!("deleting this {noun} deletes its data"));
            ask("delete", "--allow-delete", given(&consents.delete), message, suggestion::renamed(change, plan));
        }
        Action::Delete if !change.unmanaged.is_empty() => {
            ask("delete", "--allow-delete", given(&consents.delete), unmanaged(), suggestion::renamed(change, plan));
        }
        Action::Replace if kind.stateful() => {
            let forced = change.properties.iter().filter(|p| p.forces_replacement);
            let paths: Vec<String> = forced.map(|property| format!("`{}`", property.path)).collect();
            let message = format!(
                "{} can only be set when the {noun} is created: it would be deleted with its data and created again",
                paths.join(", ")
            );
            let message = managed(message);
            ask("replace", "--allow-replace", given(&consents.replace), message, keep());
        }
        Action::Replace if change.by_hand => {
            let message = managed(format!("this {noun} was made by hand, and would be deleted and created again"));
            ask("replace", "--allow-replace", given(&consents.replace), message, keep());
        }
        Action::Replace if !change.unmanaged.is_empty() => {
            ask("replace", "--allow-replace", given(&consents.replace), unmanaged(), keep());
        }
        Action::Update | Action::Adopt => {
            // Everything that adoption takes away is listed, protection included, and one flag consents to it.
            for property in change.properties.iter().filter(|_| change.action == Action::Update) {
                if holds(kind.rules(), Rule::Protection, &property.path) && is_turned_off(property) {
                    let message = format!("`{}` protects data, and would be turned off", property.path);
                    ask(
                        "unprotect",
                        "--allow-unprotect",
                        given(&consents.unprotect),
                        message,
                        suggestion::as_live([property]),
                    );
                }
            }
            for loss in change.losses.iter().filter(|loss| change.action == Action::Update && !loss.doubtful) {
                let message = format!("`{}` is changed: {}", loss.path, loss.message);
                let lost = change.properties.iter().filter(|property| property.path == loss.path);
                ask("unprotect", "--allow-unprotect", given(&consents.unprotect), message, suggestion::as_live(lost));
            }
            if change.action == Action::Adopt {
                let is_lost = |property: &Property| change.losses.iter().any(|loss| loss.path == property.path);
                let taken = change.properties.iter().filter(|one| revokes(kind, one) && !is_lost(one));
                let lost: Vec<String> = taken
                    .map(|property| format!("`{}`", property.path))
                    .chain(change.losses.iter().map(|loss| format!("`{}` ({})", loss.path, loss.message)))
                    .chain(change.forgets.iter().map(|attribute| format!("its current `{attribute}`")))
                    .collect();
                if !lost.is_empty() {
                    let message = format!("adopting this {noun} would remove what is there: {}", lost.join(", "));
                    let kept = change.properties.iter().filter(|one| revokes(kind, one) || is_lost(one));
                    ask("adopt", "--allow-adopt", given(&consents.adopt), message, suggestion::as_live(kept));
                }
                if !features.is_empty() {
                    ask("adopt", "--allow-adopt", given(&consents.adopt), inexpressible(), None);
                }
                for (owner, detail) in change.unmanaged.iter().filter_map(|one| Some((one.manager()?, &one.detail))) {
                    let message = format!("this {noun} is managed by {owner}, which continues to manage it: {detail}");
                    ask("adopt", "--allow-adopt", given(&consents.adopt), message, None);
                }
            }
        }
        Action::Create | Action::Delete | Action::Replace | Action::Release | Action::NoOp => {}
    }
    verdicts
}

pub(super) fn is_off(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::String(text)) => text == "off",
        _ => false,
    }
}

fn is_turned_off(property: &Property) -> bool {
    !is_off(property.before.as_ref()) && is_off(property.after.as_ref())
}

/// Returns whether something live would be lost: an entry, a member of a set, a setting that is turned on, a permission
/// or a denial of a policy.
fn revokes(kind: &dyn PureKind, property: &Property) -> bool {
    if holds(kind.rules(), Rule::Allows, &property.path) {
        return true;
    }
    match (&property.before, &property.after) {
        (Some(before), Some(after)) if holds(kind.rules(), Rule::Policy, &property.path) => {
            policy::revokes(before, after)
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => before.iter().any(|item| !after.contains(item)),
        _ => is_turned_off(property),
    }
}
