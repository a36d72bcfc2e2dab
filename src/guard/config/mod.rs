//! Rules of AWS Config: every resource as it will be after apply, judged before anything is touched.
//!
//! Rules are chosen by the type of a resource and evaluated on the resource as AWS would write it; their findings lead
//! back to a line of the stack's file. Responsible for enforcement and exceptions; the meaning of a rule's answer is
//! that of [`crate::rules`].

mod evaluate;
mod exceptions;
mod findings;
mod subject;
mod template;

use jiff::civil::Date;

pub use subject::Subject;

use super::Locate;
use crate::base::{Address, Environment};
use crate::kind::Registry;
use crate::plan::Verdict;
use crate::rules::RuleSet;
use crate::stack::Exception;

/// The terms of a judgement by rules.
#[derive(Clone, Copy)]
pub struct ConfigTerms<'a> {
    /// The kinds.
    pub registry: &'a Registry,
    /// The environment.
    pub env: &'a Environment,
    /// The rules.
    pub rules: &'a RuleSet,
    /// The findings that are allowed.
    pub exceptions: &'a [Exception],
    /// Today, in UTC.
    pub today: Date,
    /// Returns the location of a property in the file.
    pub locate: Locate<'a>,
    /// Returns whether the stack has the resource, in this or another environment.
    pub has: &'a dyn Fn(&Address) -> bool,
}

/// Judges resources by rules.
pub fn config(resources: &[Subject<'_>], terms: &ConfigTerms<'_>) -> Vec<Verdict> {
    if resources.is_empty() {
        return Vec::new();
    }
    let judged = evaluate::all(resources, terms);
    let mut found = findings::findings(&judged, resources, terms);
    exceptions::apply(&mut found, resources, terms);
    let mut verdicts: Vec<Verdict> = found.findings.into_iter().map(|finding| finding.verdict).collect();
    verdicts.extend(found.besides);
    verdicts.extend(findings::unanswered(terms.rules));
    verdicts.extend(findings::lints(terms.rules));
    let summary = findings::summary(&judged, &verdicts, resources.len(), terms.rules);
    verdicts.extend(summary);
    verdicts
}

#[cfg(test)]
mod exceptions_tests;
#[cfg(test)]
mod sealed_tests;
#[cfg(test)]
mod shipped_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trust_tests;
