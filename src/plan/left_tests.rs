//! Tests of resources and properties that a plan leaves alone: released, ignored, excluded.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::base::Vault;
use crate::guard;
use crate::kind::{Ignore, Unsupported};

use super::testing::*;

fn ignoring(mut case: Case, at: &str, paths: &[&str]) -> Case {
    let wanted = case.stack.iter_mut().find(|wanted| wanted.address == address(at)).expect("it is in the file");
    let one = |path: &&str| Ignore { path: path.parse().expect("a path"), reason: "theirs".to_owned() };
    wanted.ignored = paths.iter().map(one).collect();
    case
}

fn ignored(plan: &Plan) -> Vec<(String, Value, Value)> {
    let value = |value: &Option<Value>| value.clone().unwrap_or_default();
    let all = plan.changes.iter().flat_map(|change| &change.ignored);
    all.map(|one| (one.path.to_string(), value(&one.live), value(&one.file))).collect()
}

#[test]
fn ignored_property_stays_live_and_is_listed_with_both_values() {
    let case = Case::default().wants("base.b", json!({"size": 1})).has("base.b", json!({"size": 7}));
    let plan = ignoring(case, "base.b", &["size"]).made();
    assert!(plan.is_empty());
    assert_eq!(ignored(&plan), [("size".to_owned(), json!(7), json!(1))]);
    assert_eq!(plan.changes[0].reason, "all that differs is ignored");
    assert_eq!(plan.changes[0].wanted.as_ref().expect("a tree")["size"], 7, "who judges sees what will be live");
}

#[test]
fn ignored_property_is_not_set_by_a_call_for_another() {
    let case = Case::default()
        .wants("base.b", json!({"size": 1, "protected": true}))
        .has("base.b", json!({"size": 7, "protected": false}));
    let plan = ignoring(case, "base.b", &["size"]).made();
    assert_eq!(actions(&plan), ["base.b Update"]);
    assert_eq!(plan.steps[0].input["size"], 7);
}

#[test]
fn ignored_property_gets_the_value_of_the_file_at_creation_and_replacement() {
    let case = Case::default().wants("base.b", json!({"size": 1, "key": "new"}));
    assert_eq!(ignoring(case, "base.b", &["size"]).made().steps[0].input["size"], 1);
    let case = Case::default()
        .wants("base.b", json!({"size": 1, "key": "new"}))
        .has("base.b", json!({"size": 7, "key": "old"}));
    let plan = ignoring(case, "base.b", &["size"]).made();
    assert_eq!(actions(&plan), ["base.b Replace"]);
    assert_eq!(plan.steps[1].input["size"], 1);
    assert!(plan.notes.iter().any(|note| note.message.starts_with("`size` is ignored, and gets the file's value")));
    assert!(plan.changes[0].properties.iter().any(|one| one.path == crate::path!["size"]), "it is shown as a change");
}

#[test]
fn property_sharing_a_call_with_an_ignored_one_is_a_plan_error() {
    let case = Case::default()
        .wants("base.b", json!({"size": 1, "extra": true}))
        .has("base.b", json!({"size": 7, "extra": false}));
    match ignoring(case, "base.b", &["size"]).plan() {
        Err(PlanError::Problems { problems, .. }) => assert_eq!(
            problems[0].message,
            "the call that changes `extra` sends `size` with it, which is ignored and has another live value"
        ),
        other => panic!("it is refused: {other:?}"),
    }
}

#[test]
fn ignored_tag_stays_live_and_own_tags_are_still_set() {
    let tagged = |tags: &[(&str, &str)]| {
        let mut all = ours("base.b");
        all.extend(tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        Case::default().wants("base.b", json!({"tags": {"costs": "1", "team": "a"}})).with_live(
            "base.b",
            json!({}),
            all,
        )
    };
    for live in [&[("costs", "2"), ("team", "a")][..], &[("team", "a")]] {
        let plan = ignoring(tagged(live), "base.b", &["tags.costs"]).made();
        assert!(plan.is_empty(), "{live:?}: {:?}", plan.changes);
        assert_eq!(ignored(&plan).len(), 1);
    }
    let plan = ignoring(tagged(&[("costs", "2"), ("team", "b")]), "base.b", &["tags.costs"]).made();
    assert_eq!(plan.changes[0].properties.len(), 1, "another tag is changed");
    let by_hand = Case::default().wants("base.b", json!({"tags": {"costs": "1"}}));
    let by_hand = by_hand.with_live("base.b", json!({}), BTreeMap::from([("costs".to_owned(), "2".to_owned())]));
    let plan = ignoring(by_hand, "base.b", &["tags"]).made();
    assert_eq!(actions(&plan), ["base.b Adopt"]);
    assert_eq!(plan.steps[0].input["tags"]["costs"], "2");
    assert_eq!(plan.steps[0].input["tags"]["underpin:stack"], "s");
}

#[test]
fn ignored_protection_that_is_off_is_a_warning() {
    let case = |live: bool, file: bool| {
        let case =
            Case::default().wants("base.b", json!({"protected": file})).has("base.b", json!({"protected": live}));
        guard::ignored(&ignoring(case, "base.b", &["protected"]).made(), &REGISTRY)
    };
    let said = case(false, true);
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].outcome, Outcome::Warn);
    assert_eq!(said[0].message, "`protected` protects data, is off, and is left so: it is ignored (theirs)");
    assert!(case(true, false).is_empty() && case(true, true).is_empty());
}

#[test]
fn released_resource_loses_only_the_three_underpin_tags() {
    let mut tags = ours("base.b");
    tags.insert("team".to_owned(), "a".to_owned());
    let mut case = Case::default()
        .wants("base.b", json!({"size": 5}))
        .wants("top.t", json!({"on": on("base.b.id")}))
        .with_live("base.b", json!({"size": 1}), tags)
        .has("top.t", json!({"on": "id-1"}));
    // A pattern that ignores others' tags does not hide our own.
    case.ignore_tags = vec!["*".to_owned()];
    case.releases.insert(address("base.b"));
    let plan = case.made();
    assert_eq!(actions(&plan), ["base.b Release"]);
    assert_eq!(plan.summary.release, 1);
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(plan.steps[0].input, json!({"tags": {"team": "a"}}));
    let messages: Vec<&str> = plan.notes.iter().map(|note| note.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "it is still in the file: remove it there, or the next plan adopts it again",
            "top.t refers to it: write `id-1` in place of `${base.b.id}` when you remove it",
        ]
    );
}

#[test]
fn released_orphan_is_not_deleted_and_others_are_not_touched() {
    let mut case = Case::default().orphan("base.b", json!({})).orphan("base.c", json!({}));
    case.releases.insert(address("base.b"));
    let plan = case.made();
    assert_eq!(actions(&plan), ["base.b Release"]);
    assert!(plan.notes.is_empty());
}

#[test]
fn release_of_untagged_resource_is_a_no_op_and_of_another_stacks_is_refused() {
    let of = |tags: BTreeMap<String, String>| {
        let mut case = Case::default().wants("base.b", json!({})).with_live("base.b", json!({}), tags);
        case.releases.insert(address("base.b"));
        case
    };
    let plan = of(BTreeMap::new()).made();
    assert!(plan.is_empty() && plan.changes[0].reason == "it has no stack tag");
    let plan = of(BTreeMap::from([("underpin:stack".to_owned(), "other".to_owned())])).made();
    assert!(plan.blocked && plan.steps.is_empty());
    assert_eq!(plan.verdicts[0].rule, "another-owner");
    let mut untagged = of(ours("base.b"));
    let reading = untagged.inventory.readings.get_mut(&address("base.b")).expect("it was read");
    reading.unsupported.push(Unsupported { property: "tags".to_owned(), reason: "no such call".to_owned() });
    match untagged.plan() {
        Err(PlanError::Problems { problems, .. }) => {
            assert_eq!(problems[0].message, "the endpoint has no tags (no such call), so there are none to remove");
        }
        other => panic!("it is refused: {other:?}"),
    }
    let mut absent = Case::default().wants("base.b", json!({}));
    absent.releases.insert(address("base.b"));
    assert!(absent.made().is_empty());
}

#[test]
fn release_of_unreadable_resource_is_refused() {
    for mut case in [Case::default().wants("base.b", json!({})), Case::default()] {
        case.inventory.unknown.insert(address("base.b"), "no such call".to_owned());
        case.releases.insert(address("base.b"));
        match case.plan() {
            Err(PlanError::Problems { problems, .. }) => assert_eq!(
                problems[0].message,
                "the endpoint doesn't show who owns it (no such call), so no tags are removed"
            ),
            other => panic!("it is refused: {other:?}"),
        }
    }
}

#[test]
fn released_secrets_are_sealed_in_all_output() {
    let vault = Vault::new([0; 32]);
    vault.hear("hunter22");
    let mut case = Case::default().wants("base.b", json!({})).has("base.b", json!({"key": "hunter22"}));
    case.releases.insert(address("base.b"));
    let plan = case.plan_with(&vault).expect("a plan");
    assert!(!serde_json::to_string(&plan).expect("JSON").contains("hunter22"));
}

fn three() -> Case {
    Case::default()
        .wants("base.b", json!({"size": 1}))
        .wants("top.t", json!({"on": on("base.b.id"), "size": 1}))
        .wants("roof.r", json!({"on": on("top.t.id"), "size": 1}))
        .wants("base.other", json!({"size": 1}))
}

#[test]
fn excluded_resource_and_its_dependents_are_skipped_and_listed() {
    let mut case = three();
    case.excludes.insert(address("top.t"));
    let plan = case.made();
    assert_eq!(actions(&plan), ["base.b Create", "base.other Create"]);
    let said: Vec<String> =
        plan.notes.iter().map(|note| format!("{}: {}", note.address.as_ref().expect("one"), note.message)).collect();
    assert_eq!(
        said,
        [
            "roof.r: it depends on what is excluded, and is left as it is, too",
            "top.t: it is excluded, and left as it is",
        ]
    );
    case.targets.insert(address("roof.r"));
    assert_eq!(actions(&case.made()), ["base.b Create"], "of a target, what is not left out");
}

#[test]
fn excluded_resource_keeps_its_dependencies_from_deletion() {
    let mut case = three();
    for at in ["base.b", "top.t", "roof.r", "base.other"] {
        case = case.has(at, json!({}));
    }
    case.destroy = true;
    case.excludes.insert(address("top.t"));
    assert_eq!(actions(&case.made()), ["roof.r Delete", "base.other Delete"]);

    let arn = crate::base::Environment::new("123456789012", "eu-central-1").arn("base", "gone");
    let mut case = Case::default().orphan("base.gone", json!({})).orphan("top.gone", json!({"on": arn}));
    case.excludes.insert(address("top.gone"));
    assert!(case.made().is_empty(), "an orphan that another one needs stays with it");
    let mut case = Case::default().orphan("base.gone", json!({})).orphan("top.gone", json!({"on": arn}));
    case.excludes.insert(address("base.gone"));
    assert_eq!(actions(&case.made()), ["top.gone Delete"], "what stands on it may go");
}
