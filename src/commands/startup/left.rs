//! The resources that a start-up leaves as they are: what a guardrail forbids, what needs consent, and what would lose
//! something.

use crate::base::Address;
use crate::plan::{Action, Outcome, Plan, PlannedChange, Verdict};
use crate::workspace::{Left, PlannedAction};

/// The resources of a plan that are left, each with the first reason.
pub(super) fn left(plan: &Plan) -> Vec<Left> {
    let one = |change: &PlannedChange| {
        let reason = forbidden(plan, change).or_else(|| loss(plan, change))?;
        Some(Left { address: change.address.clone(), reason })
    };
    plan.changes.iter().filter_map(one).collect()
}

/// What forbids the stack as a whole: none of its resources may be changed.
pub(super) fn forbids_all(plan: &Plan) -> Option<String> {
    let of_all = |verdict: &&Verdict| verdict.address.is_none() && verdict.outcome.forbids(plan.unknown);
    plan.verdicts.iter().find(of_all).map(said)
}

/// The planned actions.
pub(in crate::commands) fn planned(plan: &Plan) -> Vec<PlannedAction> {
    let changes = plan.changes.iter().filter(|change| change.action != Action::NoOp);
    changes.map(|change| PlannedAction { address: change.address.clone(), action: change.action }).collect()
}

/// The resources of a first plan that a later one, without those that are left, no longer has.
pub(super) fn cut_off(first: &Plan, last: &Plan, left: &[Left]) -> Vec<Left> {
    let is_known = |address: &Address| {
        left.iter().any(|one| one.address == *address) || last.changes.iter().any(|change| change.address == *address)
    };
    let gone = planned(first).into_iter().filter(|one| !is_known(&one.address));
    gone.map(|one| Left { address: one.address, reason: "it depends on something that is left".to_owned() }).collect()
}

fn said(verdict: &Verdict) -> String {
    let Verdict { guardrail, rule, message, outcome, .. } = verdict;
    let by = if *outcome == Outcome::Unknown { "it can't be decided whether it is forbidden: " } else { "" };
    match guardrail.as_str() {
        "consent" => format!("it needs consent: {message}"),
        _ => format!("{by}{message} [{guardrail}/{rule}]"),
    }
}

fn forbidden(plan: &Plan, change: &PlannedChange) -> Option<String> {
    let of_change = |verdict: &&Verdict| {
        let of_step = || {
            let step = verdict.step.as_ref().and_then(|id| plan.steps.iter().find(|step| step.id == *id));
            step.is_some_and(|step| step.address == change.address)
        };
        verdict.outcome.forbids(plan.unknown) && (verdict.address.as_ref() == Some(&change.address) || of_step())
    };
    plan.verdicts.iter().find(of_change).map(said)
}

/// The loss by a change that no guardrail forbids.
fn loss(plan: &Plan, change: &PlannedChange) -> Option<String> {
    match change.action {
        Action::Create | Action::NoOp => None,
        Action::Delete => Some("it would be deleted".to_owned()),
        Action::Replace => Some("it would be deleted and created again".to_owned()),
        Action::Release => Some("it would be released".to_owned()),
        Action::Update | Action::Adopt => {
            let removes = plan.steps.iter().find(|step| step.address == change.address && step.destructive);
            let lost = change.losses.first().map(|loss| format!("`{}`: {}", loss.path, loss.message));
            let forgotten = change.forgets.first().map(|attribute| format!("its `{attribute}` would change"));
            removes.map(|step| format!("it would lose something: {}", step.title)).or(lost).or(forgotten)
        }
    }
}
