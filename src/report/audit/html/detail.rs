//! A finding in full.

use super::data::standard_names;
use super::markup::{Html, fragment};
use super::names::{change_label, fixable_label, status_class, status_label};
use super::overview::{capital, severity_badge};
use crate::audit::{Finding, Report, Resource, Waiver, remedy, severity_name};
use crate::report::audit::together::Together;

/// An article about a finding; its `id` is the fragment that links to it.
pub(super) fn article(html: &mut Html, report: &Report, together: &Together<'_>, finding: &Finding) {
    let Finding {
        check: id,
        status,
        resource,
        address,
        location,
        property,
        expected,
        actual,
        evidence,
        message,
        remedy: _,
        waiver,
        first_seen,
        change,
    } = finding;
    let check = report.check(finding);
    let own = fragment(&finding.id());
    html.open("article", &[("class", "finding"), ("id", &own)]);
    html.open("p", &[("class", "badges")]);
    html.element("span", &[("class", &format!("status {}", status_class(*status)))], status_label(*status));
    if let Some(check) = check {
        html.text(" ");
        severity_badge(html, severity_name(check.severity));
    }
    html.close();
    let title = check.map_or(&**id, |check| check.title.as_str());
    html.open("h4", &[]).open("a", &[("href", &format!("#{own}"))]).text(title).text(" – ").text(&resource.id);
    html.close().close();
    html.open("p", &[("class", "message")]).prose(message).close();
    html.open("dl", &[("class", "fields")]);
    field(html, "Check", Some(id));
    let Resource { type_name, id: name, arn, region, account, tags, owner } = resource.as_ref();
    field(html, "Resource", Some(&format!("{type_name} {name}")));
    field(html, "ARN", Some(arn));
    field(html, "Account and region", Some(&format!("{account}, {region}")));
    field(html, "Owner", owner.as_deref());
    let tags: Vec<String> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    field(html, "Tags", Some(&tags.join(", ")));
    field(html, "In the stack", address.as_deref());
    let place = location.as_ref().map(|at| format!("{}:{}:{}", at.file.display(), at.line, at.column));
    field(html, "Line to change", place.as_deref());
    field(html, "Property", property.as_deref());
    field(html, "Expected", expected.as_deref());
    field(html, "Actual", actual.as_deref());
    let calls: Vec<String> = evidence.iter().map(|one| format!("{} at {}", one.operation, one.read_at)).collect();
    field(html, "Evidence", Some(&calls.join(", ")));
    if let Some(waiver) = waiver {
        field(html, "Waiver", Some(&waiver_text(waiver)));
    }
    field(html, "First seen", first_seen.as_deref());
    field(html, "Change", change.map(change_label));
    if let Some(check) = check {
        said(html, "Risk", Some(&check.risk));
        said(html, "Severity", Some(&format!("{}. {}", capital(severity_name(check.severity)), check.severity_reason)));
        said(html, "Fix", Some(&check.remediation.text));
        said(html, "Fixed", Some(fixable_label(check.fixable)));
        field(html, "This also fixes", Some(&together.others(report, finding).join(", ")));
        said(html, "Also touches", Some(&check.also_touches));
        for (name, all) in standard_names(&check.standards) {
            field(html, &name, Some(&all));
        }
    }
    html.close();
    if let Some(check) = check {
        let remedy = remedy(check, finding);
        code(html, "stack.yaml", &remedy.yaml);
        code(html, "AWS CLI", &remedy.cli);
    }
    html.close();
}

fn waiver_text(waiver: &Waiver) -> String {
    let Waiver { reason, owner, expires, expired, ends_soon } = waiver;
    let state = match (expired, ends_soon) {
        (true, _) => "expired on",
        (false, true) => "ends soon, on",
        (false, false) => "until",
    };
    format!("{state} {expires}, by {owner}: {reason}")
}

/// A name and its value.
fn field(html: &mut Html, name: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        html.open("div", &[]).element("dt", &[], name).element("dd", &[], value).close();
    }
}

/// A name and a sentence.
fn said(html: &mut Html, name: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        html.open("div", &[]).element("dt", &[], name).open("dd", &[]).prose(value).close().close();
    }
}

fn code(html: &mut Html, name: &str, text: &str) {
    if !text.is_empty() {
        html.element("p", &[("class", "codename")], name);
        html.open("pre", &[("tabindex", "0")]).element("code", &[], text).close();
    }
}
