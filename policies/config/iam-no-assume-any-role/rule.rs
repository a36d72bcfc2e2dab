//! A role may trust a whole account: then the policies of that account decide who takes it.

use crate::policy::unconstrained;
use crate::rules::held_policies::{Wrong, judge_policies};
use crate::rules::rust::{Answer, Subject, World};

/// Fails for policies that allow `sts:AssumeRole` on every role and on no terms.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    judge_policies(subject, |document| {
        let open = unconstrained(document, &["sts:AssumeRole"]).into_iter().next()?;
        let message = "the policy allows to take every role".to_owned();
        Some(Wrong { message, statement: open.statement, actual: open.written })
    })
}
