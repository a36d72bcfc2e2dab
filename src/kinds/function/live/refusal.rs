//! Refusals of Lambda after which a call may be retried, and those that mean that nothing is there.

use crate::aws::Refusal;

/// A new role, its policies or its grants are not known everywhere yet, or EC2 throttled Lambda. Codes and texts as
/// measured by others and kept by Terraform's provider.
pub(super) const RETRYABLE: &[Refusal] = &[Refusal::of(&["InvalidParameterValueException"]).saying(&[
    "The role defined for the function cannot be assumed by Lambda",
    "The provided execution role does not have permissions",
    "Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant",
    "throttled by EC2",
])];

/// An earlier update, or the creation, is still in progress.
/// Source: Developer Guide, "Lambda function states"; a name that is taken has the same code and another text.
const IN_PROGRESS: Refusal = Refusal::of(&["ResourceConflictException"]).saying(&[
    "An update is in progress",
    "function is currently in the following state",
    "concurrent update operation",
]);

/// The function is busy.
pub(super) const BUSY: &[Refusal] = &[IN_PROGRESS];

/// A new principal (a role of this stack) is not known everywhere yet, or the function is busy.
/// Text as measured by others: "The provided principal was invalid. Please check the principal and try again."
pub(super) const NEW_PRINCIPAL: &[Refusal] =
    &[Refusal::of(&["InvalidParameterValueException"]).saying(&["The provided principal was invalid"]), IN_PROGRESS];

/// There is no such function, statement or log group.
/// Source: Lambda and `CloudWatch` Logs API references, Errors of each operation.
pub(super) const GONE: &[Refusal] = &[Refusal::of(&["ResourceNotFoundException"])];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::CallError;

    fn refused(code: &str, message: &str) -> CallError {
        CallError { code: Some(code.to_owned()), ..CallError::unexpected("CreateFunction", message) }
    }

    #[test]
    fn only_iam_propagation_errors_are_retried() {
        let spreads = [
            "The role defined for the function cannot be assumed by Lambda.",
            "The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
            "Lambda was unable to configure access to your environment variables because the KMS key is invalid for \
             CreateGrant. Please check your KMS key settings. KMS Exception: InvalidArnException KMS Message: ARN \
             does not refer to a valid principal",
        ];
        for message in spreads {
            assert!(refused("InvalidParameterValueException", message).is_any_of(RETRYABLE), "{message}");
            assert!(!refused("AccessDeniedException", message).is_any_of(RETRYABLE), "{message}");
        }
        let denied = "The provided execution role does not have permissions: with an explicit deny";
        assert!(!refused("InvalidParameterValueException", denied).is_any_of(RETRYABLE));
        assert!(
            !refused("InvalidParameterValueException", "Uploaded file must be a non-empty zip").is_any_of(RETRYABLE)
        );
    }

    #[test]
    fn name_conflict_is_not_retried() {
        assert!(!refused("ResourceConflictException", "Function already exist: f").is_any_of(BUSY));
        let message = "The operation cannot be performed at this time. An update is in progress for resource: f";
        assert!(refused("ResourceConflictException", message).is_any_of(BUSY));
    }
}
