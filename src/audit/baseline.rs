//! The comparison with an earlier report: new, unchanged and fixed failures, and the day on which each was first seen.
//!
//! What was not looked at this time is never called fixed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use super::coverage::Coverage;
use super::{Change, Finding, Report, Status, Trend};

/// Compares a report with an earlier one: sets `change` and `first_seen` of its findings, and its trend.
///
/// The failures of the baseline are those that are fixed, unchanged, waived now or not looked at; the failures of the
/// report are those that are new or unchanged.
pub fn compare(report: &mut Report, baseline: &Report) {
    let before = by_id(baseline);
    let now = by_id(report);
    let mut trend = Trend { since: baseline.scope.finished.clone(), ..Trend::default() };
    let coverage = Coverage::of(report);
    for (id, earlier) in &before {
        if earlier.status != Status::Fail {
            continue;
        }
        trend.before += 1;
        match now.get(id).map(|finding| finding.status) {
            Some(Status::Fail) => trend.unchanged += 1,
            Some(Status::Waived) => trend.waived += 1,
            Some(Status::Pass | Status::NotApplicable) => trend.fixed += 1,
            None if coverage.covers(&earlier.check, &earlier.resource) => {
                trend.fixed += 1;
                trend.gone += 1;
            }
            Some(Status::Unknown) | None => trend.not_looked_at += 1,
        }
    }
    trend.now = now.values().filter(|finding| finding.status == Status::Fail).count() as u64;
    trend.new = trend.now - trend.unchanged;
    let today: Arc<str> = day(&report.scope.finished).into();
    let then: Arc<str> = day(&baseline.scope.finished).into();
    let changes: Vec<_> = report
        .findings
        .iter()
        .map(|finding| {
            let earlier = before.get(&finding.id()).copied();
            let failed = earlier.is_some_and(|earlier| earlier.status == Status::Fail);
            let change = match finding.status {
                Status::Fail if failed => Some(Change::Unchanged),
                Status::Fail => Some(Change::New),
                Status::Pass | Status::NotApplicable if failed => Some(Change::Fixed),
                Status::Pass | Status::NotApplicable | Status::Waived | Status::Unknown => None,
            };
            // A waiver, or a day on which nothing was readable, does not make an old failure young.
            let seen = earlier.and_then(|earlier| {
                let open = matches!(earlier.status, Status::Fail | Status::Waived);
                earlier.first_seen.clone().or_else(|| open.then(|| then.clone()))
            });
            let first_seen = match finding.status {
                Status::Fail | Status::Waived => seen.or_else(|| Some(today.clone())),
                Status::Unknown => seen,
                Status::Pass | Status::NotApplicable => None,
            };
            (change, first_seen)
        })
        .collect();
    for (finding, (change, first_seen)) in report.findings.iter_mut().zip(changes) {
        finding.change = change;
        finding.first_seen = first_seen;
    }
    let (earlier, own) = (&baseline.scope.rules_version, &report.scope.rules_version);
    let rules = if earlier == own { String::new() } else { format!(", judged by other rules ({earlier})") };
    report.scope.parameters.insert("baseline".to_owned(), format!("{}{rules}", baseline.scope.finished));
    report.trend = Some(trend);
}

/// The findings by their ids. Of several with one id, which only a report from elsewhere has, the one that fails counts.
fn by_id(report: &Report) -> BTreeMap<String, &Finding> {
    let mut found: BTreeMap<String, &Finding> = BTreeMap::new();
    for finding in &report.findings {
        match found.entry(finding.id()) {
            Entry::Vacant(entry) => {
                entry.insert(finding);
            }
            Entry::Occupied(mut entry) if finding.status == Status::Fail => {
                entry.insert(finding);
            }
            Entry::Occupied(_) => {}
        }
    }
    found
}

/// The day of a time in RFC 3339.
fn day(time: &str) -> String {
    time.split('T').next().unwrap_or_default().to_owned()
}
