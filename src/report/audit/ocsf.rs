//! An audit's findings as events of OCSF, class Compliance Finding (2003): one list, an event a line.
//! Source: the Open Cybersecurity Schema Framework, version 1.8.0, with the profile `cloud`. Members that readers of Python's
//! `py-ocsf-models` require are there, although the schema leaves them optional.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::list::write_list;
use super::partition::partition;
use super::standards::{requirements, titles};
use crate::audit::{Change, Evidence, Finding, Remediation, Report, Resource, Status, remedy};
use crate::rules::Severity;

/// The version of the schema.
const VERSION: &str = "1.8.0";

/// Writes an event for each finding.
pub fn audit_ocsf(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_list(report.findings.iter().map(|finding| event(report, finding)), out)?;
    writeln!(out)
}

fn event(report: &Report, finding: &Finding) -> Value {
    let check = report.check(finding);
    let title = check.map_or("", |check| check.title.as_str());
    let (activity, activity_name) = activity(finding);
    let (severity, severity_name) = severity(check.map_or(Severity::default(), |check| check.severity));
    let (state, state_name) = state(finding.status);
    let time = millis(&report.scope.finished).unwrap_or_default();
    let resource = &finding.resource;
    let mut event = json!({
        "activity_id": activity,
        "activity_name": activity_name,
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200_300 + activity,
        "type_name": format!("Compliance Finding: {activity_name}"),
        "time": time,
        "severity_id": severity,
        "severity": severity_name,
        "status_id": state,
        "status": state_name,
        "status_code": finding.status,
        "message": finding.message,
        "metadata": {
            "version": VERSION,
            "profiles": ["cloud"],
            "product": {"name": "underpin", "vendor_name": "underpin", "version": env!("CARGO_PKG_VERSION")},
            "event_code": finding.check,
            "uid": format!("{}@{time}", finding.id()),
        },
        "cloud": {
            "provider": "AWS",
            "region": resource.region,
            "account": account(resource),
        },
        "compliance": compliance(report, finding),
        "finding_info": info(report, finding, title, time),
        "resources": [details(resource)],
        "unmapped": {
            "address": finding.address,
            "location": finding.location.as_ref().map(|at| {
                json!({"file": at.file.to_string_lossy(), "line": at.line, "column": at.column})
            }),
            "property": finding.property,
            "expected": finding.expected,
            "actual": finding.actual,
            "risk": check.map(|check| &check.risk),
            "fixable": check.map(|check| check.fixable),
            "waiver": finding.waiver.as_deref(),
            "standards": check.map(|check| &check.standards),
        },
    });
    if let Some(Remediation { text, yaml, cli }) = check.map(|check| remedy(check, finding)) {
        let steps: Vec<String> = [text, yaml, cli].into_iter().filter(|text| !text.trim().is_empty()).collect();
        if !steps.is_empty() {
            event["remediation"] = json!({"desc": steps.join("\n")});
        }
    }
    if !finding.evidence.is_empty() {
        event["evidences"] = finding.evidence.iter().map(evidence).collect();
    }
    event
}

fn activity(finding: &Finding) -> (u32, &'static str) {
    match finding.change {
        None | Some(Change::New | Change::NotInBaseline) => (1, "Create"),
        Some(Change::Unchanged) => (2, "Update"),
        Some(Change::Fixed) => (3, "Close"),
    }
}

fn severity(severity: Severity) -> (u32, &'static str) {
    match severity {
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    }
}

/// The state of the work on a finding: what passes needs none.
fn state(status: Status) -> (u32, &'static str) {
    match status {
        Status::Fail | Status::Unknown => (1, "New"),
        Status::Waived => (3, "Suppressed"),
        Status::Pass | Status::NotApplicable => (4, "Resolved"),
    }
}

/// The outcome of the check. An unknown one is a warning: "did not yield a result due to missing information".
fn compliance(report: &Report, finding: &Finding) -> Value {
    let (status, name) = match finding.status {
        Status::Pass => (1, "Pass"),
        Status::Unknown => (2, "Warning"),
        Status::Fail | Status::Waived => (3, "Fail"),
        Status::NotApplicable => (99, "Not applicable"),
    };
    let mut compliance = json!({
        "control": finding.check,
        "status_id": status,
        "status": name,
        "status_code": finding.status,
        "status_details": [finding.message],
    });
    if let Some(check) = report.check(finding) {
        compliance["desc"] = json!(check.title);
        compliance["category"] = json!(check.area);
        for (name, all) in [("requirements", requirements(&check.standards)), ("standards", titles(&check.standards))] {
            if !all.is_empty() {
                compliance[name] = json!(all);
            }
        }
    }
    compliance
}

fn info(report: &Report, finding: &Finding, title: &str, time: i64) -> Value {
    let first = finding.first_seen.as_deref().and_then(|day| millis(&format!("{day}T00:00:00Z")));
    let mut info = json!({
        "uid": finding.id(),
        "title": title,
        "desc": finding.message,
        "types": ["Compliance"],
        "created_time": first.unwrap_or(time),
        "last_seen_time": time,
        "analytic": {"type_id": 1, "type": "Rule", "uid": finding.check, "name": title},
    });
    if let Some(first) = first {
        info["first_seen_time"] = json!(first);
    }
    if let Some(check) = report.check(finding).filter(|check| !check.risk.is_empty()) {
        info["desc"] = json!(format!("{} Risk: {}", finding.message, check.risk));
    }
    info
}

fn details(resource: &Resource) -> Value {
    let Resource { type_name, id, arn, region, account: _, tags, owner } = resource;
    let pair = |(name, value): (&String, &String)| json!({"name": name, "value": value});
    let mut details = Map::new();
    details.insert("uid".to_owned(), json!(arn));
    details.insert("name".to_owned(), json!(id));
    details.insert("type".to_owned(), json!(type_name));
    details.insert("region".to_owned(), json!(region));
    details.insert("cloud_partition".to_owned(), json!(partition(arn)));
    if let Some(owner) = owner {
        let user = json!({"name": owner, "uid": owner, "type": "Unknown", "type_id": 0, "account": account(resource)});
        details.insert("owner".to_owned(), user);
    }
    if !tags.is_empty() {
        details.insert("tags".to_owned(), tags.iter().map(pair).collect());
    }
    details.into()
}

fn account(resource: &Resource) -> Value {
    json!({"uid": resource.account, "name": resource.account, "type": "AWS Account", "type_id": 10})
}

/// A call: `dynamodb:DescribeTable`.
fn evidence(evidence: &Evidence) -> Value {
    let Evidence { operation, read_at } = evidence;
    json!({"api": {"operation": operation}, "data": {"read_at": read_at}})
}

/// A time in milliseconds since 1970.
fn millis(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}
