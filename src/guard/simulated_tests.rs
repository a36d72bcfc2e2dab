//! The results of the simulator's answers: never a pass, and a denial only if nothing is missing.

use super::*;
use crate::base::{Caller, Environment};
use crate::guard::testing::{self, TABLE};

const LIMITS: &str =
    "(it ignores resource control policies and session policies, and knows only the context that it is given)";
const NOTHING: &str = "IAM's policy simulator reports nothing about them, as for an account that is in no organization";

fn plan(requires: Vec<AccessRequest>) -> Plan {
    testing::plan(vec![testing::step(requires)])
}

fn with_asker<T>(then: impl FnOnce(&RequestContext<'_>) -> T) -> T {
    let env = Environment::new("123456789012", "eu-central-1");
    let caller = Caller { arn: "arn:aws:sts::123456789012:assumed-role/dev/me".to_owned(), user_id: None, role: None };
    let at = "2026-11-21T12:00:00Z".parse().expect("a time");
    then(&RequestContext { env: &env, caller: Some(&caller), membership: None, at })
}

fn on(action: &str) -> AccessRequest {
    AccessRequest::new(format!("dynamodb:{action}"), TABLE)
}

fn answer(action: &str, by_organization: Option<bool>, missing: &[&str]) -> Simulated {
    Simulated {
        action: format!("dynamodb:{action}"),
        by_organization,
        allowed: by_organization == Some(true),
        missing: missing.iter().map(|&key| key.to_owned()).collect(),
    }
}

/// The outcomes and the summary for one group of requests, with the answer of the check.
fn judged(requires: &[&str], answers: Vec<Simulated>, control: Option<Simulated>) -> (Vec<Outcome>, String) {
    let plan = plan(requires.iter().map(|action| on(action)).collect());
    with_asker(|asker| {
        let mut questions = questions(&plan, &Registry::new(&[]), asker);
        assert_eq!(questions.ask.len(), 1, "one context, one resource: one call");
        let mut all = vec![answers];
        if let Some(control) = control {
            questions.ask.push(question(&on("DescribeTable"), "dynamodb", asker));
            questions.controls = 1;
            all.push(vec![control]);
        }
        let SimulationOutcome { verdicts, summary } = second_best(&plan, asker, &questions, &all, &|_, _| None);
        (verdicts.iter().map(|verdict| verdict.outcome).collect(), summary)
    })
}

#[test]
fn simulator_denial_fails_if_no_context_is_missing() {
    let (outcomes, summary) = judged(
        &["CreateTable", "TagResource"],
        vec![answer("CreateTable", Some(false), &[]), answer("TagResource", Some(true), &[])],
        None,
    );
    assert_eq!(outcomes, [Outcome::Fail]);
    assert_eq!(summary, format!("simulated by IAM (less reliable), they deny 1 of 2 that it was asked about {LIMITS}"));
    let (outcomes, _) = judged(&["CreateTable"], vec![answer("CreateTable", Some(false), &["aws:SourceIp"])], None);
    assert_eq!(outcomes, [Outcome::Unknown], "it may be the lack of the key that decided");
    let absent = ["aws:CalledVia", "AWS:RequestTag/team", "aws:RequestedRegion"];
    let (outcomes, _) = judged(&["CreateTable"], vec![answer("CreateTable", Some(false), &absent)], None);
    assert_eq!(outcomes, [Outcome::Fail], "what is known to be absent, or was told, is no lack");
}

#[test]
fn simulator_denial_contradicted_by_a_real_call_is_unknown() {
    let denied = || vec![answer("CreateTable", Some(false), &[])];
    let (outcomes, _) = judged(&["CreateTable"], denied(), Some(answer("DescribeTable", Some(false), &[])));
    assert_eq!(outcomes, [Outcome::Unknown]);
    let (outcomes, _) = judged(&["CreateTable"], denied(), Some(answer("DescribeTable", Some(true), &[])));
    assert_eq!(outcomes, [Outcome::Fail]);
}

#[test]
fn simulator_allow_is_not_a_pass() {
    let mut lacking = answer("CreateTable", Some(true), &[]);
    lacking.allowed = false;
    let (outcomes, summary) = judged(&["CreateTable"], vec![lacking], None);
    assert_eq!(outcomes, []);
    assert_eq!(
        summary,
        format!(
            "simulated by IAM (less reliable), they deny none of 1 that it was asked about {LIMITS}; the caller's own \
             policies would not allow `dynamodb:CreateTable`"
        )
    );
    let (outcomes, summary) = judged(&["CreateTable"], vec![answer("CreateTable", None, &[])], None);
    assert_eq!((outcomes, summary.as_str()), (Vec::new(), NOTHING));
    let (outcomes, summary) = judged(&["CreateTable"], Vec::new(), None);
    assert_eq!((outcomes, summary.as_str()), (Vec::new(), NOTHING));
}

#[test]
fn simulator_calls_are_bounded_and_omitted_ones_are_counted() {
    let later = format!("{}tables.t.stream_arn{}", pending::OPEN, pending::CLOSE);
    let mut requires: Vec<AccessRequest> =
        (0..45).map(|n| AccessRequest::new("dynamodb:CreateTable", format!("{TABLE}{n}"))).collect();
    requires.push(AccessRequest::new("dynamodb:DescribeStream", later));
    let many = plan(requires);
    let questions = with_asker(|asker| questions(&many, &Registry::new(&[]), asker));
    assert_eq!((questions.ask.len(), questions.left_out), (MOST, 6));
    let secret = format!("{}digest{}", pending::SEAL_OPEN, pending::SEAL_CLOSE);
    let tagged = plan(vec![on("TagResource").with("aws:RequestTag/token", [secret])]);
    let asked = with_asker(|asker| super::questions(&tagged, &Registry::new(&[]), asker));
    assert!(!asked.ask[0].context.contains_key("aws:requesttag/token"), "a digest is no value");
    let context = &questions.ask[0].context;
    assert_eq!(context.get("aws:requestedregion"), Some(&vec!["eu-central-1".to_owned()]));
    assert_eq!(context.get("aws:principalarn"), None, "the path of a session's role is not known");
    assert_eq!(context.get("aws:calledvia"), None, "what is absent can't be told");
}
