//! An audit's report as the XML of `JUnit`, for the test view of a build server.

use std::io::{self, Write};

use super::groups::{Group, groups, severity_name};
use crate::audit::{Finding, NotAssessed, Remediation, Report, Status, Summary, remedy};
use crate::base::printable;

/// Writes a suite for each check, and a case for each finding in it: failures fail, unknown ones are errors, waived and
/// inapplicable ones are skipped. A suite without cases says what was not assessed.
pub fn audit_junit(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    let totals = totals(&report.summary());
    writeln!(out, r#"<testsuites name="underpin audit" {totals}>"#)?;
    if !report.not_assessed.is_empty() {
        write_not_assessed(report, out)?;
    }
    for group in groups(report) {
        write_suite(report, &group, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn totals(summary: &Summary) -> String {
    let Summary { pass, fail, unknown, waived, not_applicable } = summary;
    let (tests, skipped) = (pass + fail + unknown + waived + not_applicable, waived + not_applicable);
    format!(r#"tests="{tests}" failures="{fail}" errors="{unknown}" skipped="{skipped}" time="0""#)
}

fn write_not_assessed(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let totals = totals(&Summary::default());
    writeln!(out, r#"  <testsuite name="not assessed" {totals}>"#)?;
    writeln!(out, "    <system-out>")?;
    for NotAssessed { account, region, action, reason, checks, findings } in &report.not_assessed {
        let action = action.as_deref().unwrap_or("-");
        let checks = checks.join(", ");
        let line = format!("{action} in {account} {region}: {reason} ({findings} unknown: {checks})");
        writeln!(out, "{}", xml(&line))?;
    }
    writeln!(out, "    </system-out>\n  </testsuite>")
}

fn write_suite(report: &Report, group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
    let (id, totals) = (xml(group.id), totals(&group.summary));
    let at = xml(&report.scope.started);
    writeln!(out, r#"  <testsuite name="{id}" {totals} timestamp="{at}">"#)?;
    for finding in &group.findings {
        write_case(report, group, finding, out)?;
    }
    writeln!(out, "  </testsuite>")
}

fn write_case(report: &Report, group: &Group<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let (class, name) = (xml(group.id), xml(&finding.resource.arn));
    let place = finding
        .location
        .as_ref()
        .map(|at| format!(r#" file="{}" line="{}""#, xml(&at.file.to_string_lossy()), at.line));
    let place = place.unwrap_or_default();
    write!(out, r#"    <testcase classname="{class}" name="{name}"{place} time="0">"#)?;
    let message = xml(&finding.message);
    match finding.status {
        Status::Pass => {}
        Status::Fail => {
            let severity = severity_name(group.severity());
            write!(out, r#"<failure type="{severity}" message="{message}">"#)?;
            write_details(report, group, finding, out)?;
            write!(out, "</failure>")?;
        }
        Status::Unknown => write!(out, r#"<error type="unknown" message="{message}"/>"#)?,
        Status::Waived => {
            let by = finding
                .waiver
                .as_ref()
                .map(|waiver| format!(" until {} by {}: {}", waiver.expires, waiver.owner, waiver.reason));
            write!(out, r#"<skipped message="waived{}"/>"#, xml(&by.unwrap_or_default()))?;
        }
        Status::NotApplicable => write!(out, r#"<skipped message="not applicable: {message}"/>"#)?,
    }
    writeln!(out, "</testcase>")
}

/// What a person needs beside the message, a line each.
fn write_details(report: &Report, group: &Group<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let resource = &finding.resource;
    writeln!(out, "{}", xml(&group.title()))?;
    writeln!(out, "resource: {} {}", xml(&resource.type_name), xml(&resource.id))?;
    let remedy = report.check(finding).map_or(Remediation::default(), |check| remedy(check, finding));
    let risk = report.check(finding).map(|check| check.risk.as_str());
    let lines = [
        ("address", finding.address.as_deref()),
        ("property", finding.property.as_deref()),
        ("expected", finding.expected.as_deref()),
        ("found", finding.actual.as_deref()),
        ("risk", risk),
        ("fix", Some(remedy.text.as_str())),
        ("commands", Some(remedy.cli.as_str())),
    ];
    for (name, text) in lines.iter().filter_map(|(name, text)| Some((name, (*text)?))) {
        if !text.is_empty() {
            writeln!(out, "{name}: {}", xml(text))?;
        }
    }
    Ok(())
}

/// A text on one line within XML, in an attribute as well. Characters that XML 1.0 does not have are shown as such.
/// Source: XML 1.0, section 2.2, "Characters".
pub(in crate::report) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in printable(text).chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            char => out.push(char),
        }
    }
    out
}
