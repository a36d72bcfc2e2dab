//! Exceptions: findings that are allowed, by whom and until when. One that excuses nothing is a finding of its own.

use super::context::ConfigTerms;
use super::findings::{Found, GUARDRAIL};
use super::subject::Subject;
use crate::plan::{Excuse, Outcome, Verdict};
use crate::rules::{Enforcement, Rule};
use crate::stack::{Exception, did_you_mean};

/// Excuses findings, and reports the errors of the exceptions themselves.
pub(super) fn apply(found: &mut Found<'_>, resources: &[Subject<'_>], terms: &ConfigTerms<'_>) {
    for exception in terms.exceptions {
        let own = one(exception, found, resources, terms);
        found.besides.extend(own);
    }
}

fn one(
    exception: &Exception,
    found: &mut Found<'_>,
    resources: &[Subject<'_>],
    terms: &ConfigTerms<'_>,
) -> Option<Verdict> {
    let Exception { rule, resource, reason, owner, expires, location } = exception;
    let Some(resource) = resource.address() else {
        return unaddressed(exception, resources);
    };
    let expired = *expires < terms.today;
    // An exception that has expired is reported as expired, whatever else is wrong with it.
    let ended = if expired { format!("; it expired on {expires}") } else { String::new() };
    let about = |message: String, hint: Option<String>| {
        Some(Verdict {
            address: Some(resource.clone()),
            source: Some(location.clone()),
            hint,
            ..Verdict::new(GUARDRAIL, rule.clone(), Outcome::Warn, message)
        })
    };
    let known: Vec<&Rule> = terms.rules.rules.iter().filter(|one| one.answers_to(rule)).collect();
    if known.is_empty() {
        if terms.rules.unanswered.iter().any(|one| one.identifier == *rule) {
            return about(format!("this exception has no effect: no rule here has that name{ended}"), None);
        }
        let names = terms.rules.rules.iter().map(|one| one.name.as_str());
        let hint = did_you_mean(rule, names)
            .unwrap_or_else(|| "the rules are those under `guardrails.config_rules`".to_owned());
        return about(format!("this exception is for the rule `{rule}`, which is not in use{ended}"), Some(hint));
    }
    if !(terms.has)(resource) {
        let known: Vec<String> = resources.iter().map(|one| one.address.to_string()).collect();
        let hint = did_you_mean(&resource.to_string(), known.iter().map(String::as_str));
        return about(format!("this exception is for `{resource}`, which is not in the stack{ended}"), hint);
    }
    if !resources.iter().any(|one| one.address == resource) {
        // It belongs to another environment, or is not among the targets: it was not judged.
        return None;
    }
    let mut used = false;
    let failing = found.findings.iter_mut().filter(|finding| {
        finding.verdict.address.as_ref() == Some(resource) && finding.rule.answers_to(rule) && !finding.verdict.resolved
    });
    for finding in failing {
        used = true;
        let verdict = &mut finding.verdict;
        if expired || verdict.excused.is_some() {
            continue;
        }
        verdict.message =
            format!("{}; excused until {expires} by {owner}: {reason}", verdict.message.trim_end_matches('.'));
        verdict.outcome = Outcome::Pass;
        verdict.hint = None;
        verdict.excused = Some(Excuse { reason: reason.clone(), owner: owner.clone(), expires: expires.to_string() });
    }
    let renew = || Some(format!("fix it, or ask {owner} to renew the exception"));
    match (expired, used) {
        (false, true) => None,
        (true, true) => about(format!("this exception expired on {expires} and no longer applies"), renew()),
        (_, false) => {
            let off = known.iter().all(|one| one.enforcement == Enforcement::Off);
            let why = if off { "the rule is off" } else { "the rule does not fail there" };
            about(format!("this exception has no effect: {why}{ended}"), Some("remove it".to_owned()))
        }
    }
}

/// What is given by its ARN or name is live: the audit judges it, and no plan does. A name that a resource of the stack has
/// as its key was meant as the address.
fn unaddressed(exception: &Exception, resources: &[Subject<'_>]) -> Option<Verdict> {
    let name = exception.resource.to_string();
    let meant = resources.iter().find(|one| one.address.name() == name)?;
    let message =
        format!("this exception is for `{name}`, which is no address: the audit applies it, and no plan does");
    Some(Verdict {
        address: Some(meant.address.clone()),
        source: Some(exception.location.clone()),
        hint: Some(format!("write `{}`", meant.address)),
        ..Verdict::new(GUARDRAIL, exception.rule.clone(), Outcome::Warn, message)
    })
}
