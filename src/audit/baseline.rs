//! The comparison with an earlier report: new, unchanged and fixed failures, and the day on which each was first seen.
//!
//! What was not looked at this time is never called fixed.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use super::coverage::Coverage;
use super::{Change, Finding, RESIDENCY, Report, Scope, Status, Trend};

/// Compares a report with an earlier one: sets `change` and `first_seen` of its findings, and its trend.
///
/// The failures of the baseline are those that are fixed, unchanged, waived now or not looked at; the failures of the
/// report are those that are new, unchanged, or without a verdict in the baseline: only what it has looked at is new.
/// Returns remarks, each a sentence, on what makes the two differ though nothing has changed.
pub fn compare(report: &mut Report, baseline: &Report) -> Vec<String> {
    let before = by_id(baseline);
    let now = by_id(report);
    let mut trend = Trend { since: baseline.scope.finished.clone(), ..Trend::default() };
    let (coverage, covered) = (Coverage::of(report), Coverage::of(baseline));
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
    let today: Arc<str> = day(&report.scope.finished).into();
    let then: Arc<str> = day(&baseline.scope.finished).into();
    let changes: Vec<_> = report
        .findings
        .iter()
        .map(|finding| {
            let earlier = before.get(&finding.id()).copied();
            let failed = earlier.is_some_and(|earlier| earlier.status == Status::Fail);
            let change = match finding.status {
                Status::Fail => Some(match earlier.map(|earlier| earlier.status) {
                    Some(Status::Fail) => Change::Unchanged,
                    Some(Status::Pass | Status::Waived | Status::NotApplicable) => Change::New,
                    None if covered.covers(&finding.check, &finding.resource) => Change::New,
                    Some(Status::Unknown) | None => Change::NotInBaseline,
                }),
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
    let failed: BTreeMap<String, Option<Change>> = (report.findings.iter().zip(&changes))
        .filter(|(finding, _)| finding.status == Status::Fail)
        .map(|(finding, (change, _))| (finding.id(), *change))
        .collect();
    let number = |wanted| failed.values().filter(|change| **change == Some(wanted)).count() as u64;
    (trend.new, trend.not_in_baseline) = (number(Change::New), number(Change::NotInBaseline));
    for (finding, (change, first_seen)) in report.findings.iter_mut().zip(changes) {
        finding.change = change;
        finding.first_seen = first_seen;
    }
    let differences = differences(report, baseline);
    let said =
        std::iter::once(baseline.scope.finished.as_str()).chain(differences.iter().map(|(short, _)| short.as_str()));
    report.scope.parameters.insert("baseline".to_owned(), said.collect::<Vec<_>>().join(", "));
    report.trend = Some(trend);
    differences.into_iter().map(|(_, sentence)| sentence).collect()
}

/// What makes two reports differ though nothing has changed: in a few words, and as a sentence.
fn differences(report: &Report, baseline: &Report) -> Vec<(String, String)> {
    let (then, now) = (&baseline.scope, &report.scope);
    let mut all = Vec::new();
    if then.rules_version != now.rules_version {
        let sentence = format!(
            "The baseline was judged by other rules or parameters ({}, now {}): some differences may be theirs.",
            then.rules_version, now.rules_version
        );
        all.push((format!("judged by other rules ({})", then.rules_version), sentence));
    }
    let residency = |scope: &Scope| scope.parameters.get(RESIDENCY).cloned().unwrap_or_else(|| "any region".to_owned());
    let (allowed, allows) = (residency(then), residency(now));
    if allowed != allows {
        let sentence = format!("The baseline allowed data in {allowed}, and this audit in {allows}.");
        all.push((format!("with another residency ({allowed})"), sentence));
    }
    let outside: Vec<&str> =
        now.accounts.iter().filter(|account| !then.accounts.contains(account)).map(String::as_str).collect();
    if !outside.is_empty() {
        let outside = outside.join(", ");
        let sentence = format!("The baseline is without {outside}: what fails there is not compared.");
        all.push((format!("without {outside}"), sentence));
    }
    let time = |text: &str| text.parse::<jiff::Timestamp>().ok();
    if let (Some(then), Some(now)) = (time(&then.finished), time(&now.started))
        && then > now
    {
        let sentence = "The baseline is newer than this audit: is it the right file?".to_owned();
        all.push(("newer than this report".to_owned(), sentence));
    }
    all
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
