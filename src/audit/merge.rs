//! Several reports as one: of many accounts, of many regions, or of the same ones at different times.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::coverage::Coverage;
use super::{Check, Finding, NotAssessed, Report, Scope, Trend};

/// Several reports as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The report.
    pub report: Report,
    /// Remarks, each a sentence: reports that were not judged alike.
    pub notes: Vec<String>,
}

/// Makes one report of many. What two of them looked at is as the newer one found it: its findings, and that something
/// is gone. A report that is given twice counts once.
pub fn merge(reports: Vec<Report>) -> Merged {
    let mut reports = reports;
    reports.sort_by(by_time);
    reports.dedup();
    let mut findings: BTreeMap<String, Finding> = BTreeMap::new();
    let mut not_assessed: BTreeSet<NotAssessed> = BTreeSet::new();
    let mut checks: BTreeMap<Arc<str>, Arc<Check>> = BTreeMap::new();
    for report in &reports {
        let coverage = Coverage::of(report);
        findings.retain(|_, finding| !coverage.covers(&finding.check, &finding.resource));
        not_assessed.retain(|entry| !looked_again(report, entry));
        not_assessed.extend(report.not_assessed.iter().cloned());
        findings.extend(report.findings.iter().map(|finding| (finding.id(), finding.clone())));
        checks.extend(report.checks.iter().map(|(id, check)| (id.clone(), check.clone())));
    }
    let mut merged = Report {
        scope: scope(&reports),
        not_assessed: not_assessed.into_iter().collect(),
        checks,
        findings: findings.into_values().collect(),
        trend: trend(&reports),
    };
    merged.sort();
    Merged { notes: notes(&reports), report: merged }
}

/// The order of two reports: the older first. Times that are no times are compared as texts.
fn by_time(one: &Report, other: &Report) -> Ordering {
    let key = |report: &Report| {
        let Scope { finished, started, accounts, regions, .. } = &report.scope;
        let time: Option<jiff::Timestamp> = finished.parse().ok();
        (time, finished.clone(), started.clone(), accounts.clone(), regions.clone())
    };
    key(one).cmp(&key(other))
}

/// Returns whether a later report looked at what an earlier one could not: then its own word counts.
fn looked_again(report: &Report, entry: &NotAssessed) -> bool {
    let Scope { accounts, regions, .. } = &report.scope;
    let region = regions.contains(&entry.region) || !entry.region.contains('-');
    let checks = entry.checks.iter().all(|check| report.checks.contains_key(check.as_str()));
    // Without checks it stands for all: only a report of the same ones can take its place.
    accounts.contains(&entry.account) && region && checks && !report.checks.is_empty()
}

fn scope(reports: &[Report]) -> Scope {
    let scopes = || reports.iter().map(|report| &report.scope);
    let all = |of: fn(&Scope) -> &Vec<String>| {
        let found: BTreeSet<&String> = scopes().flat_map(of).collect();
        found.into_iter().cloned().collect::<Vec<_>>()
    };
    let mut parameters: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for scope in scopes() {
        for (name, value) in &scope.parameters {
            parameters.entry(name.clone()).or_default().insert(value.clone());
        }
    }
    let joined = |values: BTreeSet<String>| values.into_iter().collect::<Vec<_>>().join(", ");
    let one = |of: fn(&Scope) -> Option<&String>| {
        let found: BTreeSet<String> = scopes().filter_map(of).cloned().collect();
        (!found.is_empty()).then(|| joined(found))
    };
    Scope {
        accounts: all(|scope| &scope.accounts),
        regions: all(|scope| &scope.regions),
        stack: one(|scope| scope.stack.as_ref()),
        caller: one(|scope| scope.caller.as_ref()),
        started: scopes().map(|scope| &scope.started).min().cloned().unwrap_or_default(),
        finished: reports.last().map(|report| report.scope.finished.clone()).unwrap_or_default(),
        rules_version: joined(scopes().map(|scope| scope.rules_version.clone()).collect()),
        parameters: parameters.into_iter().map(|(name, values)| (name, joined(values))).collect(),
        calls: scopes().map(|scope| scope.calls).sum(),
    }
}

/// The sum of the trends, where each report has one and no two are about the same account.
fn trend(reports: &[Report]) -> Option<Trend> {
    if let [report] = reports {
        return report.trend.clone();
    }
    let mut accounts = BTreeSet::new();
    let disjoint = reports.iter().flat_map(|report| &report.scope.accounts).all(|account| accounts.insert(account));
    let trends: Option<Vec<&Trend>> = reports.iter().map(|report| report.trend.as_ref()).collect();
    let trends = trends.filter(|trends| disjoint && !trends.is_empty())?;
    let mut sum = Trend { since: trends.iter().map(|trend| trend.since.clone()).min()?, ..Trend::default() };
    for Trend { since: _, before, now, new, not_in_baseline, fixed, gone, unchanged, waived, not_looked_at } in trends {
        sum.before += before;
        sum.now += now;
        sum.new += new;
        sum.not_in_baseline += not_in_baseline;
        sum.fixed += fixed;
        sum.gone += gone;
        sum.unchanged += unchanged;
        sum.waived += waived;
        sum.not_looked_at += not_looked_at;
    }
    Some(sum)
}

fn notes(reports: &[Report]) -> Vec<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Scope { rules_version, accounts, .. } in reports.iter().map(|report| &report.scope) {
        versions.entry(rules_version).or_default().extend(accounts.iter().map(String::as_str));
    }
    if versions.len() < 2 {
        return Vec::new();
    }
    let one = |(version, accounts): (&str, BTreeSet<&str>)| {
        let accounts: Vec<&str> = accounts.into_iter().collect();
        format!("{version} ({})", accounts.join(", "))
    };
    let versions: Vec<String> = versions.into_iter().map(one).collect();
    vec![format!(
        "these reports were judged by different rules or parameters, so that their counts may differ for that reason \
         alone: {}",
        versions.join("; ")
    )]
}
