//! The remedies of the checks that come with underpin, for what fails in their live cases.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::civil::Date;

use super::template::words;
use super::*;
use crate::audit::{Audit, Live, Resource, Status, checks, findings};
use crate::kinds::REGISTRY;
use crate::rules::{Enforcement, Rule, Subject};
use crate::stack::live_cases::{cases, subjects};
use crate::stack::shipped_rules;

fn live(subject: Subject) -> Live {
    let body = subject.now.items.first().map(|item| item.body.clone()).unwrap_or_default();
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    let resource = Resource {
        type_name: subject.type_name.to_owned(),
        id: text("resourceId"),
        arn: text("ARN"),
        region: text("awsRegion"),
        account: text("awsAccountId"),
        tags: BTreeMap::new(),
        owner: None,
    };
    Live { resource, items: subject.now.items, template: subject.now.template, evidence: Vec::new() }
}

/// The remedies for what fails in the live cases of a rule, each once.
fn remedies(rule: &Rule) -> BTreeSet<(String, String, String)> {
    let rule = Rule { enforcement: Enforcement::Warn, ..rule.clone() };
    let rules = [rule];
    let types: Vec<&str> = REGISTRY.kinds().map(crate::kind::PureKind::type_name).collect();
    let all = checks(&rules);
    let audit = Audit { rules: &rules, types: &types, stack: None, today: Date::constant(2026, 11, 30) };
    let of_case = |(_, text): &(String, String)| {
        let live = subjects(text).into_iter().map(live).collect();
        let failed = findings(live, &[], &audit).into_iter().filter(|finding| finding.status == Status::Fail);
        failed
            .map(|finding| {
                let remedy = remedy(&all[&finding.check], &finding);
                (finding.resource.type_name.clone(), remedy.cli, remedy.yaml)
            })
            .collect::<Vec<_>>()
    };
    cases(&rules[0].name).iter().filter(|(expected, _)| expected.starts_with("fail")).flat_map(of_case).collect()
}

#[test]
fn remedies_of_failing_cases_name_what_failed() {
    let mut text = String::new();
    for rule in shipped_rules() {
        for (type_name, cli, yaml) in remedies(&rule) {
            let _ =
                writeln!(text, "## {} {type_name}\n{}", rule.name, [cli.trim_end(), yaml.trim_end()].join("\n").trim());
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn every_word_of_a_remedy_is_explained_and_every_explained_word_is_one_of_a_remedy() {
    let rules = shipped_rules();
    let texts = rules.iter().flat_map(|rule| {
        let explained = &rule.explanation;
        explained.yaml.all().chain(explained.cli.all()).map(|(_, text)| text)
    });
    let conditions = rules.iter().flat_map(|rule| rule.explanation.cli.all().chain(rule.explanation.yaml.all()));
    let mut used: BTreeSet<&str> = texts.flat_map(words).collect();
    let in_conditions = conditions.flat_map(|(all, _)| all).filter_map(|one| one.strip_prefix('<')?.strip_suffix('>'));
    used.extend(in_conditions);
    let known: BTreeSet<&str> = PLACEHOLDERS.iter().map(|(word, _)| *word).collect();
    let unexplained: Vec<_> = used.difference(&known).collect();
    let unused: Vec<_> = known.difference(&used).collect();
    assert!(unexplained.is_empty() && unused.is_empty(), "not explained: {unexplained:?}; in no remedy: {unused:?}");
    assert!(PLACEHOLDERS.is_sorted(), "they are in order");
    // A comment is no place for quotes, and for words that every resource has a value for.
    for (word, value) in PLACEHOLDERS {
        assert!(parts(value).iter().all(|part| matches!(part, Part::Text(_))) && !value.contains('\''), "{word}");
    }
}
