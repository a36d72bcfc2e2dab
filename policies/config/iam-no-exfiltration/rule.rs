//! These actions read data in bulk; on every resource they read what belongs to others. Items of tables are looked at
//! by `iam-resource-scoped`. Source: Cloudsplaining, "Data exfiltration".

use crate::policy::unconstrained;
use crate::rules::held_policies::{Wrong, judge_policies, some_of};
use crate::rules::rust::{Answer, Subject, World};

/// The actions.
const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
    "secretsmanager:GetSecretValue",
];

/// Fails for policies that allow one of the actions on every resource and on no terms.
pub(crate) fn judge(subject: &Subject<'_>, _: &World<'_>) -> Answer {
    judge_policies(subject, |document| {
        let open = unconstrained(document, ACTIONS);
        let first = open.first()?;
        let names: Vec<&str> = open.iter().map(|one| one.action).collect();
        let message = format!("the policy reads data of every resource ({})", some_of(&names));
        Some(Wrong { message, statement: first.statement, actual: first.written.clone() })
    })
}
