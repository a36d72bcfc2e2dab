//! Every rule on every resource of its types, on as many threads as there are processors: even a stack of a thousand
//! resources is judged almost at once.

use super::context::{ConfigTerms, RuleContext};
use super::evaluation::{Evaluation, spread};
use super::subject::Subject;
use super::{exceptions, findings, items, template};
use crate::plan::Verdict;

/// Below this many evaluations a thread costs more than it saves.
const FEW: usize = 64;

/// Judges resources by rules.
pub fn config(resources: &[Subject<'_>], terms: &ConfigTerms<'_>) -> Vec<Verdict> {
    if resources.is_empty() {
        return Vec::new();
    }
    let judged = all(resources, terms);
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

/// The outcomes of all enabled rules for all resources, in the order of the resources and then of the rules.
pub(super) fn all(resources: &[Subject<'_>], terms: &ConfigTerms<'_>) -> Vec<Evaluation> {
    let few = resources.len().saturating_mul(terms.rules.rules.len()) < FEW;
    // Locations are looked up later: these closures can't be shared by threads.
    let plain = RuleContext { registry: terms.registry, env: terms.env, facts: terms.facts, rules: &terms.rules.rules };
    let done = spread(resources, few, |first, chunk| items::items(chunk, first, plain));
    let (mut written, mut said) = (Vec::new(), Vec::new());
    for (some, of) in done {
        written.extend(some);
        said.extend(of);
    }
    said.extend(template::all(resources, &written, plain));
    said.sort_by_key(|one| (one.resource.unwrap_or(usize::MAX), one.rule));
    said
}
