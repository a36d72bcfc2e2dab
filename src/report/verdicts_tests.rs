//! Tests of the order of notes and verdicts.

use serde_json::Value;

use super::*;
use crate::base::{Environment, Location, Outputs};
use crate::plan::{FORMAT_VERSION, PlannedChange, Step, Summary};
use crate::report::{plan_markdown, plan_text};
use crate::rules::Severity;

fn change(address: &str, action: Action) -> PlannedChange {
    let address: Address = address.parse().expect("an address");
    PlannedChange {
        kind: address.section().to_owned(),
        type_name: "AWS::DynamoDB::Table".to_owned(),
        name: address.name().to_owned(),
        action,
        reason: "because".to_owned(),
        properties: Vec::new(),
        ignored: Vec::new(),
        unmanaged: Vec::new(),
        unique_id: None,
        wanted: None,
        by_hand: false,
        forgets: Vec::new(),
        losses: Vec::new(),
        outputs: Outputs::new(),
        live: None,
        address,
    }
}

fn plan(verdicts: Vec<Verdict>) -> Plan {
    let address: Address = "tables.old".parse().expect("an address");
    let step = Step {
        id: "tables.old#1".to_owned(),
        service: "dynamodb".to_owned(),
        operation: "DeleteTable".to_owned(),
        title: "delete table".to_owned(),
        input: Value::Null,
        requires: Vec::new(),
        covers: Vec::new(),
        after: Vec::new(),
        expects: &[],
        destructive: true,
        address: address.clone(),
    };
    let changes = vec![change("tables.old", Action::Delete), change("tables.kept", Action::NoOp)];
    let note = |address: Option<Address>, message: &str| Note { address, message: message.to_owned() };
    let mut plan = Plan {
        format_version: FORMAT_VERSION,
        stack: "shop".to_owned(),
        environment: Environment::new("123456789012", "eu-central-1"),
        endpoint_url: None,
        summary: Plan::count(&changes),
        changes,
        steps: vec![step],
        verdicts: Vec::new(),
        unknown: OnUnknown::Warn,
        blocked: false,
        notes: vec![note(None, "not searched"), note(Some(address), "a backup is taken")],
        skipped: std::collections::BTreeMap::new(),
        not_searched: Vec::new(),
        releases: false,
        orphans: Vec::new(),
    };
    plan.judge(verdicts);
    plan
}

fn verdict(rule: &str, outcome: Outcome) -> Verdict {
    let source = Location { file: "stack.yaml".into(), line: 7, column: 3, bytes: (0, 0) };
    Verdict {
        address: Some("tables.kept".parse().expect("an address")),
        source: Some(source),
        hint: Some("fix it".to_owned()),
        severity: Some(Severity::Low),
        ..Verdict::new("config", rule, outcome, "it is so")
    }
}

/// Checks that each of these words occurs, and that their first occurrences are in this order.
fn in_order(text: &str, words: &[&str]) {
    let places: Vec<_> = words.iter().map(|word| text.find(word).unwrap_or_else(|| panic!("{word}: {text}"))).collect();
    assert!(places.is_sorted(), "{words:?} are not in this order in:\n{text}");
}

#[test]
fn advice_is_printed_first_and_failures_last() {
    let consent = Verdict::new("consent", "delete", Outcome::Pass, "deleting this table deletes its data");
    let mut plan = plan(vec![verdict("no", Outcome::Fail), verdict("hm", Outcome::Warn), consent]);
    let words = [
        "note: not searched",
        "warning: tables.kept: it is so [config/hm] at stack.yaml:7\n",
        "note: `underpin validate` shows how to fix",
        "- tables.old",
        "API calls",
        "note: tables.old: a backup is taken",
        "forbidden: tables.kept: it is so [config/no]\n    at stack.yaml:7:3\n    hint: fix it\n",
        "consented: deleting this table",
        "Plan: 1 to delete, 1 unchanged. 1 API call. 1 forbidden.",
    ];
    in_order(&plan_text(&plan, Paint::Plain), &words);
    let words = [
        "### This plan can't be applied as it is",
        "- **forbidden**: tables.kept: it is so [config/no] at `stack.yaml:7` (fix it)",
        "- `tables.old`: a backup is taken",
        "| | Resource |",
        "<summary>Warnings and notes</summary>",
        "- warning: tables.kept: it is so [config/hm] at `stack.yaml:7`",
        "- not searched",
    ];
    in_order(&plan_markdown(&plan), &words);
    plan.summary = Summary { no_op: 1, ..Summary::default() };
    plan.changes.retain(|change| change.action == Action::NoOp);
    assert!(
        plan_text(&plan, Paint::Plain)
            .ends_with("No changes. The live resources match the file (1 resource). 1 forbidden.\n")
    );
}

#[test]
fn blocking_unknown_is_labeled_and_printed_last() {
    let mut plan = plan(vec![verdict("eh", Outcome::Unknown)]);
    in_order(&plan_text(&plan, Paint::Plain), &["unknown: tables.kept", "- tables.old", "`--unknown deny`"]);
    plan.unknown = OnUnknown::Deny;
    plan.judge([]);
    let text = plan_text(&plan, Paint::Plain);
    in_order(&text, &["- tables.old", "forbidden (unknown): tables.kept", "1 unknown, which counts as forbidden"]);
    assert!(!text.contains("`--unknown deny`"), "{text}");
}

#[test]
fn existing_warnings_are_only_counted_in_plans() {
    let old = |rule: &str, outcome| Verdict { already: true, ..verdict(rule, outcome) };
    let excuse =
        crate::plan::Excuse { reason: "r".to_owned(), owner: "o".to_owned(), expires: "2027-06-30".to_owned() };
    let excused = Verdict { excused: Some(excuse), ..old("excused", Outcome::Pass) };
    let said = |verdicts: Vec<Verdict>| VerdictGroups::of(&plan(verdicts)).left_out.unwrap_or_default();
    let warn = || old("old", Outcome::Warn);
    assert_eq!(said(vec![warn()]), "1 existing warning: `underpin validate` shows it");
    assert_eq!(
        said(vec![warn(), warn(), excused.clone()]),
        "2 existing warnings, 1 excused: `underpin validate` shows them"
    );
    assert_eq!(said(vec![excused]), "1 existing excused finding: `underpin validate` shows it");
    let new = verdict("new", Outcome::Warn);
    assert_eq!(
        said(vec![warn(), new]),
        "1 existing warning: `underpin validate` shows it, and how to fix the warnings"
    );
    let plan = plan(vec![warn(), old("never", Outcome::Fail)]);
    let text = plan_text(&plan, Paint::Plain);
    assert!(text.contains("[config/never]") && !text.contains("[config/old]"), "{text}");
}
