//! Plans judged by policies: a denial is named, reported once, and never treated as a pass.

use serde_json::{Value, json};

use super::*;
use crate::base::{Location, pending};
use crate::guard::testing::{self, TABLE};
use crate::kind::Registry;
use crate::policy::{Account, Document, Level, Policy, PolicyKind};
use crate::stack::OnUnknown;

fn plan(steps: &[(&str, &str, &[AccessRequest])]) -> Plan {
    let step = |(index, (address, operation, requires)): (usize, &(&str, &str, &[AccessRequest]))| Step {
        id: format!("{address}#{}", index + 1),
        address: address.parse().expect("an address"),
        operation: (*operation).to_owned(),
        ..testing::step(requires.to_vec())
    };
    testing::plan(steps.iter().enumerate().map(step).collect())
}

#[expect(clippy::needless_pass_by_value, reason = "`json!` is written in place")]
fn policy(name: &str, statement: Value) -> Policy {
    let document = json!({"Version": "2012-10-17", "Statement": statement});
    Policy::new(name, &Document::from_value(&document, PolicyKind::Scp).expect("a policy"))
}

fn deny(action: &str, condition: Value) -> Policy {
    let mut statement = json!({"Sid": "No", "Effect": "Deny", "Action": action, "Resource": "*"});
    if !condition.is_null() {
        statement["Condition"] = condition;
    }
    policy("deny.json", statement)
}

fn files(policies: Vec<Policy>) -> ScpSource {
    ScpSource::of_files("guardrails.scps", vec![Level { name: "root".to_owned(), policies }])
}

fn judge(plan: &Plan, sources: &[ScpSource]) -> Vec<Verdict> {
    let env = plan.environment.clone();
    let at = "2026-11-21T12:00:00Z".parse().expect("a time");
    scp(
        plan,
        &Registry::new(&[]),
        sources,
        &RequestContext { env: &env, caller: None, membership: None, at },
        &|address, _| {
            Some(Location { file: "stack.yaml".into(), line: address.name().len(), column: 3, bytes: (0, 0) })
        },
    )
}

fn on(action: &str, resource: &str) -> AccessRequest {
    AccessRequest::new(format!("dynamodb:{action}"), resource)
}

#[test]
fn scp_denial_names_all_details_and_is_reported_once() {
    let requires = [on("DeleteTable", TABLE)];
    let twice = plan(&[("tables.t", "DeleteTable", &requires), ("tables.t", "DeleteTable", &requires)]);
    let verdicts = judge(&twice, &[files(vec![deny("dynamodb:DeleteTable", Value::Null)])]);
    let [verdict] = verdicts.as_slice() else { panic!("{verdicts:?}") };
    assert_eq!(
        (verdict.outcome, verdict.guardrail.as_str(), verdict.rule.as_str()),
        (Outcome::Fail, "scp", "deny.json")
    );
    assert_eq!(verdict.statement.as_deref(), Some("No"));
    assert_eq!(verdict.level.as_deref(), Some("root"));
    assert_eq!(verdict.action.as_deref(), Some("dynamodb:DeleteTable"));
    assert_eq!(verdict.resource.as_deref(), Some(TABLE));
    assert_eq!(verdict.step.as_deref(), Some("tables.t#1"));
    assert_eq!(verdict.source.as_ref().map(|at| at.line), Some(1));
    let other = plan(&[("tables.t", "DeleteTable", &requires), ("tables.u", "DeleteTable", &requires)]);
    assert_eq!(judge(&other, &[files(vec![deny("dynamodb:DeleteTable", Value::Null)])]).len(), 2, "for each resource");
}

#[test]
fn scp_level_must_allow_every_planned_action() {
    let allow = policy("allow.json", json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}));
    let plan = plan(&[("tables.t", "CreateTable", &[on("CreateTable", TABLE)])]);
    let verdicts = judge(&plan, &[files(vec![allow])]);
    assert_eq!(
        (verdicts[0].outcome, verdicts[0].rule.as_str(), verdicts[0].statement.as_deref()),
        (Outcome::Fail, "root", None)
    );
    assert!(verdicts[0].message.contains("no service control policy allows"), "{}", verdicts[0].message);
}

#[test]
fn single_pass_verdict_summarizes_and_states_its_limits() {
    let plan = plan(&[("tables.t", "CreateTable", &[on("CreateTable", TABLE)])]);
    let verdicts = judge(&plan, &[files(vec![deny("s3:*", Value::Null)])]);
    let [verdict] = verdicts.as_slice() else { panic!("{verdicts:?}") };
    assert_eq!(verdict.outcome, Outcome::Pass);
    assert_eq!(
        verdict.message,
        "1 call judged by 1 service control policy: none denies, which is not the same as allowed; `root` only denies, \
         and is judged together with AWS's `FullAWSAccess`"
    );
    assert!(judge(&plan, &[]).is_empty());
}

#[test]
fn unknown_condition_is_reported_only_if_decisive_and_is_not_a_pass() {
    let plan_of = |resource: &str| plan(&[("tables.t", "CreateTable", &[on("CreateTable", resource)])]);
    let vpce = || json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}});
    let verdicts = judge(&plan_of(TABLE), &[files(vec![deny("dynamodb:*", vpce())])]);
    assert_eq!(verdicts.len(), 1);
    assert_eq!(verdicts[0].outcome, Outcome::Unknown);
    assert!(
        verdicts[0].message.contains("depends on `aws:SourceVpce`, which is unknown before the call"),
        "{}",
        verdicts[0].message
    );
    assert_eq!(judge(&plan_of(TABLE), &[files(vec![deny("s3:*", vpce())])])[0].outcome, Outcome::Pass);

    let later = format!("{}tables.t.arn{}", pending::OPEN, pending::CLOSE);
    let named = policy("n.json", json!({"Effect": "Deny", "Action": "*", "Resource": TABLE}));
    let verdicts = judge(&plan_of(&later), &[files(vec![named])]);
    assert_eq!(verdicts[0].outcome, Outcome::Unknown);
    assert_eq!(verdicts[0].resource.as_deref(), Some("${tables.t.arn}"));
}

#[test]
fn unknown_verdict_blocks_plan_with_unknown_deny() {
    let vpce = json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}});
    let mut plan = plan(&[("tables.t", "CreateTable", &[on("CreateTable", TABLE)])]);
    let verdicts = judge(&plan, &[files(vec![deny("dynamodb:*", vpce)])]);
    plan.judge(verdicts);
    assert!(!plan.blocked);
    plan.unknown = OnUnknown::Deny;
    plan.judge([]);
    assert!(plan.blocked);
}

#[test]
fn management_account_is_reported_as_exempt() {
    let mut source = files(vec![deny("*", Value::Null)]);
    source.chain.account = Account::Management;
    let verdicts = judge(&plan(&[("tables.t", "CreateTable", &[on("CreateTable", TABLE)])]), &[source]);
    assert_eq!(
        verdicts.iter().map(|v| (v.rule.as_str(), v.outcome)).collect::<Vec<_>>(),
        [("management-account", Outcome::Pass)]
    );
}

#[test]
fn request_outside_of_a_plan_is_denied_as_one_of_a_plan() {
    let env = crate::base::Environment::new("123456789012", "eu-central-1");
    let at = "2026-11-21T12:00:00Z".parse().expect("a time");
    let asker = RequestContext { env: &env, caller: None, membership: None, at };
    let ask = |source: ScpSource, unknown| {
        denied(&[on("GetItem", TABLE), on("DeleteTable", TABLE)], &[source], &asker, unknown)
    };
    let sure = ask(files(vec![deny("dynamodb:DeleteTable", Value::Null)]), OnUnknown::Warn);
    let sure = sure.expect("it is denied");
    assert!(sure.contains("`dynamodb:DeleteTable` is denied") && sure.contains("deny.json"), "{sure}");
    assert_eq!(ask(files(vec![deny("dynamodb:PutItem", Value::Null)]), OnUnknown::Deny), None);
    let who = json!({"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:user/x"}});
    assert_eq!(ask(files(vec![deny("dynamodb:*", who.clone())]), OnUnknown::Warn), None);
    let open = ask(files(vec![deny("dynamodb:*", who)]), OnUnknown::Deny).expect("nobody knows who asks");
    assert!(open.contains("may be denied"), "{open}");
}
