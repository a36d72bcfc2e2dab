//! What could not be read live: it may be there or not.
//!
//! A value that is only known after apply will be there, so for Guard's `exists` and `empty` it is. Of a value that could not
//! be read nobody knows even that. So a subject with such values is judged once more without them, and where the outcomes
//! differ, the outcome is unknown.

use std::collections::HashMap;
use std::mem::discriminant;

use serde_json::Value;

use super::evaluation::Evaluation;
use super::terms::Terms;
use crate::base::pending;
use crate::kind::Rendering;
use crate::rules::{Before, Rendered, Rule, RuleOutcome, Subject};

/// The beginning of a placeholder of what could not be read: see [`crate::kind::unread`].
const UNREAD: &str = "unread.";

fn is_unread(text: &str) -> bool {
    text.split(pending::OPEN).skip(1).any(|rest| rest.starts_with(UNREAD))
}

fn any(value: &Value) -> bool {
    match value {
        Value::String(text) => is_unread(text),
        Value::Array(items) => items.iter().any(any),
        Value::Object(map) => map.values().any(any),
        _ => false,
    }
}

fn without(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().filter(|item| !is_text(item)).map(without).collect(),
        Value::Object(map) => {
            map.iter().filter(|(_, item)| !is_text(item)).map(|(key, item)| (key.clone(), without(item))).collect()
        }
        other => other.clone(),
    }
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(is_unread)
}

/// The subjects that have unread values, without them, each with its place.
pub(super) fn bare(subjects: &[Subject]) -> Vec<(usize, Subject)> {
    let renderings =
        |one: &Subject| one.now.items.iter().chain(&one.now.template).any(|rendering| any(&rendering.body));
    let strip = |all: &[Rendering]| {
        all.iter().map(|one| Rendering { body: without(&one.body), ..one.clone() }).collect::<Vec<_>>()
    };
    let found = subjects.iter().enumerate().filter(|(_, one)| renderings(one));
    found
        .map(|(index, one)| {
            let now = Rendered {
                items: strip(&one.now.items),
                template: strip(&one.now.template),
                error: one.now.error.clone(),
            };
            let (name, kept) = (one.name.clone(), one.kept.clone());
            (index, Subject { name, type_name: one.type_name, now, before: Before::Same, kept })
        })
        .collect()
}

/// Makes outcomes unknown that are others without the unread values. `bare` are the evaluations of the subjects without
/// them, whose places are those in the list of [`bare`].
pub(super) fn compare(
    found: &mut [Evaluation],
    bare: &[Evaluation],
    places: &[usize],
    subjects: &[Subject],
    terms: Terms<'_>,
) {
    let at = |one: &Evaluation| Some((one.rule, *places.get(one.resource?)?));
    let bare: HashMap<(usize, usize), &RuleOutcome> =
        bare.iter().filter_map(|one| Some((at(one)?, &one.outcome))).collect();
    for one in found.iter_mut() {
        let (Some(index), Some(rule)) = (one.resource, terms.rules.get(one.rule)) else { continue };
        if rule.rust.is_some() || matches!(one.outcome, RuleOutcome::Unknown(_)) {
            continue;
        }
        let other = bare.get(&(one.rule, index));
        let differs = other.is_some_and(|other| discriminant(*other) != discriminant(&one.outcome));
        if let Some(subject) = subjects.get(index).filter(|_| differs) {
            one.outcome = RuleOutcome::Unknown(format!("it depends on {}", reasons(rule, subject)));
            one.place = None;
        }
    }
}

/// The unread values that a rule can see, with their reasons.
fn reasons(rule: &Rule, subject: &Subject) -> String {
    let renderings = subject.now.items.iter().chain(&subject.now.template);
    let mut reasons: Vec<&str> = Vec::new();
    for rendering in renderings {
        let seen = rule.text.seen(&rendering.body).to_string();
        for (placeholder, why) in rendering.unknown.iter().filter(|(placeholder, _)| is_unread(placeholder)) {
            let mark = placeholder.split(pending::OPEN).nth(1).and_then(|rest| rest.split(pending::CLOSE).next());
            // The text of a JSON document is escaped as the placeholder's own JSON is.
            let written = Value::from(mark.unwrap_or_default()).to_string();
            if seen.contains(written.trim_matches('"')) && !reasons.contains(&why.as_str()) {
                reasons.push(why);
            }
        }
    }
    if reasons.is_empty() { "what could not be read".to_owned() } else { reasons.join("; ") }
}
