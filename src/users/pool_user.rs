//! A user pool and its users, as data.

use std::collections::BTreeMap;

use serde::Serialize;

use super::reconciliation::Account;

/// A user pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pool {
    /// The id, such as `eu-central-1_AbCdEf123`.
    pub id: String,
    /// The name; `None` if the caller may use the pool and not describe it.
    pub name: Option<String>,
}

impl Pool {
    /// The pool in a message.
    pub fn shown(&self) -> String {
        match &self.name {
            Some(name) => format!("the pool `{name}` ({})", self.id),
            None => format!("the pool `{}`", self.id),
        }
    }
}

/// A user of a pool. Its attributes are personal data: for the output that was asked for, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PoolUser {
    /// The user's name in the pool.
    pub username: String,
    /// `CONFIRMED`, `FORCE_CHANGE_PASSWORD` …; `UNKNOWN` if none was given.
    pub status: String,
    /// False if the user can't sign in.
    pub enabled: bool,
    /// The time of its creation, in RFC 3339.
    pub created_at: Option<String>,
    /// The time of its last change, in RFC 3339.
    pub updated_at: Option<String>,
    /// The attributes by name, `sub` among them.
    pub attributes: BTreeMap<String, String>,
}

impl PoolUser {
    /// The parts by which it is compared with a database; `None` without a `sub`.
    pub fn account(&self) -> Option<Account> {
        let sub = self.attributes.get("sub")?.clone();
        // Source: API reference, `UserType`, `UserStatus`: all others were confirmed, or made by an administrator.
        let confirmed = self.status != "UNCONFIRMED";
        Some(Account { handle: self.attributes.get("preferred_username").cloned(), sub, confirmed })
    }
}

/// The message to a new user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invitation {
    /// Cognito sends the pool's invitation, with a temporary password.
    Sent,
    /// Cognito sends nothing.
    Suppressed,
}
