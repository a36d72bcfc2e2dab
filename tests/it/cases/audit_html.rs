//! The HTML report in a real browser. The tests themselves are in Python, where Selenium is:
//! `tests/python/test_audit_html.py`.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use underpin::audit::{Report, Status, WaiverTerms, apply_waivers};
use underpin::report::audit_html;

use crate::support::{audit_report, compared_audit_report, python, root, scratch};

/// Texts that would do something if they were anything but text.
const HOSTILE: [&str; 5] = [
    "<script>window.hit = 1</script>",
    "\" onmouseover=\"window.hit = 1",
    "</script></style></title><img src=x onerror=window.hit=1>",
    "a\u{202e}b\u{1b}[31m\nc",
    "javascript:window.hit=1",
];

#[test]
#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what a browser took, and what is skipped, is to be read"
)]
fn html_report_passes_its_tests_in_a_browser() {
    if let Some(lack) = lack() {
        assert!(std::env::var_os("CI").is_none(), "in CI the tests in a browser are not left out: {lack}");
        eprintln!("skipped: the tests of the HTML report, because {lack}");
        return;
    }
    let folder = tempfile::tempdir_in(scratch()).expect("a folder");
    let mut facts = serde_json::Map::new();
    let reports = [
        ("small", compared_audit_report(420)),
        ("large", audit_report(100_000)),
        ("hostile", hostile(audit_report(200))),
        ("empty", Report::default()),
    ];
    for (name, report) in reports {
        fs::write(folder.path().join(format!("{name}.html")), audit_html(&report)).expect("the report can be written");
        facts.insert(name.to_owned(), counts(&report));
    }
    fs::write(folder.path().join("facts.json"), Value::Object(facts).to_string()).expect("the counts can be written");
    let output = Command::new(python())
        .args(["-m", "pytest", "-q", "-s", "tests/python/test_audit_html.py"])
        .env("UNDERPIN_TEST_AUDIT_REPORTS", folder.path())
        .current_dir(root())
        .output()
        .expect("pytest starts");
    let shown = String::from_utf8_lossy(&output.stdout);
    println!("{shown}");
    assert!(output.status.success(), "{shown}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// What is missing for tests in a browser: `scripts/test setup` installs it where it may.
fn lack() -> Option<String> {
    let found = |name: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
    };
    if !root().join(".cache/axe/node_modules/axe-core/axe.min.js").exists() {
        return Some("axe is not in .cache/axe (scripts/test setup)".to_owned());
    }
    let missing = ["chromium", "chromedriver"].into_iter().find(|name| !found(name))?;
    Some(format!("`{missing}` was not found (the packages chromium and chromium-driver)"))
}

fn counts(report: &Report) -> Value {
    let count = |of: &dyn Fn(&underpin::audit::Finding) -> bool| report.findings.iter().filter(|one| of(one)).count();
    let first = report.findings.iter().find(|finding| finding.status == Status::Fail);
    let area = |area: &str| {
        let own =
            move |finding: &underpin::audit::Finding| report.check(finding).is_some_and(|check| check.area == area);
        count(&own)
    };
    json!({
        "total": report.findings.len(),
        "statuses": report.summary(),
        "lambda": area("Lambda"),
        "checks": report.findings.iter().map(|finding| &*finding.check).collect::<std::collections::BTreeSet<_>>().len(),
        "resources": report.findings.iter().map(|finding| &finding.resource.arn).collect::<std::collections::BTreeSet<_>>().len(),
        "orders": count(&|finding| {
            let names = [Some(&*finding.resource.id), finding.address.as_deref()];
            names.into_iter().flatten().any(|name| name.contains("orders"))
        }),
        "first": first.map(|finding| json!({
            "id": finding.id(),
            "check": &*finding.check,
            "name": finding.resource.id,
            "expected": finding.expected.as_deref(),
            "actual": finding.actual.as_deref(),
            "message": &*finding.message,
            "title": report.check(finding).map(|check| &check.title),
            "risk": report.check(finding).map(|check| &check.risk),
            "remedy": report.check(finding).map(|check| underpin::audit::remedy(check, finding)),
        })),
    })
}

fn hostile(mut report: Report) -> Report {
    for (at, finding) in report.findings.iter_mut().enumerate() {
        let text = HOSTILE[at % HOSTILE.len()];
        let mut resource = finding.resource.as_ref().clone();
        resource.id = format!("{text}{at}");
        resource.arn.push_str(text);
        resource.tags.insert(text.to_owned(), text.to_owned());
        finding.resource = resource.into();
        finding.message = text.into();
        finding.actual = Some(text.into());
        finding.address = Some(format!("tables.{text}").into());
    }
    let terms = WaiverTerms {
        exceptions: &[],
        account: "123456789012",
        today: jiff::civil::date(2026, 11, 30),
        checks_named: &|_| Vec::new(),
        declared: &|_| false,
    };
    apply_waivers(&mut report, &terms);
    report
}
