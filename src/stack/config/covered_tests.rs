//! Tests of the shipped rules as a whole: their catalogue has no mistake, and the documentation lists their coverage.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::embedded::SHIPPED;
use super::{shipped, shipped_rules};
use crate::rules::{GuardText, Rule};
use crate::stack::diagnostics::Reports;

const DOCUMENT: &str = "docs/config-rules.md";
const BEGIN: &str = "<!-- covered -->\n";
const END: &str = "<!-- /covered -->";

/// The table of identifiers, by name.
fn covered(rules: &[Rule]) -> String {
    let mut by_identifier: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in rules {
        for identifier in &rule.config_rule {
            by_identifier.entry(identifier).or_default().push(rule);
        }
    }
    let mut table = "| managed rule | rule | by default | Security Hub |\n|---|---|---|---|\n".to_owned();
    for (identifier, rules) in by_identifier {
        let each = |of: &dyn Fn(&Rule) -> String| {
            let all: Vec<String> = rules.iter().map(|rule| of(rule)).filter(|text| !text.is_empty()).collect();
            all.join(", ")
        };
        let row = [
            format!("`{identifier}`"),
            each(&|rule| format!("[`{0}`](rules.md#{0})", rule.name)),
            each(&|rule| format!("{:?}", rule.enforcement).to_lowercase()),
            each(&|rule| rule.security_hub.join(", ")),
        ];
        let _ = writeln!(table, "| {} |", row.join(" | "));
    }
    table
}

#[test]
fn the_documentation_lists_the_identifiers_that_are_covered() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT);
    let text = fs::read_to_string(&file).expect("the document is there");
    let (before, rest) = text.split_once(BEGIN).expect("the list begins");
    let (told, after) = rest.split_once(END).expect("the list ends");
    let wanted = covered(&shipped_rules());
    if told != wanted && std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(&file, format!("{before}{BEGIN}{wanted}{END}{after}")).expect("the document can be written");
    } else {
        assert!(told == wanted, "{DOCUMENT} is stale: `just snapshots` writes it:\n{wanted}");
    }
}

#[test]
fn every_shipped_rule_is_read_without_a_mistake() {
    let reports = Reports::default();
    let rules = shipped::read(&reports);
    let failure = reports.failure();
    assert!(failure.diagnostics.is_empty(), "{failure}");
    assert_eq!(rules.len(), SHIPPED.len());
}

#[test]
fn shipped_rules_parse_alike_in_engine_and_loader() {
    for rule in shipped_rules().iter().filter(|rule| rule.rust.is_none()) {
        let text = &rule.text;
        let file = format!("policies/config/{}/rule.guard", rule.name);
        match GuardText::new(&text.name, &text.text) {
            Ok(read) => assert!(read == **text, "{file} is read in another way"),
            Err(error) => panic!("{file}:{}:{}: {error}", error.line, error.column),
        }
        assert_eq!(text.differences(), [], "{file}");
    }
}
