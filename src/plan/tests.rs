//! Tests of plans with two small kinds: a `base` that holds data, and a `top` that depends on it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::*;
use crate::base::{Environment, Vault};
use crate::guard::{Consents, consent};
use crate::kind::{Facts, ReadOutcome, Unsupported};

use super::testing::*;

#[test]
fn dependency_is_created_first_and_its_id_is_pending() {
    let plan = Case::default().wants("top.t", json!({"on": on("base.b.id")})).wants("base.b", json!({})).made();
    assert_eq!(actions(&plan), ["top.t Create", "base.b Create"]);
    assert_eq!(calls(&plan), [r"base.b#1 Make after []", r#"top.t#1 Make after ["base.b#1"]"#]);
    let property = plan.changes[0].properties.iter().find(|p| p.path == crate::path!["on"]).expect("it is there");
    assert!(property.known_after_apply);
}

#[test]
fn literal_arn_is_a_dependency() {
    let arn = Environment::new("123456789012", "eu-central-1").arn("base", "b");
    let plan = Case::default().wants("top.t", json!({"on": arn})).wants("base.b", json!({})).made();
    assert_eq!(plan.steps[1].after, ["base.b#1"]);
}

#[test]
fn live_id_is_known_unless_the_change_invalidates_it() {
    let case = |size: u32| {
        Case::default()
            .wants("base.b", json!({"size": size}))
            .wants("top.t", json!({"on": on("base.b.id")}))
            .has("base.b", json!({"size": 1}))
            .has("top.t", json!({"on": "id-1"}))
            .made()
    };
    assert!(case(1).is_empty());
    assert_eq!(actions(&case(2)), ["base.b Update", "top.t Update"]);
}

#[test]
fn create_only_change_replaces_the_resource_after_a_backup() {
    let case = Case::default()
        .wants("base.b", json!({"key": "new"}))
        .wants("top.t", json!({"on": on("base.b.id")}))
        .has("base.b", json!({"key": "old"}))
        .has("top.t", json!({"on": "id-1"}));
    let plan = case.made();
    assert_eq!(actions(&plan), ["base.b Replace", "top.t Update"]);
    assert_eq!(
        calls(&plan),
        [r"base.b#1 Unmake after []", r#"base.b#2 Make after ["base.b#1"]"#, r#"top.t#1 Change after ["base.b#2"]"#,]
    );
    assert_eq!(plan.steps[0].input, json!({"backup": "b-NOW"}));
    let refused = consent(&plan, &REGISTRY, &Consents::default());
    assert_eq!(refused[0].outcome, Outcome::Fail);
    assert!(refused[0].hint.as_deref().is_some_and(|hint| hint.ends_with("--allow-replace base.b")));
    let consents = Consents { replace: BTreeSet::from([address("base.b")]), ..Consents::default() };
    assert_eq!(consent(&plan, &REGISTRY, &consents)[0].outcome, Outcome::Pass);
}

#[test]
fn orphan_is_deleted_after_its_dependents() {
    let plan = Case::default().orphan("base.b", json!({})).orphan("top.t", json!({})).made();
    assert_eq!(actions(&plan), ["base.b Delete", "top.t Delete"]);
    assert_eq!(calls(&plan), [r"top.t#1 Unmake after []", r#"base.b#1 Unmake after ["top.t#1"]"#]);
    let plan = Case::default().wants("top.t", json!({"size": 2})).has("top.t", json!({})).orphan("base.b", json!({}));
    assert_eq!(calls(&plan.made())[1], r#"base.b#1 Unmake after ["top.t#1"]"#);
}

#[test]
fn replacement_below_an_orphan_is_not_a_cycle() {
    let plan = Case::default()
        .wants("base.b", json!({"key": "new"}))
        .wants("top.t", json!({"on": on("base.b.id")}))
        .wants("roof.r", json!({"on": on("top.t.id"), "size": 2}))
        .has("base.b", json!({"key": "old"}))
        .has("roof.r", json!({"on": "id-0"}))
        .orphan("top.old", json!({"on": "id-1"}))
        .made();
    assert_eq!(
        calls(&plan),
        [
            "top.old#1 Unmake after []",
            r#"base.b#1 Unmake after ["top.old#1"]"#,
            r#"base.b#2 Make after ["base.b#1"]"#,
            r#"top.t#1 Make after ["base.b#2"]"#,
            r#"roof.r#1 Change after ["top.t#1"]"#,
        ]
    );
}

#[test]
fn destroy_deletes_only_own_resources() {
    let mut case = Case::default().wants("base.b", json!({})).wants("top.t", json!({})).has("base.b", json!({}));
    case.inventory.readings.insert(address("top.t"), live(json!({}), BTreeMap::new()));
    case.destroy = true;
    let plan = case.made();
    assert_eq!(actions(&plan), ["base.b Delete"]);
    assert!(plan.notes.iter().any(|note| note.address == Some(address("top.t"))));
}

#[test]
fn untagged_resource_is_adopted_and_another_stacks_is_refused() {
    let mut case = Case::default().wants("base.b", json!({}));
    let mut tagged = |stack: Option<&str>, scope: &str| {
        let mut tags = BTreeMap::new();
        if let Some(stack) = stack {
            tags.insert(STACK_TAG.to_owned(), stack.to_owned());
            tags.insert(SCOPE_TAG.to_owned(), scope.to_owned());
        }
        case.inventory.readings.insert(address("base.b"), live(json!({}), tags));
        case.made()
    };
    assert_eq!(actions(&tagged(None, "")), ["base.b Adopt"]);
    assert!(tagged(Some("other"), "default/eu-central-1").blocked);
    assert!(tagged(Some("s"), "default/us-east-1").blocked);
    let renamed = tagged(Some("was"), "default/eu-central-1");
    assert!(!renamed.blocked);
    assert_eq!(actions(&renamed), ["base.b Update"]);
}

#[test]
fn adoption_that_removes_something_needs_consent() {
    let mut case = Case::default().wants("base.b", json!({}));
    let theirs = BTreeMap::from([("team".to_owned(), "x".to_owned())]);
    case.inventory.readings.insert(address("base.b"), live(json!({"protected": true}), theirs));
    let refused = consent(&case.made(), &REGISTRY, &Consents::default());
    assert_eq!(refused.len(), 1);
    assert!(refused[0].message.contains("`protected`") && refused[0].message.contains("`tags.team`"));
    let consents = Consents { adopt: BTreeSet::from([address("base.b")]), ..Consents::default() };
    assert!(consent(&case.made(), &REGISTRY, &consents).iter().all(|verdict| verdict.outcome == Outcome::Pass));
}

#[test]
fn manually_created_resource_is_replaced_only_with_consent() {
    let mut case = Case::default().wants("top.t", json!({"key": "new"}));
    case.inventory.readings.insert(address("top.t"), live(json!({"key": "old"}), BTreeMap::new()));
    let plan = case.made();
    assert_eq!(actions(&plan), ["top.t Replace"]);
    let refused = consent(&plan, &REGISTRY, &Consents::default());
    assert_eq!((refused[0].outcome, refused[0].rule.as_str()), (Outcome::Fail, "replace"));
    let consents = Consents { replace: BTreeSet::from([address("top.t")]), ..Consents::default() };
    assert_eq!(consent(&plan, &REGISTRY, &consents)[0].outcome, Outcome::Pass);
    let ours = Case::default().wants("top.t", json!({"key": "new"})).has("top.t", json!({"key": "old"}));
    assert!(consent(&ours.made(), &REGISTRY, &Consents::default()).is_empty(), "it holds no data, and is ours");
}

#[test]
fn adoption_that_changes_an_output_needs_consent() {
    let mut case = Case::default().wants("base.b", json!({"size": 2}));
    case.inventory.readings.insert(address("base.b"), live(json!({"size": 1}), BTreeMap::new()));
    let refused = consent(&case.made(), &REGISTRY, &Consents::default());
    assert_eq!((refused[0].outcome, refused[0].rule.as_str()), (Outcome::Fail, "adopt"));
    assert!(refused[0].message.contains("its current `id`"), "{}", refused[0].message);
}

#[test]
fn deletion_protection_is_removed_only_with_consent() {
    let case = Case::default().wants("top.t", json!({"protected": false})).has("top.t", json!({"protected": true}));
    assert_eq!(consent(&case.made(), &REGISTRY, &Consents::default())[0].rule, "unprotect");
    let back = Case::default().wants("top.t", json!({"protected": true})).has("top.t", json!({"protected": false}));
    assert!(consent(&back.made(), &REGISTRY, &Consents::default()).is_empty());
}

#[test]
fn difference_without_a_call_is_a_plan_error() {
    let case = Case::default().wants("base.b", json!({"extra": true})).has("base.b", json!({}));
    let Err(PlanError::Problems { problems, .. }) = case.plan() else { panic!("it was planned") };
    assert_eq!(problems[0].path, crate::path!["extra"]);
}

#[test]
fn invalid_dependency_is_a_plan_error() {
    let case = |size: u32| {
        let case = Case::default().wants("top.t", json!({"on": on("base.small.id")}));
        case.wants("base.small", json!({"size": size})).plan()
    };
    let Err(PlanError::Problems { address: at, problems }) = case(0) else { panic!("it was planned") };
    assert_eq!((at, &problems[0].path), (address("top.t"), &crate::path!["on"]));
    assert!(case(1).is_ok());
}

#[test]
fn unsupported_property_is_skipped_and_reported() {
    let mut case = Case::default().wants("base.b", json!({"extra": true}));
    let unsupported = vec![Unsupported { property: "extra".to_owned(), reason: "unknown operation".to_owned() }];
    case.inventory.readings.insert(address("base.b"), ReadOutcome { live: None, unsupported });
    let plan = case.made();
    assert_eq!(calls(&plan), ["base.b#1 Make after []"]);
    assert!(plan.notes[0].message.contains("`extra` is skipped"));
}

#[test]
fn unreadable_resource_and_its_dependents_are_left_unchanged() {
    let mut case = Case::default()
        .wants("base.b", json!({}))
        .wants("top.t", json!({"on": on("base.b.id")}))
        .wants("roof.r", json!({"on": on("top.t.id")}))
        .wants("base.other", json!({}));
    case.inventory.unknown.insert(address("base.b"), "GetThing: the endpoint does not support it".to_owned());
    for destroy in [false, true] {
        case.destroy = destroy;
        let plan = case.made();
        let made: Vec<String> = plan.steps.iter().map(|step| step.id.clone()).collect();
        assert_eq!(made, if destroy { vec![] } else { vec!["base.other#1".to_owned()] });
        let told = |at: &str| plan.verdicts.iter().find(|verdict| verdict.address == Some(address(at)));
        let unknown = told("base.b").expect("it is said");
        assert_eq!((unknown.outcome, plan.blocked), (Outcome::Unknown, false));
        assert!(unknown.message.contains("GetThing"), "{}", unknown.message);
        // When destroying, a dependent that was not read does not exist as far as the plan knows.
        let waits = told("roof.r").map(|verdict| verdict.message.contains("top.t.id"));
        assert_eq!(waits, (!destroy).then_some(true));
    }
}

#[test]
fn tags_of_other_tools_are_kept() {
    let mut case = Case::default().wants("base.b", json!({}));
    let mut tags = ours("base.b");
    tags.insert("cost:centre".to_owned(), "7".to_owned());
    case.inventory.readings.insert(address("base.b"), live(json!({}), tags));
    assert_eq!(actions(&case.made()), ["base.b Update"]);
    case.ignore_tags = vec!["cost:*".to_owned()];
    assert!(case.made().is_empty());
}

#[test]
fn equal_sensitive_value_shows_no_difference() {
    let sealed = Vault::new([0; 32]).seal("hunter2");
    let other = Vault::new([0; 32]).seal("hunter3");
    let case = |wanted: &str| {
        let mut case = Case::default().wants("base.b", json!({"tags": {"team": wanted}}));
        let mut tags = ours("base.b");
        tags.insert("team".to_owned(), "hunter2".to_owned());
        case.inventory.readings.insert(address("base.b"), live(json!({}), tags));
        case.made()
    };
    assert!(case(&sealed).is_empty());
    let plan = case(&other);
    assert!(plan.changes[0].properties[0].sensitive);
    assert!(!serde_json::to_string(&plan).expect("json").contains("hunter"));
}

#[test]
fn environment_secret_is_hidden_after_leaving_the_file() {
    let vault = Vault::new([0; 32]);
    vault.hear("zebrasecret99");
    let bearer = "Bearer zebrasecret99".to_owned();
    let sealed = vault.seal(&bearer);
    let mut case = Case::default().wants("base.b", json!({"tags": {"token": sealed}})).orphan("base.old", json!({}));
    let mut tags = ours("base.b");
    tags.insert("t".to_owned(), bearer);
    case.inventory.readings.insert(address("base.b"), live(json!({}), tags.clone()));
    case.inventory.orphans[0].live = live(json!({"on": "zebrasecret99"}), tags).live.expect("something");
    let plan = case.plan_with(&vault).expect("a plan");
    assert!(!serde_json::to_string(&plan).expect("json").contains("zebra"));
    assert!(plan.changes[0].properties.iter().all(|property| property.sensitive));
    assert_eq!(actions(&plan), ["base.b Update", "base.old Delete"]);
}

#[test]
fn target_includes_only_its_dependencies() {
    let mut case = Case::default()
        .wants("base.b", json!({}))
        .wants("base.c", json!({}))
        .wants("top.t", json!({"on": on("base.b.id")}))
        .orphan("base.old", json!({}));
    case.targets = BTreeSet::from([address("top.t")]);
    assert_eq!(actions(&case.made()), ["base.b Create", "top.t Create"]);
    case.targets = BTreeSet::from([address("base.old")]);
    assert_eq!(actions(&case.made()), ["base.old Delete"]);
}

#[test]
fn untargeted_dependents_are_listed() {
    let case = |targets: &[&str]| {
        let mut case = Case::default()
            .wants("base.b", json!({"size": 2}))
            .wants("top.t", json!({"on": on("base.b.id")}))
            .has("base.b", json!({"size": 1}))
            .has("top.t", json!({"on": "id-1"}));
        case.targets = targets.iter().map(|one| address(one)).collect();
        case.made().notes.into_iter().map(|note| note.message).collect::<Vec<_>>()
    };
    let notes = case(&["base.b"]);
    assert!(notes.iter().any(|note| note.starts_with("top.t is not among the targets")), "{notes:?}");
    for targets in [&[][..], &["base.b", "top.t"]] {
        assert!(case(targets).iter().all(|note| !note.contains("among the targets")));
    }
}

#[test]
fn destroy_of_a_target_includes_only_its_dependents() {
    let mut case = Case::default()
        .wants("base.b", json!({}))
        .wants("base.c", json!({}))
        .wants("top.t", json!({"on": on("base.b.id")}))
        .has("base.b", json!({}))
        .has("base.c", json!({}))
        .has("top.t", json!({"on": "id-1"}))
        .orphan("base.old", json!({}));
    case.destroy = true;
    case.targets = BTreeSet::from([address("base.b")]);
    assert_eq!(actions(&case.made()), ["base.b Delete", "top.t Delete"]);
    case.targets = BTreeSet::from([address("top.t")]);
    assert_eq!(actions(&case.made()), ["top.t Delete"]);
}

#[test]
fn orphan_as_target_is_deleted_with_its_dependents() {
    let arn = |section: &str, name: &str| Environment::new("123456789012", "eu-central-1").arn(section, name);
    let mut case = Case::default()
        .wants("base.b", json!({}))
        .has("base.b", json!({}))
        .orphan("base.old", json!({}))
        .orphan("base.other", json!({}))
        .orphan("top.t", json!({"on": arn("base", "old")}))
        .orphan("top.u", json!({"on": arn("base", "other")}))
        .orphan("top.v", json!({"on": arn("base", "b")}))
        .orphan("roof.r", json!({"on": arn("top", "t")}));
    case.targets = BTreeSet::from([address("base.old")]);
    let all = ["base.old Delete", "top.t Delete", "roof.r Delete"];
    assert_eq!(actions(&case.made()), all);
    case.targets = BTreeSet::from([address("roof.r")]);
    assert_eq!(actions(&case.made()), ["roof.r Delete"]);
    case.targets = BTreeSet::from([address("base.b")]);
    assert_eq!(actions(&case.made()), ["base.b NoOp"], "what stays takes nothing with it");
    case.destroy = true;
    assert_eq!(actions(&case.made()), ["base.b Delete", "top.v Delete"]);
    case.targets = BTreeSet::from([address("base.old")]);
    assert_eq!(actions(&case.made()), all);
}

#[test]
fn orphan_dependency_is_recognized_by_physical_id() {
    let mut case = Case::default().orphan("base.old", json!({})).orphan("top.t", json!({"key": "id-2"}));
    case.inventory.orphans[0].live.outputs.insert("id".to_owned(), "id-2".to_owned());
    case.targets = BTreeSet::from([address("base.old")]);
    assert_eq!(actions(&case.made()), ["base.old Delete", "top.t Delete"]);
}

#[test]
fn dependency_cycle_is_an_error() {
    let case =
        Case::default().wants("top.a", json!({"on": on("top.b.id")})).wants("top.b", json!({"on": on("top.a.id")}));
    assert!(matches!(case.plan(), Err(PlanError::Cycle(_))));
}

#[test]
fn the_same_input_gives_the_same_plan() {
    let case = Case::default().wants("top.t", json!({"on": on("base.b.id")})).wants("base.b", json!({}));
    let json = |plan: &Plan| serde_json::to_string(plan).expect("json");
    assert_eq!(json(&case.made()), json(&case.made()));
    let _ = Facts::default();
}

#[test]
fn two_resources_with_one_unique_value_are_a_plan_error() {
    let case = |keys: [&str; 2]| {
        let [one, other] = keys.map(|key| json!({"key": key}));
        Case::default().wants("base.a", one).wants("base.b", other)
    };
    let alike = case(["only-1", "only-1"]);
    let Err(PlanError::Problems { address, problems }) = alike.plan() else { panic!("it was planned") };
    assert_eq!((address, problems.len()), (self::address("base.b"), 1));
    assert_eq!(problems[0].message, "`base.a` has this already: there is but one");
    let told = conflicts(&REGISTRY, &alike.stack, &Environment::new("123456789012", "eu-central-1"));
    assert_eq!(told, [(self::address("base.b"), problems)], "and that without asking anybody");
    case(["only-1", "only-2"]).made();
    case(["any", "any"]).made();
}
