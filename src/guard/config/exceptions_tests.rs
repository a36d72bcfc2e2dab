//! Exceptions: the findings that they excuse, until when, and the messages about those that excuse nothing.

use super::testing::*;
use crate::plan::Verdict;

const EXCEPTION: &str =
    "  config_rules: [rules, {rule: stream-triggers, enforcement: off}, {rule: memory, enforcement: off}]
  exceptions:
    - rule: RULE
      resource: tables.orders
      reason: it is a test
      owner: platform
      expires: 2027-06-30
";

fn excepted(rule: &str, today: &str) -> Vec<Verdict> {
    World::new(&[]).judged_on(&EXCEPTION.replace("RULE", rule), today, &|_, _| None)
}

#[test]
fn exception_is_valid_until_the_end_of_its_expiry_date() {
    for rule in ["deletion-protection", "DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED"] {
        let verdicts = excepted(rule, "2027-06-30");
        assert_eq!(
            lines(&verdicts),
            [
                "Pass deletion-protection tables.orders @7: the table can be deleted by mistake; excused until 2027-06-30 by platform: it is a test",
                "Pass summary: 4 resources judged by 1 rule of AWS Config: 1 excused",
            ]
        );
        assert_eq!(verdicts[0].excused.as_ref().map(|excuse| excuse.owner.as_str()), Some("platform"));
    }
}

#[test]
fn expired_exception_lets_the_rule_fail_and_is_a_warning() {
    assert_eq!(
        lines(&excepted("deletion-protection", "2027-07-01"))[..2],
        [
            "Fail deletion-protection tables.orders @7: the table can be deleted by mistake",
            "Warn deletion-protection tables.orders @25: this exception expired on 2027-06-30 and no longer applies",
        ]
    );
}

#[test]
fn unused_expired_exception_is_reported_as_expired() {
    let second = |yaml: &str| {
        let verdicts = World::new(&[]).judged_on(yaml, "2027-07-01", &|_, _| None);
        lines(&verdicts).into_iter().find(|line| line.contains("this exception")).expect("a finding of its own")
    };
    let ended = "; it expired on 2027-06-30";
    let of = |rule: &str| EXCEPTION.replace("RULE", rule);
    for yaml in [
        of("deletion-protectoin"),
        of("memory"),
        of("deletion-protection").replace("tables.orders", "tables.order"),
        of("deletion-protection").replace("tables.orders", "functions.worker"),
    ] {
        assert!(second(&yaml).ends_with(ended), "{}", second(&yaml));
    }
}

#[test]
fn unused_exceptions_are_warnings() {
    let second = |lines: Vec<String>| lines[1].clone();
    let verdicts = excepted("deletion-protectoin", "2027-06-30");
    assert_eq!(
        second(lines(&verdicts)),
        "Warn deletion-protectoin tables.orders @25: this exception is for the rule `deletion-protectoin`, which is not in use"
    );
    assert_eq!(verdicts[1].hint.as_deref(), Some("did you mean `deletion-protection`?"));
    assert_eq!(
        second(lines(&excepted("memory", "2027-06-30"))),
        "Warn memory tables.orders @25: this exception has no effect: the rule is off"
    );
    let elsewhere = EXCEPTION.replace("RULE", "deletion-protection").replace("tables.orders", "tables.order");
    assert_eq!(
        second(lines(&World::new(&[]).judged(&elsewhere))),
        "Warn deletion-protection tables.order @25: this exception is for `tables.order`, which is not in the stack"
    );
    let hint = World::new(&[]).judged(&elsewhere)[1].hint.clone();
    assert_eq!(hint.as_deref(), Some("did you mean `tables.orders`?"));
    let passes = EXCEPTION.replace("RULE", "deletion-protection").replace("tables.orders", "functions.worker");
    assert_eq!(
        second(lines(&World::new(&[]).judged(&passes))),
        "Warn deletion-protection functions.worker @25: this exception has no effect: the rule does not fail there"
    );
}

#[test]
fn exceptions_for_what_is_live_are_left_to_the_audit() {
    let of = |resource: &str| EXCEPTION.replace("RULE", "deletion-protection").replace("tables.orders", resource);
    let about = |resource: &str| {
        let verdicts = World::new(&[]).judged_on(&of(resource), "2027-06-30", &|_, _| None);
        let excused = verdicts.iter().any(|verdict| verdict.excused.is_some());
        (excused, verdicts.into_iter().find(|verdict| verdict.message.contains("this exception")))
    };
    for live in ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders", "somebody-elses-table"] {
        let (excused, warning) = about(live);
        assert!(!excused && warning.is_none(), "{live}");
    }
    let (excused, warning) = about("orders");
    let warning = warning.expect("a warning");
    assert!(!excused);
    assert_eq!(
        warning.message,
        "this exception is for `orders`, which is no address: the audit applies it, and no plan does"
    );
    assert_eq!(warning.hint.as_deref(), Some("write `tables.orders`"));
}
