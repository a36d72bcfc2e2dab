//! Properties that the file ignores: the live value stays, and is shown beside the file's value.
//!
//! In one place for every kind: the live value replaces the desired one before anything is compared, so that no
//! call sets it, and the guardrails judge the value that will be live.

use serde_json::{Map, Value};

use super::model::Ignored;
use super::tags::OURS;
use crate::base::{Problem, PropertyPath, Vault, pending, redacted};
use crate::kind::{Below, Context, Difference, Ignore, PathRule, PureKind, Rule, below, holds};

/// The desired resource, with the live values of the ignored properties. An ignored property that is not live and that
/// the rest of the file needs is set as the file says: capacity, where a table changes to provisioned billing.
pub(super) fn with_live(
    kind: &dyn PureKind,
    desired: &Value,
    live: &Value,
    ignored: &[Ignore],
    cx: &Context<'_>,
    vault: &Vault,
) -> Result<Value, Problem> {
    let before = problems(kind, desired, cx, vault);
    let new = |tree: &Value| problems(kind, tree, cx, vault).into_iter().find(|problem| !before.contains(problem));
    let taken = take(kind, desired, live, ignored, vault);
    if new(&taken).is_none() {
        return Ok(taken);
    }
    let is_there = |ignore: &&Ignore| ignore.path.get(live).is_some_and(|value| !value.is_null());
    let taken = take(kind, desired, live, &ignored.iter().filter(is_there).cloned().collect::<Vec<_>>(), vault);
    let Some(problem) = new(&taken) else { return Ok(taken) };
    let about = |ignore: &&Ignore| ignore.path.covers(&problem.path) || problem.path.covers(&ignore.path);
    let path = ignored.iter().find(about).or(ignored.first()).map(|ignore| ignore.path.clone()).unwrap_or_default();
    let message = format!("the live value of `{path}`, which is ignored, conflicts with the file: {}", problem.message);
    let message = redacted(&message, &vault.values_in(&taken));
    Err(Problem::new(path, message).hint("write its live value in the file, or remove it from `ignore`"))
}

/// The problems that the kind finds in a tree.
fn problems(kind: &dyn PureKind, tree: &Value, cx: &Context<'_>, vault: &Vault) -> Vec<Problem> {
    let mut open = tree.clone();
    if vault.open_all(&mut open).is_err() {
        return Vec::new();
    }
    kind.check(&open, cx)
}

fn take(kind: &dyn PureKind, desired: &Value, live: &Value, ignored: &[Ignore], vault: &Vault) -> Value {
    let (mut result, schema) = (desired.clone(), kind.schema().to_value());
    for Ignore { path, reason: _ } in ignored {
        let mut taken = path.get(live).filter(|value| !value.is_null()).cloned();
        if let Some(value) = &mut taken {
            seal_sensitive(value, path, kind.rules(), vault);
        }
        if path.keys() == ["tags"] {
            taken = Some(with_our_tags(taken, desired));
        }
        put(&mut result, live, &schema, path.keys(), taken);
        if let [tags, rest @ ..] = path.keys()
            && tags == "tags"
        {
            keep_tags_of_parts(&mut result, live, rest.first());
        }
    }
    result
}

/// Keeps live tags of a part (a log group), which are ignored with those of the resource: one tag, or all but the
/// stack's own.
fn keep_tags_of_parts(desired: &mut Value, live: &Value, key: Option<&String>) {
    let parts = desired.as_object_mut().into_iter().flatten().filter(|(property, _)| property.ends_with("_tags"));
    for (property, value) in parts {
        let (Value::Object(tags), Some(Value::Object(there))) = (value, live.get(property)) else { continue };
        let is_meant = |other: &String| match key {
            Some(key) => other == key,
            None => !OURS.contains(&other.as_str()),
        };
        tags.retain(|other, _| !is_meant(other));
        tags.extend(there.iter().filter(|(other, _)| is_meant(other)).map(|(key, value)| (key.clone(), value.clone())));
    }
}

/// Puts a value at the end of the keys, or removes the one there. Where the mapping above it is not live, nobody
/// else has set anything in it, and the desired value stays; a mapping of names counts as its entries.
fn put(desired: &mut Value, live: &Value, schema: &Value, keys: &[String], value: Option<Value>) {
    let Some((key, rest)) = keys.split_first() else { return };
    let (next, is_entry) = match below(schema, key) {
        Below::Property(next) => (next, false),
        Below::Entry(next) => (next, true),
        Below::Unknown(_) | Below::Whole => return,
    };
    if !is_entry && !live.is_object() {
        return;
    }
    if is_entry && desired.is_null() && value.is_some() {
        *desired = Value::Object(Map::new());
    }
    let Value::Object(map) = desired else { return };
    match (rest.first(), value) {
        (None, Some(value)) => drop(map.insert(key.clone(), value)),
        (None, None) => drop(map.shift_remove(key)),
        (Some(first), value) => {
            let names = matches!(below(next, first), Below::Entry(_)) && value.is_some();
            if map.contains_key(key) || names {
                let live = live.get(key).unwrap_or(&Value::Null);
                put(map.entry(key.clone()).or_insert(Value::Null), live, next, rest, value);
            }
        }
    }
}

/// The live tags, with the stack's own tags as they are desired.
fn with_our_tags(live: Option<Value>, desired: &Value) -> Value {
    let mut tags = match live {
        Some(Value::Object(tags)) => tags,
        _ => Map::new(),
    };
    let is_ours = |key: &str| OURS.contains(&key);
    tags.retain(|key, _| !is_ours(key));
    let wanted = desired.get("tags").and_then(Value::as_object).into_iter().flatten();
    tags.extend(wanted.filter(|(key, _)| is_ours(key)).map(|(key, value)| (key.clone(), value.clone())));
    Value::Object(tags)
}

/// Seals the sensitive texts below a path.
pub(super) fn seal_sensitive(value: &mut Value, path: &PropertyPath, rules: &[PathRule], vault: &Vault) {
    match value {
        Value::String(text) if holds(rules, Rule::Sensitive, path) && !Vault::is_sealed(text) => {
            *text = vault.seal(text);
        }
        Value::Object(map) => {
            map.iter_mut().for_each(|(key, below)| seal_sensitive(below, &path.child(key), rules, vault));
        }
        _ => {}
    }
}

/// The nearest ignore at or above a path.
fn covering<'i>(ignored: &'i [Ignore], path: &PropertyPath) -> Option<&'i Ignore> {
    let above = ignored.iter().filter(|ignore| ignore.path.covers(path));
    above.max_by_key(|ignore| ignore.path.keys().len())
}

/// The differences that are ignored: of what will be live from the file's values.
pub(super) fn left_out(differences: Vec<Difference>, ignored: &[Ignore]) -> Vec<Ignored> {
    let one = |Difference { path, before, after, sensitive, forces_replacement: _ }| {
        // A mapping that is empty or absent on one side differs as a whole.
        let within = || ignored.iter().find(|ignore| path.covers(&ignore.path));
        let Ignore { path: _, reason } = covering(ignored, &path).or_else(within)?;
        let known_after_apply = after.as_ref().is_some_and(pending::any_pending);
        Some(Ignored { path, live: before, file: after, reason: reason.clone(), sensitive, known_after_apply })
    };
    differences.into_iter().filter_map(one).collect()
}

/// A problem if a difference's call also sends an ignored property, of which only the file's value is known.
pub(super) fn unsendable(kind: &dyn PureKind, differences: &[Difference], left_out: &[Ignored]) -> Option<Problem> {
    let with = |difference: &Difference| {
        kind.rules().iter().find_map(|one| match one.rule {
            Rule::SentWith(other) if one.path.matches_at_or_above(&difference.path) => Some(other),
            _ => None,
        })
    };
    differences.iter().find_map(|difference| {
        let (path, other) = (&difference.path, with(difference)?);
        left_out.iter().find(|one| one.path.keys().first().is_some_and(|key| key == other))?;
        let message = format!(
            "the call that changes `{path}` sends `{other}` with it, which is ignored and has another live value"
        );
        let hint = format!("remove `{other}` from `ignore` for this change, or write the live value of `{path}`");
        Some(Problem::new(path.clone(), message).hint(hint))
    })
}

/// Returns whether the file ignores a property.
pub(super) fn is_ignored(ignored: &[Ignore], path: &PropertyPath) -> bool {
    let is_ours = matches!(path.keys(), [tags, key] if tags == "tags" && OURS.contains(&key.as_str()));
    covering(ignored, path).is_some() && !is_ours
}
