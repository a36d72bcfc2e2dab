//! The extent of an approval: a plan that is made again while the first one is carried out, because another run
//! changes the same resources, may do a part of what was shown, and nothing else.

use super::Consents;
use crate::plan::{Action, Outcome, Plan, PlannedChange, Step};

/// Names what a new plan does and the shown one did not; empty if all of it was shown.
///
/// Shown are: steps of the same kind for the same resource; of updates, the same values; of removals, the same
/// resource, by its unique id. What was to be created may be half-made by now, and is completed.
pub fn exceeds(shown: &Plan, now: &Plan) -> Vec<String> {
    let planned = now.changes.iter().filter(|change| change.action != Action::NoOp);
    planned.filter_map(|change| Some(format!("{}: {}", change.address, new_in(shown, now, change)?))).collect()
}

/// The consents that the shown plan had, in place of those of the command line: a consent that it did not need is not
/// used later.
pub fn shown_consents(shown: &Plan) -> Consents {
    let mut consents = Consents::default();
    let given = shown.verdicts.iter().filter(|one| one.guardrail == "consent" && one.outcome == Outcome::Pass);
    for (rule, address) in given.filter_map(|one| Some((one.rule.as_str(), one.address.clone()?))) {
        match rule {
            "delete" => consents.delete.insert(address),
            "replace" => consents.replace.insert(address),
            "unprotect" => consents.unprotect.insert(address),
            "adopt" => consents.adopt.insert(address),
            _ => false,
        };
    }
    consents
}

/// What is new in one change.
fn new_in(shown: &Plan, now: &Plan, change: &PlannedChange) -> Option<String> {
    let before = shown.changes.iter().find(|before| before.address == change.address);
    let Some(before) = before.filter(|before| before.action != Action::NoOp) else {
        return Some("a change that was not shown is needed now".to_owned());
    };
    let allowed = match (before.action, change.action) {
        (one, other) if one == other => true,
        (Action::Create | Action::Replace, Action::Update) => !change.by_hand,
        (Action::Replace, Action::Create) | (Action::Adopt, Action::Update) => true,
        _ => false,
    };
    if !allowed {
        return Some(format!("{} is needed now, and {} was shown", noun(change.action), noun(before.action)));
    }
    let removes = matches!(change.action, Action::Delete | Action::Replace | Action::Release);
    if removes && change.unique_id != before.unique_id {
        return Some("it is another resource of that name now".to_owned());
    }
    let is_shown = |step: &Step| {
        let same = |one: &&Step| {
            (&one.address, &one.service, &one.operation) == (&step.address, &step.service, &step.operation)
        };
        shown.steps.iter().filter(same).any(|one| one.destructive || !step.destructive)
    };
    let steps = now.steps.iter().filter(|step| step.address == change.address);
    if let Some(step) = steps.clone().find(|step| !is_shown(step)) {
        return Some(format!("the call to {} was not shown", step.title));
    }
    // Of something that is created, all values were shown.
    let made = matches!(before.action, Action::Create | Action::Replace);
    let moved = change.properties.iter().find(|property| {
        let same = before.properties.iter().find(|one| one.path == property.path);
        !same.is_some_and(|one| {
            let same_end = one.after == property.after || one.known_after_apply || property.known_after_apply;
            one.before == property.before && same_end
        })
    });
    match moved {
        Some(property) if !made => Some(format!("`{}` is not as it was shown", property.path)),
        _ => None,
    }
}

fn noun(action: Action) -> &'static str {
    match action {
        Action::Create => "its creation",
        Action::Update => "an update",
        Action::Replace => "its replacement",
        Action::Delete => "its deletion",
        Action::Adopt => "its adoption",
        Action::Release => "its release",
        Action::NoOp => "no change",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::Address;
    use crate::guard::testing;
    use crate::plan::{Property, Verdict};

    fn address() -> Address {
        Address::new("tables", "t")
    }

    fn step(operation: &str, destructive: bool) -> Step {
        let (operation, title) = (operation.to_owned(), operation.to_owned());
        Step { operation, title, destructive, ..testing::step(Vec::new()) }
    }

    fn change(action: Action, values: &[(&str, i64, i64)], unique_id: Option<&str>) -> PlannedChange {
        let property = |(path, before, after): &(&str, i64, i64)| Property {
            path: path.parse().expect("a path"),
            before: Some(json!(before)),
            after: Some(json!(after)),
            sensitive: false,
            forces_replacement: false,
            known_after_apply: false,
        };
        PlannedChange {
            address: address(),
            kind: "tables".to_owned(),
            type_name: "AWS::DynamoDB::Table".to_owned(),
            name: "t".to_owned(),
            action,
            reason: String::new(),
            properties: values.iter().map(property).collect(),
            ignored: Vec::new(),
            unmanaged: Vec::new(),
            unique_id: unique_id.map(str::to_owned),
            wanted: None,
            by_hand: false,
            forgets: Vec::new(),
            losses: Vec::new(),
            outputs: std::collections::BTreeMap::new(),
            live: None,
        }
    }

    fn plan(changes: Vec<PlannedChange>, steps: Vec<Step>) -> Plan {
        Plan { changes, ..testing::plan(steps) }
    }

    #[test]
    fn half_made_resource_may_be_completed_by_shown_steps() {
        let shown = plan(
            vec![change(Action::Create, &[], None)],
            vec![step("CreateTable", false), step("UpdateContinuousBackups", false)],
        );
        let rest =
            |operation| plan(vec![change(Action::Update, &[("a", 1, 2)], Some("id"))], vec![step(operation, false)]);
        assert_eq!(exceeds(&shown, &rest("UpdateContinuousBackups")), [""; 0]);
        assert_eq!(exceeds(&shown, &plan(vec![change(Action::NoOp, &[], None)], vec![])), [""; 0]);
        assert_eq!(exceeds(&shown, &rest("UpdateTable")), ["tables.t: the call to UpdateTable was not shown"]);
        let mut by_hand = rest("UpdateContinuousBackups");
        by_hand.changes[0].by_hand = true;
        assert_eq!(exceeds(&shown, &by_hand), ["tables.t: an update is needed now, and its creation was shown"]);
    }

    #[test]
    fn update_of_other_values_than_shown_exceeds_the_approval() {
        let update = |values: &[(&str, i64, i64)]| {
            plan(vec![change(Action::Update, values, Some("id"))], vec![step("UpdateTable", false)])
        };
        let shown = update(&[("a", 1, 2), ("b", 1, 2)]);
        assert_eq!(exceeds(&shown, &update(&[("b", 1, 2)])), [""; 0]);
        for (values, path) in [(&[("b", 5, 2)][..], "b"), (&[("c", 1, 2)], "c"), (&[("a", 1, 3)], "a")] {
            assert_eq!(exceeds(&shown, &update(values)), [format!("tables.t: `{path}` is not as it was shown")]);
        }
        let mut destructive = update(&[("b", 1, 2)]);
        destructive.steps[0].destructive = true;
        assert_eq!(exceeds(&shown, &destructive), ["tables.t: the call to UpdateTable was not shown"]);
    }

    #[test]
    fn removal_of_another_resource_or_another_action_exceeds_the_approval() {
        let delete = |id| plan(vec![change(Action::Delete, &[], Some(id))], vec![step("DeleteTable", true)]);
        assert_eq!(exceeds(&delete("one"), &delete("one")), [""; 0]);
        assert_eq!(exceeds(&delete("one"), &delete("two")), ["tables.t: it is another resource of that name now"]);
        let create = plan(vec![change(Action::Create, &[], None)], vec![step("CreateTable", false)]);
        assert_eq!(
            exceeds(&create, &delete("one")),
            ["tables.t: its deletion is needed now, and its creation was shown"]
        );
        let nothing = plan(vec![change(Action::NoOp, &[], None)], vec![]);
        assert_eq!(exceeds(&nothing, &create), ["tables.t: a change that was not shown is needed now"]);
        assert_eq!(exceeds(&plan(vec![], vec![]), &create), ["tables.t: a change that was not shown is needed now"]);
    }

    #[test]
    fn consents_of_later_rounds_are_those_that_were_shown() {
        let verdict =
            |rule: &str, outcome| Verdict { address: Some(address()), ..Verdict::new("consent", rule, outcome, "") };
        let mut shown = plan(vec![], vec![]);
        shown.judge([verdict("delete", Outcome::Pass), verdict("unprotect", Outcome::Fail)]);
        let consents = shown_consents(&shown);
        assert_eq!((consents.delete.len(), consents.unprotect.len()), (1, 0));
    }
}
