//! An audit's report as Markdown, for a wiki or a comment on a pull request.

use std::io::{self, Write};

use super::groups::{Group, counts, groups, severity_name};
use super::text::{Shown, trend_line};
use crate::audit::{Finding, NotAssessed, Remediation, Report, Scope, Status, Summary, Waiver, remedy};
use crate::base::{count, counted};
use crate::report::escape::{code_block, foreign, quoted, quoted_cell};

/// Writes the report as Markdown: what was not assessed, then the failures by check, then the counts of every check.
pub fn audit_markdown(report: &Report, shown: Shown, out: &mut dyn Write) -> io::Result<()> {
    write_scope(&report.scope, out)?;
    writeln!(out, "\n**{}.**", counts(&report.summary()))?;
    if let Some(trend) = &report.trend {
        writeln!(out, "\n{}", foreign(&trend_line(trend)))?;
    }
    if !report.not_assessed.is_empty() {
        writeln!(out, "\n### Not assessed\n")?;
        for part in &report.not_assessed {
            write_not_assessed(part, out)?;
        }
    }
    let groups = groups(report);
    let order: &[Status] = if shown == Shown::All { &Status::ALL } else { &[Status::Fail] };
    for status in order {
        let mut first = true;
        for group in groups.iter().filter(|group| group.summary.of(*status) > 0) {
            if std::mem::take(&mut first) {
                writeln!(out, "\n### {}", heading(*status))?;
            }
            write_group(group, *status, out)?;
        }
    }
    write_table(&groups, out)
}

fn heading(status: Status) -> &'static str {
    match status {
        Status::Fail => "Failed",
        Status::Unknown => "Unknown",
        Status::Waived => "Waived",
        Status::Pass => "Passed",
        Status::NotApplicable => "Not applicable",
    }
}

fn write_scope(scope: &Scope, out: &mut dyn Write) -> io::Result<()> {
    let Scope { accounts, regions, stack, caller, started, finished, rules_version, parameters, calls } = scope;
    let list = |all: &[String]| all.iter().map(|one| quoted(one)).collect::<Vec<_>>().join(", ");
    let stack = stack.as_ref().map(|stack| format!(", stack {}", quoted(stack))).unwrap_or_default();
    writeln!(out, "## Audit of account {}, region {}{stack}\n", list(accounts), list(regions))?;
    let caller = caller.as_ref().map_or("From".to_owned(), |caller| format!("By {}, from", quoted(caller)));
    let (from, to, calls, rules) = (quoted(started), quoted(finished), count(calls, "call"), quoted(rules_version));
    writeln!(out, "{caller} {from} to {to}, {calls}, rules {rules}.")?;
    if !parameters.is_empty() {
        let all: Vec<String> = parameters.iter().map(|(name, value)| quoted(&format!("{name} = {value}"))).collect();
        writeln!(out, "Asked for: {}.", all.join(", "))?;
    }
    Ok(())
}

fn write_not_assessed(part: &NotAssessed, out: &mut dyn Write) -> io::Result<()> {
    let NotAssessed { account, region, action, reason, checks, findings } = part;
    let action = action.as_ref().map(|action| format!("{} in ", quoted(action))).unwrap_or_default();
    let place = format!("account {}, region {}", quoted(account), quoted(region));
    if !part.matters() {
        return writeln!(out, "- {action}{place}: {} (no check that was made depends on it)", foreign(reason));
    }
    let because = match checks.iter().map(|check| quoted(check)).collect::<Vec<_>>().join(", ") {
        checks if checks.is_empty() => format!("{} unknown", count(findings, "finding")),
        checks => format!("{} unknown: {checks}", count(findings, "finding")),
    };
    writeln!(out, "- {action}{place}: {} ({because})", foreign(reason))
}

fn write_group(group: &Group<'_>, status: Status, out: &mut dyn Write) -> io::Result<()> {
    let (id, title) = (quoted(group.id), foreign(&group.title()));
    writeln!(out, "\n#### {} {id}: {title}\n", severity_name(group.severity()))?;
    if status == Status::Fail {
        write!(out, "Fails for {}.", group.share(status))?;
        if let Some(check) = group.check.filter(|check| !check.risk.is_empty()) {
            write!(out, " Risk: {}", foreign(&check.risk))?;
        }
        writeln!(out, "\n")?;
    }
    for finding in group.of(status) {
        write_finding(finding, out)?;
    }
    if status == Status::Fail {
        write_fix(group, out)?;
    }
    Ok(())
}

fn write_finding(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let resource = &finding.resource;
    let at = finding
        .location
        .as_ref()
        .map(|at| format!(", {}", quoted(&format!("{}:{}:{}", at.file.to_string_lossy(), at.line, at.column))));
    let name = quoted(&resource.id);
    let place = quoted(&format!("{} {}", resource.account, resource.region));
    write!(out, "- {name} ({place}{}): {}", at.unwrap_or_default(), foreign(&finding.message))?;
    if matches!(finding.status, Status::Fail | Status::Waived | Status::Unknown) {
        let values = [("property", &finding.property), ("expected", &finding.expected), ("found", &finding.actual)];
        for (word, value) in values.iter().filter_map(|(word, value)| Some((word, value.as_ref()?))) {
            write!(out, "; {word} {}", quoted(value))?;
        }
    }
    if let Some(Waiver { reason, owner, expires, expired, .. }) = finding.waiver.as_deref() {
        let until = if *expired { "the waiver expired on" } else { "waived until" };
        write!(out, "; {until} {} by {}: {}", quoted(expires), quoted(owner), quoted(reason))?;
    }
    writeln!(out)
}

/// The most remedies of a check that are shown: the JSON report has each.
const REMEDIES: usize = 5;

/// The remedies of a check's failures, each once.
fn write_fix(group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(check) = group.check else { return Ok(()) };
    let mut remedies: Vec<Remediation> = Vec::new();
    let mut more = 0;
    for finding in group.of(Status::Fail) {
        let one = remedy(check, finding);
        if remedies.contains(&one) {
            continue;
        }
        if remedies.len() == REMEDIES {
            more += 1;
        } else {
            remedies.push(one);
        }
    }
    let all = |of: fn(&Remediation) -> &str| -> String {
        let mut texts: Vec<&str> = remedies.iter().map(of).filter(|text| !text.is_empty()).collect();
        texts.dedup();
        texts.iter().map(|text| text.trim_end()).collect::<Vec<_>>().join("\n")
    };
    let (yaml, cli) = (all(|one| &one.yaml), all(|one| &one.cli));
    let text = &check.remediation.text;
    if yaml.is_empty() && cli.is_empty() && text.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n<details><summary>Fix</summary>\n")?;
    if !text.is_empty() {
        writeln!(out, "{}\n", foreign(text))?;
    }
    if !check.also_touches.is_empty() {
        writeln!(out, "Also touches: {}\n", foreign(&check.also_touches))?;
    }
    for (language, text) in [("yaml", yaml), ("sh", cli)] {
        if !text.is_empty() {
            writeln!(out, "{}", code_block(language, &text))?;
        }
    }
    if more > 0 {
        writeln!(out, "{} more: the JSON report has each.\n", counted(more, "fix", "fixes"))?;
    }
    writeln!(out, "</details>")
}

fn write_table(groups: &[Group<'_>], out: &mut dyn Write) -> io::Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### All checks\n")?;
    writeln!(out, "| Severity | Check | Failed | Unknown | Waived | Passed | Not applicable |")?;
    writeln!(out, "|---|---|--:|--:|--:|--:|--:|")?;
    for group in groups {
        let Summary { pass, fail, unknown, waived, not_applicable } = group.summary;
        let (severity, id) = (severity_name(group.severity()), quoted_cell(group.id));
        writeln!(out, "| {severity} | {id} | {fail} | {unknown} | {waived} | {pass} | {not_applicable} |")?;
    }
    Ok(())
}
