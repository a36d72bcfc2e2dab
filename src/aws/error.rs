//! A failed call, with AWS's own words kept as fields.

use aws_runtime::retries::classifiers::THROTTLING_ERRORS;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde::Serialize;

use super::attempts::AFTER_UNCERTAIN;
use super::unsupported::{UNSUPPORTED, is_code, says_of_region};
use crate::base::printable;

/// The error of one call. AWS's text is foreign: characters that a terminal would obey are escaped here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{operation}: {}{message}", code.as_deref().map(|code| format!("{code}: ")).unwrap_or_default())]
pub struct CallError {
    /// Such as `dynamodb`.
    pub service: String,
    /// Such as `CreateTable`.
    pub operation: String,
    /// AWS's code, such as `AccessDeniedException`; `None` without an answer.
    pub code: Option<String>,
    /// AWS's message, or the transport's.
    pub message: String,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The request id, for AWS's support.
    pub request_id: Option<String>,
    /// True if an earlier attempt of the same call may have been carried out: no answer came, or a server failed.
    pub after_uncertain: bool,
    /// True if the endpoint does not support the call: its answer says that it does not know the operation, or it
    /// accepted the call without an effect.
    pub unsupported: bool,
}

impl CallError {
    /// Reads the fields of an SDK error.
    pub fn of<E>(service: &str, operation: &str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let response = error.raw_response();
        let header = |name| response.and_then(|response| response.headers().get(name)).map(printable);
        let metadata = error.as_service_error().map(ProvideErrorMetadata::meta);
        let code = metadata.and_then(|meta| meta.code()).map(printable);
        let unsupported = header(UNSUPPORTED).is_some();
        let message = match metadata.and_then(|meta| meta.message()) {
            Some(message) => printable(message),
            None if unsupported => "the endpoint does not support this operation".to_owned(),
            None if code.is_some() => "no message".to_owned(),
            None => printable(&chain(error)),
        };
        Self {
            service: service.to_owned(),
            operation: operation.to_owned(),
            code,
            message,
            status: response.map(|response| response.status().as_u16()),
            request_id: header("x-amzn-requestid").or_else(|| header("x-amz-request-id")),
            after_uncertain: header(AFTER_UNCERTAIN).is_some(),
            unsupported,
        }
    }

    /// An error for an answer that makes no sense, or an impossible state.
    pub fn unexpected(operation: &str, message: impl Into<String>) -> Self {
        Self {
            service: String::new(),
            operation: operation.to_owned(),
            code: None,
            message: printable(&message.into()),
            status: None,
            request_id: None,
            after_uncertain: false,
            unsupported: false,
        }
    }

    /// An error for a call that was accepted without an effect: the endpoint does not support it.
    pub fn not_taken(service: &str, operation: &str, message: impl Into<String>) -> Self {
        Self { service: service.to_owned(), unsupported: true, ..Self::unexpected(operation, message) }
    }

    /// An error that AWS reports within an answer, for a part of it.
    pub fn within(service: &str, operation: &str, code: Option<&str>, message: &str) -> Self {
        let (service, code) = (service.to_owned(), code.map(printable));
        Self { service, code, ..Self::unexpected(operation, message) }
    }

    /// Returns whether AWS answered with one of these codes.
    pub fn is(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|code| codes.contains(&code))
    }

    /// Returns whether the caller may not make this call.
    pub fn is_denied(&self) -> bool {
        self.is(&["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException"])
            && !self.is_unsupported()
    }

    /// Returns whether AWS refused the call for the rate of calls, after all attempts.
    /// Source: the AWS SDK's list of such codes, and EC2's and S3's own.
    pub fn is_throttled(&self) -> bool {
        const LIMITED: &[&str] = &["LimitExceededException", "TransactionInProgressException"];
        let code = self.code.as_deref().unwrap_or_default();
        self.status == Some(429) || (THROTTLING_ERRORS.contains(&code) && !LIMITED.contains(&code))
    }

    /// Returns whether the endpoint does not know the operation: DynamoDB Local, other emulators, a region or partition
    /// that does not have it. [`super::unsupported`] decides by the answer; without an answer the code decides.
    pub fn is_unsupported(&self) -> bool {
        self.unsupported
            || self.code.as_deref().is_some_and(is_code)
            || says_of_region(self.code.as_deref(), &self.message)
            || self.status == Some(501)
    }
}

/// An error and its causes, each once.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        source = cause.source();
    }
    text
}
