//! Every rule on every resource of its types, on as many threads as there are processors: even a stack of a thousand
//! resources is judged almost at once.

use std::thread;

use super::subject::{self, RenderedSubject};
use super::{ConfigTerms, Subject, template};
use crate::base::PropertyPath;
use crate::kind::Rendering;
use crate::rules::{Enforcement, Input, Items, Rule, RuleOutcome};

/// Below this many evaluations a thread costs more than it saves.
const FEW: usize = 64;

/// The outcome of one rule for one resource.
#[derive(Debug, Clone)]
pub(super) struct Evaluation {
    /// The rule, by its place in the set.
    pub(super) rule: usize,
    /// The resource, by its place in the list; `None` for the stack as a whole.
    pub(super) resource: Option<usize>,
    /// The outcome.
    pub(super) outcome: RuleOutcome,
    /// The property that the first finding is about, if it is known.
    pub(super) place: Option<PropertyPath>,
    /// The message of the rule about the live resource, if that fails it.
    pub(super) before: Option<String>,
}

/// The outcomes of all enabled rules for all resources, in the order of the resources and then of the rules.
pub(super) fn all(resources: &[Subject<'_>], terms: &ConfigTerms<'_>) -> Vec<Evaluation> {
    let few = resources.len().saturating_mul(terms.rules.rules.len()) < FEW;
    // Locations are looked up later: these closures can't be shared by threads.
    let plain = RuleContext { registry: terms.registry, env: terms.env, rules: &terms.rules.rules };
    let done = spread(resources, few, |first, chunk| items(chunk, first, plain));
    let (mut written, mut said) = (Vec::new(), Vec::new());
    for (some, of) in done {
        written.extend(some);
        said.extend(of);
    }
    said.extend(template::all(resources, &written, plain));
    said.sort_by_key(|one| (one.resource.unwrap_or(usize::MAX), one.rule));
    said
}

/// The context that threads share.
#[derive(Clone, Copy)]
pub(super) struct RuleContext<'a> {
    pub(super) registry: &'a crate::kind::Registry,
    pub(super) env: &'a crate::base::Environment,
    pub(super) rules: &'a [Rule],
}

impl<'a> RuleContext<'a> {
    pub(super) fn on(self, input: Input) -> impl Iterator<Item = (usize, &'a Rule)> {
        let on = move |(_, rule): &(usize, &Rule)| rule.input == input && rule.enforcement != Enforcement::Off;
        self.rules.iter().enumerate().filter(on)
    }
}

/// Distributes work to the processors; the results are in order.
pub(super) fn spread<T: Sync, R: Send>(work: &[T], few: bool, each: impl Fn(usize, &[T]) -> R + Sync) -> Vec<R> {
    let chunks = if few { 1 } else { thread::available_parallelism().map_or(1, usize::from) };
    let size = work.len().div_ceil(chunks).max(1);
    if chunks == 1 || size >= work.len() {
        return vec![each(0, work)];
    }
    let each = &each;
    thread::scope(|scope| {
        let chunk = |(number, chunk)| scope.spawn(move || each(number * size, chunk));
        let handles: Vec<_> = work.chunks(size).enumerate().map(chunk).collect();
        // A panic on a thread would be our own error: it is raised again here.
        let join = |handle: thread::ScopedJoinHandle<'_, R>| {
            handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        handles.into_iter().map(join).collect()
    })
}

fn items(resources: &[Subject<'_>], first: usize, plain: RuleContext<'_>) -> (Vec<RenderedSubject>, Vec<Evaluation>) {
    let (mut all, mut said, mut judge) = (Vec::new(), Vec::new(), Items::default());
    for (index, one) in resources.iter().enumerate() {
        let written = subject::write(one, one.wanted, one.outputs, plain);
        let live = one.live.filter(|_| one.changes());
        let live = live.map(|(spec, outputs)| subject::write(one, spec, outputs, plain));
        let own_type = plain.registry.kind(one.address.section()).map(crate::kind::PureKind::type_name);
        for (rule_index, rule) in plain.on(Input::ConfigurationItem) {
            let now = on_items(&mut judge, rule_index, rule, &written);
            let why = match (&written.error, own_type) {
                (Some(error), Some(own)) if subject::would_judge(rule, own, plain) => error.clone(),
                (None, Some(own)) if rule.resource_types.iter().any(|one| one == own) => {
                    format!("AWS Config has no configuration item of {own}")
                }
                _ => String::new(),
            };
            let now = match now {
                Some(now) => now,
                None if why.is_empty() => continue,
                None => (RuleOutcome::Unknown(why), None),
            };
            let (outcome, place) = now;
            let before = match &live {
                _ if !matches!(outcome, RuleOutcome::Pass | RuleOutcome::Fail(_)) => None,
                Some(live) => {
                    on_items(&mut judge, rule_index, rule, live).and_then(|(before, _)| failed(rule, &before))
                }
                None if one.changes() => None,
                None => failed(rule, &outcome),
            };
            said.push(Evaluation { rule: rule_index, resource: Some(first + index), outcome, place, before });
        }
        all.push(written);
    }
    (all, said)
}

/// The message of a failure, if the outcome is one.
pub(super) fn failed(rule: &Rule, outcome: &RuleOutcome) -> Option<String> {
    matches!(outcome, RuleOutcome::Fail(_)).then(|| super::findings::message(rule, outcome))
}

/// The outcome of a rule for the configuration items of one resource together; `None` if it judges none of them.
fn on_items(
    judge: &mut Items,
    index: usize,
    rule: &Rule,
    written: &RenderedSubject,
) -> Option<(RuleOutcome, Option<PropertyPath>)> {
    let judged = written.items.iter().filter(|item| rule.judges(item.type_name)).map(|item| {
        let outcome = judge.judge(index, rule, &item.body);
        let place = place(&outcome, item, "");
        (outcome, place)
    });
    judged.reduce(worst)
}

/// The property that the first finding of an outcome is about.
pub(super) fn place(outcome: &RuleOutcome, rendering: &Rendering, within: &str) -> Option<PropertyPath> {
    let RuleOutcome::Fail(findings) = outcome else { return None };
    let below = |pointer: &str| rendering.origin(pointer.strip_prefix(within).unwrap_or(pointer)).cloned();
    findings.iter().find_map(|finding| below(&finding.pointer))
}

/// Returns the worse outcome: a failure before unknown, unknown before a pass. The findings of both are kept.
pub(super) fn worst(
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
        (skipped @ (RuleOutcome::Skipped, _), _) | (_, skipped @ (RuleOutcome::Skipped, _)) => skipped,
        (pass @ (RuleOutcome::Pass, _), _) | (_, pass) => pass,
    }
}
