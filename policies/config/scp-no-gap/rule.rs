//! Each level has to allow what the account does: denials alone deny everything. Where service control policies are not
//! in use, nothing is denied. Source: Organizations user guide, "SCP evaluation", "How SCPs work with Allow".

use crate::rules::rust::{Answer, Fault, Subject, Verdict, World};
use crate::rules::service_control::chain;

/// Fails for levels none of whose policies allows anything.
pub(crate) fn judge(organization: &Subject<'_>, _: &World<'_>) -> Answer {
    let Some(chain) = chain(organization)? else { return Ok(Verdict::NotApplicable) };
    let gap = |(place, level): (usize, &crate::policy::Level)| {
        if level.policies.iter().any(crate::policy::Policy::allows_anything) {
            return None;
        }
        let pointer = format!("/supplementaryConfiguration/ServiceControlPolicies/{place}");
        let fault = Fault::new(pointer, format!("no policy of {} allows anything", level.name));
        Some(fault.expected("a policy that allows").actual("none"))
    };
    Ok(Verdict::of(chain.levels.iter().enumerate().filter_map(gap).collect()))
}
