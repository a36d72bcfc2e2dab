//! Resource control policies: owners of resources, services, and unknown parts.

use serde_json::{Value, json};

use super::*;
use crate::base::{Environment, Membership};
use crate::guard::testing::{self, TABLE};
use crate::policy::{Chain, Document, Level, Policy};

fn plan(requires: &[AccessRequest]) -> Plan {
    testing::plan(vec![testing::step(requires.to_vec())])
}

/// Judges as AWS does: with its own policy at every level, and one more at the root.
fn judge(requires: &[AccessRequest], statement: &Value) -> Vec<Verdict> {
    let policy = |name: &str, statement: &Value| {
        let document = Document::from_aws(&json!({"Version": "2012-10-17", "Statement": statement}));
        Policy::new(name, &document.expect("a policy"))
    };
    let all =
        || policy("RCPFullAWSAccess", &json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}));
    let level = |name: &str, policies| Level { name: name.to_owned(), policies };
    let chain = Chain::of(vec![
        level("root r-a", vec![all(), policy("p", statement)]),
        level("account 123456789012", vec![all()]),
    ]);
    let env = Environment::new("123456789012", "eu-central-1");
    let membership = Membership { organization: "o-a".to_owned(), path: "o-a/r-a/".to_owned() };
    let at = "2026-11-21T12:00:00Z".parse().expect("a time");
    let asker = RequestContext { env: &env, caller: None, membership: Some(&membership), at };
    rcp(&plan(requires), &ScpSource::attached("o-a", chain), &asker, &|_, _| None)
}

fn deny(action: &str, condition: Value) -> Value {
    let mut statement = json!({"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"});
    if !condition.is_null() {
        statement["Condition"] = condition;
    }
    statement
}

fn outcomes(requires: &[AccessRequest], statement: &Value) -> Vec<(String, Outcome)> {
    judge(requires, statement).into_iter().map(|verdict| (verdict.rule, verdict.outcome)).collect()
}

#[test]
fn a_denial_names_policy_statement_and_level() {
    let verdicts =
        judge(&[AccessRequest::new("dynamodb:CreateTable", TABLE)], &deny("dynamodb:CreateTable", Value::Null));
    let [verdict] = verdicts.as_slice() else { panic!("{verdicts:?}") };
    assert_eq!((verdict.guardrail.as_str(), verdict.rule.as_str(), verdict.outcome), ("rcp", "p", Outcome::Fail));
    assert_eq!((verdict.statement.as_deref(), verdict.level.as_deref()), (Some("No"), Some("root r-a")));
    assert!(verdict.message.contains("resource control policy `p`"), "{}", verdict.message);
}

#[test]
fn rcps_judge_only_own_resources_in_supported_services() {
    let all = deny("*", Value::Null);
    let no_say = [
        AccessRequest::new("lambda:CreateFunction", "arn:aws:lambda:eu-central-1:999988887777:function:f"),
        AccessRequest::new("dynamodb:ListTables", "*"),
        AccessRequest::new("kms:RetireGrant", "arn:aws:kms:eu-central-1:123456789012:key/k"),
        AccessRequest::new("kms:DescribeKey", "arn:aws:kms:eu-central-1:123456789012:key/*")
            .with("kms:RequestAlias", ["alias/aws/dynamodb"]),
    ];
    assert_eq!(outcomes(&no_say, &all), []);
    let ours = AccessRequest::new("kms:Decrypt", "arn:aws:kms:eu-central-1:123456789012:key/k");
    assert_eq!(outcomes(&[ours], &all), [("p".to_owned(), Outcome::Fail)]);
    let theirs = AccessRequest::new("kms:Decrypt", "arn:aws:kms:eu-central-1:999988887777:key/k");
    assert_eq!(outcomes(&[theirs], &all), [("other-accounts".to_owned(), Outcome::Unknown)]);
}

#[test]
fn rcp_deny_for_unsupported_service_is_unknown() {
    let create = [AccessRequest::new("lambda:CreateFunction", "arn:aws:lambda:eu-central-1:123456789012:function:f")];
    assert_eq!(outcomes(&create, &deny("dynamodb:*", Value::Null)), [], "nothing speaks of it");
    let verdicts = judge(&create, &deny("lambda:*", Value::Null));
    let [verdict] = verdicts.as_slice() else { panic!("{verdicts:?}") };
    assert_eq!((verdict.rule.as_str(), verdict.outcome), ("p", Outcome::Unknown));
    let said = "; as far as underpin knows, lambda does not support such policies";
    assert!(verdict.message.ends_with(said), "{}", verdict.message);
    assert_eq!(rcp_unreadable(&plan(&create), "denied"), None, "where they are not readable, nobody is alarmed by it");
}

#[test]
fn organization_perimeter_allows_its_own_principals() {
    let create = || [AccessRequest::new("dynamodb:CreateTable", TABLE)];
    let others = |id: &str| deny("dynamodb:*", json!({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": id}}));
    assert_eq!(outcomes(&create(), &others("o-a")), [("summary".to_owned(), Outcome::Pass)]);
    assert_eq!(outcomes(&create(), &others("o-b")), [("p".to_owned(), Outcome::Fail)]);
    let owned = deny("dynamodb:*", json!({"StringNotEquals": {"aws:ResourceOrgID": "o-a"}}));
    assert_eq!(
        outcomes(&create(), &owned),
        [("summary".to_owned(), Outcome::Pass)],
        "what is ours stands where we stand"
    );
    let network = deny("dynamodb:*", json!({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}));
    let verdicts = judge(&create(), &network);
    assert_eq!(verdicts[0].outcome, Outcome::Unknown);
    assert!(verdicts[0].message.contains("aws:SourceIp"), "{}", verdicts[0].message);
}

#[test]
fn unreadable_rcps_are_unknown_only_for_affected_calls() {
    let table = plan(&[AccessRequest::new("dynamodb:CreateTable", TABLE)]);
    let verdict = rcp_unreadable(&table, "denied").expect("it matters");
    assert_eq!((verdict.guardrail.as_str(), verdict.outcome), ("rcp", Outcome::Unknown));
    assert!(verdict.message.contains("dynamodb"), "{}", verdict.message);
    let function = plan(&[AccessRequest::new("lambda:CreateFunction", "*")]);
    assert_eq!(rcp_unreadable(&function, "denied"), None);
}
