//! A connection as a role, in this account or another.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_runtime::client::identity::IdentityCache;
use serde_json::{Value, json};

use super::{Aws, CallError};
use crate::base::{Caller, Environment};

/// The name of the session in the logs of the account.
const SESSION: &str = "underpin";

/// A role to be assumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleToAssume {
    /// Its ARN.
    pub arn: String,
    /// The id that its trust policy may ask for (`sts:ExternalId`).
    pub external_id: Option<String>,
}

impl Aws {
    /// The same connection as a role: its credentials are renewed as they end.
    ///
    /// # Errors
    /// STS refuses it, or answers without credentials.
    pub async fn assume(self: &Arc<Self>, role: &RoleToAssume) -> Result<Self, CallError> {
        let answer = ask(self, role).await?;
        let credentials = credentials(&answer)?;
        let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let caller = text("/AssumedRoleUser/Arn").map(|arn| Caller {
            arn,
            user_id: text("/AssumedRoleUser/AssumedRoleId"),
            role: None,
        });
        let provider = AssumedRole { from: self.clone(), role: role.clone(), first: credentials };
        let account = role.arn.split(':').nth(4).filter(|account| !account.is_empty());
        let env = Environment::new(account.unwrap_or(&self.env().account), self.env().region.clone());
        Ok(self
            .with_credentials(env, SharedCredentialsProvider::new(provider), IdentityCache::lazy().build())
            .by(caller))
    }
}

/// Source: STS API reference, `AssumeRole`.
async fn ask(from: &Aws, role: &RoleToAssume) -> Result<Value, CallError> {
    let mut input = json!({"RoleArn": role.arn, "RoleSessionName": SESSION});
    if let Some(id) = &role.external_id {
        input["ExternalId"] = json!(id);
    }
    Box::pin(from.ask("sts:AssumeRole", input, None)).await
}

fn credentials(answer: &Value) -> Result<Credentials, CallError> {
    let text = |member: &str| answer.pointer(&format!("/Credentials/{member}")).and_then(Value::as_str);
    let (Some(id), Some(secret)) = (text("AccessKeyId"), text("SecretAccessKey")) else {
        return Err(CallError::unexpected("AssumeRole", "the answer has no credentials"));
    };
    let end = text("Expiration").and_then(|time| time.parse::<jiff::Timestamp>().ok());
    let end = end.and_then(|end| u64::try_from(end.as_second()).ok());
    let end = end.map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
    Ok(Credentials::new(id, secret, text("SessionToken").map(str::to_owned), end, "an assumed role"))
}

/// Gives the credentials of a role, the first ones as long as they hold.
struct AssumedRole {
    from: Arc<Aws>,
    role: RoleToAssume,
    first: Credentials,
}

impl std::fmt::Debug for AssumedRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AssumedRole")
    }
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            // Five minutes before the end they are renewed.
            let soon = SystemTime::now() + Duration::from_mins(5);
            if self.first.expiry().is_none_or(|end| end > soon) {
                return Ok(self.first.clone());
            }
            let answer = ask(&self.from, &self.role).await.map_err(CredentialsError::provider_error)?;
            let renewed: provider::Result = credentials(&answer).map_err(CredentialsError::provider_error);
            renewed
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_an_answer_have_their_end() {
        let answer = json!({"Credentials": {
            "AccessKeyId": "a", "SecretAccessKey": "b", "SessionToken": "c", "Expiration": "1970-01-01T00:01:00Z"
        }});
        let read = credentials(&answer).expect("credentials");
        assert_eq!((read.access_key_id(), read.session_token()), ("a", Some("c")));
        assert_eq!(read.expiry(), Some(SystemTime::UNIX_EPOCH + Duration::from_mins(1)));
        assert!(credentials(&json!({})).is_err());
    }
}
