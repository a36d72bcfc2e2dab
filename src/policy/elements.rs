//! The names of the policy language: its versions, and the elements of a statement.

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, also the default if no version is named: no policy variables.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// The elements of a statement.
pub(super) const ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
