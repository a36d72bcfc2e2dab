//! Waivers: failures that somebody has accepted until a day.
//!
//! A waiver turns the failures that it names into waived ones, and touches no other finding's status. One that has
//! ended, ends soon or waives nothing is reported as such.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::coverage::{Coverage, GLOBAL};
use super::{Check, Finding, Fixable, Remediation, Report, Resource, Standards, Status, Waiver};
use crate::base::{Address, count};
use crate::rules::Severity;
use crate::stack::{Exception, did_you_mean};

/// The id of the check that every waiver is used.
pub const WAIVER_UNUSED: &str = "waiver-unused";

/// The days before its end in which a waiver is reported as ending soon.
pub const ENDS_SOON_DAYS: i32 = 30;

/// The terms on which waivers are applied.
pub struct WaiverTerms<'a> {
    /// The waivers, as the stack file has them.
    pub exceptions: &'a [Exception],
    /// The account that the stack is in: a bare name means a resource there, and none of another account.
    pub account: &'a str,
    /// The day of the audit, UTC.
    pub today: Date,
    /// Gives the ids of the catalogue's checks that answer to a name, made this time or not.
    pub checks_named: &'a dyn Fn(&str) -> Vec<Arc<str>>,
    /// Returns whether the stack file declares this resource, in any environment.
    pub declared: &'a dyn Fn(&Address) -> bool,
}

/// Applies waivers to a report whose findings are as judged, and adds a finding for each that waives nothing.
pub fn apply_waivers(report: &mut Report, terms: &WaiverTerms<'_>) {
    let ids: Vec<Vec<Arc<str>>> = terms.exceptions.iter().map(|one| (terms.checks_named)(&one.rule)).collect();
    let matches = matches(report, terms, &ids);
    let unused: Vec<(&Exception, String)> = terms
        .exceptions
        .iter()
        .zip(&ids)
        .zip(&matches)
        .filter_map(|((exception, ids), found)| Some((exception, unused(report, terms, exception, ids, found)?)))
        .collect();
    // Of several waivers for one finding the one that holds longest counts, whatever their order.
    let mut best: BTreeMap<usize, &Exception> = BTreeMap::new();
    for (exception, found) in terms.exceptions.iter().zip(&matches) {
        for at in found {
            let kept = best.entry(*at).or_insert(exception);
            if rank(exception) > rank(kept) {
                *kept = exception;
            }
        }
    }
    for (at, exception) in best {
        apply(&mut report.findings[at], exception, terms.today);
    }
    add_unused(report, terms.today, unused);
}

fn rank(exception: &Exception) -> (Date, &str, &str) {
    (exception.expires, &exception.owner, &exception.reason)
}

/// For each waiver the findings that it names.
fn matches(report: &Report, terms: &WaiverTerms<'_>, ids: &[Vec<Arc<str>>]) -> Vec<Vec<usize>> {
    let exceptions = terms.exceptions;
    let mut wanted: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, exception) in exceptions.iter().enumerate() {
        wanted.entry(exception.resource.to_string()).or_default().push(index);
    }
    let mut found = vec![Vec::new(); exceptions.len()];
    if wanted.is_empty() {
        return found;
    }
    for (at, finding) in report.findings.iter().enumerate() {
        let here = finding.resource.account == terms.account;
        let name = Some(finding.resource.id.as_str()).filter(|_| here);
        let names = [finding.address.as_deref(), Some(&finding.resource.arn), name];
        // The same name twice counts once.
        let distinct: BTreeSet<&str> = names.into_iter().flatten().collect();
        for index in distinct.into_iter().filter_map(|name| wanted.get(name)).flatten() {
            let own = found.get_mut(*index).filter(|own| own.last() != Some(&at));
            if let Some(own) = own.filter(|_| ids[*index].contains(&finding.check)) {
                own.push(at);
            }
        }
    }
    found
}

fn apply(finding: &mut Finding, exception: &Exception, today: Date) {
    // What is not known is not accepted either, and what doesn't apply needs no waiver.
    if !matches!(finding.status, Status::Fail | Status::Pass) {
        return;
    }
    let Exception { rule: _, resource: _, reason, owner, expires, location: _ } = exception;
    let left = today.until(*expires).map_or(i32::MAX, |span| span.get_days());
    let expired = *expires < today;
    let ends_soon = !expired && left <= ENDS_SOON_DAYS;
    if finding.status == Status::Fail {
        let found = finding.message.trim_end_matches('.');
        let message = if expired {
            format!(
                "{found}; its waiver expired on {expires} and no longer applies: fix it, or ask {owner} to renew the waiver"
            )
        } else {
            let soon = match left {
                0 => ", which is today".to_owned(),
                _ if ends_soon => format!(", in {}", count(left, "day")),
                _ => String::new(),
            };
            format!("{found}; waived until {expires}{soon}, by {owner}: {reason}")
        };
        finding.message = message.into();
        if !expired {
            finding.status = Status::Waived;
        }
    }
    finding.waiver = Some(Arc::new(Waiver {
        reason: reason.clone(),
        owner: owner.clone(),
        expires: expires.to_string(),
        expired,
        ends_soon,
    }));
}

/// The reason for which a waiver waives nothing; `None` if it waives something, or that can't be known.
fn unused(
    report: &Report,
    terms: &WaiverTerms<'_>,
    exception: &Exception,
    ids: &[Arc<str>],
    found: &[usize],
) -> Option<String> {
    if ids.is_empty() {
        let hint = did_you_mean(&exception.rule, report.checks.keys().map(AsRef::as_ref));
        return Some(format!("no check has that name{}", hint.map(|hint| format!("; {hint}")).unwrap_or_default()));
    }
    let coverage = Coverage::of(report);
    let mut made = ids.iter().filter(|id| coverage.made(id)).peekable();
    made.peek()?;
    let statuses: BTreeSet<Status> = found.iter().map(|at| report.findings[*at].status).collect();
    if statuses.iter().any(|status| matches!(status, Status::Fail | Status::Unknown | Status::Waived)) {
        return None;
    }
    if statuses.contains(&Status::Pass) {
        return Some("the check passes there".to_owned());
    }
    if !statuses.is_empty() {
        return Some("the check does not apply there".to_owned());
    }
    let text = exception.resource.to_string();
    let reached = match (place(&text), exception.resource.address()) {
        (Some((account, region)), _) => {
            let resource = resource(&text, account, region);
            made.all(|id| coverage.covers(id, &resource))
        }
        // It belongs to another environment, or was not created yet.
        (None, Some(address)) if (terms.declared)(address) => false,
        // A name alone says nothing of its place: only where all was looked at, it is nowhere.
        (None, _) => made.all(|id| coverage.complete(id)),
    };
    reached.then(|| "nothing with that address, ARN or name was found".to_owned())
}

/// The account and region that an ARN names.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>.
fn place(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.strip_prefix("arn:")?.splitn(5, ':').skip(2);
    let region = parts.next()?;
    let account = parts.next()?;
    Some((account, if region.is_empty() { GLOBAL } else { region }))
}

fn resource(arn: &str, account: &str, region: &str) -> Resource {
    Resource {
        type_name: "underpin::Waiver".to_owned(),
        id: arn.to_owned(),
        arn: arn.to_owned(),
        region: region.to_owned(),
        account: account.to_owned(),
        tags: BTreeMap::new(),
        owner: None,
    }
}

fn add_unused(report: &mut Report, today: Date, unused: Vec<(&Exception, String)>) {
    report.checks.entry(WAIVER_UNUSED.into()).or_insert_with(|| Arc::new(check()));
    let account = report.scope.accounts.first().cloned().unwrap_or_default();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for (exception, reason) in unused {
        let Exception { rule, resource: excepted, reason: _, owner, expires, location } = exception;
        let name = format!("{rule} for {excepted}");
        // No line: the id stays when lines move.
        let mut arn = format!("{}#guardrails.exceptions/{rule}/{excepted}", location.file.display());
        let number = taken.entry(arn.clone()).or_default();
        *number += 1;
        if *number > 1 {
            arn = format!("{arn}/{number}");
        }
        let expired = *expires < today;
        let ended = if expired { format!("; it expired on {expires}") } else { String::new() };
        let resource = Resource { id: name, owner: Some(owner.clone()), ..resource(&arn, &account, GLOBAL) };
        report.findings.push(Finding {
            check: WAIVER_UNUSED.into(),
            status: Status::Fail,
            resource: Arc::new(resource),
            address: None,
            location: Some(Arc::new(location.clone())),
            property: Some("guardrails.exceptions".into()),
            expected: Some("a failure that it waives".into()),
            actual: Some(reason.as_str().into()),
            evidence: Arc::new([]),
            message: format!("the waiver of `{rule}` for `{excepted}` waives nothing: {reason}{ended}").into(),
            waiver: None,
            remedy: None,
            first_seen: None,
            change: None,
        });
    }
    report.sort();
}

fn check() -> Check {
    Check {
        id: WAIVER_UNUSED.to_owned(),
        title: "Every waiver is in use".to_owned(),
        severity: Severity::Low,
        severity_reason: "Nothing is open now; a later failure would be accepted unseen.".to_owned(),
        area: "Waivers".to_owned(),
        risk: "A waiver that waives nothing accepts in advance a failure that nobody has looked at.".to_owned(),
        remediation: Remediation::default(),
        fixable: Fixable::Manual,
        also_touches: "Remove the entry under `guardrails.exceptions`.".to_owned(),
        standards: Standards::default(),
    }
}
