//! Some actions give whoever may use them any other permission: they change policies, make credentials of others, or
//! run code as a stronger role. The policies of a role are looked at one by one; what a boundary or a service control
//! policy takes away is not counted, since it may change. Sources: Rhino Security Labs, "AWS IAM privilege escalation
//! methods"; pathfinding.cloud.

use crate::policy::escalation;
use crate::rules::held_policies::{Wrong, judge_policies};
use crate::rules::rust::{Answer, Subject, World};

/// Fails for policies that allow all actions of a known way to more permissions, on every resource and on no terms.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    judge_policies(subject, |document| {
        let (way, last) = escalation(document)?;
        let message = format!("the policy opens a way to more permissions ({})", way.actions.join(" with "));
        Some(Wrong { message, statement: last.statement, actual: last.written })
    })
}
