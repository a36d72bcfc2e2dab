//! A subscription costs money, and brings the code of others into the account.

use crate::policy::unconstrained;
use crate::rules::held_policies::{Wrong, judge_policies};
use crate::rules::rust::{Answer, Subject, World};

/// All of them stand for full access.
const ACTIONS: &[&str] = &["aws-marketplace:Subscribe"];

/// Fails for policies that allow all of the actions on every resource and on no terms.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    judge_policies(subject, |document| {
        let open = unconstrained(document, ACTIONS);
        let first = open.first().filter(|_| open.len() == ACTIONS.len())?;
        let message = "the policy subscribes to any product of the marketplace".to_owned();
        Some(Wrong { message, statement: first.statement, actual: first.written.clone() })
    })
}
