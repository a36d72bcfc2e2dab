use std::sync::Arc;

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::testing::{ACCOUNTS, REGIONS, finding, report, reports, resource};
use super::*;
use crate::base::{Address, Location};
use crate::stack::{Excepted, Exception};

const TODAY: Date = date(2026, 11, 30);

fn exception(rule: &str, resource: &str, expires: Date) -> Exception {
    let live = resource.starts_with("arn:") || !resource.contains('.');
    Exception {
        rule: rule.to_owned(),
        resource: match resource.parse::<Address>() {
            Ok(address) if !live => Excepted::Address(address),
            _ => Excepted::Live(resource.to_owned()),
        },
        reason: "the table is a cache".to_owned(),
        owner: "platform".to_owned(),
        expires,
        location: Location { file: "stack.yaml".into(), line: 12, column: 7, bytes: (0, 0) },
    }
}

fn waive(report: &mut Report, exceptions: &[Exception]) {
    let checks = report.checks.clone();
    // `iam-root-keys` is in the catalogue, and was not made.
    let named = |name: &str| {
        let own = checks.values().filter(|check| check.answers_to(name)).map(|check| Arc::from(check.id.as_str()));
        own.chain((name == "iam-root-keys").then(|| "iam-root-keys".into())).collect()
    };
    let declared = |address: &Address| address.name() == "elsewhere";
    let account = ACCOUNTS[0];
    let terms = WaiverTerms { exceptions, account, today: TODAY, checks_named: &named, declared: &declared };
    apply_waivers(report, &terms);
}

fn orders(status: Status) -> Report {
    let table = |name: &str| resource(ACCOUNTS[0], REGIONS[0], name);
    report(vec![
        finding("ddb-table-pitr", table("orders"), status),
        finding("ddb-table-tags", table("users"), Status::Fail),
    ])
}

/// The status and message of the first check's finding, and the messages about unused waivers.
fn outcome(mut report: Report, exceptions: &[Exception]) -> (Status, String, Vec<String>) {
    waive(&mut report, exceptions);
    let first = report.findings.iter().find(|finding| &*finding.check == "ddb-table-pitr").expect("a finding");
    let unused = report.findings.iter().filter(|finding| &*finding.check == WAIVER_UNUSED);
    (first.status, first.message.to_string(), unused.map(|finding| finding.message.to_string()).collect())
}

#[test]
fn failure_is_waived_by_any_name_of_check_and_resource() {
    let arn = resource(ACCOUNTS[0], REGIONS[0], "orders").arn.clone();
    for check in ["ddb-table-pitr", "DDB_TABLE_PITR", "DynamoDB.14", "ddb_table_pitr", "CKV_AWS_28"] {
        for resource in ["tables.orders", &arn, "orders"] {
            let (status, message, unused) =
                outcome(orders(Status::Fail), &[exception(check, resource, date(2027, 6, 30))]);
            assert_eq!((status, unused.len()), (Status::Waived, 0), "{check} {resource}");
            assert_eq!(message, "`orders` has none; waived until 2027-06-30, by platform: the table is a cache");
        }
    }
}

#[test]
fn name_means_a_resource_of_the_stacks_account_and_an_arn_the_one_that_it_names() {
    let other = resource(ACCOUNTS[1], REGIONS[0], "carts");
    let failing = || report(vec![finding("ddb-table-pitr", other.clone(), Status::Fail)]);
    let by = |name: &str| outcome(failing(), &[exception("ddb-table-pitr", name, date(2027, 6, 30))]).0;
    assert_eq!(by("carts"), Status::Fail, "another account's table of that name");
    assert_eq!(by(&other.arn), Status::Waived);
}

#[test]
fn waiver_holds_until_the_end_of_its_last_day() {
    let one = |expires| outcome(orders(Status::Fail), &[exception("ddb-table-pitr", "orders", expires)]);
    let (status, message, _) = one(date(2026, 11, 30));
    assert_eq!(status, Status::Waived);
    assert!(message.contains("waived until 2026-11-30, which is today, by platform"), "{message}");
    let (status, message, unused) = one(date(2026, 11, 29));
    assert_eq!((status, unused.len()), (Status::Fail, 0));
    assert!(message.contains("its waiver expired on 2026-11-29 and no longer applies"), "{message}");
    assert!(one(date(2026, 12, 30)).1.contains("2026-12-30, in 30 days, by"));
    assert!(one(date(2026, 12, 31)).1.contains("2026-12-31, by"));
}

#[test]
fn waiver_flags_say_expired_and_ending_soon() {
    let flags = |expires| {
        let mut report = orders(Status::Fail);
        waive(&mut report, &[exception("ddb-table-pitr", "orders", expires)]);
        let waiver = report.findings.iter().find_map(|finding| finding.waiver.clone()).expect("a waiver");
        (waiver.expired, waiver.ends_soon)
    };
    assert_eq!(flags(date(2026, 11, 29)), (true, false));
    assert_eq!(flags(date(2026, 12, 30)), (false, true));
    assert_eq!(flags(date(2026, 12, 31)), (false, false));
}

#[test]
fn passing_check_stays_passed_and_its_waiver_is_unused() {
    let (status, message, unused) =
        outcome(orders(Status::Pass), &[exception("ddb-table-pitr", "tables.orders", date(2027, 6, 30))]);
    assert_eq!((status, message.as_str()), (Status::Pass, "`orders` has none"));
    assert_eq!(unused, ["the waiver of `ddb-table-pitr` for `tables.orders` waives nothing: the check passes there"]);
}

#[test]
fn unknown_stays_unknown_and_its_waiver_is_not_called_unused() {
    let (status, _, unused) =
        outcome(orders(Status::Unknown), &[exception("ddb-table-pitr", "orders", date(2027, 6, 30))]);
    assert_eq!((status, unused.len()), (Status::Unknown, 0));
}

#[test]
fn unused_waivers_are_findings_with_their_line() {
    let day = date(2027, 6, 30);
    let unused = |rule: &str, resource: &str| outcome(orders(Status::Fail), &[exception(rule, resource, day)]).2;
    assert!(unused("ddb-table-pit", "orders")[0].contains("no check has that name; did you mean `ddb-table-pitr`?"));
    assert!(unused("ddb-table-pitr", "tables.gone")[0].contains("nothing with that address, ARN or name was found"));
    let gone = resource(ACCOUNTS[0], REGIONS[0], "gone");
    assert_eq!(unused("ddb-table-pitr", &gone.arn).len(), 1);
    // Nobody looked there: another region, another environment, a check that was not made.
    assert!(unused("ddb-table-pitr", &resource(ACCOUNTS[0], "us-east-1", "gone").arn).is_empty());
    assert!(unused("ddb-table-pitr", "tables.elsewhere").is_empty());
    assert!(unused("iam-root-keys", "orders").is_empty());
    let mut report = orders(Status::Pass);
    let twice = [exception("ddb-table-pitr", "orders", day), exception("ddb-table-pitr", "orders", date(2026, 1, 1))];
    waive(&mut report, &twice);
    let found: Vec<_> = report.findings.iter().filter(|finding| &*finding.check == WAIVER_UNUSED).collect();
    assert_eq!(found.len(), 2);
    assert_ne!(found[0].id(), found[1].id());
    assert_eq!(found[0].location.as_ref().map(|location| location.line), Some(12));
    assert!(found.iter().any(|finding| finding.message.ends_with("; it expired on 2026-01-01")));
    assert_eq!(report.check(found[0]).map(|check| check.severity), Some(crate::rules::Severity::Low));
}

#[test]
fn place_that_was_not_readable_makes_no_waiver_unused() {
    let mut report = orders(Status::Fail);
    report.not_assessed.push(NotAssessed {
        account: ACCOUNTS[0].to_owned(),
        region: REGIONS[1].to_owned(),
        action: Some("dynamodb:ListTables".to_owned()),
        reason: "denied".to_owned(),
        checks: vec!["ddb-table-pitr".to_owned()],
        findings: 0,
    });
    assert!(outcome(report, &[exception("ddb-table-pitr", "tables.gone", date(2027, 6, 30))]).2.is_empty());
}

fn exceptions() -> impl Strategy<Value = Vec<Exception>> {
    let rule = proptest::sample::select(vec!["ddb-table-pitr", "IAM_USER_MFA", "ddb-table-tags", "nothing"]);
    let name = proptest::sample::select(vec!["orders", "users", "tables.orders", "gone"]);
    let days = proptest::sample::select(vec![-400_i64, -1, 0, 1, 30, 31, 400]);
    let one = (rule, name, days).prop_map(|(rule, name, days)| {
        exception(rule, name, TODAY.checked_add(jiff::Span::new().days(days)).expect("a day"))
    });
    proptest::collection::vec(one, 0..5)
}

proptest! {
    #[test]
    fn waivers_change_only_failures_that_they_name(before in reports(), exceptions in exceptions()) {
        let mut after = before.clone();
        waive(&mut after, &exceptions);
        let own: Vec<_> = after.findings.iter().filter(|finding| &*finding.check != WAIVER_UNUSED).collect();
        prop_assert_eq!(own.len(), before.findings.len());
        for earlier in &before.findings {
            let now = own.iter().find(|finding| finding.id() == earlier.id()).expect("no finding is lost");
            let names = |one: &&Exception| {
                let resource = one.resource.to_string();
                let name = Some(&*earlier.resource.id).filter(|_| earlier.resource.account == ACCOUNTS[0]);
                let named = [name, Some(&*earlier.resource.arn), earlier.address.as_deref()];
                named.contains(&Some(&*resource)) && before.check(earlier).is_some_and(|check| check.answers_to(&one.rule))
            };
            let valid = exceptions.iter().filter(names).any(|one| one.expires >= TODAY);
            let expected = if earlier.status == Status::Fail && valid { Status::Waived } else { earlier.status };
            prop_assert_eq!(now.status, expected);
            if !exceptions.iter().any(|one| names(&one)) {
                prop_assert_eq!(*now, earlier);
            }
        }
        let unused = after.findings.len() - own.len();
        prop_assert!(unused <= exceptions.len());
    }

    #[test]
    fn order_of_waivers_does_not_matter(before in reports(), exceptions in exceptions()) {
        let (mut one, mut other) = (before.clone(), before);
        waive(&mut one, &exceptions);
        waive(&mut other, &exceptions.iter().rev().cloned().collect::<Vec<_>>());
        let facts = |report: &Report| report.findings.iter().map(|f| (f.id(), f.status)).collect::<Vec<_>>();
        prop_assert_eq!(facts(&one), facts(&other));
    }
}
