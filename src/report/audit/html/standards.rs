//! The report by standard: the share of requirements that pass, and each requirement.

use super::markup::Html;
use super::names::{status_class, status_label};
use crate::audit::{Report, Requirement, Standard, Status, standards};

pub(super) fn section(html: &mut Html, report: &Report) {
    html.open("section", &[("id", "standards"), ("aria-labelledby", "standards-title")]);
    html.element("h2", &[("id", "standards-title")], "Standards");
    let standards = standards(report);
    if standards.is_empty() {
        html.element("p", &[], "No check of this report is a requirement of a standard.");
    } else {
        html.element(
            "p",
            &[("class", "note")],
            "The share is of the requirements that these checks cover and that passed, failed or are unknown. A requirement \
             fails if one finding fails, and is unknown if one is unknown and none fails.",
        );
        html.open("div", &[("class", "standards")]);
        for standard in &standards {
            one(html, standard);
        }
        html.close();
    }
    html.close();
}

fn one(html: &mut Html, standard: &Standard) {
    let share = standard.percentage().map_or("–".to_owned(), |share| format!("{share}%"));
    html.open("details", &[("class", "standard")]).open("summary", &[]);
    html.element("span", &[("class", "share")], &share);
    html.open("span", &[("class", "standard-name")]).text(&standard.name);
    let decided = format!("{} of {} requirements passed", standard.count(Status::Pass), standard.decided());
    html.element("small", &[], &decided).close().close();
    html.open("table", &[("class", "grid")]).open("thead", &[]).open("tr", &[]);
    for name in ["Requirement", "Status", "Checks"] {
        html.element("th", &[("scope", "col")], name);
    }
    html.close().close().open("tbody", &[]);
    for requirement in &standard.requirements {
        let Requirement { id, checks, summary } = requirement;
        html.open("tr", &[]).element("th", &[("scope", "row"), ("class", "mono")], id);
        let status = requirement.status();
        let class = status.map_or("na", status_class);
        let label = match status {
            Some(Status::Fail) => format!("Failed ({})", summary.fail),
            Some(Status::Unknown) => format!("Unknown ({})", summary.unknown),
            Some(status) => status_label(status).to_owned(),
            None => "Nothing to judge".to_owned(),
        };
        html.open("td", &[]).element("span", &[("class", &format!("status {class}"))], &label).close();
        let checks: Vec<&str> = checks.iter().map(String::as_str).collect();
        html.element("td", &[], &checks.join(", ")).close();
    }
    html.close().close().close();
}
