//! Rules on configuration items: each resource by itself, as AWS Config records it.

use super::evaluation::{Evaluation, failed, place, worst};
use super::terms::{Terms, would_judge};
use crate::base::{PropertyPath, pending};
use crate::kind::Rendering;
use crate::rules::{Before, Input, Items, Rendered, Rule, RuleOutcome, Subject};

/// The evaluations of subjects by rules on items.
pub(super) fn items(subjects: &[Subject], first: usize, terms: Terms<'_>) -> Vec<Evaluation> {
    let (mut found, own) = (Vec::new(), Items::default());
    let judge = terms.known.unwrap_or(&own);
    for (index, one) in subjects.iter().enumerate() {
        let own = Some(one.type_name).filter(|own| !own.is_empty());
        for (rule_index, rule) in terms.guard(Input::ConfigurationItem) {
            let now = on_items(judge, rule_index, rule, &one.now);
            let why = match (&one.now.error, own) {
                (Some(error), Some(own)) if would_judge(rule, own, terms) => error.clone(),
                (None, Some(own)) if rule.resource_types.iter().any(|one| one == own) => {
                    format!("AWS Config has no configuration item of {own}")
                }
                _ => String::new(),
            };
            let now = match now {
                Some(now) => now,
                None if why.is_empty() => continue,
                None => (RuleOutcome::Unknown(why), None),
            };
            let (outcome, place) = now;
            let before = match &one.before {
                _ if !matches!(outcome, RuleOutcome::Pass | RuleOutcome::Fail(_)) => None,
                Before::Other(before) => {
                    on_items(judge, rule_index, rule, before).and_then(|(before, _)| failed(rule, &before))
                }
                Before::Absent => None,
                Before::Same => failed(rule, &outcome),
            };
            found.push(Evaluation { rule: rule_index, resource: Some(first + index), outcome, place, before });
        }
    }
    found
}

/// The outcome of a rule for the configuration items of one resource together; `None` if it judges none of them.
fn on_items(
    judge: &Items,
    index: usize,
    rule: &Rule,
    written: &Rendered,
) -> Option<(RuleOutcome, Option<PropertyPath>)> {
    let judged = written.items.iter().filter(|item| rule.judges(item.type_name)).map(|item| {
        let outcome = explained(judge.judge(index, rule, &item.body), item);
        let place = place(&outcome, item, "");
        (outcome, place)
    });
    judged.reduce(worst)
}

/// Explains the placeholders on which an unknown outcome depends, if the rendering does.
fn explained(outcome: RuleOutcome, item: &Rendering) -> RuleOutcome {
    let RuleOutcome::Unknown(why) = outcome else { return outcome };
    let named = |(placeholder, _): &(&String, &String)| why.contains(&pending::display(placeholder));
    let explanations: Vec<&str> =
        item.unknown.iter().filter(named).map(|(_, explanation)| explanation.as_str()).collect();
    match explanations.as_slice() {
        [] => RuleOutcome::Unknown(why),
        // Of the other values on which it depends, nothing more is known.
        all => RuleOutcome::Unknown(format!("it depends on {}", all.join("; "))),
    }
}
