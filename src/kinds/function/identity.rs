//! The type, names and ARNs of functions, and the names of their details and outputs.

use crate::base::{Environment, Outputs, Vault, pending};

/// AWS Lambda functions.
#[derive(Debug, Clone, Copy)]
pub struct Function;

/// The section of a stack's file.
pub(super) const SECTION: &str = "functions";

/// The type in CloudFormation and AWS Config.
pub(super) const TYPE: &str = "AWS::Lambda::Function";

/// The output that reports if there is a log group, and its owner.
pub(super) const LOG_GROUP: &str = "log_group";
/// The output that names the function's log group, if it is not the one that Lambda gives it.
pub(super) const OTHER_GROUP: &str = "log_group_name";
/// The value of [`LOG_GROUP`] for a group that has our tags.
pub(super) const OWNED: &str = "owned";
/// The output that reports the function's failure, in a sentence.
pub(super) const TROUBLE: &str = "trouble";
/// The prefix of the name of a feature that is a statement which the language can't express.
pub(super) const STATEMENT: &str = "resource policy statement";
/// The identity's detail that asks for the log group to be read.
pub(super) const LOGS: &str = "log_group";
/// The identity's detail that names the key of the environment variables.
pub(super) const KMS_KEY: &str = "kms_key";

/// The ARN of a function. Source: Developer Guide, "Lambda function ARNs".
pub(super) fn function_arn(name: &str, env: &Environment) -> String {
    env.arn("lambda", &format!("function:{name}"))
}

/// The log group that Lambda uses by default.
/// Source: Developer Guide, "Sending Lambda function logs to `CloudWatch` Logs".
pub(super) fn log_group_name(name: &str) -> String {
    format!("/aws/lambda/{name}")
}

/// The log group that a function writes to.
pub(super) fn log_group_of(name: &str, outputs: &Outputs) -> String {
    outputs.get(OTHER_GROUP).cloned().unwrap_or_else(|| log_group_name(name))
}

/// The log group's ARN as in tags and their permissions. All other actions have it with `:*` at the end.
/// Source: `CloudWatch` Logs API reference, `LogGroup`, `arn` and `logGroupArn`.
pub(super) fn group_arn(group: &str, env: &Environment) -> String {
    env.arn("logs", &format!("log-group:{group}"))
}

/// The ARN of a role that may be given by name.
pub(super) fn role_arn(role: &str, env: &Environment) -> String {
    // A sensitive text is treated as an ARN: its value can't be read here.
    if role.is_empty() || role.starts_with("arn:") || pending::is_pending(role) || Vault::is_sealed(role) {
        return role.to_owned();
    }
    env.global_arn("iam", &format!("role/{role}"))
}
