//! Makes the connection: region, credentials, endpoint, and the caller's identity.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use aws_config::meta::region::ProvideRegion as _;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig, profile};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_types::os_shim_internal::{Env, Fs};

use super::endpoint::{endpoint_of_environment, is_loopback, is_url, place_of};
use super::silent_credentials::has_silent_credentials;
use super::{Aws, CallError, Listener, credentials};
use crate::base::{Archives, Caller, Environment, Vault};

/// The pause before the next attempt after a service on this machine failed.
const SOON: Duration = Duration::from_millis(50);

/// The user's options of the connection. Options that are not given come from the AWS configuration, as with the
/// AWS CLI.
#[derive(Debug, Clone, Default)]
pub struct ConnectOptions {
    /// `--region`, or the stack file's.
    pub region: Option<String>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--endpoint-url`, or the environment's of the stack file.
    pub endpoint_url: Option<String>,
    /// A description of the source of the endpoint, for messages.
    pub endpoint_from: Option<String>,
    /// The account to assume where a loopback endpoint has no STS.
    pub account: Option<String>,
    /// Refuse every endpoint that is not on loopback, and use no credentials of the user.
    pub sandbox: bool,
    /// Gets a line for each call.
    pub listener: Option<Listener>,
}

/// The reason why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No region is set.
    #[error("no region is set")]
    NoRegion,
    /// The sandbox was asked for, and the endpoint is not on this machine.
    #[error("the endpoint `{0}` is not on loopback")]
    NotLoopback(String),
    /// The endpoint from this source is no URL. It may hold a secret, and is not shown.
    #[error("the endpoint of {0} is not a URL: `http://` or `https://` and a host are expected")]
    NotUrl(String),
    /// The AWS configuration has no profile of this name.
    #[error("no profile `{0}` in the AWS configuration")]
    NoProfile(String),
    /// Nothing answers at the endpoint.
    #[error("nothing answers at {at}")]
    Unanswered {
        /// The place of the endpoint.
        at: String,
        /// The error of the call.
        #[source]
        source: Box<CallError>,
    },
    /// The sign-in that gives the credentials has expired, or there was none.
    #[error("the sign-in of the profile `{profile}` has expired, or there was none")]
    SignedOut {
        /// The profile whose sign-in it is.
        profile: String,
        /// The command of the AWS CLI that signs in again.
        command: String,
        /// The error of the call.
        #[source]
        source: Box<CallError>,
    },
    /// The caller's identity could not be read.
    #[error("failed to find the account of the credentials")]
    Identity(#[source] Box<CallError>),
}

/// Codes of AWS for credentials that it no longer takes, or never did.
/// Source: IAM User Guide and STS API reference, "Common errors".
const NOT_ACCEPTED: [&str; 6] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidIdentityToken",
    "SignatureDoesNotMatch",
];

impl ConnectError {
    /// Returns the reason in short, and the command that signs in again, if the credentials are missing, have expired, or
    /// are not accepted.
    pub fn of_credentials(&self) -> Option<(String, Option<String>)> {
        match self {
            Self::SignedOut { command, .. } => Some((self.to_string(), Some(command.clone()))),
            Self::NoProfile(_) => Some((self.to_string(), None)),
            Self::Identity(error) if error.is(&NOT_ACCEPTED) => {
                let code = error.code.as_deref().unwrap_or_default();
                Some((format!("{code}: {}", error.message), None))
            }
            // Without a status no service was asked: no credentials were found, or they could not be loaded.
            Self::Identity(error) if error.status.is_none() && error.service == "sts" => {
                let unreached = ["dispatch failure: io error", "dispatch failure: timeout"];
                let is_unreached = unreached.iter().any(|words| error.message.contains(words));
                let expired = ["ExpiredToken", "expired"].iter().any(|word| error.message.contains(word));
                let why = if expired { "the token has expired" } else { "the credentials could not be loaded" };
                (!is_unreached).then(|| (why.to_owned(), None))
            }
            Self::Identity(_) | Self::NoRegion | Self::NotLoopback(_) | Self::NotUrl(_) | Self::Unanswered { .. } => {
                None
            }
        }
    }
}

/// The number of attempts to read the caller's identity: if nothing answers, a long wait does not help.
const ATTEMPTS: u32 = 3;
/// The same on this machine: DynamoDB Local answers with a server error, which the SDK would treat as a temporary
/// one.
const ATTEMPTS_ON_LOOPBACK: u32 = 2;

/// The account if nothing else gives it.
const NO_ACCOUNT: &str = "000000000000";

/// The time limit of a connection. The AWS CLI waits a minute, and as long for an answer, at most five times. Here the
/// first answer, the caller's identity, is small, and its wait is shorter: if nothing answers, this is reported
/// within half a minute.
const CONNECTING: Duration = Duration::from_secs(5);

/// Loads the configuration as the AWS CLI would.
pub async fn configure(options: &ConnectOptions) -> Result<SdkConfig, ConnectError> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(RetryConfig::standard().with_max_attempts(6))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECTING)
                .operation_attempt_timeout(Duration::from_mins(1))
                .build(),
        );
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &options.profile {
        if !has_profile(profile).await {
            return Err(ConnectError::NoProfile(profile.clone()));
        }
        loader = loader.profile_name(profile);
    }
    let endpoint = options.endpoint_url.clone().or_else(endpoint_of_environment);
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(from) = no_url(options, &std::env::vars_os().collect::<Vec<_>>()) {
        return Err(ConnectError::NotUrl(from));
    }
    if options.sandbox && !endpoint.as_deref().is_some_and(is_loopback) {
        return Err(ConnectError::NotLoopback(endpoint.as_deref().map(place_of).unwrap_or_default()));
    }
    if options.sandbox {
        // Neither works with a custom endpoint.
        loader = loader.use_fips(false).use_dual_stack(false);
    }
    if needs_no_credentials(options) {
        let placeholder = Credentials::new("testing", "testing", None, None, "placeholder");
        loader = loader.credentials_provider(SharedCredentialsProvider::new(placeholder));
        // The SDK's own client uses `HTTP_PROXY`, and a proxy is not on loopback. This client uses no proxy, and
        // can't speak TLS.
        if options.sandbox || options.endpoint_url.as_deref().is_some_and(|url| url.starts_with("http://")) {
            loader = loader.http_client(aws_smithy_http_client::Builder::new().build_http());
        }
    }
    let config = loader.load().await;
    if config.region().is_none() {
        return Err(ConnectError::NoRegion);
    }
    if needs_no_credentials(options) {
        return Ok(config);
    }
    Ok(credentials::chosen(config, options.profile.as_deref(), options.listener.clone()))
}

/// The region of a profile of the AWS configuration: of this one, else of `AWS_PROFILE` or the default one.
pub async fn region_of_profile(profile: Option<&str>) -> Option<String> {
    let mut builder = aws_config::profile::ProfileFileRegionProvider::builder();
    if let Some(profile) = profile {
        builder = builder.profile_name(profile);
    }
    builder.build().region().await.map(|region| region.to_string())
}

/// Returns whether the AWS configuration has a profile. Errors of unreadable files are left to the SDK.
async fn has_profile(name: &str) -> bool {
    let (fs, env) = (Fs::real(), Env::real());
    let set = profile::load(&fs, &env, &<_>::default(), None).await;
    set.map_or(true, |set| set.profiles().any(|known| known == name))
}

/// Connects, and reads the caller's identity.
pub async fn connect(
    options: &ConnectOptions,
    vault: Arc<Vault>,
    archives: Arc<Archives>,
) -> Result<Aws, ConnectError> {
    let config = configure(options).await?;
    let region = config.region().map(ToString::to_string).ok_or(ConnectError::NoRegion)?;
    let sts = sts_endpoint(options, config.endpoint_url(), variable);
    let identity = if needs_no_credentials(options) && !sts.as_deref().is_some_and(is_loopback) {
        // Services elsewhere don't accept placeholders.
        None
    } else {
        // DynamoDB Local has no STS: any answer that is not one of STS is taken for that. If anything but this
        // machine is called, only STS can name the account.
        let local = [sts.as_deref(), config.endpoint_url()].iter().all(|url| url.is_some_and(is_loopback));
        let timeouts =
            TimeoutConfig::builder().connect_timeout(CONNECTING).operation_attempt_timeout(Duration::from_secs(10));
        let retries = RetryConfig::standard();
        let retries = if local {
            retries.with_max_attempts(ATTEMPTS_ON_LOOPBACK).with_initial_backoff(SOON)
        } else {
            retries.with_max_attempts(ATTEMPTS)
        };
        let mut asked =
            aws_sdk_sts::config::Builder::from(&config).timeout_config(timeouts.build()).retry_config(retries);
        if let Some(listener) = &options.listener {
            asked.push_interceptor(SharedInterceptor::new(listener.clone()));
        }
        let answer = aws_sdk_sts::Client::from_conf(asked.build()).get_caller_identity().send().await;
        let unreached = matches!(&answer, Err(SdkError::DispatchFailure(why)) if why.is_io() || why.is_timeout());
        let answer = answer.map_err(|error| CallError::of("sts", "GetCallerIdentity", &error));
        match answer {
            Ok(identity) if identity.account().is_none() && !local => {
                let error = CallError::unexpected("GetCallerIdentity", "the answer names no account");
                return Err(ConnectError::Identity(Box::new(error)));
            }
            Err(source) if unreached && sts.is_some() => {
                let at = place_of(sts.as_deref().unwrap_or_default());
                return Err(ConnectError::Unanswered { at, source: Box::new(source) });
            }
            Err(error) if !local || error.status.is_none() => {
                // Without credentials no service was called.
                return Err(not_identified(options, error).await);
            }
            answer => answer.ok(),
        }
    };
    let caller = identity.as_ref().and_then(|identity| {
        let user_id = identity.user_id().map(str::to_owned);
        identity.arn().map(|arn| Caller { arn: arn.to_owned(), user_id, role: None })
    });
    let account = identity.and_then(|identity| identity.account).or_else(|| options.account.clone());
    let account = account.unwrap_or_else(|| NO_ACCOUNT.to_owned());
    let aws = Aws::new(Environment::new(account, region), config, vault, archives);
    Ok(aws.by(caller).heard_by(options.listener.clone()))
}

/// The reason why the caller's identity could not be read.
async fn not_identified(options: &ConnectOptions, error: CallError) -> ConnectError {
    let profile = options.profile.clone().or_else(|| variable("AWS_PROFILE")).filter(|name| !name.is_empty());
    if error.status.is_some() {
        return ConnectError::Identity(Box::new(error));
    }
    if let Some(name) = &profile
        && !has_profile(name).await
    {
        return ConnectError::NoProfile(name.clone());
    }
    let sign_in = if credentials::is_signed_out(&error.message) {
        credentials::sign_in(profile.as_deref().unwrap_or("default")).await
    } else {
        None
    };
    match sign_in {
        Some(credentials::SignIn { profile, command }) => {
            ConnectError::SignedOut { profile, command, source: Box::new(error) }
        }
        None => ConnectError::Identity(Box::new(error)),
    }
}

/// Returns whether a connection needs nothing of the user: no program is run that may ask, and nothing is waited for
/// that may not be there.
pub async fn connects_silently(options: &ConnectOptions) -> bool {
    needs_no_credentials(options) || has_silent_credentials(&Fs::real(), &Env::real(), options.profile.as_deref()).await
}

/// Returns whether placeholders replace credentials: services on this machine need no real ones.
pub(super) fn needs_no_credentials(options: &ConnectOptions) -> bool {
    let endpoint = options.endpoint_url.clone().or_else(endpoint_of_environment);
    let has_credentials = options.profile.is_some()
        || ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"].iter().any(|name| is_set(name));
    options.sandbox || (endpoint.as_deref().is_some_and(is_loopback) && !has_credentials)
}

/// The endpoint of STS: the user's option, else the variable for STS, else the one for all services.
fn sts_endpoint(
    options: &ConnectOptions,
    for_all: Option<&str>,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let mut said = options.endpoint_url.clone();
    said = said.or_else(|| variable("AWS_ENDPOINT_URL_STS").filter(|url| !url.is_empty()));
    said.or_else(|| for_all.map(str::to_owned))
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// The endings of the endpoint variables: for all services, and for the services that underpin calls.
const ENDPOINT_VARIABLES: [&str; 32] = [
    "",
    "_DYNAMODB",
    "_DYNAMODB_STREAMS",
    "_LAMBDA",
    "_IAM",
    "_EC2",
    "_STS",
    "_CLOUDWATCH_LOGS",
    "_APPLICATION_AUTO_SCALING",
    "_ORGANIZATIONS",
    "_KMS",
    "_COGNITO_IDENTITY_PROVIDER",
    "_SSO",
    "_SIGNIN",
    // An audit's.
    "_ACCESSANALYZER",
    "_ACCOUNT",
    "_BACKUP",
    "_CLOUDTRAIL",
    "_CLOUDWATCH",
    "_COGNITO_IDENTITY",
    "_CONFIG_SERVICE",
    "_DAX",
    "_GUARDDUTY",
    "_INSPECTOR2",
    "_RESOURCE_GROUPS_TAGGING_API",
    "_S3",
    "_SECURITYHUB",
    "_SNS",
    "_WAFV2",
    "_SQS",
    "_EVENTBRIDGE",
    "_KINESIS",
];

/// Describes the source of an endpoint that is no URL; variables for one service count as well.
///
/// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
fn no_url(options: &ConnectOptions, variables: &[(OsString, OsString)]) -> Option<String> {
    if let Some(url) = &options.endpoint_url {
        let from = || options.endpoint_from.clone().unwrap_or_else(|| "`--endpoint-url`".to_owned());
        return (!is_url(url)).then(from);
    }
    let ignored = |(name, value): &(OsString, OsString)| {
        name == "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" && value.eq_ignore_ascii_case("true")
    };
    if variables.iter().any(ignored) {
        return None;
    }
    let bad = variables.iter().find(|(name, value)| {
        let service = name.to_str().and_then(|name| name.strip_prefix("AWS_ENDPOINT_URL"));
        let is_one = service.is_some_and(|service| ENDPOINT_VARIABLES.contains(&service));
        is_one && !value.is_empty() && !value.to_str().is_some_and(is_url)
    });
    bad.map(|(name, _)| format!("the variable `{}`", name.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sts_endpoint_is_flag_then_sts_variable_then_configured_endpoint() {
        let (local, remote) = ("http://127.0.0.1:8000", "https://sts.example.com");
        let set = |name: &str| (name == "AWS_ENDPOINT_URL_STS").then(|| remote.to_owned());
        let said = ConnectOptions { endpoint_url: Some(local.to_owned()), ..ConnectOptions::default() };
        assert_eq!(sts_endpoint(&said, Some(remote), set).as_deref(), Some(local));
        let unsaid = ConnectOptions::default();
        assert_eq!(sts_endpoint(&unsaid, Some(local), set).as_deref(), Some(remote));
        assert_eq!(sts_endpoint(&unsaid, Some(local), |_| None).as_deref(), Some(local));
        assert_eq!(sts_endpoint(&unsaid, None, |_| None), None);
    }

    #[test]
    fn sandbox_never_looks_up_credentials_even_with_a_profile() {
        let sandbox = ConnectOptions { sandbox: true, profile: Some("dev".to_owned()), ..ConnectOptions::default() };
        assert!(needs_no_credentials(&sandbox));
        assert!(!needs_no_credentials(&ConnectOptions { sandbox: false, ..sandbox }));
    }

    #[test]
    fn invalid_endpoint_url_error_names_its_source() {
        let variable = |name: &str, value: &str| vec![(name.into(), value.into())];
        let unset = ConnectOptions::default();
        let file = Some("`endpoint_url:` at stack.yaml:3:4".to_owned());
        let given =
            ConnectOptions { endpoint_url: Some("h{x".to_owned()), endpoint_from: file.clone(), ..unset.clone() };
        assert_eq!(no_url(&given, &variable("AWS_ENDPOINT_URL", "nowhere")), file);
        let named = no_url(&unset, &variable("AWS_ENDPOINT_URL_LAMBDA", "nowhere"));
        assert_eq!(named.as_deref(), Some("the variable `AWS_ENDPOINT_URL_LAMBDA`"));
        assert_eq!(no_url(&unset, &variable("AWS_ENDPOINT_URL", "http://localhost:1")), None);
        assert_eq!(no_url(&unset, &variable("AWS_ENDPOINT_URL_BRAKET", "nowhere")), None);
        let mut ignored = variable("AWS_ENDPOINT_URL", "nowhere");
        ignored.extend(variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"));
        assert_eq!(no_url(&unset, &ignored), None);
    }
}
