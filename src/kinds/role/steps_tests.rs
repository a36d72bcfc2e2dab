use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::base::{Address, Environment, Outputs};
use crate::diff;
use crate::kind::{Context, Erased, Kind, PureKind};
use crate::kinds::role::{Role, testing};

fn env() -> Environment {
    Environment::new("123456789012", "eu-central-1")
}

fn role(value: Value) -> RoleSpec {
    let mut spec: RoleSpec = serde_json::from_value(value).expect("a role");
    spec.normalize(&env());
    spec
}

fn observed(spec: RoleSpec) -> Observed<RoleSpec> {
    let outputs = Outputs::from([(PROFILES.to_owned(), "web api".to_owned())]);
    Observed { spec, outputs, unique_id: "AROA1".to_owned(), unmanaged: Vec::new() }
}

fn differences(before: &RoleSpec, after: &RoleSpec) -> Vec<Difference> {
    let tree = |spec: &RoleSpec| serde_json::to_value(spec).expect("a tree");
    let terms = diff::DiffOptions { rules: Role::RULES, seal: &str::to_owned, ignore_tags: &[] };
    diff::diff(&tree(before), &tree(after), terms)
}

fn moves(before: &RoleSpec, after: &RoleSpec) -> Vec<PlannedOperation<RoleOp>> {
    let (env, address) = (env(), Address::new("roles", "r"));
    let cx = StepContext { address: &address, name: "r", env: &env, token: "t", facts: None };
    let differences = differences(before, after);
    steps(Change::Update { before: &observed(before.clone()), after, differences: &differences }, &cx)
}

fn operations(moves: &[PlannedOperation<RoleOp>]) -> Vec<&'static str> {
    moves.iter().map(|one| one.op.call().operation).collect()
}

fn base() -> Value {
    json!({"assumed_by": "lambda.amazonaws.com", "managed_policies": ["A"], "inline_policies":
        {"p": {"Version": "2012-10-17", "Statement": []}}, "tags": {"k": "v"}, "description": "d"})
}

fn with(key: &str, value: Value) -> RoleSpec {
    let mut tree = base();
    tree[key] = value;
    role(tree)
}

#[test]
fn every_property_has_its_call() {
    let before = role(base());
    let calls = |key, value| operations(&moves(&before, &with(key, value)));
    assert_eq!(calls("assumed_by", json!("ec2.amazonaws.com")), ["UpdateAssumeRolePolicy"]);
    assert_eq!(calls("description", json!(null)), ["UpdateRole"]);
    assert_eq!(calls("max_session_duration", json!(7200)), ["UpdateRole"]);
    assert_eq!(calls("permissions_boundary", json!("B")), ["PutRolePermissionsBoundary"]);
    assert_eq!(calls("managed_policies", json!(["B"])), ["AttachRolePolicy", "DetachRolePolicy"]);
    assert_eq!(calls("inline_policies", json!({"q": {"Statement": []}})), ["PutRolePolicy", "DeleteRolePolicy"]);
    assert_eq!(calls("inline_policies", json!({"p": {"Statement": [{}]}})), ["PutRolePolicy"]);
    assert_eq!(calls("tags", json!({"k": "w"})), ["TagRole"]);
    assert_eq!(calls("tags", json!({"K": "v"})), ["UntagRole", "TagRole"]);
    let bounded = with("permissions_boundary", json!("B"));
    assert_eq!(operations(&moves(&bounded, &before)), ["DeleteRolePermissionsBoundary"]);
    assert!(differences(&before, &with("path", json!("/x/")))[0].forces_replacement);
}

#[test]
fn description_and_session_duration_change_in_one_call() {
    let before = role(base());
    let moves = moves(&before, &with("max_session_duration", json!(7200)));
    assert_eq!(
        moves[0].op,
        RoleOp::UpdateRole { role_name: "r".to_owned(), description: "d".to_owned(), max_session_duration: 7200 }
    );
}

#[test]
fn policies_are_attached_before_others_are_detached_if_quota_allows() {
    let names = |from: usize, to: usize| (from..to).map(|n| format!("P{n}")).collect::<Vec<_>>();
    let before = with("managed_policies", json!(names(0, 10)));
    let moves = moves(&before, &with("managed_policies", json!(names(1, 11))));
    assert_eq!(operations(&moves), ["DetachRolePolicy", "AttachRolePolicy"]);
    assert_eq!(moves[1].after, Some(vec![0]));
}

#[test]
fn permissions_boundary_is_set_first_and_removed_last() {
    let mut tree = base();
    tree["permissions_boundary"] = json!("B");
    tree["managed_policies"] = json!(["A", "C"]);
    let (plain, bounded) = (role(base()), role(tree));
    let there = moves(&plain, &bounded);
    assert_eq!(operations(&there), ["PutRolePermissionsBoundary", "AttachRolePolicy"]);
    assert_eq!(there[1].after, Some(vec![0]));
    let back = moves(&bounded, &plain);
    assert_eq!(operations(&back), ["DetachRolePolicy", "DeleteRolePermissionsBoundary"]);
    assert_eq!(back[1].after, Some(vec![0]));
}

#[test]
fn policies_are_removed_before_their_role() {
    let (env, address) = (env(), Address::new("roles", "r"));
    let cx = StepContext { address: &address, name: "r", env: &env, token: "t", facts: None };
    let before = observed(with("managed_policies", json!(["service-role/AWSLambdaVPCAccessExecutionRole"])));
    let moves = steps(Change::Delete { before: &before, backup: None }, &cx);
    assert_eq!(
        operations(&moves),
        [
            "DescribeNetworkInterfaces",
            "RemoveRoleFromInstanceProfile",
            "RemoveRoleFromInstanceProfile",
            "DetachRolePolicy",
            "DeleteRolePolicy",
            "DeleteRole"
        ]
    );
    assert_eq!(moves[3].after, Some(vec![0]));
    assert_eq!(moves[5].after, Some(vec![0, 1, 2, 3, 4]));
    let plain = observed(with("managed_policies", json!([])));
    assert_eq!(
        operations(&steps(Change::Delete { before: &plain, backup: None }, &cx))[0],
        "RemoveRoleFromInstanceProfile"
    );
}

/// Applies an operation to a role, as IAM would.
fn apply(role: &mut RoleSpec, op: &RoleOp) {
    let env = env();
    let document = |text: &str| serde_json::from_str(text).expect("a document");
    let name = |arn: &str| super::super::spec::policy_name(arn, &env);
    match op {
        RoleOp::UpdateRole { description, max_session_duration, .. } => {
            role.description = Some(description.clone()).filter(|text| !text.is_empty());
            role.max_session_duration = *max_session_duration;
        }
        RoleOp::UpdateAssumeRolePolicy { policy_document, .. } => {
            role.assume_role_policy = Some(document(policy_document));
        }
        RoleOp::PutRolePolicy { policy_name, policy_document, .. } => {
            role.inline_policies.insert(policy_name.clone(), document(policy_document));
        }
        RoleOp::DeleteRolePolicy { policy_name, .. } => {
            role.inline_policies.remove(policy_name);
        }
        RoleOp::AttachRolePolicy { policy_arn, .. } => role.managed_policies.push(name(policy_arn)),
        RoleOp::DetachRolePolicy { policy_arn, .. } => role.managed_policies.retain(|p| *p != name(policy_arn)),
        RoleOp::PutRolePermissionsBoundary { permissions_boundary, .. } => {
            role.permissions_boundary = Some(name(permissions_boundary));
        }
        RoleOp::DeleteRolePermissionsBoundary { .. } => role.permissions_boundary = None,
        RoleOp::TagRole { tags, .. } => role.tags.extend(tags.iter().map(|t| (t.key.clone(), t.value.clone()))),
        RoleOp::UntagRole { tag_keys, .. } => role.tags.retain(|key, _| !tag_keys.contains(key)),
        other => panic!("{other:?} is no update"),
    }
}

proptest! {
    #[test]
    fn any_role_becomes_any_other(a in testing::arbitrary(), b in testing::arbitrary()) {
        let (mut live, mut wanted) = (a, b);
        live.normalize(&env());
        wanted.normalize(&env());
        wanted.path.clone_from(&live.path);
        let changes = differences(&live, &wanted);
        let moves = moves(&live, &wanted);
        for difference in &changes {
            let at = &difference.path;
            let covered = moves.iter().flat_map(|one| &one.covers).any(|cover| cover.covers(at) || at.covers(cover));
            prop_assert!(covered, "{} is not covered", difference.path);
        }
        for (at, one) in moves.iter().enumerate() {
            prop_assert!(one.after.iter().flatten().all(|first| *first < at));
            let tree = serde_json::to_value(&one.op).expect("a tree");
            prop_assert_eq!(tree.as_object().and_then(|op| op.keys().next().cloned()), Some(one.op.call().operation.to_owned()));
            prop_assert_eq!(&serde_json::from_value::<RoleOp>(tree).expect("an op"), &one.op);
            apply(&mut live, &one.op);
        }
        live.normalize(&env());
        prop_assert_eq!(differences(&live, &wanted), vec![]);
    }

    #[test]
    fn normalising_is_idempotent_and_finds_no_problem(spec in testing::arbitrary()) {
        let (env, kind) = (env(), Erased::<Role>::new());
        let cx = Context { name: "r", env: &env, facts: None };
        prop_assert_eq!(Role::check(&spec, &cx), vec![]);
        let tree = serde_json::to_value(&spec).expect("a tree");
        let once = kind.normalize(&tree, &cx).expect("normal");
        prop_assert_eq!(kind.normalize(&once, &cx).expect("normal"), once.clone());
        prop_assert_eq!(kind.check(&once, &cx), vec![]);
    }
}
