//! The findings, without a script: each check with its counts, and the first findings in full.

use std::collections::BTreeMap;

use super::data::shown_order;
use super::detail;
use super::markup::{Html, fragment, number};
use super::names::{status_class, status_label};
use super::overview::severity_badge;
use crate::audit::{Finding, Report, Status, Summary, severity_name};
use crate::report::audit::together::Together;

/// The most findings of a report that is shown whole without a script; of a longer one the first of each sort are, so that
/// it opens at once with one.
const WHOLE: usize = 1000;
const FIRST: usize = 100;

pub(super) fn section(html: &mut Html, report: &Report) {
    html.open("section", &[("id", "findings"), ("aria-labelledby", "findings-title")]);
    html.element("h2", &[("id", "findings-title"), ("tabindex", "-1")], "Findings");
    html.open("div", &[("id", "app")]).close();
    html.open("div", &[("id", "plain")]);
    if report.findings.is_empty() {
        html.element("p", &[], "There are no findings.");
    } else {
        by_check(html, report);
        one_by_one(html, report);
    }
    html.close().close();
}

fn by_check(html: &mut Html, report: &Report) {
    let mut counts: BTreeMap<&str, Summary> = BTreeMap::new();
    for finding in &report.findings {
        counts.entry(&finding.check).or_default().add(finding.status);
    }
    html.element("h3", &[], "By check");
    html.open(
        "div",
        &[("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", "Findings by check")],
    );
    html.open("table", &[("class", "grid")]).open("thead", &[]).open("tr", &[]);
    for name in ["Severity", "Check", "Area"] {
        html.element("th", &[("scope", "col")], name);
    }
    for status in Status::ALL {
        html.element("th", &[("scope", "col"), ("class", "num")], status_label(status));
    }
    html.close().close().open("tbody", &[]);
    let mut checks: Vec<_> = report.checks.values().filter(|check| counts.contains_key(check.id.as_str())).collect();
    checks.sort_by_key(|check| {
        let failed = counts.get(check.id.as_str()).map_or(0, |counts| counts.fail);
        (failed == 0, std::cmp::Reverse(check.severity), check.id.as_str())
    });
    for check in checks {
        html.open("tr", &[]).open("td", &[]);
        severity_badge(html, severity_name(check.severity));
        html.close()
            .open("th", &[("scope", "row")])
            .text(&check.title)
            .text(" ")
            .element("code", &[], &check.id)
            .close();
        html.element("td", &[], &check.area);
        let own = counts.get(check.id.as_str()).copied().unwrap_or_default();
        for status in Status::ALL {
            let class = if own.of(status) == 0 { "num zero" } else { "num" };
            html.element("td", &[("class", class)], &number(own.of(status)));
        }
        html.close();
    }
    html.close().close().close();
}

fn one_by_one(html: &mut Html, report: &Report) {
    let findings = shown_order(report);
    let open = |finding: &&Finding| !matches!(finding.status, Status::Pass | Status::NotApplicable);
    let count = findings.iter().filter(|finding| open(finding)).count();
    let most = if findings.len() > WHOLE { FIRST } else { WHOLE };
    let full = count.min(most);
    let lines = (findings.len() - count).min(most);
    html.element("h3", &[], "One by one");
    if full < count || lines < findings.len() - count {
        html.open("p", &[("class", "notice warn")]).text(&format!(
            "Shown here are the first {} of {} findings that did not pass, and {} of {} that passed or are not applicable. \
             The list that shows all of them needs a script; the JSON report, ",
            number(full as u64),
            number(count as u64),
            number(lines as u64),
            number((findings.len() - count) as u64)
        ));
        html.element("code", &[], "underpin audit --format json").text(", holds every one of them.").close();
    }
    let together = Together::of(report);
    for finding in &findings[..full] {
        detail::article(html, report, &together, finding);
    }
    if lines > 0 {
        html.element("h3", &[], "Passed and not applicable");
        html.open("ul", &[("class", "lines")]);
        for finding in &findings[count..count + lines] {
            html.open("li", &[("id", &fragment(&finding.id()))]);
            let class = format!("status {}", status_class(finding.status));
            html.element("span", &[("class", &class)], status_label(finding.status)).text(" ");
            let title = report.check(finding).map_or(&*finding.check, |check| check.title.as_str());
            html.text(title).text(" · ").element("code", &[], &finding.resource.id).close();
        }
        html.close();
    }
}
