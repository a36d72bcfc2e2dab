//! The errors of the worker, by names that a state machine retries or catches.

use lambda_runtime::Diagnostic;

use crate::aws::CallError;
use crate::error::CommandError;

/// An error of a task.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The event is not one of a task: the same event fails again.
    #[error("the event can't be read: {0}")]
    BadEvent(String),
    /// Nothing of the account could be read, mostly since its role can't be assumed: the same call fails again.
    #[error("{0}")]
    AccountUnread(String),
    /// AWS limits the rate of calls: later it may go.
    #[error("AWS limits the rate of calls: {0}")]
    Throttled(String),
    /// The bucket could not be read or written.
    #[error("`{key}` of the bucket `{bucket}`: {why}")]
    Storage {
        /// The bucket.
        bucket: String,
        /// The object's key.
        key: String,
        /// The error.
        why: String,
    },
    /// Any other error.
    #[error("{0}")]
    Failed(String),
}

impl Failure {
    /// The name, for `ErrorEquals`.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::BadEvent(_) => "BadEvent",
            Self::AccountUnread(_) => "AccountUnread",
            Self::Throttled(_) => "Throttled",
            Self::Storage { .. } => "StorageFailed",
            Self::Failed(_) => "AuditFailed",
        }
    }

    /// The error of a call that reads or writes an object.
    pub(super) fn of_object(bucket: &str, key: &str, error: &CallError) -> Self {
        if error.is_throttled() {
            return Self::Throttled(error.to_string());
        }
        Self::Storage { bucket: bucket.to_owned(), key: key.to_owned(), why: error.to_string() }
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::Failed(error.sentence())
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        Self { error_type: failure.name().to_owned(), error_message: failure.to_string() }
    }
}
