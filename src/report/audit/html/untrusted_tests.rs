//! Foreign text in every field: it stays text, wherever it is shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::document::{Token, tokens};
use super::markup::{Html, visible};
use super::{audit_html, body, data};
use crate::audit::testing::{ACCOUNTS, REGIONS, finding, report, resource};
use crate::audit::{
    Change, Check, Evidence, NotAssessed, Remediation, Report, Resource, Standards, Status, Trend, Waiver,
};
use crate::base::{Location, is_hidden};
use crate::rules::Severity;

/// Pieces of text that have a meaning somewhere.
const PIECES: [&str; 34] = [
    "<script>alert(1)</script>",
    "</script>",
    "</style>",
    "<!--",
    "-->",
    "]]>",
    "\" onload=\"x",
    "' onclick='x",
    "<img src=x>",
    "&",
    "&lt;",
    "&#x3c;",
    "<",
    ">",
    "\"",
    "'",
    "`",
    "${x}",
    "javascript:x",
    "=1+1",
    "@x",
    "%3Cb%3E",
    "\\",
    "/",
    "#",
    "\n",
    "\r",
    "\t",
    "\0",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{2028}",
    "\u{feff}",
    "\u{e0041}",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![3 => proptest::sample::select(PIECES.to_vec()).prop_map(str::to_owned), 1 => "[a-z ]{1,5}", 1 => any::<char>().prop_map(String::from)];
    proptest::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

/// A report in which every text comes from outside; the texts are handed back.
fn filled(next: &mut dyn FnMut() -> String) -> (Report, Vec<String>) {
    let mut used = Vec::new();
    let mut text = || {
        used.push(next());
        used.last().cloned().unwrap_or_default()
    };
    let (id, account, region) = (text(), text(), text());
    let standards = Standards {
        aws_config: vec![text()],
        security_hub: vec![text()],
        fsbp: true,
        prowler: vec![text()],
        checkov: vec![text()],
        cis: BTreeMap::from([(text(), vec![text()])]),
    };
    let check = Check {
        id: id.clone(),
        title: text(),
        severity: Severity::High,
        severity_reason: text(),
        area: text(),
        risk: text(),
        remediation: Remediation { text: text(), yaml: text(), cli: text() },
        fixable: crate::audit::Fixable::Manual,
        also_touches: text(),
        standards,
    };
    let resource = Arc::new(Resource {
        type_name: text(),
        id: text(),
        arn: text(),
        region: region.clone(),
        account: account.clone(),
        tags: BTreeMap::from([(text(), text())]),
        owner: Some(text()),
    });
    let mut found = finding("", resource, Status::Fail);
    found.check = id.as_str().into();
    found.address = Some(text().into());
    found.location = Some(Arc::new(Location { file: text().into(), line: 3, column: 1, bytes: (0, 0) }));
    (found.property, found.expected, found.actual) = (Some(text().into()), Some(text().into()), Some(text().into()));
    found.evidence = Arc::new([Evidence { operation: text(), read_at: text() }]);
    found.message = text().into();
    let waiver = Waiver { reason: text(), owner: text(), expires: text(), expired: true, ends_soon: false };
    found.waiver = Some(Arc::new(waiver));
    (found.first_seen, found.change) = (Some(text().into()), Some(Change::New));
    let mut report = report(vec![found.clone(), found]);
    report.findings[1].status = Status::Pass;
    report.checks = BTreeMap::from([(Arc::from(id), Arc::new(check))]);
    let scope = &mut report.scope;
    (scope.accounts, scope.regions) = (vec![account.clone(), text()], vec![region.clone()]);
    (scope.stack, scope.caller) = (Some(text()), Some(text()));
    (scope.started, scope.finished, scope.rules_version) = (text(), text(), text());
    scope.parameters = BTreeMap::from([(text(), text())]);
    report.not_assessed =
        vec![NotAssessed { account, region, action: Some(text()), reason: text(), checks: vec![text()], findings: 1 }];
    (report, used)
}

fn page(report: &Report) -> Vec<Token> {
    let mut html = Html::default();
    body(&mut html, report);
    let text = html.finish();
    tokens(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The elements with their attributes' names and their classes, in any order.
fn structure(tokens: &[Token]) -> Vec<String> {
    let mut found: Vec<String> = tokens
        .iter()
        .filter_map(|token| match token {
            Token::Open(tag, attributes) => {
                let names: Vec<&String> = attributes.keys().collect();
                Some(format!("{tag} {names:?} {:?}", attributes.get("class")))
            }
            Token::Close(_) | Token::Text(_) => None,
        })
        .collect();
    found.sort();
    found
}

fn shown(tokens: &[Token]) -> String {
    let text = |token: &Token| match token {
        Token::Text(text) => Some(text.clone()),
        Token::Open(..) | Token::Close(_) => None,
    };
    tokens.iter().filter_map(text).collect()
}

/// Fails unless all texts are shown as text, and nothing else is different from a page of harmless texts.
fn assert_harmless(report: &Report, used: &[String]) {
    let mut number = 0;
    let (plain, _) = filled(&mut || {
        number += 1;
        format!("text{number}")
    });
    let tokens = page(report);
    assert_eq!(structure(&tokens), structure(&page(&plain)));
    let shown = shown(&tokens);
    assert!(!shown.contains(|c| c != '\n' && c != '\t' && is_hidden(c)), "{shown:?}");
    for text in used {
        let text = visible(text).replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}");
        assert!(shown.contains(&text), "{text:?} is not shown");
    }
    for (name, value) in tokens.iter().flat_map(|token| match token {
        Token::Open(_, attributes) => attributes.iter().collect::<Vec<_>>(),
        Token::Close(_) | Token::Text(_) => Vec::new(),
    }) {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/%#".contains(c);
        assert!(!["href", "id"].contains(&name.as_str()) || value.chars().all(plain), "{name}={value}");
        assert!(name != "href" || value.starts_with('#'), "{name}={value}");
    }
    let json = data::json_data(report).0.to_string();
    assert!(!json.contains(is_hidden), "{json}");
}

#[test]
fn page_allows_only_its_own_style_and_script() {
    let mut report =
        report(vec![finding("ddb-table-pitr", resource(ACCOUNTS[0], REGIONS[0], "</script><b>"), Status::Fail)]);
    report.scope.accounts = vec!["</title><script>".to_owned()];
    let text = audit_html(&report);
    let tokens = tokens(&text).unwrap_or_else(|error| panic!("{error}"));
    let opened = |name: &str| tokens.iter().filter(|token| matches!(token, Token::Open(tag, _) if tag == name)).count();
    assert_eq!((opened("script"), opened("style"), opened("title")), (2, 1, 1));
    let policy = tokens.iter().find_map(|token| match token {
        Token::Open(tag, attributes) if tag == "meta" && attributes.contains_key("http-equiv") => {
            attributes.get("content")
        }
        _ => None,
    });
    let policy = policy.expect("a policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.contains("require-trusted-types-for 'script'"), "{policy}");
    assert!(
        !text.contains("http://")
            || text.matches("http://").count() == text.matches("http://www.w3.org/2000/svg").count()
    );
    assert!(!text.contains("https://"), "no address that could be asked");
}

#[test]
fn trend_is_drawn_in_numbers() {
    let mut report = report(vec![finding("ddb-table-pitr", resource(ACCOUNTS[0], REGIONS[0], "orders"), Status::Fail)]);
    report.trend = Some(Trend {
        since: "2026-10-01T08:00:00Z".into(),
        before: 9,
        now: 4,
        new: 1,
        not_in_baseline: 0,
        fixed: 4,
        gone: 1,
        unchanged: 3,
        waived: 1,
        not_looked_at: 1,
    });
    let shown = shown(&page(&report));
    for text in [
        "Before, 2026-10-01: 9 failed",
        "Now: 4 failed",
        "1 new",
        "4 fixed (1 with the resource gone)",
        "1 not looked at this time",
    ] {
        assert!(shown.contains(text), "{text}");
    }
}

#[test]
fn waivers_that_expired_or_end_soon_are_said() {
    let waived = |name: &str, expired, ends_soon| {
        let mut found = finding("ddb-table-pitr", resource(ACCOUNTS[0], REGIONS[0], name), Status::Waived);
        let (reason, owner, expires) = ("moving".to_owned(), "platform".to_owned(), "2026-12-01".to_owned());
        found.waiver = Some(Arc::new(Waiver { reason, owner, expires, expired, ends_soon }));
        found
    };
    let report = report(vec![waived("a", true, false), waived("b", false, true), waived("c", false, true)]);
    let shown = shown(&page(&report));
    assert!(
        shown.contains("1 finding has a waiver that has expired. 2 findings have a waiver that ends within 30 days."),
        "{shown}"
    );
}

#[test]
fn empty_report_is_a_page() {
    let shown = shown(&page(&Report::default()));
    assert!(shown.contains("There are no findings.") && shown.contains("no score"), "{shown}");
}

#[test]
fn long_report_says_what_a_script_is_needed_for() {
    let many = |count: usize, status| {
        (0..count)
            .map(move |at| finding("ddb-table-pitr", resource(ACCOUNTS[0], REGIONS[0], &format!("t{at}")), status))
    };
    let some = report(many(400, Status::Fail).chain(many(600, Status::Pass)).collect());
    assert!(!shown(&page(&some)).contains("needs a script"), "a thousand are shown in full");
    let more = report(many(400, Status::Fail).chain(many(800, Status::Pass)).collect());
    let shown = shown(&page(&more));
    assert!(shown.contains("the first 100 of 400 findings that did not pass, and 100 of 800"), "{shown}");
    assert!(shown.contains("underpin audit --format json"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn foreign_text_in_every_field_stays_text(texts in proptest::collection::vec(text(), 60)) {
        let mut texts = texts.into_iter().cycle();
        let (report, used) = filled(&mut || texts.next().expect("a text"));
        assert_harmless(&report, &used);
    }
}

/// The same for a hundred thousand texts; it takes a minute or two.
#[test]
#[ignore = "long; run by hand: docs/fuzzing.md"]
fn hundred_thousand_foreign_texts_stay_text() {
    let mut runner = TestRunner::default();
    let strategy = text();
    let mut cases = 0;
    while cases < 100_000 {
        let mut next = || strategy.new_tree(&mut runner).expect("a text").current();
        let (report, used) = filled(&mut next);
        assert_harmless(&report, &used);
        cases += used.len();
    }
    assert!(cases >= 100_000);
}
