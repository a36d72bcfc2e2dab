//! The top of the page: scope, what was not assessed, the counts, the score, the principal risks.

use super::markup::{Html, number};
use super::names::{status_class, status_label};
use crate::audit::{NotAssessed, Report, Risk, Scope, Score, Status, Waiver, principal_risks, severity_name};
use crate::base::counted;

/// The number of risks that are shown.
const RISKS: usize = 7;

/// The page's title.
pub(super) fn title(report: &Report) -> String {
    format!("Security posture of {} – underpin audit", subject(report))
}

fn subject(report: &Report) -> String {
    match report.scope.accounts.as_slice() {
        [] => "no account".to_owned(),
        [account] => format!("account {account}"),
        accounts => format!("{} accounts", accounts.len()),
    }
}

pub(super) fn header(html: &mut Html, report: &Report) {
    let Scope { regions, stack, finished, .. } = &report.scope;
    html.open("header", &[("class", "top")]).open("div", &[("class", "wide")]);
    html.element("p", &[("class", "brand")], "underpin audit");
    html.element("h1", &[], &format!("Security posture of {}", subject(report)));
    let stack = stack.as_ref().map(|stack| format!("stack {stack} · ")).unwrap_or_default();
    let regions = match regions.as_slice() {
        few if few.len() <= 3 => few.join(", "),
        many => format!("{} regions", many.len()),
    };
    html.element("p", &[("class", "lede")], &format!("{stack}{regions} · {}", moment(finished)));
    html.open("nav", &[("aria-label", "Sections of the report")]).open("ul", &[]);
    for (to, name) in [
        ("#scope", "Scope"),
        ("#summary", "Summary"),
        ("#risks", "Risks"),
        ("#standards", "Standards"),
        ("#findings", "Findings"),
    ] {
        html.open("li", &[]).element("a", &[("href", to)], name).close();
    }
    html.close().close().close().close();
}

/// A time of RFC 3339 as people read it; a text that is none stays.
fn moment(time: &str) -> String {
    time.parse::<jiff::Timestamp>()
        .map_or_else(|_| time.to_owned(), |time| time.strftime("%-d %B %Y, %H:%M UTC").to_string())
}

/// Begin and end, the day once if it is the same one.
fn span(started: &str, finished: &str) -> String {
    let times = started.parse::<jiff::Timestamp>().ok().zip(finished.parse::<jiff::Timestamp>().ok());
    let Some((begin, end)) = times else { return format!("{started} to {finished}") };
    let day = |time: jiff::Timestamp| time.strftime("%-d %B %Y").to_string();
    let clock = |time: jiff::Timestamp| time.strftime("%H:%M:%S").to_string();
    let until = if day(begin) == day(end) { String::new() } else { format!("{}, ", day(end)) };
    format!("{}, {} to {until}{} UTC", day(begin), clock(begin), clock(end))
}

pub(super) fn scope(html: &mut Html, report: &Report) {
    html.open("section", &[("id", "scope"), ("aria-labelledby", "scope-title")]);
    html.element("h2", &[("id", "scope-title")], "What was and was not assessed");
    not_assessed(html, report);
    let Scope { accounts, regions, stack, caller, started, finished, rules_version, parameters, calls } = &report.scope;
    let resources: std::collections::BTreeSet<&str> =
        report.findings.iter().map(|finding| finding.resource.arn.as_str()).collect();
    let mut facts: Vec<(&str, String)> = vec![
        (if accounts.len() == 1 { "Account" } else { "Accounts" }, accounts.join(", ")),
        (if regions.len() == 1 { "Region" } else { "Regions" }, regions.join(", ")),
    ];
    facts.extend(stack.clone().map(|stack| ("Stack", stack)));
    facts.extend(caller.clone().map(|caller| ("Read by", caller)));
    facts.push(("Read", span(started, finished)));
    facts.push(("Checks", number(report.checks.len() as u64)));
    facts.push(("Resources", number(resources.len() as u64)));
    facts.push(("Calls to AWS", number(*calls)));
    facts.push(("Version of the rules", rules_version.clone()));
    html.open("dl", &[("class", "facts")]);
    for (name, value) in facts {
        fact(html, name, &value);
    }
    for (name, value) in parameters {
        fact(html, name, value);
    }
    html.close().close();
}

fn fact(html: &mut Html, name: &str, value: &str) {
    html.open("div", &[]).element("dt", &[], name).element("dd", &[], value).close();
}

fn not_assessed(html: &mut Html, report: &Report) {
    let entries: Vec<&NotAssessed> = report.not_assessed.iter().filter(|part| part.matters()).collect();
    if entries.is_empty() {
        html.element("p", &[("class", "notice good")], "Everything that the checks look at could be read.");
        return;
    }
    let unknown = report.summary().unknown;
    let findings = counted(usize::try_from(unknown).unwrap_or(usize::MAX), "finding is", "findings are");
    html.open("div", &[("class", "notice warn")]).open("p", &[]);
    html.element("strong", &[], &format!("{} could not be assessed.", counted(entries.len(), "part", "parts")));
    html.text(&format!(" {findings} unknown; none of it is counted as passed."));
    html.close();
    html.open("div", &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Not assessed")]);
    html.open("table", &[("class", "grid")]).open("thead", &[]).open("tr", &[]);
    for name in ["Account", "Region", "Missing action", "Reason", "Checks", "Findings"] {
        html.element("th", &[("scope", "col")], name);
    }
    html.close().close().open("tbody", &[]);
    for NotAssessed { account, region, action, reason, checks, findings } in entries {
        html.open("tr", &[]).element("td", &[("class", "mono")], account).element("td", &[], region);
        html.element("td", &[("class", "mono")], action.as_deref().unwrap_or("–"))
            .open("td", &[])
            .prose(reason)
            .close();
        html.element("td", &[], &checks.join(", ")).element("td", &[("class", "num")], &number(*findings)).close();
    }
    html.close().close().close().close();
}

pub(super) fn summary(html: &mut Html, report: &Report) {
    let summary = report.summary();
    let score = Score::of(report);
    html.open("section", &[("id", "summary"), ("aria-labelledby", "summary-title")]);
    html.element("h2", &[("id", "summary-title")], "Summary");
    html.open("div", &[("class", "summary")]);
    html.open("ul", &[("class", "tiles"), ("aria-label", "Findings by status")]);
    tile(html, "all", "", "Findings", report.findings.len() as u64);
    for status in Status::ALL {
        tile(html, status_class(status), status.name(), status_label(status), summary.of(status));
    }
    html.close();
    html.open("div", &[("class", "score")]);
    html.open("p", &[("class", "score-value")]).element("strong", &[], &score.to_string());
    if score.per_mille().is_some() {
        html.element("span", &[], " of 100");
    }
    html.close().element("p", &[("class", "formula")], &score.formula()).close();
    html.close();
    waivers(html, report);
    html.close();
}

/// The waivers that somebody has to look at.
fn waivers(html: &mut Html, report: &Report) {
    let count = |of: &dyn Fn(&Waiver) -> bool| {
        report.findings.iter().filter(|finding| finding.waiver.as_deref().is_some_and(of)).count()
    };
    let expired = count(&|waiver| waiver.expired);
    let soon = count(&|waiver| waiver.ends_soon);
    let mut sentences = Vec::new();
    if expired > 0 {
        sentences.push(format!("{} a waiver that has expired.", counted(expired, "finding has", "findings have")));
    }
    if soon > 0 {
        sentences.push(format!("{} a waiver that ends within 30 days.", counted(soon, "finding has", "findings have")));
    }
    if !sentences.is_empty() {
        html.element("p", &[("class", "notice warn waivers")], &sentences.join(" "));
    }
}

fn tile(html: &mut Html, class: &str, status: &str, label: &str, count: u64) {
    html.open("li", &[("class", &format!("tile {class}"))]);
    html.open("a", &[("href", "#findings"), ("data-status", status)]);
    html.element("strong", &[], &number(count)).element("span", &[], label).close().close();
}

pub(super) fn risks(html: &mut Html, report: &Report) {
    html.open("section", &[("id", "risks"), ("aria-labelledby", "risks-title")]);
    html.element("h2", &[("id", "risks-title")], "Principal risks");
    let risks = principal_risks(report, RISKS);
    if risks.is_empty() {
        let unknown = report.summary().unknown;
        let text = match unknown {
            0 => "No check fails.".to_owned(),
            _ => format!("No check fails; {} findings are unknown.", number(unknown)),
        };
        html.element("p", &[], &text);
    } else {
        html.open("ol", &[("class", "risks")]);
        for Risk { check, severity, finding, risk, failed: _, judged: _ } in &risks {
            html.open("li", &[]).open("p", &[("class", "risk")]);
            severity_badge(html, severity_name(*severity));
            html.text(" ").element("strong", &[], finding).text(" ").element("code", &[], check);
            html.open("span", &[("class", "what")]).prose(risk).close().close().close();
        }
        html.close();
    }
    html.close();
}

/// A word with a capital letter.
pub(super) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The severity as a badge.
pub(super) fn severity_badge(html: &mut Html, severity: &str) {
    html.element("span", &[("class", &format!("severity {severity}"))], &capital(severity));
}

pub(super) fn footer(html: &mut Html, report: &Report) {
    html.open("footer", &[]).open("div", &[("class", "wide")]).open("p", &[]);
    html.text(concat!("Written by underpin ", env!("CARGO_PKG_VERSION"), ". "));
    html.text("This page is one file: it loads nothing and sends nothing. Rules ").element(
        "code",
        &[],
        &report.scope.rules_version,
    );
    html.text(".").close().close().close();
}
