//! The findings about what is live.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;

use super::shared::Shared;
use super::{Evidence, Finding, NotAssessed, Resource, Status, UnreadType};
use crate::base::{Address, Location, PropertyPath, pending};
use crate::rules::{self, Evaluation, Rule, RuleOutcome, Subject, message};

/// The longest value of a document that a finding shows.
const LONGEST: usize = 200;

/// The stack's part in an audit.
pub struct StackSide<'a> {
    /// The address of a resource, if the stack has it.
    pub address: &'a dyn Fn(&Resource) -> Option<Address>,
    /// The place of a property in the file.
    pub locate: &'a dyn Fn(&Address, &PropertyPath) -> Option<Location>,
}

/// What is judged, and by what.
pub struct Audit<'a> {
    /// The rules.
    pub rules: &'a [Rule],
    /// The types that entries of a stack can have.
    pub types: &'a [&'a str],
    /// The stack, if there is one.
    pub stack: Option<&'a StackSide<'a>>,
    /// Today, in UTC.
    pub today: Date,
}

/// Orders findings: the highest severity first, then by check, account, region and resource.
pub(super) fn sort(findings: &mut [Finding], rules: &[Rule]) {
    let severities: BTreeMap<&str, rules::Severity> =
        rules.iter().map(|rule| (rule.name.as_str(), rule.severity)).collect();
    findings.sort_by(|one, other| {
        let severity = |finding: &Finding| severities.get(&*finding.check).copied().unwrap_or_default();
        let place = |finding: &Finding| {
            let Resource { account, region, type_name, id, .. } = &*finding.resource;
            (account.clone(), region.clone(), type_name.clone(), id.clone())
        };
        severity(other)
            .cmp(&severity(one))
            .then_with(|| one.check.cmp(&other.check))
            .then_with(|| place(one).cmp(&place(other)))
    });
}

/// What a finding is about.
pub(super) struct FindingOf<'f> {
    pub(super) rule: &'f Rule,
    pub(super) name: &'f Arc<str>,
    pub(super) resource: &'f Arc<Resource>,
    pub(super) evidence: &'f Arc<[Evidence]>,
    pub(super) subject: &'f Subject,
}

pub(super) fn finding(
    one: &Evaluation,
    of: &FindingOf<'_>,
    stack: Option<&StackSide<'_>>,
    shared: &mut Shared,
) -> Finding {
    let FindingOf { rule, name, resource, evidence, subject } = *of;
    let status = match &one.outcome {
        RuleOutcome::Pass => Status::Pass,
        RuleOutcome::Fail(_) => Status::Fail,
        // A rule that is skipped where its author expected that is not applicable; any other looks like a mistyped path.
        RuleOutcome::Skipped if rule.applies_when.is_some() => Status::NotApplicable,
        RuleOutcome::Unknown(_) | RuleOutcome::Skipped => Status::Unknown,
        RuleOutcome::NotApplicable => Status::NotApplicable,
    };
    let first = match &one.outcome {
        RuleOutcome::Fail(findings) => findings.first(),
        _ => None,
    };
    let first = first.filter(|first| !is_stand_in(first));
    let pointer = first.map(|first| first.pointer.as_str()).filter(|pointer| !pointer.is_empty());
    let actual =
        first.and_then(|first| first.actual.clone()).or_else(|| pointer.and_then(|pointer| actual(subject, pointer)));
    let address = stack.and_then(|stack| (stack.address)(resource));
    let place = one.place.clone().or_else(|| rule.property.clone()).unwrap_or_else(PropertyPath::root);
    let location = stack.zip(address.as_ref()).and_then(|(stack, address)| (stack.locate)(address, &place));
    let is_open = matches!(status, Status::Fail | Status::Unknown);
    let property = pointer.map(property).or_else(|| rule.property.as_ref().map(ToString::to_string));
    let expected = first.and_then(|first| first.expected.clone());
    let actual = actual.map(|text| shown(pointer.unwrap_or_default(), text));
    let mut text = |text: Option<String>| text.map(|text| shared.text(&text));
    Finding {
        check: name.clone(),
        status,
        resource: resource.clone(),
        address: text(address.map(|address| address.to_string())),
        property: text(property),
        expected: text(expected),
        actual: text(actual),
        evidence: evidence.clone(),
        message: shared.text(&pending::sentence(&message(rule, &one.outcome))),
        location: location.filter(|_| is_open).map(|location| shared.location(location)),
        waiver: None,
        remedy: None,
        first_seen: None,
        change: None,
    }
}

/// Returns whether a clause asks for the absence of what every resource has: rules in Guard's language fail by it where they
/// can't say otherwise that nothing is right (a value looked for among none), and place and value explain nothing.
fn is_stand_in(finding: &rules::Finding) -> bool {
    const ALWAYS: [&str; 6] = ["FunctionName", "IndexName", "TableName", "RoleName", "Effect", "resourceName"];
    let last = finding.pointer.rsplit('/').next().unwrap_or_default();
    finding.expected.as_deref() == Some("nothing") && ALWAYS.contains(&last)
}

/// The value of a document at the place of a failure; `absent` if there is none.
fn actual(subject: &Subject, pointer: &str) -> Option<String> {
    let in_template = pointer.strip_prefix("/Resources/").and_then(|rest| rest.split_once("/Properties"));
    let bodies: Vec<(&Value, &str)> = if let Some((_, below)) = in_template {
        subject.now.template.iter().map(|one| (&one.body, below)).collect()
    } else {
        let kept = subject.kept.iter().map(|kept| kept.item());
        subject.now.items.iter().map(|one| &one.body).chain(kept).map(|body| (body, pointer)).collect()
    };
    // What was dropped is not absent.
    if bodies.is_empty() || subject.kept.as_ref().is_some_and(|kept| in_template.is_none() && !kept.has(pointer)) {
        return None;
    }
    let value = bodies.iter().find_map(|(body, pointer)| body.pointer(pointer));
    Some(match value {
        None | Some(Value::Null) => "absent".to_owned(),
        Some(Value::String(text)) => pending::display(text),
        Some(value) => pending::display(&value.to_string()),
    })
}

/// A value as a report may show it: variables of functions may be secrets, and long documents say no more.
pub(super) fn shown(pointer: &str, text: String) -> String {
    let pointer = pointer.to_ascii_lowercase();
    if pointer.contains("variables") && text != "absent" {
        return "(not shown: it may be secret)".to_owned();
    }
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{} …", &text[..at]),
        None => text,
    }
}

/// A pointer as a person writes a property.
fn property(pointer: &str) -> String {
    let below = match pointer.strip_prefix("/Resources/").and_then(|rest| rest.split_once("/Properties")) {
        Some((_, below)) => below,
        None => pointer,
    };
    let parts: Vec<String> = below
        .split('/')
        .filter(|part| !part.is_empty() && !["configuration", "supplementaryConfiguration"].contains(part))
        .map(|part| part.replace("~1", "/").replace("~0", "~"))
        .collect();
    parts.join(".")
}

/// The findings about a type that could not be listed: each check on it is unknown, once.
pub(super) fn of_unread(one: &UnreadType, audit: &Audit<'_>) -> Vec<Finding> {
    let UnreadType { type_name, account, region, reason } = one;
    let resource = Arc::new(Resource {
        type_name: type_name.clone(),
        id: "*".to_owned(),
        arn: format!("{type_name}/{account}/{region}/*"),
        region: region.clone(),
        account: account.clone(),
        tags: BTreeMap::new(),
        owner: None,
    });
    let about = audit.rules.iter().filter(|rule| rule.resource_types.iter().any(|one| one == type_name));
    about
        .map(|rule| Finding {
            check: Arc::from(rule.name.as_str()),
            status: Status::Unknown,
            resource: resource.clone(),
            address: None,
            location: None,
            property: None,
            expected: None,
            actual: None,
            evidence: Arc::from([]),
            message: format!("not all of {type_name} could be read: {reason}").into(),
            waiver: None,
            remedy: None,
            first_seen: None,
            change: None,
        })
        .collect()
}

/// Fills in which checks and how many findings are unknown because of what could not be looked at.
pub fn count_unknown(not_assessed: &mut [NotAssessed], findings: &[Finding]) {
    for one in not_assessed {
        let because = |finding: &&Finding| {
            let place = &finding.resource;
            let here = place.account == one.account
                && (place.region == one.region || one.region == "global" || place.region == "global");
            let named = one.action.as_ref().is_some_and(|action| finding.message.contains(action.as_str()));
            finding.status == Status::Unknown && here && (named || finding.message.contains(one.reason.as_str()))
        };
        let mut checks = BTreeSet::new();
        one.findings = 0;
        for finding in findings.iter().filter(because) {
            checks.insert(finding.check.to_string());
            one.findings += 1;
        }
        one.checks = checks.into_iter().collect();
    }
}
