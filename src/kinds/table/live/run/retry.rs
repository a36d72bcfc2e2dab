//! The refusals after which a call is made again.

use crate::aws::CallError;

/// Returns whether a call may be retried: the table has another change, or too many tables have one. The code
/// alone is not enough: `LimitExceededException` also means quotas, for which a retry does not help.
/// Source: API reference, "Common Errors"; measured messages.
pub(super) fn is_retryable(error: &CallError) -> bool {
    let says = |words: &[&str]| words.iter().any(|word| error.message.contains(word));
    match error.code.as_deref() {
        Some("ResourceInUseException") => {
            says(&["being updated", "being created", "being indexed", "UPDATING", "CREATING"])
        }
        Some("LimitExceededException") => says(&["simultaneously", "concurrent", "Too many"]),
        Some("ConcurrentModificationException" | "ConcurrentUpdateException") => true,
        _ => false,
    }
}

/// Returns whether a call may be retried, also because a policy's new principal is not known everywhere yet.
/// Source: IAM User Guide, "Changes that I make are not always immediately visible".
pub(super) fn is_retryable_with_policy(error: &CallError) -> bool {
    is_retryable(error)
        || (error.is(&["ValidationException"]) && error.message.to_lowercase().contains("invalid principal"))
}
