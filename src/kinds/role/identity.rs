//! The type and ARNs of roles.

use crate::base::Environment;

/// The kind of the section `roles`.
#[derive(Debug, Clone, Copy)]
pub struct Role;

/// The type in CloudFormation and AWS Config.
pub(super) const TYPE: &str = "AWS::IAM::Role";

/// The ARN of a role; the path begins and ends with `/`.
pub(super) fn role_arn(path: &str, name: &str, env: &Environment) -> String {
    env.global_arn("iam", &format!("role{path}{name}"))
}
