//! A part of an account that could not be read, with the action that is missing.

use super::action::action_of;
use crate::aws::CallError;

/// The reason why a call gives no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The caller may not do it.
    Denied,
    /// The endpoint, the region or the partition does not have the operation.
    Unsupported,
    /// AWS refused the call for the rate of calls, also after pauses.
    Throttled,
    /// The resource, or the setting that was asked for, does not exist.
    Absent,
    /// Any other refusal, or no answer.
    Failed,
    /// It was not asked for: nothing that was to be judged looks at it.
    NotAsked,
}

/// A call without an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct Unread {
    /// The action of IAM that the call needs, such as `dynamodb:DescribeContinuousBackups`.
    pub action: String,
    /// The reason.
    pub reason: Reason,
    /// The error of the call.
    #[source]
    pub error: CallError,
}

impl Unread {
    /// Reads the error of an operation such as `lambda:ListFunctionUrlConfigs`.
    pub fn of(operation: &str, error: CallError) -> Self {
        let reason = if error.is_unsupported() {
            Reason::Unsupported
        } else if error.is_denied() {
            Reason::Denied
        } else if error.is_throttled() {
            Reason::Throttled
        } else if is_absent(operation, &error) {
            Reason::Absent
        } else {
            Reason::Failed
        };
        Self { action: action_of(operation).to_owned(), reason, error }
    }

    /// A call that was not made, since what it shows is not wanted.
    pub fn not_asked(operation: &str) -> Self {
        let error = CallError::unexpected(operation, "it was not asked for");
        Self { action: action_of(operation).to_owned(), reason: Reason::NotAsked, error }
    }

    /// Returns whether AWS says that there is nothing to read, which is an answer.
    pub fn is_absent(&self) -> bool {
        self.reason == Reason::Absent
    }

    /// The reason in a sentence, without its end: `the caller may not dynamodb:DescribeContinuousBackups`.
    pub fn sentence(&self) -> String {
        let Self { action, reason, error } = self;
        match reason {
            Reason::Denied => format!("the caller may not `{action}`"),
            Reason::Unsupported => format!("the endpoint does not support `{action}`"),
            Reason::Throttled => format!("AWS limits the rate of `{action}`, also after pauses"),
            Reason::NotAsked => format!("`{action}` was not asked for"),
            Reason::Absent | Reason::Failed => {
                let code = error.code.as_deref().map(|code| format!("{code}: ")).unwrap_or_default();
                format!("`{action}` failed: {code}{}", error.message)
            }
        }
    }

    /// The action, if it is missing in the caller's policies: for `NotAssessed::action`.
    pub fn missing_action(&self) -> Option<&str> {
        (self.reason == Reason::Denied).then_some(self.action.as_str())
    }
}

/// Parts of codes by which services say that something does not exist.
const ABSENT: &[&str] = &["NotFound", "NoSuch", "NotInUse", "NonExistent", "DoesNotExist"];

/// Codes that mean "not there" for one operation only. Source: API references of the services.
const ABSENT_FOR: &[(&str, &str)] = &[
    // "Account … is not subscribed to AWS Security Hub".
    ("securityhub:DescribeHub", "InvalidAccessException"),
    ("kms:GetKeyRotationStatus", "UnsupportedOperationException"),
    // The pool has no threat protection.
    ("cognito-idp:DescribeRiskConfiguration", "UserPoolAddOnNotEnabledException"),
    // The organization has not let IAM manage anything for it.
    ("iam:ListOrganizationsFeatures", "ServiceAccessNotEnabledException"),
    ("iam:ListOrganizationsFeatures", "ServiceAccessNotEnabled"),
];

fn is_absent(operation: &str, error: &CallError) -> bool {
    let Some(code) = error.code.as_deref() else { return false };
    ABSENT.iter().any(|part| code.contains(part)) || ABSENT_FOR.contains(&(operation, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unread(operation: &str, code: &str) -> Unread {
        Unread::of(operation, CallError::within("x", "Y", Some(code), "words"))
    }

    #[test]
    fn refusals_are_told_apart_by_their_codes() {
        for (code, reason) in [
            ("AccessDenied", Reason::Denied),
            ("UnauthorizedOperation", Reason::Denied),
            ("ThrottlingException", Reason::Throttled),
            ("RequestLimitExceeded", Reason::Throttled),
            ("NoSuchEntity", Reason::Absent),
            ("PolicyNotFoundException", Reason::Absent),
            ("AWSOrganizationsNotInUseException", Reason::Absent),
            ("InvalidAction", Reason::Unsupported),
            ("InternalFailure", Reason::Failed),
        ] {
            assert_eq!(unread("iam:GetRole", code).reason, reason, "{code}");
        }
        assert_eq!(unread("securityhub:DescribeHub", "InvalidAccessException").reason, Reason::Absent);
    }

    #[test]
    fn missing_action_is_named_only_if_the_call_was_denied() {
        let denied = unread("lambda:ListEventSourceMappings", "AccessDeniedException");
        assert_eq!(denied.missing_action(), Some("lambda:ListEventSourceMappings"));
        assert_eq!(denied.sentence(), "the caller may not `lambda:ListEventSourceMappings`");
        assert_eq!(unread("lambda:GetPolicy", "ThrottlingException").missing_action(), None);
    }
}
