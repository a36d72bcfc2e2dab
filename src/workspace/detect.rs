//! The detection of a workspace, from the environment's variables alone.

use schemars::JsonSchema;
use serde::Serialize;

/// The place that a run is started in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Ona, formerly Gitpod.
    Ona,
    /// Gitpod Classic.
    GitpodClassic,
    /// GitHub Codespaces.
    Codespaces,
    /// Coder.
    Coder,
    /// Another dev container.
    DevContainer,
    /// A job of continuous integration.
    Ci,
    /// A plain shell.
    Shell,
}

/// A detected workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detected {
    /// The place.
    pub place: Place,
    /// The name that sets it apart from others of its place, if its variables have one.
    pub id: Option<String>,
}

/// The places, each with the variables that tell it and those that name the workspace. The first that fits counts: a
/// dev container of a product is that product's, and Ona sets variables of Gitpod's names.
///
/// Sources: Ona, "Default environment variables"; Gitpod Classic, "Environment variables"; GitHub, "Default environment
/// variables for your codespace" and "Variables reference"; Coder, "Workspace environment variables"; VS Code, "Advanced
/// container configuration"; the dev container specification; the variables page of each CI service.
const PLACES: &[(Place, &[&str], &[&str])] = &[
    (Place::Ona, &["ONA_ENVIRONMENT_ID", "GITPOD_ENVIRONMENT_ID"], &["ONA_ENVIRONMENT_ID", "GITPOD_ENVIRONMENT_ID"]),
    (Place::GitpodClassic, &["GITPOD_WORKSPACE_ID"], &["GITPOD_INSTANCE_ID", "GITPOD_WORKSPACE_ID"]),
    (Place::Codespaces, &["CODESPACES", "CODESPACE_NAME"], &["CODESPACE_NAME"]),
    (
        Place::Coder,
        &["CODER", "CODER_WORKSPACE_NAME", "CODER_WORKSPACE_ID", "CODER_AGENT_TOKEN"],
        &["CODER_WORKSPACE_ID", "CODER_WORKSPACE_NAME"],
    ),
    (
        Place::Ci,
        &[
            "GITHUB_ACTIONS",
            "GITLAB_CI",
            "CI",
            "CONTINUOUS_INTEGRATION",
            "BUILDKITE",
            "CIRCLECI",
            "TRAVIS",
            "TF_BUILD",
            "JENKINS_URL",
            "TEAMCITY_VERSION",
            "BITBUCKET_BUILD_NUMBER",
            "CODEBUILD_BUILD_ID",
        ],
        &["GITHUB_RUN_ID", "CI_JOB_ID", "BUILDKITE_JOB_ID", "CODEBUILD_BUILD_ID", "BUILD_TAG"],
    ),
    (
        Place::DevContainer,
        &["REMOTE_CONTAINERS", "REMOTE_CONTAINERS_IPC", "DEVCONTAINER", "DEVCONTAINER_ID", "DEVPOD"],
        &["DEVCONTAINER_ID", "DEVPOD_WORKSPACE_ID"],
    ),
];

/// Detects the workspace. A variable that is empty, or says no, counts as unset.
pub fn detect(variable: impl Fn(&str) -> Option<String>) -> Detected {
    let set = |name: &&str| variable(name).filter(|value| says_yes(value));
    for (place, tells, names) in PLACES {
        if tells.iter().any(|name| set(name).is_some()) {
            return Detected { place: *place, id: names.iter().find_map(set) };
        }
    }
    Detected { place: Place::Shell, id: None }
}

fn says_yes(value: &str) -> bool {
    !["", "0", "false", "no", "off"].contains(&value.trim().to_ascii_lowercase().as_str())
}

impl Place {
    /// Its name in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ona => "an Ona environment",
            Self::GitpodClassic => "a Gitpod Classic workspace",
            Self::Codespaces => "a codespace",
            Self::Coder => "a Coder workspace",
            Self::DevContainer => "a dev container",
            Self::Ci => "a CI job",
            Self::Shell => "a shell",
        }
    }

    /// The way to get credentials here, in one sentence. `profile` is that of the AWS configuration, if one is named.
    pub fn how_to_sign_in(self, profile: Option<&str>) -> String {
        let flag = profile.map(|name| format!(" --profile {name}")).unwrap_or_default();
        match self {
            Self::Ona => {
                let by_token = "`ona idp login aws --role-arn ROLE` (which exchanges what `ona idp token --audience \
                                sts.amazonaws.com` prints)";
                format!("run {by_token}, or `aws sso login{flag} --use-device-code`")
            }
            Self::GitpodClassic | Self::Codespaces | Self::Coder | Self::DevContainer => {
                format!("run `aws sso login{flag} --use-device-code`, or `aws login{flag} --remote`")
            }
            Self::Ci => {
                "let the job assume a role by OIDC before this (GitHub: `aws-actions/configure-aws-credentials` \
                         with `permissions: {id-token: write}`)"
                    .to_owned()
            }
            Self::Shell => format!("run `aws login{flag}` or `aws sso login{flag}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Detected {
        detect(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn place_is_that_of_its_variables_and_the_most_specific_counts() {
        type Case = (&'static [(&'static str, &'static str)], Place, Option<&'static str>);
        let cases: &[Case] = &[
            (&[("GITPOD_ENVIRONMENT_ID", "e1")], Place::Ona, Some("e1")),
            (&[("ONA_ENVIRONMENT_ID", "e1")], Place::Ona, Some("e1")),
            (&[("GITPOD_ENVIRONMENT_ID", "e1"), ("GITPOD_WORKSPACE_ID", "w1")], Place::Ona, Some("e1")),
            (&[("GITPOD_ENVIRONMENT_ID", "e1"), ("DEVCONTAINER", "true"), ("CI", "true")], Place::Ona, Some("e1")),
            (&[("GITPOD_WORKSPACE_ID", "w1")], Place::GitpodClassic, Some("w1")),
            (&[("CODESPACES", "true"), ("CODESPACE_NAME", "fuzzy-disco")], Place::Codespaces, Some("fuzzy-disco")),
            (&[("CODESPACES", "true"), ("REMOTE_CONTAINERS", "true")], Place::Codespaces, None),
            (&[("CODER", "true"), ("CODER_WORKSPACE_NAME", "dev")], Place::Coder, Some("dev")),
            (&[("REMOTE_CONTAINERS", "true")], Place::DevContainer, None),
            (&[("DEVCONTAINER", "true")], Place::DevContainer, None),
            (&[("CI", "true"), ("DEVCONTAINER", "true")], Place::Ci, None),
            (&[("GITHUB_ACTIONS", "true"), ("GITHUB_RUN_ID", "7")], Place::Ci, Some("7")),
            (&[("CI", "1")], Place::Ci, None),
            (&[("TF_BUILD", "True")], Place::Ci, None),
            (&[("JENKINS_URL", "https://ci.example.com/")], Place::Ci, None),
            (&[("CI", "false"), ("CODESPACES", ""), ("DEVCONTAINER", "0")], Place::Shell, None),
            (&[("TERM", "xterm")], Place::Shell, None),
            (&[], Place::Shell, None),
        ];
        for (variables, place, id) in cases {
            assert_eq!(of(variables), Detected { place: *place, id: id.map(str::to_owned) }, "{variables:?}");
        }
    }

    #[test]
    fn sign_in_names_a_command_of_the_place_and_the_profile() {
        assert!(Place::Ona.how_to_sign_in(None).contains("ona idp token"));
        assert!(Place::Shell.how_to_sign_in(Some("dev")).contains("`aws sso login --profile dev`"));
        assert!(Place::Ci.how_to_sign_in(None).contains("id-token: write"));
    }
}
