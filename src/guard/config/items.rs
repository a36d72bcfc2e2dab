//! Rules on configuration items: each resource by itself, as AWS Config records it.

use super::context::RuleContext;
use super::evaluation::{Evaluation, failed, place, worst};
use super::subject::{self, RenderedSubject, Subject};
use crate::base::{PropertyPath, pending};
use crate::kind::Rendering;
use crate::rules::{Input, Items, Rule, RuleOutcome};

/// The evaluations of resources by rules on items, and the resources as they are rendered.
pub(super) fn items(
    resources: &[Subject<'_>],
    first: usize,
    plain: RuleContext<'_>,
) -> (Vec<RenderedSubject>, Vec<Evaluation>) {
    let (mut all, mut said, mut judge) = (Vec::new(), Vec::new(), Items::default());
    for (index, one) in resources.iter().enumerate() {
        let written = subject::write(one, one.wanted, one.outputs, plain);
        let live = one.live.filter(|_| one.changes());
        let live = live.map(|(spec, outputs)| subject::write(one, spec, outputs, plain));
        let own_type = plain.registry.kind(one.address.section()).map(crate::kind::PureKind::type_name);
        for (rule_index, rule) in plain.on(Input::ConfigurationItem) {
            let now = on_items(&mut judge, rule_index, rule, &written);
            let why = match (&written.error, own_type) {
                (Some(error), Some(own)) if subject::would_judge(rule, own, plain) => error.clone(),
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
            let before = match &live {
                _ if !matches!(outcome, RuleOutcome::Pass | RuleOutcome::Fail(_)) => None,
                Some(live) => {
                    on_items(&mut judge, rule_index, rule, live).and_then(|(before, _)| failed(rule, &before))
                }
                None if one.changes() => None,
                None => failed(rule, &outcome),
            };
            said.push(Evaluation { rule: rule_index, resource: Some(first + index), outcome, place, before });
        }
        all.push(written);
    }
    (all, said)
}

/// The outcome of a rule for the configuration items of one resource together; `None` if it judges none of them.
fn on_items(
    judge: &mut Items,
    index: usize,
    rule: &Rule,
    written: &RenderedSubject,
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
