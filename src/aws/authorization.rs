//! The encoded details of a denial.

use std::time::Duration;

use super::{Aws, CallError};

/// The longest message that STS accepts. Source: STS API reference, `DecodeAuthorizationMessage`.
const LONGEST: usize = 10_240;

/// The time limit of the call: the user waits to learn why a call was denied.
const LIMIT: Duration = Duration::from_secs(10);

impl Aws {
    /// Decodes the details of a denial by STS, which needs a permission of its own.
    pub async fn decode_authorization_message(&self, encoded: &str) -> Result<String, CallError> {
        const OPERATION: &str = "DecodeAuthorizationMessage";
        if encoded.len() > LONGEST {
            return Err(CallError::unexpected(OPERATION, "the encoded details are longer than STS takes"));
        }
        let call = self.sts().decode_authorization_message().encoded_message(encoded).send();
        match tokio::time::timeout(LIMIT, Box::pin(call)).await {
            Ok(Ok(answer)) => Ok(answer.decoded_message.unwrap_or_default()),
            Ok(Err(error)) => Err(CallError::of("sts", OPERATION, &error)),
            Err(_) => Err(CallError::unexpected(OPERATION, format!("no answer within {} s", LIMIT.as_secs()))),
        }
    }
}
