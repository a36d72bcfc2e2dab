//! Asks the policies that are known here about a request that AWS denied: which statement would have matched.

use super::layer::Layer;
use super::message::Denial;
use super::remediation;
use crate::base::Address;
use crate::guard::chain::ScpSource;
use crate::guard::level::{Family, verdict};
use crate::guard::rcp;
use crate::kind::AccessRequest;
use crate::plan::{Step, Verdict};
use crate::policy::{Chain, Level, Policy};
use crate::rules::RequestContext;

/// The known policies, and the context to ask them in.
#[derive(Clone, Copy)]
pub struct Judges<'a> {
    /// Service control policies, in files and attached.
    pub scps: &'a [ScpSource],
    /// Resource control policies that are attached.
    pub rcps: Option<&'a ScpSource>,
    /// The context of the request: caller, place and time.
    pub asker: &'a RequestContext<'a>,
}

/// Adds to a denial the verdicts of the known policies on the request, and a remediation. `step` is the step whose call
/// was denied, if it was one of a plan.
pub fn judged_again(denial: &mut Denial, address: Option<&Address>, step: Option<&Step>, judges: Judges<'_>) {
    let asked = asked(denial, step);
    let service = step.map(|step| step.service.as_str());
    let of = |layer| denial.layer.is_none() || denial.layer == Some(layer) || denial.through == Some(layer);
    let mut found: Vec<Verdict> = Vec::new();
    let scps = judges.scps.iter().filter(|_| of(Layer::ServiceControlPolicy)).map(|source| (Family::Scp, source));
    let rcps = judges.rcps.iter().filter(|_| of(Layer::ResourceControlPolicy)).map(|source| (Family::Rcp, *source));
    for (family, source) in scps.chain(rcps) {
        let named = named(denial, &source.chain);
        let chain = named.as_ref().unwrap_or(&source.chain);
        let restricted = |access: &&AccessRequest| family == Family::Scp || rcp::restricts(access, judges.asker.env);
        for access in asked.iter().filter(restricted) {
            let answer = chain.judge(&judges.asker.request(service.unwrap_or(access.service()), access));
            for level in answer.deciding() {
                // The remediation is given once, with the denial.
                let verdict = Verdict { hint: None, ..verdict(family, address, step, access, &source.name, level) };
                if !found.contains(&verdict) {
                    found.push(verdict);
                }
            }
        }
    }
    denial.judged = found;
    denial.allow = remediation::statement(denial, &asked);
    denial.mend = remediation::advice(denial);
}

/// The policy that AWS names, alone, if it is in the chain: the first policy that denies a request is not always the
/// one that AWS names.
fn named(denial: &Denial, chain: &Chain) -> Option<Chain> {
    let id = denial.policy.as_deref()?.rsplit('/').next().filter(|id| id.starts_with("p-"))?;
    let is_it = |policy: &&Policy| policy.name().ends_with(&format!("({id})"));
    let alone = |level: &Level| {
        // Requests that it doesn't deny are for other policies to judge.
        let policies: Vec<Policy> =
            level.policies.iter().filter(is_it).cloned().chain([Policy::full_access()]).collect();
        (policies.len() > 1).then(|| Level { name: level.name.clone(), policies })
    };
    let levels: Vec<Level> = chain.levels.iter().filter_map(alone).collect();
    (!levels.is_empty()).then_some(Chain { levels, account: chain.account })
}

/// The denied requests: the action that AWS names, with the context of the step, or else all that the step needs.
fn asked(denial: &Denial, step: Option<&Step>) -> Vec<AccessRequest> {
    let needed = step.map(|step| step.requires.as_slice()).unwrap_or_default();
    let Some(action) = &denial.action else { return needed.to_vec() };
    let same: Vec<AccessRequest> =
        needed.iter().filter(|access| access.action.eq_ignore_ascii_case(action)).cloned().collect();
    let resource = denial.resource.as_deref().unwrap_or("*");
    let exact: Vec<AccessRequest> = same.iter().filter(|access| access.resource == resource).cloned().collect();
    match (exact.is_empty(), same.is_empty()) {
        (false, _) => exact,
        // AWS compared its policies with the resource in its own spelling.
        (true, false) if resource.starts_with("arn:") => {
            same.into_iter().take(1).map(|access| AccessRequest { resource: resource.to_owned(), ..access }).collect()
        }
        (true, false) => same,
        (true, true) => vec![AccessRequest::new(action, resource)],
    }
}
