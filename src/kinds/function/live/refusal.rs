//! Refusals of Lambda after which a call may be retried.

use crate::aws::CallError;

/// Returns whether Lambda refused because a new role, its policies or its grants are not known everywhere yet, or
/// because EC2 throttled it. Codes and texts as measured by others and kept by Terraform's provider; a
/// refusal by an explicit deny is not retried.
pub(super) fn is_retryable(error: &CallError) -> bool {
    const WORDS: [&str; 4] = [
        "The role defined for the function cannot be assumed by Lambda",
        "The provided execution role does not have permissions",
        "Lambda was unable to configure access to your environment variables because the KMS key is invalid for \
         CreateGrant",
        "throttled by EC2",
    ];
    error.is(&["InvalidParameterValueException"])
        && !error.message.contains("explicit deny")
        && WORDS.iter().any(|words| error.message.contains(words))
}

/// Returns whether an earlier update, or the creation, is still in progress.
/// Source: Developer Guide, "Lambda function states"; a name that is taken has the same code and another text.
pub(super) fn is_busy(error: &CallError) -> bool {
    const WORDS: [&str; 3] =
        ["An update is in progress", "function is currently in the following state", "concurrent update operation"];
    error.is(&["ResourceConflictException"]) && WORDS.iter().any(|words| error.message.contains(words))
}

/// Returns whether a new principal (a role of this stack) is not known everywhere yet, or the function is busy.
/// Text as measured by others: "The provided principal was invalid. Please check the principal and try again."
pub(super) fn principal_is_new(error: &CallError) -> bool {
    error.is(&["InvalidParameterValueException"]) && error.message.contains("The provided principal was invalid")
        || is_busy(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str, message: &str) -> CallError {
        CallError { code: Some(code.to_owned()), ..CallError::unexpected("CreateFunction", message) }
    }

    #[test]
    fn only_what_spreads_is_retried() {
        let spreads = [
            "The role defined for the function cannot be assumed by Lambda.",
            "The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
            "Lambda was unable to configure access to your environment variables because the KMS key is invalid for \
             CreateGrant. Please check your KMS key settings. KMS Exception: InvalidArnException KMS Message: ARN \
             does not refer to a valid principal",
        ];
        for message in spreads {
            assert!(is_retryable(&refused("InvalidParameterValueException", message)), "{message}");
            assert!(!is_retryable(&refused("AccessDeniedException", message)), "{message}");
        }
        let denied = "The provided execution role does not have permissions: with an explicit deny";
        assert!(!is_retryable(&refused("InvalidParameterValueException", denied)));
        assert!(!is_retryable(&refused("InvalidParameterValueException", "Uploaded file must be a non-empty zip")));
    }

    #[test]
    fn a_name_that_is_taken_is_not_waited_for() {
        assert!(!is_busy(&refused("ResourceConflictException", "Function already exist: f")));
        let message = "The operation cannot be performed at this time. An update is in progress for resource: f";
        assert!(is_busy(&refused("ResourceConflictException", message)));
    }
}
