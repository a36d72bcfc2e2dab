//! The judgement of a plan's resources, and what it means for the plan.

use super::context::ConfigTerms;
use super::subject::{Subject, WriteContext};
use super::{exceptions, findings};
use crate::plan::Verdict;
use crate::rules::{self, Among, Evaluation, Terms, spread};

/// Below this many resources a thread costs more than it saves.
const FEW: usize = 8;

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
    let few = resources.len() < FEW;
    // Locations are looked up later: these closures can't be shared by threads.
    let cx = WriteContext { registry: terms.registry, env: terms.env, facts: terms.facts, declared: terms.declared };
    let chunks = spread(resources, few, |_, chunk| chunk.iter().map(|one| one.written(cx)).collect::<Vec<_>>());
    let subjects: Vec<rules::Subject> = chunks.into_iter().flatten().collect();
    let types: Vec<&str> = terms.registry.kinds().map(crate::kind::PureKind::type_name).collect();
    let rules = &terms.rules.rules;
    let (among, known) = (Among::All, None);
    rules::judge(&subjects, Terms { rules, types: &types, live: false, unread: &[], today: terms.today, among, known })
}
