//! The answer of one rule about one resource, and how answers are put together.

use crate::base::PropertyPath;
use crate::kind::Rendering;
use crate::rules::{Rule, RuleOutcome, message};

/// The outcome of one rule for one resource.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The rule, by its place in the set.
    pub rule: usize,
    /// The subject, by its place in the list; `None` for all together.
    pub resource: Option<usize>,
    /// The outcome.
    pub outcome: RuleOutcome,
    /// The property that the first finding is about, if it is known.
    pub place: Option<PropertyPath>,
    /// The message of the rule about the live resource, if that fails it.
    pub before: Option<String>,
}

/// The message of a failure, if the outcome is one.
pub(super) fn failed(rule: &Rule, outcome: &RuleOutcome) -> Option<String> {
    matches!(outcome, RuleOutcome::Fail(_)).then(|| message(rule, outcome))
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
