//! Verdicts on how the keys and indexes of a table serve its access patterns.

use super::Locate;
use crate::access_patterns::Finding;
use crate::base::Address;
use crate::plan::{Action, Outcome, Plan, Verdict};
use crate::rules::Severity;

/// The verdicts of findings about a table. In a plan, those about a table that stays as it is are no news.
pub fn access_patterns(
    address: &Address,
    findings: Vec<Finding>,
    plan: Option<&Plan>,
    locate: Locate<'_>,
) -> Vec<Verdict> {
    let stays = plan.is_some_and(|plan| {
        plan.changes.iter().any(|change| change.address == *address && change.action == Action::NoOp)
    });
    let verdict = |Finding { rule, path, message, hint }| Verdict {
        address: Some(address.clone()),
        hint,
        source: locate(address, &path),
        severity: Some(Severity::Medium),
        already: stays,
        ..Verdict::new("access_patterns", rule, Outcome::Warn, message)
    };
    findings.into_iter().map(verdict).collect()
}
