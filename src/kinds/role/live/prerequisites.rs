//! The check that the managed policies which a role is about to get exist.

use futures::future::join_all;

use super::super::managed::newly_named;
use super::super::{Role, RoleSpec};
use crate::aws::{Aws, CallError};
use crate::base::{Problem, PropertyPath};
use crate::kind::{Kind as _, Prerequisites};

/// Checks the policies. Source: IAM API reference, `GetPolicy`.
pub(super) async fn look(wanted: &RoleSpec, live: Option<&RoleSpec>, aws: &Aws) -> Result<Prerequisites, CallError> {
    let mut ahead = Prerequisites::default();
    let named = newly_named(wanted, live, aws.env());
    let answers = join_all(named.iter().map(|(_, arn)| get_policy(arn, aws))).await;
    for ((at, arn), answer) in named.into_iter().zip(answers) {
        match answer {
            Ok(()) => {}
            Err(error) if error.is(&["NoSuchEntity", "NoSuchEntityException"]) => {
                ahead.problems.push(missing(at, &arn));
            }
            Err(error) if error.is_unsupported() => {}
            Err(error) if error.is_denied() => ahead.remarks.push(format!(
                "`iam:GetPolicy` is denied, so it is unknown whether the managed policy {arn} of this {} exists",
                Role::NOUN
            )),
            Err(error) => return Err(error),
        }
    }
    Ok(ahead)
}

fn missing(at: PropertyPath, arn: &str) -> Problem {
    let hint = "`aws iam list-policies` lists those that are there, AWS's own with `--scope AWS`";
    Problem::new(at, format!("there is no managed policy {arn}")).hint(hint)
}

async fn get_policy(arn: &str, aws: &Aws) -> Result<(), CallError> {
    let answer = aws.iam().get_policy().policy_arn(arn).send().await;
    answer.map(drop).map_err(|error| CallError::of("iam", "GetPolicy", &error))
}
