//! The rules that come with underpin, on the cases beside them: each through all steps from the text of a stack to
//! verdicts.
//!
//! A case is a document of `policies/config/cases/<rule>.yaml`, which is a `stack.yaml` without its head. The comment
//! after its dashes has the expected outcome: `pass`, `not applicable`, or `fail:` with the resource and the property
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
use crate::stack::{Document, Failure, config_rules, shipped_rules};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/config")
}

/// The cases of a rule: the expected outcome, and the text of the stack.
pub(super) fn cases(rule: &str) -> Vec<(String, String)> {
    let file = folder().join("cases").join(format!("{rule}.yaml"));
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
    cases
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
        rules: &rules,
        exceptions: &stack.settings.guardrails.exceptions,
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
            let fails = findings.iter().all(|one| one.outcome == Outcome::Fail && !one.message.contains("is not so:"));
            !findings.is_empty() && fails && places.contains(&place)
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
fn every_shipped_rule_says_of_its_cases_what_it_should() {
    let (_world, file) = world();
    let mut problems = Vec::new();
    for rule in shipped_rules() {
        let cases = cases(&rule.name);
        for outcome in ["pass", "fail"] {
            if !cases.iter().any(|(expected, _)| expected.starts_with(outcome)) {
                problems.push(format!("{} has no case that is to {outcome}", rule.name));
            }
        }
        if rule.applies_when.is_some() != cases.iter().any(|(expected, _)| expected == "not applicable") {
            problems
                .push(format!("{}: a case is not applicable where, and only where, a rule has a condition", rule.name));
        }
        problems.extend(cases.iter().filter_map(|(expected, stack)| wrong(&rule.name, expected, stack, &file)));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

#[test]
fn every_file_is_a_shipped_rule() {
    let names = |folder: PathBuf, ending: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        let of = entries.filter(|path| path.extension().is_some_and(|one| one == ending));
        of.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
    };
    let shipped: BTreeSet<String> = shipped_rules().into_iter().map(|rule| rule.name).collect();
    assert_eq!(shipped, names(folder(), "guard"));
    assert_eq!(shipped, names(folder().join("cases"), "yaml"));
    assert!(shipped.len() >= 30, "{}", shipped.len());
}

#[test]
fn the_runtimes_that_are_supported_are_those_that_the_kind_knows() {
    let known = serde_json::json!(crate::kinds::function::runtime::SUPPORTED);
    let lists: Vec<_> =
        shipped_rules().into_iter().filter_map(|mut rule| rule.parameters.remove("runtime")?.value).collect();
    assert_eq!(lists, [known.clone(), known]);
}
