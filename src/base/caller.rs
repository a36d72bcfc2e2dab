//! The identity that makes the calls, and the organization that the account belongs to.

use std::collections::BTreeMap;

/// The identity that makes the calls, as STS reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The ARN of a user, or of a role's session.
    pub arn: String,
    /// The unique id, such as `AIDA…` or `AROA…:session`.
    pub user_id: Option<String>,
    /// The role of a session, if it was read.
    pub role: Option<SessionRole>,
}

impl Caller {
    /// The name of the role whose session makes the calls. The session's ARN doesn't contain the role's path.
    /// Source: IAM User Guide, "IAM identifiers".
    pub fn role_name(&self) -> Option<&str> {
        let mut parts = self.arn.splitn(6, ':').skip(2);
        let (service, name) = (parts.next()?, parts.nth(2)?);
        name.strip_prefix("assumed-role/").filter(|_| service == "sts")?.split('/').next()
    }
}

/// The role of a session, as IAM has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRole {
    /// Its ARN, with its path.
    pub arn: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The possibility that a session has tags of its own, which take precedence over the role's.
    pub session_tags: SessionTags,
}

/// The possibility to tag a session, by the role's trust policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionTags {
    /// Nobody may tag a session.
    Impossible,
    /// Somebody may tag a session.
    Possible,
}

/// The place of an account in its organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The organization's id: `o-…`.
    pub organization: String,
    /// The path from the organization over root and units, as in `aws:PrincipalOrgPaths`: `o-…/r-…/ou-…/`.
    pub path: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assumed_role_arn_yields_role_name() {
        let name = |arn: &str| Caller { arn: arn.to_owned(), user_id: None, role: None }.role_name().map(str::to_owned);
        assert_eq!(name("arn:aws:sts::123456789012:assumed-role/deployer/ci").as_deref(), Some("deployer"));
        assert_eq!(name("arn:aws:iam::123456789012:role/deployer"), None);
        assert_eq!(name("arn:aws:sts::123456789012:federated-user/ada"), None);
        assert_eq!(name(""), None);
    }
}
