//! The kinds of policies that can deny a request, as AWS's messages name them.

use std::fmt;

use serde::Serialize;

/// The kind of policy that denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Attached in the organization, for the principals of its accounts.
    ServiceControlPolicy,
    /// Attached in the organization, for the resources of its accounts.
    ResourceControlPolicy,
    /// The maximum of what a user or role may do.
    PermissionsBoundary,
    /// Passed when the session was created.
    SessionPolicy,
    /// Attached to the user or role, or to a group of the user's.
    IdentityPolicy,
    /// Attached to the resource.
    ResourcePolicy,
    /// Attached to the VPC endpoint that the call went through.
    VpcEndpointPolicy,
    /// Defines who may assume the role.
    RoleTrustPolicy,
}

/// The manner of a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DenialType {
    /// A statement denies it.
    Explicit,
    /// No statement allows it.
    Implicit,
}

/// AWS's words for each, in lower case; `sessions policy` is in its own examples.
/// Source: IAM User Guide, "Troubleshoot access denied error messages".
const WORDS: [(&str, Layer); 9] = [
    ("service control policy", Layer::ServiceControlPolicy),
    ("resource control policy", Layer::ResourceControlPolicy),
    ("permissions boundary", Layer::PermissionsBoundary),
    ("session policy", Layer::SessionPolicy),
    ("sessions policy", Layer::SessionPolicy),
    ("identity-based policy", Layer::IdentityPolicy),
    ("resource-based policy", Layer::ResourcePolicy),
    ("vpc endpoint policy", Layer::VpcEndpointPolicy),
    ("role trust policy", Layer::RoleTrustPolicy),
];

impl Layer {
    /// The kind of policy at the beginning of a text, and the rest of the text.
    pub(super) fn at_start_of(text: &str) -> Option<(Self, &str)> {
        WORDS.iter().find_map(|(words, layer)| {
            let begin = text.get(..words.len())?;
            begin.eq_ignore_ascii_case(words).then(|| (*layer, &text[words.len()..]))
        })
    }

    /// Returns whether a policy of the organization denied, which nothing in the account can override.
    pub fn is_of_the_organisation(self) -> bool {
        matches!(self, Self::ServiceControlPolicy | Self::ResourceControlPolicy)
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ServiceControlPolicy => "service control policy (SCP)",
            Self::ResourceControlPolicy => "resource control policy (RCP)",
            Self::PermissionsBoundary => "permissions boundary",
            Self::SessionPolicy => "session policy",
            Self::IdentityPolicy => "identity-based policy",
            Self::ResourcePolicy => "resource-based policy",
            Self::VpcEndpointPolicy => "VPC endpoint policy",
            Self::RoleTrustPolicy => "role trust policy",
        })
    }
}
