//! The documentation of the shipped rules: each has a section of its name.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::shipped_rules;
use crate::rules::{Enforcement, Input, Rule};

const DOCUMENT: &str = "docs/rules.md";
const HEAD: &str = "# The catalogue: the rules and checks that come with underpin

The rules of [`policies/config`](../policies/config), by name; `just snapshots` writes this page from them. Plans and
`validate` judge by them what will be there, and `underpin audit` what is live. [config-rules.md](config-rules.md) explains
how a stack uses rules, [audit.md](audit.md) how they are used on an account, [standards.md](standards.md) which requirements
of CIS, Security Hub, Prowler and Checkov they answer, and [adding-a-check.md](adding-a-check.md) how one is added.
";

const STANDARDS: &str = "docs/standards.md";
const STANDARDS_HEAD: &str = "# Standards

What the checks of underpin are called elsewhere; `just snapshots` writes this page from [the catalogue](rules.md). The same
name does not always mean the same verdict: [audit-peers.md](audit-peers.md) compares them on a real account.
";

/// The comment at the top of a rule's text: the reason for the rule.
fn reason(rule: &Rule) -> String {
    let (mark, text) = if rule.rust.is_none() {
        ("#", rule.text.text.clone())
    } else {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/config").join(&rule.name).join("rule.rs");
        ("//!", fs::read_to_string(file).expect("a rule in Rust has its file"))
    };
    let lines = text.lines().map_while(|line| line.strip_prefix(mark));
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
    let seen = if rule.only_live { "what is live" } else { "what is planned, and what is live" };
    let read = if rule.rust.is_some() { "written in Rust".to_owned() } else { format!("reads the {input}") };
    line("Judges", &format!("{seen}; {read}"));
    if let Some(condition) = &rule.applies_when {
        line("Applies when", condition);
    }
    let explained = &rule.explanation;
    let severity = format!("{:?}", rule.severity).to_lowercase();
    let why =
        if explained.severity_reason.is_empty() { String::new() } else { format!(": {}", explained.severity_reason) };
    line("Severity", &format!("{severity}{why}"));
    if !rule.only_live {
        line("Enforcement", enforcement);
    }
    if !explained.risk.is_empty() {
        line("Risk", &explained.risk);
    }
    if !rule.config_rule.is_empty() {
        line("AWS Config", &code(&rule.config_rule));
    }
    if !rule.security_hub.is_empty() {
        line("Security Hub", &rule.security_hub.join(", "));
    }
    for (label, ids) in [("Prowler", &explained.prowler), ("Checkov", &explained.checkov)] {
        if !ids.is_empty() {
            line(label, &code(ids));
        }
    }
    for (version, requirements) in &explained.cis {
        line(&format!("CIS {version}"), &requirements.join(", "));
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
    if !explained.also_touches.is_empty() {
        line("Also touches", &explained.also_touches);
    }
    line("Files", &format!("[`policies/config/{0}`](../policies/config/{0})", rule.name));
    for (language, templates) in [("yaml", &explained.yaml), ("sh", &explained.cli)] {
        for (conditions, lines) in templates.all() {
            let case = if conditions.is_empty() { String::new() } else { format!("\n{}:\n", code(conditions)) };
            let _ = write!(text, "{case}\n```{language}\n{}\n```\n", lines.trim_end());
        }
    }
    text
}

/// The rules by the requirements of one standard, as a table.
fn standard(title: &str, rules: &[Rule], of: &dyn Fn(&Rule) -> Vec<String>) -> String {
    let mut by_id: std::collections::BTreeMap<String, Vec<&str>> = std::collections::BTreeMap::new();
    for rule in rules {
        for id in of(rule) {
            by_id.entry(id).or_default().push(&rule.name);
        }
    }
    let mut text = format!(
        "\n## {title}\n\n{} of its requirements have a check.\n\n| requirement | checks |\n|---|---|\n",
        by_id.len()
    );
    for (id, names) in by_id {
        let links: Vec<String> = names.iter().map(|name| format!("[`{name}`](rules.md#{name})")).collect();
        let _ = writeln!(text, "| `{id}` | {} |", links.join(", "));
    }
    text
}

fn compare(document: &str, wanted: String) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let text = fs::read_to_string(&file).unwrap_or_default();
    if text != wanted && std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        fs::write(&file, wanted).expect("the document can be written");
    } else {
        let differs = wanted.lines().zip(text.lines().chain([""])).find(|(wanted, found)| wanted != found);
        assert!(text == wanted, "{document} is stale: `just snapshots` writes it; the first difference: {differs:?}");
    }
}

#[test]
fn the_documentation_has_each_standard_with_its_checks() {
    let rules = shipped_rules();
    let cis = |version: &'static str| {
        move |rule: &Rule| {
            let ids = rule.explanation.cis.get(version).cloned().unwrap_or_default();
            // Ordered as numbers: 1.9 before 1.10.
            ids.into_iter().collect::<Vec<_>>()
        }
    };
    let fsbp = |rule: &Rule| if rule.explanation.fsbp { rule.security_hub.clone() } else { Vec::new() };
    let wanted = [
        STANDARDS_HEAD.to_owned(),
        standard("CIS AWS Foundations Benchmark 5.0", &rules, &cis("5.0")),
        standard("CIS AWS Foundations Benchmark 3.0", &rules, &cis("3.0")),
        standard("CIS AWS Foundations Benchmark 1.5", &rules, &cis("1.5")),
        standard("AWS Foundational Security Best Practices (Security Hub)", &rules, &fsbp),
        standard("AWS Config's managed rules", &rules, &|rule| rule.config_rule.clone()),
        standard("Prowler", &rules, &|rule| rule.explanation.prowler.clone()),
        standard("Checkov", &rules, &|rule| rule.explanation.checkov.clone()),
    ];
    compare(STANDARDS, wanted.concat());
}

#[test]
fn the_documentation_has_a_section_for_each_shipped_rule() {
    let mut rules = shipped_rules();
    rules.sort_by(|one, other| one.name.cmp(&other.name));
    compare(DOCUMENT, std::iter::once(HEAD.to_owned()).chain(rules.iter().map(section)).collect());
}
