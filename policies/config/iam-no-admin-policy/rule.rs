//! A policy that allows everything turns every mistake into the worst one. As IAM.1 of Security Hub does, the rule
//! takes no notice of conditions; `iam-no-admin` looks at the inline policies of roles. Source: Security Hub user
//! guide, "[IAM.1] IAM policies should not allow full '*' administrative privileges".

use crate::policy::{Clause, Document, Effect, is_every_resource};
use crate::rules::held_policies::{Wrong, judge_policies};
use crate::rules::rust::{Answer, Subject, World};

/// Fails for policies with a statement that allows all actions on all resources, even on terms.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    judge_policies(subject, |document| {
        let (statement, actual) = everything(document)?;
        Some(Wrong { message: "the policy allows everything on everything".to_owned(), statement, actual })
    })
}

fn everything(document: &Document) -> Option<(usize, String)> {
    let all = |action: &&String| !action.is_empty() && action.chars().all(|c| matches!(c, '*' | '?' | ':'));
    document.statements.iter().enumerate().find_map(|(place, statement)| {
        let Clause::Only(actions) = &statement.action else { return None };
        let action = actions.iter().find(all).filter(|_| statement.effect == Effect::Allow)?;
        let open = match &statement.resource {
            Some(Clause::Only(listed)) => listed.iter().any(|one| is_every_resource(one) && !one.starts_with("arn:")),
            Some(Clause::Except(_)) => true,
            None => false,
        };
        open.then(|| (place, action.clone()))
    })
}
