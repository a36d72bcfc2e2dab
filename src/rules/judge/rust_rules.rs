//! Rules in Rust: each resource with the others that are judged.

use super::evaluation::{Evaluation, failed, place, worst};
use super::terms::Terms;
use crate::base::PropertyPath;
use crate::kind::Rendering;
use crate::rules::rust::{self, Judge, Unknown, Verdict, World};
use crate::rules::{Before, Finding, Rendered, Rule, RuleOutcome, Subject};

/// The evaluations of subjects by rules in Rust.
pub(super) fn all(subjects: &[Subject], terms: Terms<'_>) -> Vec<Evaluation> {
    let rules: Vec<(usize, &Rule, Judge)> =
        terms.on(|rule| rule.rust.is_some()).filter_map(|(index, rule)| Some((index, rule, rule.rust?))).collect();
    if rules.is_empty() {
        return Vec::new();
    }
    let mut world = World::new(subjects, terms.unread, terms.today);
    let mut found = Vec::new();
    for (index, rule, judge) in rules {
        world.asked_by(rule.values(), rule.looks_at.as_ref());
        for (entry, one) in subjects.iter().enumerate() {
            let Some((outcome, place)) = outcome(rule, judge, one, &one.now, &world) else { continue };
            let before = match &one.before {
                _ if !matches!(outcome, RuleOutcome::Pass | RuleOutcome::Fail(_)) => None,
                // The others are as they will be: what this resource alone changes is shown.
                Before::Other(before) => {
                    let (name, kept) = (one.name.clone(), one.kept.clone());
                    let live =
                        Subject { before: Before::Same, now: copy(before), name, type_name: one.type_name, kept };
                    self::outcome(rule, judge, &live, &live.now, &world).and_then(|(before, _)| failed(rule, &before))
                }
                Before::Absent => None,
                Before::Same => failed(rule, &outcome),
            };
            found.push(Evaluation { rule: index, resource: Some(entry), outcome, place, before });
        }
    }
    found
}

fn copy(rendered: &Rendered) -> Rendered {
    let Rendered { items, template, error } = rendered;
    Rendered { items: items.clone(), template: template.clone(), error: error.clone() }
}

/// The outcome for the items of one subject together; `None` if the rule judges none of them.
fn outcome(
    rule: &Rule,
    judge: Judge,
    one: &Subject,
    state: &Rendered,
    world: &World<'_>,
) -> Option<(RuleOutcome, Option<PropertyPath>)> {
    if let (Some(error), true) = (&state.error, rule.judges(one.type_name)) {
        return Some((RuleOutcome::Unknown(error.clone()), None));
    }
    let items = state.items.iter().filter(|item| rule.judges(item.type_name)).map(Some);
    // A type without configuration items is judged by its template.
    let bare = (state.items.is_empty() && rule.judges(one.type_name)).then_some(None);
    items.chain(bare).map(|item| answer(judge, one, item, world)).reduce(worst)
}

fn answer(
    judge: Judge,
    one: &Subject,
    item: Option<&Rendering>,
    world: &World<'_>,
) -> (RuleOutcome, Option<PropertyPath>) {
    let outcome = match judge(&rust::Subject::new(one, item), world) {
        Ok(Verdict::Pass) => RuleOutcome::Pass,
        Ok(Verdict::NotApplicable) => RuleOutcome::NotApplicable,
        Ok(Verdict::Fail(faults)) => RuleOutcome::Fail(
            faults
                .into_iter()
                .map(|fault| Finding {
                    pointer: fault.pointer,
                    message: Some(fault.message),
                    expected: fault.expected,
                    actual: fault.actual,
                })
                .collect(),
        ),
        Err(Unknown(why)) => RuleOutcome::Unknown(why),
    };
    let place = item.and_then(|item| place(&outcome, item, ""));
    (outcome, place)
}
