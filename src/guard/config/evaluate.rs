//! Every rule on every resource of its types, on as many threads as there are processors: a stack of a thousand
//! resources is judged in the time that a person takes for an instant.

use std::collections::BTreeMap;
use std::thread;

use super::subject::{self, Template, Written};
use super::{ConfigTerms, Judged};
use crate::base::PropertyPath;
use crate::kind::Rendering;
use crate::rules::{Enforcement, Input, Rule, RuleOutcome, judge_item, judge_template};

/// Below this many evaluations a thread costs more than it saves.
const FEW: usize = 64;

/// What one rule says of one resource.
#[derive(Debug, Clone)]
pub(super) struct Said {
    /// The rule, by its place in the set.
    pub(super) rule: usize,
    /// The resource, by its place in the list; `None` for the stack as a whole.
    pub(super) resource: Option<usize>,
    /// What.
    pub(super) outcome: RuleOutcome,
    /// The property that the first finding is about, where that is known.
    pub(super) place: Option<PropertyPath>,
    /// Whether what is live fails it, and the message of that.
    pub(super) resolves: Option<String>,
}

/// What all rules that are on say of all resources, in the order of the resources and then of the rules.
pub(super) fn all(resources: &[Judged<'_>], terms: &ConfigTerms<'_>) -> Vec<Said> {
    let chunks = thread::available_parallelism().map_or(1, usize::from);
    let count = resources.len().saturating_mul(terms.rules.rules.len());
    let size = if count < FEW { resources.len() } else { resources.len().div_ceil(chunks) }.max(1);
    // Where things stand is asked for later: these closures are not for several threads.
    let plain = Plain { registry: terms.registry, env: terms.env, rules: &terms.rules.rules };
    let done: Vec<(Vec<Written>, Vec<Said>)> = thread::scope(|scope| {
        let (mut handles, mut done) = (Vec::new(), Vec::new());
        for (number, chunk) in resources.chunks(size).enumerate() {
            let work = move || items(chunk, number * size, plain);
            if size == resources.len() {
                done.push(work());
            } else {
                handles.push(scope.spawn(work));
            }
        }
        // A panic on a thread would be one of ours: it goes on here.
        done.extend(
            handles.into_iter().map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))),
        );
        done
    });
    let (mut written, mut said) = (Vec::new(), Vec::new());
    for (some, of) in done {
        written.extend(some);
        said.extend(of);
    }
    said.extend(templates(resources, &written, plain));
    said.sort_by_key(|one| (one.resource.unwrap_or(usize::MAX), one.rule));
    said
}

/// What several threads may share.
#[derive(Clone, Copy)]
pub(super) struct Plain<'a> {
    pub(super) registry: &'a crate::kind::Registry,
    pub(super) env: &'a crate::base::Environment,
    pub(super) rules: &'a [Rule],
}

impl<'a> Plain<'a> {
    fn on(self, input: Input) -> impl Iterator<Item = (usize, &'a Rule)> {
        let on = move |(_, rule): &(usize, &Rule)| rule.input == input && rule.enforcement != Enforcement::Off;
        self.rules.iter().enumerate().filter(on)
    }
}

fn items(resources: &[Judged<'_>], first: usize, plain: Plain<'_>) -> (Vec<Written>, Vec<Said>) {
    let (mut all, mut said) = (Vec::new(), Vec::new());
    for (index, one) in resources.iter().enumerate() {
        let written = subject::write(one, one.wanted, one.outputs, plain);
        let live = one.live.map(|(spec, outputs)| subject::write(one, spec, outputs, plain));
        let own_type = plain.registry.kind(one.address.section()).map(crate::kind::PureKind::type_name);
        for (rule_index, rule) in plain.on(Input::ConfigurationItem) {
            let now = on_items(rule, &written);
            let now = match (now, &written.error, own_type) {
                (Some(now), ..) => now,
                (None, Some(error), _) => (RuleOutcome::Unknown(error.clone()), None),
                (None, None, Some(own)) if rule.resource_types.iter().any(|one| one == own) => {
                    (RuleOutcome::Unknown(format!("AWS Config has no configuration item of {own}")), None)
                }
                (None, None, _) => continue,
            };
            let (outcome, place) = now;
            let before = live.as_ref().filter(|_| outcome == RuleOutcome::Pass).and_then(|live| on_items(rule, live));
            let resolves = before.and_then(|(before, _)| failed(rule, &before));
            said.push(Said { rule: rule_index, resource: Some(first + index), outcome, place, resolves });
        }
        all.push(written);
    }
    (all, said)
}

/// The message of a failure.
fn failed(rule: &Rule, outcome: &RuleOutcome) -> Option<String> {
    matches!(outcome, RuleOutcome::Fail(_)).then(|| super::findings::message(rule, outcome))
}

/// What a rule says of the configuration items of one resource taken together; `None` where it judges none of them.
fn on_items(rule: &Rule, written: &Written) -> Option<(RuleOutcome, Option<PropertyPath>)> {
    let judged = written.items.iter().filter(|(item, _)| rule.judges(item.type_name)).map(|(item, document)| {
        let outcome = judge_item(rule, document);
        let place = place(&outcome, item, "");
        (outcome, place)
    });
    judged.reduce(worst)
}

/// The property that the first finding of an outcome is about.
fn place(outcome: &RuleOutcome, rendering: &Rendering, within: &str) -> Option<PropertyPath> {
    let RuleOutcome::Fail(findings) = outcome else { return None };
    let below = |pointer: &str| rendering.origin(pointer.strip_prefix(within).unwrap_or(pointer)).cloned();
    findings.iter().find_map(|finding| below(&finding.pointer))
}

/// Failing goes before what is unknown, and that before passing; the findings of both count.
fn worst(
    one: (RuleOutcome, Option<PropertyPath>),
    other: (RuleOutcome, Option<PropertyPath>),
) -> (RuleOutcome, Option<PropertyPath>) {
    match (one, other) {
        ((RuleOutcome::Fail(mut findings), place), (RuleOutcome::Fail(more), other)) => {
            findings.extend(more);
            (RuleOutcome::Fail(findings), place.or(other))
        }
        (fail @ (RuleOutcome::Fail(_), _), _) | (_, fail @ (RuleOutcome::Fail(_), _)) => fail,
        (unknown @ (RuleOutcome::Unknown(_), _), _) | (_, unknown @ (RuleOutcome::Unknown(_), _)) => unknown,
        (pass @ (RuleOutcome::Pass, _), _) | (_, pass) => pass,
    }
}

fn templates(resources: &[Judged<'_>], written: &[Written], plain: Plain<'_>) -> Vec<Said> {
    if plain.on(Input::Template).next().is_none() {
        return Vec::new();
    }
    let planned = subject::template(resources, written);
    let live: Vec<Written> = resources
        .iter()
        .map(|one| match one.live {
            Some((spec, outputs)) => subject::write(one, spec, outputs, plain),
            None => Written::default(),
        })
        .collect();
    let live_template = subject::template(resources, &live);
    let mut said = Vec::new();
    for (rule_index, rule) in plain.on(Input::Template) {
        let (outcomes, rest) = on_template(rule, &planned, written);
        let passes = outcomes.values().any(|(outcome, _)| *outcome == RuleOutcome::Pass);
        let before = if passes && !live_template.ids.is_empty() {
            on_template(rule, &live_template, &live).0
        } else {
            BTreeMap::new()
        };
        for (resource, (outcome, place)) in outcomes {
            let live = before.get(&resource).filter(|_| outcome == RuleOutcome::Pass);
            let resolves = live.and_then(|(before, _)| failed(rule, before));
            said.push(Said { rule: rule_index, resource: Some(resource), outcome, place, resolves });
        }
        // Of the stack as a whole, only what is wrong is told.
        let rest = rest.filter(|rest| matches!(rest, RuleOutcome::Fail(_) | RuleOutcome::Unknown(_)));
        said.extend(rest.map(|outcome| Said {
            rule: rule_index,
            resource: None,
            outcome,
            place: None,
            resolves: None,
        }));
    }
    said
}

type ByResource = BTreeMap<usize, (RuleOutcome, Option<PropertyPath>)>;

fn on_template(rule: &Rule, template: &Template, written: &[Written]) -> (ByResource, Option<RuleOutcome>) {
    let rendering = |resource: usize, part: usize| written.get(resource)?.template.get(part);
    let judged: Vec<(&str, usize, &Rendering)> = template
        .ids
        .iter()
        .filter_map(|(id, resource, part)| Some((id.as_str(), *resource, rendering(*resource, *part)?)))
        .filter(|(_, _, rendering)| rule.judges(rendering.type_name))
        .collect();
    if judged.is_empty() {
        return (BTreeMap::new(), None);
    }
    let (outcomes, rest) = judge_template(rule, &template.document, judged.iter().map(|(id, ..)| *id));
    let mut by_resource = ByResource::new();
    for (id, resource, rendering) in judged {
        let Some(outcome) = outcomes.get(id) else { continue };
        let place = place(outcome, rendering, &format!("/Resources/{id}/Properties"));
        let new = (outcome.clone(), place);
        let merged = match by_resource.remove(&resource) {
            Some(before) => worst(before, new),
            None => new,
        };
        by_resource.insert(resource, merged);
    }
    (by_resource, rest)
}
