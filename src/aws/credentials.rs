//! The source of credentials: the sources of the AWS CLI in its order, the report of the source in use, and the command
//! that signs in again.

use std::collections::BTreeSet;

use aws_config::SdkConfig;
use aws_config::profile::{self, ProfileFileCredentialsProvider};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::credential_feature::AwsCredentialFeature as Feature;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_types::os_shim_internal::{Env, Fs};

use super::Listener;

/// The configuration with the credentials that the AWS CLI would use. A profile that is named on the command line
/// comes before the environment's variables, as in the AWS CLI; the SDK tries these first whatever profile it has.
/// Source: AWS CLI user guide, "Configuration settings and precedence".
pub(super) fn chosen(config: SdkConfig, profile: Option<&str>, listener: Option<Listener>) -> SdkConfig {
    let named = profile.map(|name| {
        let inner = ProviderConfig::default().with_region(config.region().cloned());
        let provider = ProfileFileCredentialsProvider::builder().profile_name(name).configure(&inner).build();
        SharedCredentialsProvider::new(provider)
    });
    let Some(provider) = named.or_else(|| config.credentials_provider()) else { return config };
    let told = CredentialsLog { provider, listener };
    config.to_builder().credentials_provider(SharedCredentialsProvider::new(told)).build()
}

/// Reports the source of the credentials once they are loaded: `-v` shows it.
#[derive(Debug)]
struct CredentialsLog {
    provider: SharedCredentialsProvider,
    listener: Option<Listener>,
}

impl ProvideCredentials for CredentialsLog {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let credentials: provider::Result = self.provider.provide_credentials().await;
            if let (Ok(credentials), Some(listener)) = (&credentials, &self.listener) {
                let features = credentials.get_property::<Vec<Feature>>().map(Vec::as_slice).unwrap_or_default();
                listener.tell(&format!("credentials: {}", source(features)));
            }
            credentials
        })
    }
}

/// Describes a source by the SDK's notes, from the first to the last.
fn source(features: &[Feature]) -> String {
    let mut words: Vec<&str> = Vec::new();
    for feature in features {
        let word = match feature {
            Feature::CredentialsEnvVars => "environment variables",
            Feature::CredentialsEnvVarsStsWebIdToken => "web identity of the environment",
            Feature::CredentialsStsAssumeRole => "an assumed role",
            Feature::CredentialsStsAssumeRoleWebId => "a role assumed by web identity",
            Feature::CredentialsProfileSourceProfile => "a source profile",
            Feature::CredentialsProfileNamedProvider => "a credential source",
            Feature::CredentialsProfileStsWebIdToken => "web identity of a profile",
            Feature::CredentialsSso => "IAM Identity Center (SSO)",
            Feature::CredentialsProfile | Feature::CredentialsProfileSso | Feature::CredentialsProfileProcess => {
                "a profile"
            }
            Feature::CredentialsProcess => "a credential process",
            Feature::CredentialsHttp => "a container's credentials",
            Feature::CredentialsImds => "the instance's metadata (IMDS)",
            Feature::CredentialsProfileLogin | Feature::CredentialsLogin => "aws login",
            _ => continue,
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.is_empty() { "of an unnamed source".to_owned() } else { words.join(", ") }
}

/// The command to sign in again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignIn {
    /// The profile whose sign-in it is.
    pub(super) profile: String,
    /// The command of the AWS CLI.
    pub(super) command: String,
}

/// The sign-in of a profile, if its credentials come from a sign-in, directly or through the profiles that it takes
/// its credentials from.
pub(super) async fn sign_in(profile: &str) -> Option<SignIn> {
    let set = profile::load(&Fs::real(), &Env::real(), &<_>::default(), None).await.ok()?;
    let mut seen = BTreeSet::new();
    let mut name = profile;
    while seen.insert(name.to_owned()) {
        let of = set.get_profile(name)?;
        let verb = if of.get("sso_session").or_else(|| of.get("sso_start_url")).is_some() {
            "aws sso login"
        } else if of.get("login_session").is_some() {
            "aws login"
        } else {
            name = of.get("source_profile")?;
            continue;
        };
        let flag = if name == "default" { String::new() } else { format!(" --profile {name}") };
        return Some(SignIn { profile: name.to_owned(), command: format!("{verb}{flag}") });
    }
    None
}

/// Returns whether a failure means an expired or missing sign-in, in the words of the SDK and of AWS: the token is
/// not in the cache, has expired and can't be renewed, or is no longer known.
pub(super) fn is_signed_out(failure: &str) -> bool {
    // A missing token is a file that can't be read: for the older form of SSO, the error only has the file's name.
    let sign_in = [
        "SSO token",
        "Login token",
        "Session token not found or invalid",
        "UnauthorizedException",
        "/.aws/sso/cache/",
        "/.aws/login/cache/",
    ];
    let unreached = ["io error", "timeout"].iter().any(|words| failure.contains(&format!("dispatch failure: {words}")));
    sign_in.iter().any(|words| failure.contains(words)) && !unreached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credential_source_names_each_provider_once() {
        assert_eq!(source(&[Feature::CredentialsEnvVars]), "environment variables");
        assert_eq!(
            source(&[Feature::CredentialsSso, Feature::CredentialsProfileSso]),
            "IAM Identity Center (SSO), a profile"
        );
        assert_eq!(source(&[]), "of an unnamed source");
    }

    #[test]
    fn failure_of_a_sign_in_is_distinguished_from_other_failures() {
        assert!(is_signed_out("dispatch failure: other: the SSO token has expired and cannot be refreshed"));
        assert!(is_signed_out(
            "failed to refresh cached Login token: Your session has expired. Please reauthenticate."
        ));
        assert!(!is_signed_out("failed to refresh cached Login token: dispatch failure: io error"));
        assert!(!is_signed_out("AccessDenied: not authorized to perform: sts:AssumeRole"));
    }
}
