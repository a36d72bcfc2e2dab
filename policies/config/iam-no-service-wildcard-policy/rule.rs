//! Allowing all actions of a service allows those that delete, share and grant, and those that are yet to come. Looked at are the
//! account's own managed policies; inline policies are those of `iam-no-service-wildcard`. Source: Security Hub user guide,
//! "[IAM.21] IAM customer managed policies that you create should not allow wildcard actions for services".

use crate::policy::{Clause, Effect};
use crate::rules::held_policies::{Wrong, judge_policies};
use crate::rules::rust::{Answer, Subject, World};

/// Fails for policies that allow all actions of a service.
pub(crate) fn judge(policy: &Subject<'_>, _: &World<'_>) -> Answer {
    judge_policies(policy, |document| {
        let allows = document.statements.iter().enumerate().filter(|(_, one)| one.effect == Effect::Allow);
        let (statement, action) = allows.into_iter().find_map(|(index, one)| {
            let Clause::Only(listed) = &one.action else { return None };
            let whole = |action: &&String| {
                let name = action.strip_suffix(":*").unwrap_or_default();
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            };
            Some((index, listed.iter().find(whole)?.clone()))
        })?;
        let message = format!("the policy allows all actions of a service ({action})");
        Some(Wrong { message, statement, actual: action })
    })
}
