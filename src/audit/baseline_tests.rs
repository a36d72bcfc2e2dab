use std::sync::Arc;

use proptest::prelude::*;

use super::testing::{ACCOUNTS, REGIONS, finding, report, reports, resource};
use super::*;

fn orders(status: Status) -> Finding {
    finding("ddb-table-pitr", resource(ACCOUNTS[0], REGIONS[0], "orders"), status)
}

fn baseline(findings: Vec<Finding>) -> Report {
    let mut report = report(findings);
    report.scope.finished = "2026-10-01T08:00:00Z".to_owned();
    report
}

fn compared(before: Vec<Finding>, mut now: Report) -> (Trend, Option<Finding>) {
    compare(&mut now, &baseline(before));
    (now.trend.clone().expect("a trend"), now.findings.first().cloned())
}

#[test]
fn findings_are_new_unchanged_or_fixed() {
    use Status::{Fail, NotApplicable, Pass, Unknown, Waived};
    let change = |before: Option<Status>, now: Status| {
        let (_, found) = compared(before.map(orders).into_iter().collect(), report(vec![orders(now)]));
        let found = found.expect("a finding");
        (found.change, found.first_seen)
    };
    let day = |text: &str| Some(text.into());
    let (then, today) = (day("2026-10-01"), day("2026-11-30"));
    assert_eq!(change(None, Fail), (Some(Change::New), today.clone()));
    assert_eq!(change(Some(Pass), Fail), (Some(Change::New), today.clone()));
    assert_eq!(change(Some(Unknown), Fail), (Some(Change::NotInBaseline), today));
    assert_eq!(change(Some(Fail), Fail), (Some(Change::Unchanged), then.clone()));
    assert_eq!(change(Some(Waived), Fail), (Some(Change::New), then.clone()));
    assert_eq!(change(Some(Fail), Pass), (Some(Change::Fixed), None));
    assert_eq!(change(Some(Fail), NotApplicable), (Some(Change::Fixed), None));
    assert_eq!(change(Some(Fail), Waived), (None, then.clone()));
    assert_eq!(change(Some(Fail), Unknown), (None, then));
    assert_eq!(change(Some(Pass), Pass), (None, None));
}

#[test]
fn first_day_of_a_failure_is_kept_through_reports() {
    let mut first = orders(Status::Fail);
    first.first_seen = Some("2025-01-31".into());
    let (_, found) = compared(vec![first], report(vec![orders(Status::Fail)]));
    assert_eq!(found.and_then(|finding| finding.first_seen).as_deref(), Some("2025-01-31"));
}

#[test]
fn gone_resource_is_fixed_only_where_it_was_looked_for() {
    let trend = |change: &dyn Fn(&mut Report)| {
        let mut now = report(vec![]);
        change(&mut now);
        let trend = compared(vec![orders(Status::Fail)], now).0;
        (trend.fixed, trend.gone, trend.not_looked_at)
    };
    assert_eq!(trend(&|_| {}), (1, 1, 0));
    let left_out = (0, 0, 1);
    assert_eq!(trend(&|now| now.scope.regions = vec![REGIONS[1].to_owned()]), left_out);
    assert_eq!(trend(&|now| now.scope.accounts = vec![ACCOUNTS[1].to_owned()]), left_out);
    assert_eq!(trend(&|now| now.checks.clear()), left_out);
    assert_eq!(trend(&|now| drop(now.scope.parameters.insert("resource".to_owned(), "users".to_owned()))), left_out);
    let blind = |account: &str, region: &str, checks: &[&str]| NotAssessed {
        account: account.to_owned(),
        region: region.to_owned(),
        action: None,
        reason: "denied".to_owned(),
        checks: checks.iter().map(|one| (*one).to_owned()).collect(),
        findings: 0,
    };
    for (account, region, checks) in [
        (ACCOUNTS[0], REGIONS[0], &["ddb-table-pitr"][..]),
        (ACCOUNTS[0], "global", &["ddb-table-pitr"]),
        (ACCOUNTS[0], REGIONS[0], &[]),
        (ACCOUNTS[0], "global", &[]),
    ] {
        assert_eq!(
            trend(&|now| now.not_assessed.push(blind(account, region, checks))),
            left_out,
            "{region} {checks:?}"
        );
    }
    for (account, region, checks) in [
        (ACCOUNTS[1], REGIONS[0], &["ddb-table-pitr"][..]),
        (ACCOUNTS[0], REGIONS[1], &["ddb-table-pitr"]),
        (ACCOUNTS[0], REGIONS[0], &["ddb-table-tags"]),
    ] {
        assert_eq!(
            trend(&|now| now.not_assessed.push(blind(account, region, checks))),
            (1, 1, 0),
            "{region} {checks:?}"
        );
    }
}

#[test]
fn other_rules_than_the_baselines_are_said() {
    let mut now = report(vec![]);
    let mut before = baseline(vec![]);
    compare(&mut now, &before);
    assert_eq!(now.scope.parameters["baseline"], "2026-10-01T08:00:00Z");
    before.scope.rules_version = "0a0a".to_owned();
    compare(&mut now, &before);
    assert_eq!(now.scope.parameters["baseline"], "2026-10-01T08:00:00Z, judged by other rules (0a0a)");
}

#[test]
fn failure_outside_the_baselines_scope_is_not_new() {
    let change = |narrow: &dyn Fn(&mut Report)| {
        let mut before = baseline(vec![]);
        narrow(&mut before);
        let mut now = report(vec![orders(Status::Fail)]);
        compare(&mut now, &before);
        let trend = now.trend.clone().expect("a trend");
        assert_eq!(trend.new + trend.not_in_baseline, 1);
        now.findings[0].change
    };
    assert_eq!(change(&|_| {}), Some(Change::New));
    let beyond = Some(Change::NotInBaseline);
    assert_eq!(change(&|before| before.checks.clear()), beyond, "the check was not made");
    assert_eq!(change(&|before| before.scope.regions = vec![REGIONS[1].to_owned()]), beyond);
    assert_eq!(change(&|before| before.scope.accounts = vec![ACCOUNTS[1].to_owned()]), beyond);
    assert_eq!(change(&|before| drop(before.scope.parameters.insert("tag".to_owned(), "a".to_owned()))), beyond);
    // A parameter of a check is no filter, whatever the check's name begins with.
    assert_eq!(
        change(&|before| drop(before.scope.parameters.insert("tag-x.y".to_owned(), "a".to_owned()))),
        Some(Change::New)
    );
}

#[test]
fn remarks_name_what_makes_two_reports_differ() {
    let mut now = report(vec![]);
    let mut before = baseline(vec![]);
    assert_eq!(compare(&mut now, &before), [""; 0]);
    before.scope.accounts = vec![ACCOUNTS[0].to_owned()];
    before.scope.finished = "2027-01-01T00:00:00Z".to_owned();
    before.scope.parameters.insert(RESIDENCY.to_owned(), "eu-west-1".to_owned());
    now.scope.parameters.insert(RESIDENCY.to_owned(), "eu-central-1".to_owned());
    let remarks = compare(&mut now, &before);
    assert_eq!(
        remarks,
        [
            "The baseline allowed data in eu-west-1, and this audit in eu-central-1.".to_owned(),
            format!("The baseline is without {}: what fails there is not compared.", ACCOUNTS[1]),
            "The baseline is newer than this audit: is it the right file?".to_owned(),
        ]
    );
    assert!(now.scope.parameters["baseline"].contains("with another residency (eu-west-1)"));
}

proptest! {
    #[test]
    fn failure_is_new_only_where_the_baseline_looked(before in reports(), now in reports()) {
        let mut after = now;
        compare(&mut after, &before);
        for finding in after.findings.iter().filter(|finding| finding.change == Some(Change::New)) {
            let scope = &before.scope;
            prop_assert!(before.checks.contains_key(&finding.check));
            prop_assert!(scope.accounts.contains(&finding.resource.account));
            prop_assert!(scope.regions.contains(&finding.resource.region));
        }
    }

    #[test]
    fn every_failure_is_counted_once(before in reports(), now in reports()) {
        let mut after = now.clone();
        compare(&mut after, &before);
        let trend = after.trend.clone().expect("a trend");
        prop_assert_eq!(trend.before, before.summary().fail);
        prop_assert_eq!(trend.now, now.summary().fail);
        prop_assert_eq!(trend.before, trend.fixed + trend.unchanged + trend.waived + trend.not_looked_at);
        prop_assert_eq!(trend.now, trend.new + trend.not_in_baseline + trend.unchanged);
        let changed = |change| after.findings.iter().filter(|finding| finding.change == Some(change)).count() as u64;
        prop_assert_eq!(trend.new, changed(Change::New));
        prop_assert_eq!(trend.not_in_baseline, changed(Change::NotInBaseline));
        prop_assert_eq!(trend.unchanged, changed(Change::Unchanged));
        prop_assert_eq!(trend.fixed, changed(Change::Fixed) + trend.gone);
        let statuses = |report: &Report| report.findings.iter().map(|finding| finding.status).collect::<Vec<_>>();
        prop_assert_eq!(statuses(&after), statuses(&now), "a baseline changes no status");
        let open = |finding: &Finding| matches!(finding.status, Status::Fail | Status::Waived);
        prop_assert!(after.findings.iter().filter(|finding| open(finding)).all(|finding| finding.first_seen.is_some()));
    }

    #[test]
    fn report_compared_with_itself_has_no_news(one in reports()) {
        let mut after = one.clone();
        compare(&mut after, &one);
        let trend = after.trend.expect("a trend");
        prop_assert_eq!((trend.new, trend.not_in_baseline), (0, 0));
        prop_assert_eq!((trend.fixed, trend.waived, trend.not_looked_at), (0, 0, 0));
    }

    #[test]
    fn what_was_not_looked_at_is_never_fixed(before in reports()) {
        let mut blind = Report { scope: before.scope.clone(), checks: before.checks.clone(), ..Report::default() };
        for account in &before.scope.accounts {
            for region in &before.scope.regions {
                blind.not_assessed.push(NotAssessed {
                    account: account.clone(),
                    region: region.clone(),
                    action: None,
                    reason: "denied".to_owned(),
                    checks: before.checks.keys().map(|id: &Arc<str>| id.to_string()).collect(),
                    findings: 0,
                });
            }
        }
        compare(&mut blind, &before);
        let trend = blind.trend.expect("a trend");
        prop_assert_eq!((trend.fixed, trend.not_looked_at), (0, before.summary().fail));
    }
}
