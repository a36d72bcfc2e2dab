//! An audit's report for a terminal.

use std::collections::HashMap;
use std::io::{self, Write};

use super::groups::{Group, counts, groups, severity_name};
use super::together::Together;
use crate::audit::{Change, Finding, NotAssessed, Remediation, Report, Scope, Status, Trend, remedy};
use crate::base::{count, counted, printable};
use crate::report::Paint;
use crate::rules::Severity;

/// The findings that a text shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Failures; the others are counted.
    Failures,
    /// Every finding.
    All,
}

/// Writes the report for a terminal: what was not assessed, then the findings by check.
pub fn audit_text(report: &Report, shown: Shown, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    write_scope(&report.scope, paint, out)?;
    if !report.not_assessed.is_empty() {
        writeln!(out, "\n{}", paint.bold(&paint.yellow("Not assessed:")))?;
        for part in &report.not_assessed {
            write_not_assessed(part, paint, out)?;
        }
    }
    let groups = groups(report);
    let mut fixes = Fixes { together: Together::of(report), shown: HashMap::new() };
    let order: &[Status] = if shown == Shown::All { &Status::ALL } else { &[Status::Fail, Status::Unknown] };
    for group in &groups {
        for status in order.iter().filter(|status| group.summary.of(**status) > 0) {
            write_group(report, group, *status, &mut fixes, paint, out)?;
        }
    }
    write_ending_waivers(report, paint, out)?;
    write_summary(report, shown, paint, out)
}

fn write_scope(scope: &Scope, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let Scope { accounts, regions, stack, caller, started, finished, rules_version, parameters, calls } = scope;
    let list = |one: &str, many: &str, all: &[String]| {
        let word = if all.len() == 1 { one } else { many };
        format!("{word} {}", printable(&all.join(", ")))
    };
    let stack = stack.as_ref().map(|stack| format!(", stack {}", printable(stack))).unwrap_or_default();
    let places = format!("{}, {}{stack}", list("account", "accounts", accounts), list("region", "regions", regions));
    writeln!(out, "{}", paint.bold(&format!("Audit of {places}")))?;
    let caller = caller.as_ref().map(|caller| format!("by {}, ", printable(caller))).unwrap_or_default();
    let (started, finished) = (printable(started), printable(finished));
    let (calls, rules) = (count(calls, "call"), printable(rules_version));
    writeln!(out, "  {}", paint.dim(&format!("{caller}{started} to {finished}, {calls}, rules {rules}")))?;
    if !parameters.is_empty() {
        let all: Vec<String> = parameters.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        writeln!(out, "  {}", paint.dim(&format!("asked for: {}", printable(&all.join("; ")))))?;
    }
    Ok(())
}

fn write_not_assessed(part: &NotAssessed, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let NotAssessed { account, region, action, reason, checks, findings } = part;
    let action = action.as_ref().map(|action| format!("{} ", printable(action))).unwrap_or_default();
    let place = printable(&format!("account {account}, {region}"));
    writeln!(out, "  {}in {place}: {}", paint.yellow(&action), printable(reason))?;
    if part.matters() {
        let are = if *findings == 1 { "is" } else { "are" };
        let checks = if checks.is_empty() { String::new() } else { format!(": {}", printable(&checks.join(", "))) };
        writeln!(out, "    {} {are} unknown because of it{checks}", count(findings, "finding"))?;
    } else {
        writeln!(out, "    {}", paint.dim("no check that was made depends on it"))?;
    }
    Ok(())
}

fn write_group(
    report: &Report,
    group: &Group<'_>,
    status: Status,
    fixes: &mut Fixes<'_>,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let severity = severity_name(group.severity());
    let (label, says) = match status {
        Status::Fail if group.severity() >= Severity::High => (paint.red(severity), "fails for"),
        Status::Fail => (paint.yellow(severity), "fails for"),
        Status::Unknown => (paint.yellow("unknown"), "unknown for"),
        Status::Waived => (paint.cyan("waived"), "waived for"),
        Status::Pass => (paint.green("passed"), "holds for"),
        Status::NotApplicable => (paint.dim("not applicable"), "not applicable to"),
    };
    let share = if status == Status::NotApplicable {
        counted(usize::try_from(group.summary.not_applicable).unwrap_or(usize::MAX), "resource", "resources")
    } else {
        group.share(status)
    };
    let id = paint.bold(&printable(group.id));
    writeln!(out, "\n{label} {id}: {} – {says} {share}", group.title())?;
    if let Some(check) = group.check.filter(|_| status == Status::Fail) {
        if !check.risk.is_empty() {
            writeln!(out, "  {} {}", paint.dim("risk:"), printable(&check.risk))?;
        }
        if !check.remediation.text.is_empty() {
            writeln!(out, "  {} {}", paint.dim("fix:"), printable(&check.remediation.text))?;
        }
        if !check.also_touches.is_empty() {
            writeln!(out, "  {} {}", paint.dim("the fix also touches:"), printable(&check.also_touches))?;
        }
    }
    for finding in group.of(status) {
        write_finding(report, finding, fixes, paint, out)?;
    }
    Ok(())
}

fn write_finding(
    report: &Report,
    finding: &Finding,
    fixes: &mut Fixes<'_>,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let resource = &finding.resource;
    let account = if report.scope.accounts.len() > 1 { format!("{}, ", resource.account) } else { String::new() };
    let change = match (finding.change, &finding.first_seen) {
        (Some(Change::New), _) => paint.red(" new"),
        (Some(Change::NotInBaseline), _) => paint.dim(" not in the baseline"),
        (Some(Change::Fixed), _) => paint.green(" fixed"),
        (Some(Change::Unchanged), Some(day)) => paint.dim(&format!(" since {}", printable(day))),
        _ => String::new(),
    };
    let name = paint.bold(&printable(&resource.id));
    writeln!(
        out,
        "  {name} ({}){change}: {}",
        printable(&format!("{account}{}", resource.region)),
        printable(&finding.message)
    )?;
    if matches!(finding.status, Status::Pass | Status::NotApplicable) {
        return Ok(());
    }
    write_values(finding, out)?;
    if let Some(waiver) = &finding.waiver {
        let (reason, owner, day) = (printable(&waiver.reason), printable(&waiver.owner), printable(&waiver.expires));
        let until = if waiver.expired { format!("the waiver expired on {day}") } else { format!("waived until {day}") };
        writeln!(out, "      {}", paint.cyan(&format!("{until} by {owner}: {reason}")))?;
    }
    if finding.status == Status::Fail {
        write_fix(report, finding, fixes, paint, out)?;
    }
    Ok(())
}

/// The place, and the values that decided.
fn write_values(finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let address = finding.address.as_deref().map(printable);
    let place = finding
        .location
        .as_ref()
        .map(|at| format!("{}:{}:{}", printable(&at.file.to_string_lossy()), at.line, at.column));
    match (address, place) {
        (Some(address), Some(place)) => writeln!(out, "      {address} at {place}")?,
        (Some(one), None) | (None, Some(one)) => writeln!(out, "      {one}")?,
        (None, None) => {}
    }
    let values = [("expected", &finding.expected), ("found", &finding.actual)];
    let values: Vec<String> =
        values.iter().filter_map(|(name, value)| Some(format!("{name} {}", printable(value.as_ref()?)))).collect();
    if !values.is_empty() {
        let property = finding.property.as_ref().map(|name| format!("{}: ", printable(name))).unwrap_or_default();
        writeln!(out, "      {property}{}", values.join(", "))?;
    }
    Ok(())
}

/// The most fixes that are kept, to be pointed at instead of repeated.
const MOST_SHOWN: usize = 1000;

/// What was shown of fixes.
struct Fixes<'r> {
    /// The failures that one call fixes.
    together: Together<'r>,
    /// The calls that stand for several failures, each with the first of these.
    shown: HashMap<(String, String), String>,
}

/// The lines of the stack's file for its own resources, and the calls for others. Calls that fix several failures are there
/// once.
fn write_fix(
    report: &Report,
    finding: &Finding,
    fixes: &mut Fixes<'_>,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(check) = report.check(finding) else { return Ok(()) };
    let Remediation { text: _, yaml, cli } = remedy(check, finding);
    let (intro, text) = if finding.address.is_some() && !yaml.is_empty() {
        ("in the stack's file:", yaml)
    } else if !cli.is_empty() {
        ("by the AWS CLI:", cli)
    } else {
        return Ok(());
    };
    // The same words may be meant for another resource, or for another account.
    let key = (finding.resource.arn.clone(), text);
    if let Some(first) = fixes.shown.get(&key) {
        return writeln!(out, "      {}", paint.cyan(&format!("fixed together with {first}, above")));
    }
    writeln!(out, "      {}", paint.cyan(intro))?;
    for line in key.1.lines() {
        writeln!(out, "        {}", printable(line))?;
    }
    let others = fixes.together.others(report, finding);
    if !others.is_empty() {
        writeln!(out, "      {} {}", paint.cyan("this also fixes:"), printable(&others.join(", ")))?;
    }
    let first = format!("{} on {}", printable(&finding.check), printable(&finding.resource.id));
    if fixes.shown.len() < MOST_SHOWN {
        fixes.shown.insert(key, first);
    }
    Ok(())
}

/// The waivers that end soon: they are shown even where waived findings are not.
fn write_ending_waivers(report: &Report, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let mut first = true;
    for finding in report.findings.iter().filter(|finding| finding.status == Status::Waived) {
        let Some(waiver) = finding.waiver.as_ref().filter(|waiver| waiver.ends_soon) else { continue };
        if std::mem::take(&mut first) {
            writeln!(out, "\n{}", paint.bold("Waivers that end within 30 days:"))?;
        }
        let (check, name, day) =
            (printable(&finding.check), printable(&finding.resource.id), printable(&waiver.expires));
        writeln!(out, "  {check} on {name}: {}, {}", paint.yellow(&format!("until {day}")), printable(&waiver.owner))?;
    }
    Ok(())
}

fn write_summary(report: &Report, shown: Shown, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let summary = report.summary();
    writeln!(out, "\n{}", paint.bold(&format!("{}.", counts(&summary))))?;
    let parts = report.not_assessed.iter().filter(|part| part.matters()).count();
    if parts > 0 {
        let were = if parts == 1 { "was" } else { "were" };
        let parts = count(parts, "part");
        writeln!(out, "{}", paint.yellow(&format!("{parts} {were} not assessed: see above.")))?;
    }
    if let Some(trend) = &report.trend {
        writeln!(out, "{}", trend_line(trend))?;
    }
    let hidden = summary.waived + summary.pass + summary.not_applicable;
    if shown == Shown::Failures && hidden > 0 {
        writeln!(out, "{}", paint.dim("`--all` shows those that passed, are waived or not applicable."))?;
    }
    Ok(())
}

/// The change since the baseline in a sentence.
pub(super) fn trend_line(trend: &Trend) -> String {
    let Trend { since, before, now, new, not_in_baseline, fixed, gone, unchanged, waived, not_looked_at } = trend;
    let gone = if *gone > 0 { format!(" ({gone} with their resource)") } else { String::new() };
    let waived = if *waived > 0 { format!(", {waived} waived") } else { String::new() };
    let left = if *not_looked_at > 0 { format!(", {not_looked_at} not looked at this time") } else { String::new() };
    let beyond = if *not_in_baseline > 0 {
        format!(" ({not_in_baseline} not in the baseline's scope, or unknown there)")
    } else {
        String::new()
    };
    let since = printable(since);
    format!(
        "Since {since}: {before} failed then, {now} now{beyond}; {new} new, {fixed} fixed{gone}, {unchanged} unchanged{waived}{left}."
    )
}
