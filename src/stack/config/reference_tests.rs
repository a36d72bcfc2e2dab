//! The documentation of the shipped rules: each has a section of its name.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::shipped_rules;
use crate::rules::{Enforcement, Input, Rule};

const DOCUMENT: &str = "docs/rules.md";
const HEAD: &str = "# The rules that come with underpin

The rules of [`policies/config`](../policies/config), by name; `just snapshots` writes this page from them.
[config-rules.md](config-rules.md) explains how a stack uses rules, and [adding-a-rule.md](adding-a-rule.md) how one is added.
";

/// The comment at the top of a rule's text: the reason for the rule.
fn reason(rule: &Rule) -> String {
    let lines = rule.text.text.lines().map_while(|line| line.strip_prefix('#'));
    lines.map(str::trim).collect::<Vec<_>>().join("\n")
}

fn code(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn section(rule: &Rule) -> String {
    let input = match rule.input {
        Input::ConfigurationItem => "configuration item",
        Input::Template => "template",
    };
    let enforcement = match rule.enforcement {
        Enforcement::Deny => "`deny`",
        Enforcement::Warn => "`warn`",
        Enforcement::Off => "`off`: name the rule to turn it on",
    };
    let mut text = format!("\n## {}\n\n{}.\n\n{}\n\n", rule.name, rule.title, reason(rule));
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "- **{label}**: {value}");
    };
    line("Resources", &code(&rule.resource_types));
    line("Reads", &format!("the {input}"));
    if let Some(condition) = &rule.applies_when {
        line("Applies when", condition);
    }
    line("Severity", &format!("{:?}", rule.severity).to_lowercase());
    line("Enforcement", enforcement);
    if !rule.config_rule.is_empty() {
        line("AWS Config", &code(&rule.config_rule));
    }
    if !rule.security_hub.is_empty() {
        line("Security Hub", &rule.security_hub.join(", "));
    }
    for (name, one) in &rule.parameters {
        let kind = format!("{:?}", one.kind).to_lowercase();
        let default = one.value.as_ref().map(|value| format!(", default `{value}`")).unwrap_or_default();
        let description = one.description.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
        line("Parameter", &format!("`{name}` ({kind}{default}){description}"));
    }
    if let Some(remediation) = &rule.remediation {
        line("Fix", remediation);
    }
    line("Files", &format!("[`policies/config/{0}`](../policies/config/{0})", rule.name));
    text
}

#[test]
fn the_documentation_has_a_section_for_each_shipped_rule() {
    let mut rules = shipped_rules();
    rules.sort_by(|one, other| one.name.cmp(&other.name));
    let wanted: String = std::iter::once(HEAD.to_owned()).chain(rules.iter().map(section)).collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT);
    let text = fs::read_to_string(&file).unwrap_or_default();
    if text != wanted && std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(&file, wanted).expect("the document can be written");
    } else {
        let differs = wanted.lines().zip(text.lines().chain([""])).find(|(wanted, found)| wanted != found);
        assert!(text == wanted, "{DOCUMENT} is stale: `just snapshots` writes it; the first difference: {differs:?}");
    }
}
