//! Credentials that can be had without the user: for who may neither ask nor wait.

use std::collections::BTreeSet;

use aws_config::profile;
use aws_types::os_shim_internal::{Env, Fs};

/// The properties of a profile by which its credentials come from files, from a sign-in that was made, or from a role.
const SILENT: [&str; 7] = [
    "aws_access_key_id",
    "sso_session",
    "sso_start_url",
    "login_session",
    "role_arn",
    "web_identity_token_file",
    "credential_source",
];

/// The variables that give credentials on their own, without a profile.
const VARIABLES: [&str; 3] =
    ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];

/// Returns whether there are credentials for the profile (without a name, as the AWS CLI finds them) that nobody has to be
/// asked for. A program that a profile names (`credential_process`) may ask for a code or a touch, and counts as not
/// silent. The metadata of an instance are not counted either: outside of EC2 nothing answers there, which takes long.
pub(super) async fn has_silent_credentials(fs: &Fs, env: &Env, name: Option<&str>) -> bool {
    let set = |variable: &str| env.get(variable).is_ok_and(|value| !value.is_empty());
    if name.is_none() && set("AWS_ACCESS_KEY_ID") {
        return true;
    }
    let chosen = name.map(str::to_owned).or_else(|| env.get("AWS_PROFILE").ok().filter(|name| !name.is_empty()));
    let Ok(profiles) = profile::load(fs, env, &<_>::default(), None).await else { return false };
    let mut seen = BTreeSet::new();
    let mut next = Some(chosen.as_deref().unwrap_or("default"));
    let mut is_silent = false;
    while let Some(name) = next.filter(|name| seen.insert((*name).to_owned())) {
        let Some(profile) = profiles.get_profile(name) else { break };
        if profile.get("credential_process").is_some() {
            return false;
        }
        is_silent |= SILENT.iter().any(|property| profile.get(property).is_some());
        next = profile.get("source_profile");
    }
    is_silent || (name.is_none() && VARIABLES.iter().any(|variable| set(variable)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silent(config: &str, variables: &[(&str, &str)], name: Option<&str>) -> bool {
        let fs = Fs::from_slice(&[("/config", config)]);
        let variables: Vec<(&str, &str)> =
            [("AWS_CONFIG_FILE", "/config"), ("HOME", "/home")].iter().chain(variables).copied().collect();
        let env = Env::from_slice(&variables);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be made");
        runtime.block_on(has_silent_credentials(&fs, &env, name))
    }

    #[test]
    fn programs_of_a_profile_are_not_silent_wherever_they_are_named() {
        let config = "[default]\ncredential_process = ask\n[profile keys]\naws_access_key_id = a\naws_secret_access_key = b\n\
            [profile role]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = default\n\
            [profile mine]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = mine\n";
        assert!(!silent(config, &[], None));
        assert!(!silent(config, &[], Some("role")));
        assert!(silent(config, &[], Some("keys")));
        assert!(silent(config, &[], Some("mine")));
        assert!(silent(config, &[("AWS_PROFILE", "keys")], None));
        assert!(!silent(config, &[("AWS_PROFILE", "role")], None));
        // The variables come first, unless a profile is named on the command line.
        assert!(silent(config, &[("AWS_ACCESS_KEY_ID", "a")], None));
        assert!(!silent(config, &[("AWS_ACCESS_KEY_ID", "a")], Some("role")));
    }

    #[test]
    fn metadata_of_an_instance_are_not_waited_for() {
        assert!(!silent("", &[], None));
        assert!(!silent("[default]\nregion = eu-central-1\n", &[], None));
        assert!(silent("[default]\nsso_session = x\n", &[], None));
        assert!(silent("", &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1")], None));
    }
}
