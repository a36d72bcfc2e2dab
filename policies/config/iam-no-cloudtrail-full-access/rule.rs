//! Whoever may do everything with `CloudTrail` can stop the record first.

use crate::policy::unconstrained;
use crate::rules::held_policies::{Wrong, judge_policies};
use crate::rules::rust::{Answer, Subject, World};

/// All of them stand for full access.
const ACTIONS: &[&str] = &[
    "cloudtrail:StopLogging",
    "cloudtrail:DeleteTrail",
    "cloudtrail:UpdateTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:CreateTrail",
];

/// Fails for policies that allow all of the actions on every resource and on no terms.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    judge_policies(subject, |document| {
        let open = unconstrained(document, ACTIONS);
        let first = open.first().filter(|_| open.len() == ACTIONS.len())?;
        let message = "the policy may switch off the record of what happens".to_owned();
        Some(Wrong { message, statement: first.statement, actual: first.written.clone() })
    })
}
