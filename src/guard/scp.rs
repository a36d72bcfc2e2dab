//! Service control policies: every call of a plan, with all actions it needs, judged by the chain from root to account.
//!
//! The verdict is "not denied", never "allowed": identity policies, boundaries and resource control policies decide,
//! too. A chain from files is used in addition to the one attached in AWS. So a level of it that allows nothing is a
//! list of denials, and is judged together with AWS's `FullAWSAccess`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::chain::{Locate, Origin, ScpSource};
use super::level::{Family, verdict};
use super::rcp::rcp_services;
use crate::base::{Address, PropertyPath, counted};
use crate::kind::{AccessRequest, Context, Registry};
use crate::plan::{Outcome, Plan, PlannedChange, Step, Verdict};
use crate::policy::{Decision, Exemption, LevelVerdict};
use crate::rules::RequestContext;
use crate::stack::OnUnknown;

/// Judges every call of a plan by every source, and the reads after apply by those in files: attached policies have
/// already allowed this plan's own reads. The additional reads before a removal aren't needed then, and may be denied.
pub fn scp(
    plan: &Plan,
    registry: &Registry,
    sources: &[ScpSource],
    asker: &RequestContext<'_>,
    locate: Locate<'_>,
) -> Vec<Verdict> {
    if plan.steps.is_empty() {
        return Vec::new();
    }
    let mut judging = Judging { seen: BTreeSet::new(), verdicts: Vec::new(), locate };
    for step in &plan.steps {
        for access in &step.requires {
            let request = asker.request(&step.service, access);
            for source in sources {
                let verdict = source.chain.judge(&request);
                let deciding = verdict.deciding();
                deciding.for_each(|level| judging.add(&step.address, Some(step), access, source, level));
            }
        }
    }
    judging.reads(plan, registry, sources, asker);
    let mut verdicts = judging.verdicts;
    verdicts.extend(sources.iter().filter_map(exempt));
    if !verdicts.iter().any(|verdict| verdict.outcome != Outcome::Pass) {
        verdicts.extend(nothing_denies(plan, sources));
    }
    verdicts
}

/// The first of some requests, of calls that no plan holds, that a source denies for certain, in a sentence; with
/// `unknown` set to deny, one whose outcome is not known, too.
pub fn denied(
    requests: &[AccessRequest],
    sources: &[ScpSource],
    asker: &RequestContext<'_>,
    unknown: OnUnknown,
) -> Option<String> {
    requests.iter().find_map(|access| {
        let request = asker.request(access.service(), access);
        let forbids = |level: &LevelVerdict| match level.decision {
            Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => true,
            Decision::Unknown => unknown == OnUnknown::Deny,
            Decision::Allowed => false,
        };
        let level = |source: &ScpSource| source.chain.judge(&request).levels.into_iter().find(forbids);
        let (source, level) = sources.iter().find_map(|source| Some((source, level(source)?)))?;
        let policy = level.policy.map(|policy| format!(" `{policy}`")).unwrap_or_default();
        let is = if level.decision == Decision::Unknown { "may be denied" } else { "is denied" };
        Some(format!(
            "`{}` {is} by the service control policy{policy} at {} of {}",
            access.action, level.level, source.name
        ))
    })
}

struct Judging<'a> {
    seen: BTreeSet<(Address, String, String, String, Outcome)>,
    verdicts: Vec<Verdict>,
    locate: Locate<'a>,
}

impl Judging<'_> {
    /// Judges the reads after apply. Only a sure denial counts, since the plan has just made these reads.
    fn reads(&mut self, plan: &Plan, registry: &Registry, sources: &[ScpSource], asker: &RequestContext<'_>) {
        let in_files = || sources.iter().filter(|source| source.origin == Origin::Files);
        if in_files().next().is_none() {
            return;
        }
        let worked_on = |change: &&PlannedChange| plan.steps.iter().any(|step| step.address == change.address);
        for change in plan.changes.iter().filter(worked_on) {
            let Some(kind) = registry.kind(change.address.section()) else { continue };
            let Some(wanted) = &change.wanted else { continue };
            let context = Context { name: &change.name, env: asker.env, facts: None };
            let Ok(identity) = kind.identity(&change.address, wanted, &context) else { continue };
            for access in kind.reads(&identity, asker.env) {
                let request = asker.request(access.service(), &access);
                for source in in_files() {
                    let verdict = source.chain.judge(&request);
                    let denies = |level: &&LevelVerdict| {
                        matches!(level.decision, Decision::ExplicitlyDenied | Decision::ImplicitlyDenied)
                    };
                    for level in verdict.levels.iter().filter(denies) {
                        self.add(&change.address, None, &access, source, level);
                    }
                }
            }
        }
    }

    fn add(
        &mut self,
        address: &Address,
        step: Option<&Step>,
        access: &AccessRequest,
        source: &ScpSource,
        level: &LevelVerdict,
    ) {
        let verdict = verdict(Family::Scp, Some(address), step, access, &source.name, level);
        let statement = verdict.statement.clone().unwrap_or_default();
        let rule = format!("{}/{}/{}", source.name, level.level, verdict.rule);
        let key = (address.clone(), access.action.clone(), rule, statement, verdict.outcome);
        if self.seen.insert(key) {
            let at = step.map_or_else(PropertyPath::root, Step::place);
            let place = (self.locate)(address, &at);
            self.verdicts.push(Verdict { source: place, ..verdict });
        }
    }
}

/// The verdict on an account that no policy restricts.
fn exempt(source: &ScpSource) -> Option<Verdict> {
    let message = match source.chain.exemption()? {
        Exemption::ManagementAccount => {
            format!(
                "the account manages the organization {}: its service control policies don't restrict it",
                source.name
            )
        }
        Exemption::ServiceLinkedRole | Exemption::NeedsNoPermission => return None,
    };
    Some(Verdict::new("scp", "management-account", Outcome::Pass, message))
}

/// The verdict if the organization's policies can't be read: service control policies, and resource control policies if
/// the plan has calls that these could restrict.
pub fn unreadable(why: &str, plan: &Plan, second_best: Option<&str>) -> Verdict {
    let services = rcp_services(plan).into_iter().collect::<Vec<_>>().join(", ");
    let and =
        if services.is_empty() { String::new() } else { format!(", and its resource control policies on {services},") };
    let second_best = second_best.map(|said| format!("; {said}")).unwrap_or_default();
    let message =
        format!("the service control policies attached in the organization{and} are not readable: {why}{second_best}");
    let hint = "what they deny is unknown: list copies of them under `guardrails.scps`, or plan as a delegated \
                administrator";
    Verdict { hint: Some(hint.to_owned()), ..Verdict::new("scp", "organisation", Outcome::Unknown, message) }
}

fn nothing_denies(plan: &Plan, sources: &[ScpSource]) -> Option<Verdict> {
    let judging: Vec<&ScpSource> =
        sources.iter().filter(|source| source.chain.exemption().is_none() && source.policies() > 0).collect();
    let policies: usize = judging.iter().map(|source| source.policies()).sum();
    if policies == 0 {
        return None;
    }
    let calls = counted(plan.steps.len(), "call", "calls");
    let policies = counted(policies, "service control policy", "service control policies");
    let mut message = format!("{calls} judged by {policies}: none denies, which is not the same as allowed");
    let beside: Vec<&str> =
        judging.iter().flat_map(|source| source.beside_full_access.iter().map(String::as_str)).collect();
    if !beside.is_empty() {
        let levels = beside.join("`, `");
        let _ = write!(message, "; `{levels}` only denies, and is judged together with AWS's `FullAWSAccess`");
    }
    Some(Verdict::new("scp", "summary", Outcome::Pass, message))
}

#[cfg(test)]
#[path = "scp_tests.rs"]
mod tests;
