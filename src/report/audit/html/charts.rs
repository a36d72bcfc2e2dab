//! The counts by severity and area, and the trend, as tables and inline SVG.

use std::collections::BTreeMap;

use super::markup::{Html, number};
use super::names::{status_class, status_label};
use super::overview::severity_badge;
use crate::audit::{Report, Status, Summary, Trend, WEIGHTS, severity_name};

pub(super) fn charts(html: &mut Html, report: &Report) {
    let (mut severities, mut areas) = (BTreeMap::new(), BTreeMap::new());
    for finding in &report.findings {
        let Some(check) = report.check(finding) else { continue };
        severities.entry(check.severity).or_insert_with(Summary::default).add(finding.status);
        areas.entry(check.area.as_str()).or_insert_with(Summary::default).add(finding.status);
    }
    html.open("div", &[("class", "charts")]);
    html.open("section", &[("class", "chart"), ("aria-labelledby", "severity-title")]);
    html.element("h3", &[("id", "severity-title")], "By severity");
    head(html, "Severity");
    for (severity, _) in WEIGHTS {
        let counts = severities.get(&severity).copied().unwrap_or_default();
        row(html, &|html| severity_badge(html, severity_name(severity)), &counts);
    }
    html.close().close().close();
    html.open("section", &[("class", "chart"), ("aria-labelledby", "area-title")]);
    html.element("h3", &[("id", "area-title")], "By area");
    head(html, "Area");
    for (area, counts) in &areas {
        let name = |html: &mut Html| {
            html.element("span", &[], area);
        };
        row(html, &name, counts);
    }
    html.close().close().close();
    if let Some(trend) = &report.trend {
        trend_chart(html, trend);
    }
    html.close();
}

fn head(html: &mut Html, first: &str) {
    html.open("table", &[("class", "grid counts")]).open("thead", &[]).open("tr", &[]);
    html.element("th", &[("scope", "col")], first);
    for status in [Status::Fail, Status::Unknown, Status::Waived, Status::Pass] {
        html.element("th", &[("scope", "col"), ("class", "num")], status_label(status));
    }
    html.open("th", &[("scope", "col"), ("class", "barcell")]).element("span", &[("class", "hidden")], "Share");
    html.close().close().close().open("tbody", &[]);
}

fn row(html: &mut Html, name: &dyn Fn(&mut Html), counts: &Summary) {
    html.open("tr", &[]).open("th", &[("scope", "row")]);
    name(html);
    html.close();
    let shown = [Status::Fail, Status::Unknown, Status::Waived, Status::Pass];
    for status in shown {
        let count = counts.of(status);
        let class = if count == 0 { "num zero".to_owned() } else { format!("num {}", status_class(status)) };
        html.element("td", &[("class", &class)], &number(count));
    }
    html.open("td", &[("class", "barcell")]);
    bar(
        html,
        &shown.map(|status| (status_class(status), counts.of(status))),
        shown.iter().map(|one| counts.of(*one)).sum(),
    );
    html.close().close();
}

/// A bar of parts that stand beside each other; a table or text beside it has the numbers.
fn bar(html: &mut Html, parts: &[(&str, u64)], of: u64) {
    html.open(
        "svg",
        &[("class", "bar"), ("viewBox", "0 0 1000 10"), ("preserveAspectRatio", "none"), ("aria-hidden", "true")],
    );
    html.open("rect", &[("class", "track"), ("width", "1000"), ("height", "10")]).close();
    let mut before = 0;
    for (class, count) in parts.iter().filter(|(_, count)| *count > 0) {
        // From the sums, so that no gap is left between parts.
        let at = |count: u64| (count * 1000).checked_div(of).unwrap_or_default();
        let (x, end) = (at(before), at(before + count));
        let (x, width) = (x.to_string(), (end - x).max(1).to_string());
        html.open("rect", &[("class", class), ("x", &x), ("width", &width), ("height", "10")]).close();
        before += count;
    }
    html.close();
}

fn trend_chart(html: &mut Html, trend: &Trend) {
    let Trend { since, before, now, new, not_in_baseline, fixed, gone, unchanged, waived, not_looked_at } = trend;
    html.open("section", &[("class", "chart trend"), ("aria-labelledby", "trend-title")]);
    html.element("h3", &[("id", "trend-title")], "Since the baseline");
    let most = (*before).max(*now);
    html.open("div", &[("class", "trendrow")]);
    html.element("p", &[], &format!("Before, {}: {} failed", since.get(..10).unwrap_or(since), number(*before)));
    bar(html, &[("unknown", *not_looked_at), ("pass", *fixed), ("waived", *waived), ("fail", *unchanged)], most);
    html.close().open("div", &[("class", "trendrow")]);
    html.element("p", &[], &format!("Now: {} failed", number(*now)));
    bar(html, &[("fail", *unchanged), ("new", *new), ("unknown", *not_in_baseline)], most);
    html.close().open("ul", &[("class", "legend")]);
    for (class, name, count) in [
        ("new", "new", *new),
        ("fail", "unchanged", *unchanged),
        ("pass", "fixed", *fixed),
        ("waived", "waived now", *waived),
        ("unknown", "not looked at this time", *not_looked_at),
        ("unknown", "not in the baseline's scope, or unknown there", *not_in_baseline),
    ] {
        html.open("li", &[]).element("span", &[("class", &format!("key {class}"))], "");
        html.text(&format!("{} {name}", number(count)));
        if class == "pass" && *gone > 0 {
            html.text(&format!(" ({} with the resource gone)", number(*gone)));
        }
        html.close();
    }
    html.close().close();
}
