//! The rules that come with underpin, on the cases beside them: each through all steps from the text of a stack to
//! verdicts.
//!
//! A case is a document of `policies/config/<rule>/cases.yaml`, which is a `stack.yaml` without its head. The comment
//! after its dashes has the expected outcome: `pass`, `not applicable`, `unknown`, or `fail:` with the resource and the property
//! that the finding points at.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::*;
use crate::base::{Address, Archives, Environment, Outputs, PropertyPath, Vault};
use crate::kind::Context;
use crate::kinds::{REGISTRY, vpc_endpoint};
use crate::plan::{Outcome, Verdict};
use crate::rules::Rule;
use crate::stack::{Document, Failure, config_rules, shipped_rules};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/config")
}

/// The cases of a rule: the expected outcome, and the text of the stack.
pub(super) fn cases(rule: &str) -> Vec<(String, String)> {
    let file = folder().join(rule).join("cases.yaml");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut cases: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if let Some(expected) = line.strip_prefix("--- # ") {
            cases.push((expected.to_owned(), String::new()));
        } else {
            let (_, stack) = cases.last_mut().unwrap_or_else(|| panic!("{rule}: a case begins with `--- # `"));
            stack.push_str(line);
            stack.push('\n');
        }
    }
    // What is live is judged by tests of its own: see `stack::config::live_cases_tests`.
    cases.retain(|(_, text)| !text.lines().any(|line| line.starts_with("live:") || line.starts_with("unread:")));
    cases
}

/// The expected outcomes of the cases of a rule about what is live.
fn live_outcomes(rule: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder().join(rule).join("cases.yaml")).expect("cases");
    let cases = text.split("--- # ").skip(1).filter_map(|case| case.split_once('\n'));
    let live =
        cases.filter(|(_, text)| text.lines().any(|line| line.starts_with("live:") || line.starts_with("unread:")));
    live.map(|(expected, _)| expected.trim().to_owned()).collect()
}

/// The places of the findings.
type Places = BTreeSet<(String, PropertyPath)>;

/// The verdicts on a stack, and the places that they point at.
fn judged(file: &Path, text: &str) -> Result<(Vec<Verdict>, Places), Failure> {
    let places = RefCell::new(BTreeSet::new());
    let locate = |address: &Address, path: &PropertyPath| {
        places.borrow_mut().insert((address.to_string(), path.clone()));
        None
    };
    let verdicts = with_terms(file, text, &locate, config)?;
    Ok((verdicts, places.into_inner()))
}

/// Calls a function with a stack's resources and the terms of their judgement.
pub(super) fn with_terms<T>(
    file: &Path,
    text: &str,
    locate: super::super::Locate<'_>,
    then: impl FnOnce(&[Subject<'_>], &ConfigTerms<'_>) -> T,
) -> Result<T, Failure> {
    let document = Document::parse(file.to_owned(), text.to_owned(), &crate::kinds::REGISTRY)?;
    let (vault, archives) = (Vault::new([1; 32]), Archives::default());
    let env = Environment::new("123456789012", "eu-central-1");
    let stack = document.load(None, &|_| env.clone(), &REGISTRY, &vault, &archives, &|_| None)?;
    let rules = config_rules(file, &stack.settings, &REGISTRY)?;
    let facts = vpc_endpoint::testing::facts();
    let normal = |one: &crate::stack::Declared| {
        let cx = Context { name: &one.name, env: &env, facts: Some(&facts) };
        let kind = REGISTRY.kind(one.address.section()).expect("a section");
        let problems = kind.check(&one.body, &cx);
        assert!(problems.is_empty(), "{problems:?}\n{text}");
        kind.normalize(&one.body, &cx).expect("it can be resolved")
    };
    let bodies: Vec<_> = stack.resources.iter().map(normal).collect();
    let outputs = Outputs::new();
    let resources: Vec<Subject<'_>> = stack
        .resources
        .iter()
        .zip(&bodies)
        .map(|(one, wanted)| Subject { address: &one.address, name: &one.name, wanted, outputs: &outputs, live: None })
        .collect();
    let terms = ConfigTerms {
        registry: &REGISTRY,
        env: &env,
        facts: Some(&facts),
        rules: &rules,
        exceptions: &stack.settings.guardrails.exceptions,
        declared: &super::testing::declared(&stack),
        today: Date::constant(2026, 1, 1),
        locate,
        has: &|_| true,
    };
    Ok(then(&resources, &terms))
}

/// The text of a case as a whole stack, judged by its rule alone.
pub(super) fn whole(rule: &str, stack: &str) -> String {
    let head = "stack: cases\nregion: eu-central-1\n";
    let asks = format!("guardrails: {{config_rules: [{{rule: {rule}, enforcement: deny}}]}}\n");
    let own = if stack.contains("guardrails:") { "" } else { &asks };
    format!("{head}{stack}{own}")
}

fn wrong(rule: &str, expected: &str, stack: &str, file: &Path) -> Option<String> {
    let (verdicts, places) = match judged(file, &whole(rule, stack)) {
        Ok(judged) => judged,
        Err(failure) => return Some(format!("{rule} ({expected}): {failure}")),
    };
    let findings: Vec<&Verdict> = verdicts.iter().filter(|one| one.rule == rule).collect();
    let summary = verdicts.iter().find(|one| one.rule == "summary").map_or("", |one| one.message.as_str());
    let right = match expected.strip_prefix("fail: ") {
        Some(place) => {
            let (address, property) = place.split_once(' ').expect("an address and a property");
            let place = (address.to_owned(), property.parse().expect("a property"));
            let fails =
                findings.iter().all(|one| one.outcome == Outcome::Fail && !one.message.contains("is not the case:"));
            !findings.is_empty() && fails && places.contains(&place)
        }
        None if expected == "unknown" => {
            !findings.is_empty() && findings.iter().all(|one| one.outcome == Outcome::Unknown)
        }
        None if expected == "pass" => findings.is_empty() && summary.contains("pass"),
        None => expected == "not applicable" && findings.is_empty() && summary.contains("not applicable"),
    };
    let said = || findings.iter().map(|one| format!("{:?}: {}", one.outcome, one.message)).collect::<Vec<_>>();
    (!right).then(|| format!("{rule} ({expected}): {:?}; {summary}; places {places:?}\n{stack}", said()))
}

pub(super) fn world() -> (tempfile::TempDir, PathBuf) {
    let world = tempfile::tempdir().expect("a folder can be made");
    std::fs::create_dir(world.path().join("code")).expect("folders can be made");
    std::fs::write(world.path().join("code/f.py"), "").expect("a file can be written");
    let file = world.path().join("stack.yaml");
    (world, file)
}

#[test]
fn every_shipped_rule_gives_the_expected_verdict_for_its_cases() {
    let (_world, file) = world();
    let mut problems = Vec::new();
    for rule in shipped_rules() {
        let cases = cases(&rule.name);
        let live = live_outcomes(&rule.name);
        let mut expected = cases.iter().map(|(expected, _)| expected).chain(&live);
        for outcome in ["pass", "fail", "unknown"] {
            if outcome != "unknown" && !expected.clone().any(|expected| expected.starts_with(outcome)) {
                problems.push(format!("{} has no case that is to {outcome}", rule.name));
            }
        }
        if rule.rust.is_none() && rule.applies_when.is_some() != expected.any(|expected| expected == "not applicable") {
            problems
                .push(format!("{}: a case is not applicable where, and only where, a rule has a condition", rule.name));
        }
        problems.extend(cases.iter().filter_map(|(expected, stack)| wrong(&rule.name, expected, stack, &file)));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

#[test]
fn every_folder_is_a_shipped_rule_with_text_entry_and_cases() {
    let files = |folder: &Path| -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<_> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    let folders: Vec<String> = files(&folder()).into_iter().filter(|name| folder().join(name).is_dir()).collect();
    for name in &folders {
        let found = files(&folder().join(name));
        let forms = [["cases.yaml", "entry.yaml", "rule.guard"], ["cases.yaml", "entry.yaml", "rule.rs"]];
        assert!(forms.iter().any(|form| found == *form), "policies/config/{name}: see docs/adding-a-check.md");
    }
    let shipped: Vec<String> = shipped_rules().into_iter().map(|rule| rule.name).collect();
    let unread: Vec<&String> = folders.iter().filter(|name| !shipped.contains(name)).collect();
    assert!(unread.is_empty(), "not read, see `every_shipped_rule_is_read_without_a_mistake`: {unread:?}");
    assert_eq!(shipped.len(), folders.len(), "a rule is the folder of its name");
    assert!(shipped.len() >= 30, "{}", shipped.len());
}

/// The shipped rules as they were before each had a folder: a catalogue, and the texts beside it.
fn catalogue_of_shipped(into: &Path) {
    std::fs::create_dir_all(into).expect("folders can be made");
    let mut catalogue = "rules:\n".to_owned();
    for rule in shipped_rules().into_iter().filter(|rule| rule.rust.is_none()) {
        let entry = std::fs::read_to_string(folder().join(&rule.name).join("entry.yaml")).expect("an entry");
        let lines = entry.lines().filter(|line| !line.starts_with("order:"));
        catalogue.extend(["  ", &rule.name, ":\n"]);
        lines.for_each(|line| catalogue.extend(["    ", line, "\n"]));
        std::fs::write(into.join(format!("{}.guard", rule.name)), &rule.text.text).expect("a file can be written");
    }
    std::fs::write(into.join("catalogue.yaml"), catalogue).expect("a file can be written");
}

/// The rules that a stack of this folder names.
fn named(folder: &Path, items: &str) -> Vec<Rule> {
    let file = folder.join("stack.yaml");
    let text = format!("stack: s\nregion: eu-central-1\nguardrails: {{config_rules: [{items}]}}\n");
    let document = Document::parse(file.clone(), text, &REGISTRY).unwrap_or_else(|failure| panic!("{failure}"));
    let settings = document.settings(None, &REGISTRY, &|_| None).unwrap_or_else(|failure| panic!("{failure}"));
    config_rules(&file, &settings, &REGISTRY).unwrap_or_else(|failure| panic!("{failure}")).rules
}

#[test]
fn paths_of_before_each_shipped_rule_had_a_folder_load_the_same_rules() {
    let (now, before) = (Path::new(env!("CARGO_MANIFEST_DIR")), tempfile::tempdir().expect("a folder can be made"));
    catalogue_of_shipped(&before.path().join("policies/config"));
    let told = |rules: &[Rule]| rules.iter().map(|rule| format!("{rule:#?}")).collect::<Vec<_>>();
    let guard: Vec<Rule> = shipped_rules().into_iter().filter(|rule| rule.rust.is_none()).collect();
    let shipped = told(&guard);
    let mut of_folder = named(now, "policies/config");
    of_folder.retain(|rule| rule.rust.is_none());
    assert_eq!(told(&of_folder), shipped);
    assert_eq!(told(&named(before.path(), "policies/config")), shipped);
    for rule in guard {
        let path = format!("policies/config/{}.guard", rule.name);
        let moved = format!("policies/config/{}/rule.guard", rule.name);
        let was = told(&named(before.path(), &path)).into_iter();
        let was: Vec<_> =
            was.map(|rule| rule.replace(&path, &moved).replace(&before.path().display().to_string(), "")).collect();
        let is = told(&named(now, &path)).into_iter();
        let is: Vec<_> = is.map(|rule| rule.replace(&now.display().to_string(), "")).collect();
        assert_eq!(is, was, "{path}");
        assert_eq!(told(&named(now, &format!("policies/config/{}", rule.name))), told(&[rule]));
    }
}

#[test]
fn runtimes_of_shipped_rules_match_supported_lambda_runtimes() {
    let known = serde_json::json!(crate::kinds::function::runtime::supported());
    let lists: Vec<_> =
        shipped_rules().into_iter().filter_map(|mut rule| rule.parameters.remove("runtime")?.value).collect();
    // The rule on supported runtimes reads the days themselves, unless it is given a list.
    assert_eq!(lists, [serde_json::json!([]), known]);
}
