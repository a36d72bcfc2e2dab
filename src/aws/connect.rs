//! Makes the connection: region, credentials, endpoint, and who we are.

use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

use super::{Aws, CallError};
use crate::base::{Archives, Caller, Environment, Vault};

/// What the user said about the connection. What is not said comes from the AWS configuration, as with the
/// AWS CLI.
#[derive(Debug, Clone, Default)]
pub struct ConnectOptions {
    /// `--region`, or the stack file's.
    pub region: Option<String>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--endpoint-url`, or the environment's of the stack file.
    pub endpoint_url: Option<String>,
    /// The account to assume where a loopback endpoint has no STS.
    pub account: Option<String>,
    /// Refuse every endpoint that is not on loopback, and use no credentials of the user.
    pub sandbox: bool,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nothing says which region.
    #[error("no region is set")]
    NoRegion,
    /// The sandbox was asked for, and the endpoint is elsewhere.
    #[error("the endpoint `{0}` is not on loopback")]
    NotLoopback(String),
    /// What was given as an endpoint is none. It may hold a secret, and is not repeated.
    #[error("the endpoint is no URL: `http://` or `https://` and a host are expected")]
    NotUrl,
    /// Nobody could be asked who we are.
    #[error("failed to learn the account of the credentials")]
    Identity(#[source] Box<CallError>),
}

/// The account where nothing else tells it.
const NO_ACCOUNT: &str = "000000000000";

/// Loads the configuration as the AWS CLI would.
pub async fn configure(options: &ConnectOptions) -> Result<SdkConfig, ConnectError> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(6))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(5))
                .operation_attempt_timeout(Duration::from_mins(1))
                .build(),
        );
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    let endpoint = options.endpoint_url.clone().or_else(endpoint_of_environment);
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if endpoint.as_deref().is_some_and(|endpoint| !is_url(endpoint)) {
        return Err(ConnectError::NotUrl);
    }
    let on_loopback = endpoint.as_deref().is_some_and(is_loopback);
    if options.sandbox && !on_loopback {
        return Err(ConnectError::NotLoopback(endpoint.unwrap_or_default()));
    }
    let has_credentials = options.profile.is_some()
        || ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"].iter().any(|name| is_set(name));
    if options.sandbox || (on_loopback && !has_credentials) {
        let placeholder = Credentials::new("testing", "testing", None, None, "placeholder");
        loader = loader.credentials_provider(SharedCredentialsProvider::new(placeholder));
        // The SDK's own client asks `HTTP_PROXY`, and a proxy is not on loopback. This one asks nobody, and
        // can't speak TLS.
        if options.sandbox || options.endpoint_url.as_deref().is_some_and(|url| url.starts_with("http://")) {
            loader = loader.http_client(aws_smithy_http_client::Builder::new().build_http());
        }
    }
    let config = loader.load().await;
    if config.region().is_none() {
        return Err(ConnectError::NoRegion);
    }
    Ok(config)
}

/// Connects, and asks who we are.
pub async fn connect(
    options: &ConnectOptions,
    vault: Arc<Vault>,
    archives: Arc<Archives>,
) -> Result<Aws, ConnectError> {
    let config = configure(options).await?;
    let region = config.region().map(ToString::to_string).ok_or(ConnectError::NoRegion)?;
    let answer = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await;
    let (account, caller) = match answer {
        Ok(identity) => {
            let user_id = identity.user_id().map(str::to_owned);
            let caller = identity.arn().map(|arn| Caller { arn: arn.to_owned(), user_id });
            (identity.account().unwrap_or(NO_ACCOUNT).to_owned(), caller)
        }
        Err(error) => {
            let error = CallError::of("sts", "GetCallerIdentity", &error);
            let on_loopback = config.endpoint_url().is_some_and(is_loopback)
                || endpoint_of_environment().as_deref().is_some_and(is_loopback);
            // DynamoDB Local has no STS: any answer that is not one of STS is taken for that.
            if !on_loopback || error.status.is_none() {
                return Err(ConnectError::Identity(Box::new(error)));
            }
            (options.account.clone().unwrap_or_else(|| NO_ACCOUNT.to_owned()), None)
        }
    };
    Ok(Aws::new(Environment::new(account, region), config, vault, archives).by(caller))
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn endpoint_of_environment() -> Option<String> {
    ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|url| !url.is_empty()))
}

/// Whether a text can be taken for the URL of an endpoint.
fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    // Source: RFC 3986, section 2: a URL is made of printable ASCII, and of these not.
    let allowed = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c);
    host.is_some_and(|host| !host.is_empty()) && text.chars().all(allowed)
}

/// Whether a URL points to this machine.
pub fn is_loopback(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_url() {
        for url in ["http://localhost:8000", "https://dynamodb.eu-central-1.amazonaws.com/", "http://u:p@[::1]:1/x"] {
            assert!(is_url(url), "{url}");
        }
        for text in ["", "localhost:8000", "http://", "http:///x", "http://a b", "ftp://x", "http://ä"] {
            assert!(!is_url(text), "{text}");
        }
    }

    #[test]
    fn loopback_is_told_from_what_looks_like_it() {
        for url in ["http://localhost:8000", "http://127.0.0.1:5000/x", "https://[::1]:1/", "http://127.9.9.9"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in ["http://localhost.example.com", "http://127.0.0.1@example.com/", "http://10.0.0.1", "localhost"] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
