//! The organization's service control policies have to let the stack be made: a stack that was applied before they were attached
//! can't be made again after a disaster, and the first to notice is whoever needs it. Each call by which the resources of the
//! stack's file are created from nothing is judged by the chain from the root to the account, as a plan judges its own calls:
//! by the caller, in the stack's region, with tags and other keys of the request. Nothing is called. What decides besides
//! (identity policies, boundaries, resource control policies) is left out.

use std::collections::{BTreeMap, BTreeSet};

use crate::policy::Decision;
use crate::rules::held_policies::some_of;
use crate::rules::rust::{Answer, Fault, Subject, Unknown, Verdict, World};
use crate::rules::service_control::{chain, declared_calls};

/// Fails for service control policies that deny a call of the stack.
pub(crate) fn judge(organization: &Subject<'_>, _: &World<'_>) -> Answer {
    let Some(calls) = declared_calls(organization)? else { return Ok(Verdict::NotApplicable) };
    let Some(chain) = chain(organization)? else { return Ok(Verdict::NotApplicable) };
    let mut denied: BTreeMap<(usize, String, String), BTreeSet<String>> = BTreeMap::new();
    let mut unknown = None;
    for call in &calls {
        let verdict = chain.judge(&call.request);
        match verdict.decision {
            Decision::Allowed => {}
            Decision::Unknown => {
                let keys: Vec<String> = verdict.unknown_keys.into_iter().collect();
                let why = format!("conditions decide on {} for {}: {}", call.action, call.address, keys.join(", "));
                unknown = unknown.or(Some(Unknown(why)));
            }
            Decision::ExplicitlyDenied | Decision::ImplicitlyDenied => {
                for level in verdict.levels.iter().filter(|level| level.decision == verdict.decision) {
                    let place = chain.levels.iter().position(|one| one.name == level.level).unwrap_or_default();
                    let by = match (&level.policy, &level.statement) {
                        (Some(policy), Some(statement)) => {
                            format!("by the policy `{policy}`, {statement}, at {}", level.level)
                        }
                        _ => format!("since no policy at {} allows it", level.level),
                    };
                    denied.entry((place, by, call.action.clone())).or_default().insert(call.address.clone());
                }
            }
        }
    }
    let fault = |((place, by, action), addresses): ((usize, String, String), BTreeSet<String>)| {
        let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
        let message = format!("{action} for {} is denied {by}", some_of(&addresses));
        Fault::new(format!("/supplementaryConfiguration/ServiceControlPolicies/{place}"), message)
            .expected("every call of the stack is allowed")
            .actual("denied")
    };
    match (denied.is_empty(), unknown) {
        (false, _) => Ok(Verdict::Fail(denied.into_iter().map(fault).collect())),
        (true, Some(why)) => Err(why),
        (true, None) => Ok(Verdict::Pass),
    }
}
