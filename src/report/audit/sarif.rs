//! An audit's report as SARIF 2.1.0, for code scanning.
//!
//! Results are what somebody has to look at: failures (`kind: fail`), unknown ones (`kind: review`) and waived ones (with a
//! suppression). What passed or is not applicable is counted in the run's properties: GitHub takes 25,000 results in a run.
//! A longer report has several runs.
//! Sources: SARIF 2.1.0 (OASIS); GitHub, "SARIF support for code scanning" and "SARIF results exceed one or more limits".

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::groups::severity_name;
use super::list::{line, write_list};
use super::standards::requirements;
use super::uri::{file_uri, resource_uri};
use crate::audit::{Change, Check, Finding, NotAssessed, Remediation, Report, Status};
use crate::base::{hex, printable};
use crate::report::escape::{code_block, foreign};
use crate::rules::Severity;

/// The schema that a log names.
pub(in crate::report) const SARIF_SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The results of a run at most: GitHub refuses a log with more.
const RESULTS: usize = 25_000;

/// The tags of a rule that GitHub shows.
const TAGS: usize = 10;

/// The characters of a rule's descriptions at most.
const DESCRIPTION: usize = 1024;

/// Writes the report as SARIF.
pub fn audit_sarif(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shown = |finding: &&Finding| matches!(finding.status, Status::Fail | Status::Unknown | Status::Waived);
    let results: Vec<&Finding> = report.findings.iter().filter(shown).collect();
    writeln!(out, "{{\"$schema\":\"{SARIF_SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[")?;
    let mut parts = results.chunks(RESULTS);
    // A run without results says that there are none.
    write_run(report, 1, parts.next().unwrap_or_default(), out)?;
    for (number, part) in (2..).zip(parts) {
        writeln!(out, ",")?;
        write_run(report, number, part, out)?;
    }
    writeln!(out, "]}}")
}

fn write_run(report: &Report, number: usize, results: &[&Finding], out: &mut dyn Write) -> io::Result<()> {
    let index: BTreeMap<&str, usize> = report.checks.keys().map(AsRef::as_ref).zip(0..).collect();
    let driver = format!("\"name\":\"underpin\",\"version\":\"{}\"", env!("CARGO_PKG_VERSION"));
    write!(out, "{{\"tool\":{{\"driver\":{{{driver},\"rules\":")?;
    write_list(report.checks.values().map(|check| rule(check)), out)?;
    writeln!(out, "}}}},")?;
    writeln!(out, "\"automationDetails\":{},", line(&json!({"id": format!("underpin-audit/{number}")})))?;
    writeln!(out, "\"invocations\":[{}],", line(&invocation(report)))?;
    writeln!(out, "\"columnKind\":\"unicodeCodePoints\",")?;
    writeln!(out, "\"properties\":{},", line(&json!({"summary": report.summary()})))?;
    write!(out, "\"results\":")?;
    write_list(results.iter().map(|finding| result(report, finding, &index)), out)?;
    write!(out, "}}")
}

/// The run of the audit, and what it could not look at.
fn invocation(report: &Report) -> Value {
    let notification = |part: &NotAssessed| {
        let NotAssessed { account, region, action, reason, checks, findings } = part;
        let text = format!("Not assessed in account {account}, {region}: {reason}");
        json!({
            "level": "warning",
            "message": {"text": sarif_message(&text)},
            "descriptor": {"id": "not-assessed"},
            "properties": {"action": action, "checks": checks, "findings": findings},
        })
    };
    let mut invocation = json!({
        "executionSuccessful": true,
        "toolExecutionNotifications": report.not_assessed.iter().map(notification).collect::<Vec<_>>(),
    });
    // A time that is none is left out: readers refuse it.
    for (name, text) in [("startTimeUtc", &report.scope.started), ("endTimeUtc", &report.scope.finished)] {
        if let Ok(time) = text.parse::<jiff::Timestamp>() {
            invocation[name] = json!(time.to_string());
        }
    }
    invocation
}

/// A check as a rule. GitHub orders by `security-severity`, a number as of CVSS.
fn rule(check: &Check) -> Value {
    let Check { id, title, severity, severity_reason, area, risk, remediation, fixable: _, also_touches, standards } =
        check;
    let mut tags = vec!["security".to_owned(), area.clone()];
    tags.extend(requirements(standards));
    tags.retain(|tag| !tag.trim().is_empty());
    tags.truncate(TAGS);
    tags.dedup();
    let mut unique: Vec<String> = Vec::new();
    for tag in tags {
        if !unique.contains(&tag) {
            unique.push(tag);
        }
    }
    json!({
        "id": id,
        "shortDescription": {"text": bounded(title, "The check holds")},
        "fullDescription": {"text": bounded(risk, title)},
        "help": {"text": help(check), "markdown": markdown(risk, severity_reason, also_touches, remediation)},
        "defaultConfiguration": {"level": sarif_level(*severity)},
        "properties": {
            "tags": unique,
            "precision": "very-high",
            "security-severity": sarif_score(*severity),
            "severity": severity_name(*severity),
            "standards": standards,
        },
    })
}

/// A description within GitHub's limit; a text that says nothing gives way to another.
fn bounded(text: &str, other: &str) -> String {
    let text = printable(text);
    let text = if text.trim().is_empty() { printable(other) } else { text };
    let text = if text.trim().is_empty() { "-".to_owned() } else { text };
    sarif_message(&text).chars().take(DESCRIPTION).collect()
}

fn help(check: &Check) -> String {
    let Remediation { text, yaml, cli } = &check.remediation;
    let parts = [&check.risk, &check.severity_reason, text, yaml, cli];
    let lines: Vec<String> = parts.iter().flat_map(|part| part.lines()).map(printable).collect();
    let text = sarif_message(&lines.join("\n"));
    if text.trim().is_empty() { "-".to_owned() } else { text }
}

fn markdown(risk: &str, severity_reason: &str, also_touches: &str, remediation: &Remediation) -> String {
    let mut parts: Vec<String> = [risk, severity_reason].iter().map(|text| foreign(text)).collect();
    parts.push(foreign(&remediation.text));
    if !also_touches.is_empty() {
        parts.push(format!("The fix also touches: {}", foreign(also_touches)));
    }
    let blocks = [("yaml", &remediation.yaml), ("sh", &remediation.cli)];
    let blocks = blocks.iter().filter(|(_, text)| !text.is_empty());
    parts.extend(blocks.map(|(language, text)| code_block(language, text)));
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() { "-".to_owned() } else { parts.join("\n\n") }
}

/// The level of a failure.
pub(in crate::report) fn sarif_level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// GitHub: over 9.0 is critical, from 7.0 high, from 4.0 medium, else low.
pub(in crate::report) fn sarif_score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

fn result(report: &Report, finding: &Finding, index: &BTreeMap<&str, usize>) -> Value {
    let check = report.check(finding);
    let resource = &finding.resource;
    let id = finding.id();
    let digest = fingerprint(&id);
    let says =
        if finding.message.trim().is_empty() { check.map_or("", |check| &check.title) } else { &finding.message };
    let text = format!("{}: {says}", resource.id);
    let mut result = json!({
        "ruleId": finding.check,
        "kind": if finding.status == Status::Unknown { "review" } else { "fail" },
        "message": {"text": sarif_message(&text)},
        "locations": [location(finding)],
        "fingerprints": {"underpin/v1": id},
        // The only one that GitHub looks at: without it, two resources at one line would be one alert.
        "partialFingerprints": {"primaryLocationLineHash": format!("{}:1", &digest[..16]), "underpin/v1": digest},
        "properties": {
            "status": finding.status,
            "resource": **resource,
            "address": finding.address,
            "property": finding.property,
            "expected": finding.expected,
            "actual": finding.actual,
            "evidence": *finding.evidence,
        },
    });
    // A kind other than `fail` has no level (SARIF 2.1.0, 3.27.10).
    if finding.status != Status::Unknown {
        result["level"] = json!(sarif_level(check.map_or(Severity::default(), |check| check.severity)));
    }
    if let Some(at) = index.get(finding.check.as_ref()) {
        result["ruleIndex"] = json!(at);
    }
    match finding.change {
        Some(Change::New) => result["baselineState"] = json!("new"),
        Some(Change::Unchanged) => result["baselineState"] = json!("unchanged"),
        Some(Change::NotInBaseline | Change::Fixed) | None => {}
    }
    if finding.status == Status::Waived {
        let waiver = finding.waiver.as_ref();
        let why = waiver.map(|waiver| format!("until {} by {}: {}", waiver.expires, waiver.owner, waiver.reason));
        result["suppressions"] =
            json!([{"kind": "external", "status": "accepted", "justification": printable(&why.unwrap_or_default())}]);
    }
    result
}

/// The line of the stack's file, or a path that stands for a resource that no file declares: GitHub refuses a whole log
/// for one result without a file. The resource itself is the logical location.
fn location(finding: &Finding) -> Value {
    let resource = &finding.resource;
    let physical = match &finding.location {
        Some(at) if !at.file.as_os_str().is_empty() => json!({
            "artifactLocation": {"uri": file_uri(&at.file)},
            "region": {"startLine": at.line.max(1), "startColumn": at.column.max(1)},
        }),
        _ => json!({"artifactLocation": {"uri": resource_uri(resource)}, "region": {"startLine": 1}}),
    };
    json!({
        "physicalLocation": physical,
        "logicalLocations": [
            {"name": resource.id, "fullyQualifiedName": resource.arn, "kind": "resource"},
        ],
    })
}

/// A digest of what makes a finding the same: check and ARN, no time and no line.
fn fingerprint(id: &str) -> String {
    use sha2::{Digest as _, Sha256};
    hex(&Sha256::digest(id.as_bytes()))
}

/// A text as a message of SARIF, where `[text](target)` is a link and `{0}` an argument.
/// Source: SARIF 2.1.0, 3.11.5 and 3.11.6.
pub(in crate::report) fn sarif_message(text: &str) -> String {
    let text = text.lines().map(printable).collect::<Vec<_>>().join("\n").replace("](", "] (");
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('{') {
        let (before, after) = rest.split_at(at);
        let digits = after[1..].len() - after[1..].trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let argument = digits > 0 && after[1 + digits..].starts_with('}');
        out.push_str(before);
        if argument {
            out.extend(["{", &after[..digits + 2], "}"]);
            rest = &after[digits + 2..];
        } else {
            out.push('{');
            rest = &after[1..];
        }
    }
    out + rest
}
