use std::collections::BTreeSet;

use proptest::prelude::*;

use super::testing::{ACCOUNTS, REGIONS, finding, report, reports, resource};
use super::*;

fn at(account: &str, finished: &str, findings: Vec<Finding>) -> Report {
    let mut report = report(findings);
    report.scope.accounts = vec![account.to_owned()];
    report.scope.finished = finished.to_owned();
    report
}

fn orders(account: &str, status: Status) -> Finding {
    finding("ddb-table-pitr", resource(account, REGIONS[0], "orders"), status)
}

#[test]
fn accounts_and_their_findings_are_united() {
    let one = at(ACCOUNTS[0], "2026-11-30T12:00:00Z", vec![orders(ACCOUNTS[0], Status::Fail)]);
    let mut other = at(ACCOUNTS[1], "2026-11-30T13:00:00Z", vec![orders(ACCOUNTS[1], Status::Pass)]);
    other.scope.rules_version = "beef".to_owned();
    let Merged { report, notes } = merge(vec![other, one]);
    assert_eq!(report.scope.accounts, ACCOUNTS);
    assert_eq!((report.summary().fail, report.summary().pass), (1, 1));
    assert_eq!(report.scope.finished, "2026-11-30T13:00:00Z");
    assert_eq!(report.scope.calls, 24);
    assert_eq!(report.scope.rules_version, "5f1c, beef");
    assert!(notes[0].ends_with("5f1c (111122223333); beef (444455556666)"), "{notes:?}");
}

#[test]
fn newer_finding_counts_whatever_the_order_and_the_zone_of_time() {
    let account = ACCOUNTS[0];
    let older = at(account, "2026-11-30T14:30:00+02:00", vec![orders(account, Status::Fail)]);
    let newer = at(account, "2026-11-30T13:00:00Z", vec![orders(account, Status::Pass)]);
    for order in [vec![older.clone(), newer.clone()], vec![newer.clone(), older.clone()]] {
        let merged = merge(order).report;
        assert_eq!((merged.summary().fail, merged.summary().pass), (0, 1));
    }
}

#[test]
fn what_a_newer_report_no_longer_finds_is_gone() {
    let account = ACCOUNTS[0];
    let older = at(account, "2026-11-29T12:00:00Z", vec![orders(account, Status::Fail)]);
    let newer = at(account, "2026-11-30T12:00:00Z", vec![]);
    assert_eq!(merge(vec![older.clone(), newer.clone()]).report.findings.len(), 0);
    let mut elsewhere = newer;
    elsewhere.scope.regions = vec![REGIONS[1].to_owned()];
    assert_eq!(merge(vec![older, elsewhere]).report.findings.len(), 1);
}

#[test]
fn place_that_a_newer_report_could_read_is_assessed() {
    let account = ACCOUNTS[0];
    let mut older = at(account, "2026-11-29T12:00:00Z", vec![orders(account, Status::Unknown)]);
    older.not_assessed.push(NotAssessed {
        account: account.to_owned(),
        region: REGIONS[0].to_owned(),
        action: Some("dynamodb:DescribeContinuousBackups".to_owned()),
        reason: "denied".to_owned(),
        checks: vec!["ddb-table-pitr".to_owned()],
        findings: 1,
    });
    let newer = at(account, "2026-11-30T12:00:00Z", vec![orders(account, Status::Pass)]);
    assert!(merge(vec![older.clone(), newer]).report.not_assessed.is_empty());
    let other = at(ACCOUNTS[1], "2026-11-30T12:00:00Z", vec![]);
    assert_eq!(merge(vec![older, other]).report.not_assessed.len(), 1);
}

fn of_account(report: &Report, account: &str) -> Report {
    let mut report = report.clone();
    report.scope.accounts = vec![account.to_owned()];
    report.findings.retain(|finding| finding.resource.account == account);
    report.not_assessed.retain(|entry| entry.account == account);
    report
}

proptest! {
    #[test]
    fn merging_one_report_or_the_same_twice_changes_nothing(one in reports()) {
        prop_assert_eq!(&merge(vec![one.clone()]).report, &one);
        prop_assert_eq!(&merge(vec![one.clone(), one.clone()]).report, &one);
    }

    #[test]
    fn order_of_reports_does_not_matter(one in reports(), two in reports(), three in reports()) {
        // Reports of the same second about the same place have no newer one.
        let times: BTreeSet<&String> = [&one, &two, &three].iter().map(|report| &report.scope.finished).collect();
        prop_assume!(times.len() == 3);
        let merged = merge(vec![one.clone(), two.clone(), three.clone()]);
        prop_assert_eq!(merge(vec![three, one, two]), merged);
    }

    #[test]
    fn counts_of_disjoint_accounts_add_up(one in reports(), two in reports()) {
        let (one, two) = (of_account(&one, ACCOUNTS[0]), of_account(&two, ACCOUNTS[1]));
        let merged = merge(vec![one.clone(), two.clone()]).report;
        for status in Status::ALL {
            prop_assert_eq!(merged.summary().of(status), one.summary().of(status) + two.summary().of(status));
        }
        prop_assert_eq!(merged.not_assessed.len(), one.not_assessed.len() + two.not_assessed.len());
    }

    #[test]
    fn every_finding_is_of_one_of_the_reports_and_has_its_check(one in reports(), two in reports()) {
        let merged = merge(vec![one.clone(), two.clone()]).report;
        let ids: BTreeSet<String> = merged.findings.iter().map(Finding::id).collect();
        prop_assert_eq!(ids.len(), merged.findings.len());
        prop_assert!(merged.findings.iter().all(|found| one.findings.contains(found) || two.findings.contains(found)));
        prop_assert!(merged.findings.iter().all(|finding| merged.check(finding).is_some()));
    }
}
