//! Who makes the calls, and the organisation that the account belongs to.

/// Who makes the calls, as STS tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The ARN of a user, or of a role's session.
    pub arn: String,
    /// The unique id, such as `AIDA…` or `AROA…:session`.
    pub user_id: Option<String>,
}

/// The place of an account in its organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The organisation's id: `o-…`.
    pub organization: String,
    /// From the organisation over root and units, as `aws:PrincipalOrgPaths` has it: `o-…/r-…/ou-…/`.
    pub path: String,
}
