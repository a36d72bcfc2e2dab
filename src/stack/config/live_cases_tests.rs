//! The rules that come with underpin, on documents of what is live: the cases of `policies/config/<rule>/cases.yaml` that
//! begin with `live:`.
//!
//! Each resource is the document that the audit reads. A text `unreadable: <action>` stands for what could not be read.

use std::path::Path;

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::{shipped_rules, yaml_values};
use crate::kind::{Rendering, unread};
use crate::kinds::REGISTRY;
use crate::rules::{Among, Before, Enforcement, Looks, Rendered, Rule, RuleOutcome, Subject, Terms, Texts, judge};

const UNREADABLE: &str = "unreadable: ";

/// The cases of a rule that are about what is live: the expected outcome, and the text.
pub(crate) fn cases(rule: &str) -> Vec<(String, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/config").join(rule).join("cases.yaml");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let each = text.split("--- # ").skip(1).filter_map(|case| case.split_once('\n'));
    let live =
        each.filter(|(_, body)| body.lines().any(|line| line.starts_with("live:") || line.starts_with("unread:")));
    live.map(|(expected, body)| (expected.trim().to_owned(), body.to_owned())).collect()
}

fn yaml(text: &str) -> Value {
    yaml_values(text).unwrap_or_else(|| panic!("no YAML:\n{text}"))
}

/// The types as the documents have them: their names live as long as the program.
fn name(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// Puts placeholders in place of what could not be read.
fn placed(value: &mut Value, at: &str, item: &mut Rendering) {
    match value {
        Value::String(text) if text.starts_with(UNREADABLE) => {
            let (placeholder, explanation) = unread(text.trim_start_matches(UNREADABLE));
            *text = placeholder.clone();
            item.unknown.insert(placeholder, explanation);
        }
        Value::Array(items) => {
            items.iter_mut().enumerate().for_each(|(n, one)| placed(one, &format!("{at}/{n}"), item));
        }
        Value::Object(map) => map.iter_mut().for_each(|(key, one)| placed(one, &format!("{at}/{key}"), item)),
        _ => {}
    }
}

fn subject(given: &Value) -> Subject {
    let text = |key: &str, default: &str| given.get(key).and_then(Value::as_str).unwrap_or(default).to_owned();
    let (type_name, id) = (name(&text("type", "")), text("id", "x"));
    let mut item = Rendering::new(type_name);
    let (region, account) = (text("region", "eu-central-1"), text("account", "123456789012"));
    let arn = text("arn", &format!("arn:aws:test:{region}:{account}:{id}"));
    let object = |key: &str| given.get(key).cloned().unwrap_or_else(|| json!({}));
    let mut body = json!({
        "version": "1.3", "configurationItemStatus": "OK", "resourceType": type_name, "resourceId": id, "resourceName": id,
        "ARN": arn, "awsAccountId": account, "awsRegion": region, "configuration": object("configuration"),
        "supplementaryConfiguration": object("supplementaryConfiguration"), "tags": object("tags"),
    });
    placed(&mut body, "", &mut item);
    item.body = body;
    let mut template = Vec::new();
    if let Some(properties) = given.get("template") {
        let mut resource = Rendering::new(type_name);
        let mut properties = properties.clone();
        placed(&mut properties, "", &mut resource);
        resource.body = properties;
        template.push(resource);
    }
    let now = Rendered { items: vec![item], template, error: None };
    Subject { name: format!("{type_name}/{id}"), type_name, now, before: Before::Same, kept: None }
}

/// The resources of a case.
pub(crate) fn subjects(text: &str) -> Vec<Subject> {
    yaml(text).get("live").and_then(Value::as_array).into_iter().flatten().map(subject).collect()
}

fn outcomes(rule: &Rule, text: &str) -> Vec<(String, RuleOutcome)> {
    let case = yaml(text);
    let subjects = subjects(text);
    let unread: Vec<(String, String)> = case
        .get("unread")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|one| (one.as_str().unwrap_or_default().to_owned(), "not all of them could be read".to_owned()))
        .collect();
    let today = case
        .get("today")
        .and_then(Value::as_str)
        .map_or(Date::constant(2026, 11, 30), |day| day.parse().expect("a day"));
    let types: Vec<&str> = REGISTRY.kinds().map(crate::kind::PureKind::type_name).collect();
    let mut rule = Rule { enforcement: Enforcement::Warn, ..rule.clone() };
    for (name, value) in case.get("parameters").and_then(Value::as_object).unwrap_or(&Map::new()) {
        rule.parameters.get_mut(name).unwrap_or_else(|| panic!("{}: no parameter {name}", rule.name)).value =
            Some(value.clone());
    }
    let rules = [rule];
    let terms =
        Terms { rules: &rules, types: &types, live: true, unread: &unread, today, among: Among::All, known: None };
    let said = |subjects: &[Subject], terms| -> Vec<(String, RuleOutcome)> {
        let name = |index: usize| subjects[index].name.clone();
        let found = judge(subjects, terms).into_iter();
        found.map(|one| (one.resource.map_or_else(String::new, name), one.outcome)).collect()
    };
    let found = said(&subjects, terms);
    // One after the other, as an audit gives them, with no more of each kept than the entry names.
    let mut apart = Vec::new();
    let (looks, mut kept, mut texts) =
        (Looks::of(rules.iter().filter(|one| Among::Together.has(one, &types))), Vec::new(), Texts::new());
    for one in subjects {
        let alone = [one];
        apart.extend(said(&alone, Terms { among: Among::Alone, ..terms }));
        kept.extend(alone.into_iter().filter_map(|one| looks.keep(one, &mut texts)));
    }
    apart.extend(said(&kept, Terms { among: Among::Together, ..terms }));
    assert_eq!(apart, found, "{}: judged one by one, with what `looks_at` names of the others:\n{text}", rules[0].name);
    found
}

/// The reason why a case does not end as expected.
fn wrong(rule: &Rule, expected: &str, text: &str) -> Option<String> {
    let found = outcomes(rule, text);
    let any = |is: &dyn Fn(&RuleOutcome) -> bool| found.iter().any(|(_, outcome)| is(outcome));
    let fails = any(&|outcome| matches!(outcome, RuleOutcome::Fail(_)));
    let unknown = any(&|outcome| matches!(outcome, RuleOutcome::Unknown(_) | RuleOutcome::Skipped));
    let passes = any(&|outcome| matches!(outcome, RuleOutcome::Pass));
    let mut words = expected.split_whitespace();
    let right = match words.next() {
        Some("pass") => passes && !fails && !unknown,
        Some("fail:") => {
            let (resource, pointer) = (words.next().unwrap_or_default(), words.next());
            found.iter().any(|(name, outcome)| {
                let RuleOutcome::Fail(findings) = outcome else { return false };
                let at = |pointer: &str| findings.iter().any(|finding| finding.pointer == pointer);
                let said = findings.iter().all(|finding| finding.message.is_some()) || rule.text.message.is_some();
                name == resource && pointer.is_none_or(at) && said
            })
        }
        Some("unknown" | "unknown:") => {
            let why = words.next();
            let named = |outcome: &RuleOutcome| match (outcome, why) {
                (RuleOutcome::Unknown(reason), Some(why)) => reason.contains(why),
                (outcome, None) => matches!(outcome, RuleOutcome::Unknown(_)),
                _ => false,
            };
            !fails && any(&named)
        }
        Some("not") => !passes && !fails && !unknown,
        _ => false,
    };
    (!right).then(|| format!("{} ({expected}): {found:?}\n{text}", rule.name))
}

#[test]
fn every_shipped_rule_gives_the_expected_answer_about_live_documents() {
    let only = std::env::var("UNDERPIN_RULE").ok();
    let mut problems = Vec::new();
    for rule in
        shipped_rules().iter().filter(|rule| only.as_ref().is_none_or(|only| rule.name.starts_with(only.as_str())))
    {
        problems.extend(cases(&rule.name).iter().filter_map(|(expected, text)| wrong(rule, expected, text)));
    }
    assert!(problems.is_empty(), "{} cases\n{}", problems.len(), problems.join("\n\n"));
}

#[test]
fn every_type_that_no_stack_has_is_judged_only_live() {
    let types: Vec<&str> = REGISTRY.kinds().map(crate::kind::PureKind::type_name).collect();
    let parts = [
        "AWS::Logs::LogGroup",
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::IAM::Policy",
        "AWS::Lambda::Permission",
    ];
    let rules = shipped_rules();
    let planned = |rule: &&Rule| !rule.only_live;
    let wrong: Vec<&str> = rules
        .iter()
        .filter(planned)
        .filter(|rule| {
            !rule.resource_types.iter().any(|one| types.contains(&one.as_str()) || parts.contains(&one.as_str()))
        })
        .map(|rule| rule.name.as_str())
        .collect();
    assert!(wrong.is_empty(), "write `only_live: true`: {wrong:?}");
}

#[test]
fn every_shipped_rule_that_looks_at_other_resources_says_at_which_of_their_members() {
    let types: Vec<&str> = REGISTRY.kinds().map(crate::kind::PureKind::type_name).collect();
    let rules = shipped_rules();
    let around: Vec<&Rule> = rules.iter().filter(|rule| Among::Together.has(rule, &types)).collect();
    let silent: Vec<&str> =
        around.iter().filter(|rule| rule.looks_at.is_none()).map(|rule| rule.name.as_str()).collect();
    assert!(silent.is_empty(), "write `looks_at:` into `entry.yaml`: {silent:?}");
    let alone = rules.iter().filter(|rule| rule.looks_at.is_some() && !Among::Together.has(rule, &types));
    assert_eq!(alone.map(|rule| &rule.name).collect::<Vec<_>>(), Vec::<&String>::new(), "they look at nothing else");
    assert!(around.len() > 20 && around.len() < rules.len() / 2, "{}", around.len());
}
