//! Reads the role of the session that makes the calls, for policies that exempt or match callers by it.
//!
//! A session's ARN has the role's name, but neither its path nor its tags. One read gives both. A caller who may not
//! make it sees a note where a policy depends on it, and no more. Source: IAM API reference, `GetRole`.

use std::time::Duration;

use crate::aws::{Aws, CallError, policy_document};
use crate::base::{Caller, SessionRole, SessionTags};
use crate::policy::{Chain, allows_session_tags};

/// The caller's role, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleOfSession {
    /// No role makes the calls: a user, the root user, a federated user, or an unknown caller.
    None,
    /// It was read.
    Read(SessionRole),
    /// It could not be read.
    Unreadable {
        /// Its name.
        name: String,
        /// The reason.
        why: String,
    },
}

/// The time limit for the answer.
const LIMIT: Duration = Duration::from_secs(15);

/// The condition keys that depend on the role, in lower case.
const TOLD: [&str; 2] = ["aws:principalarn", "aws:principaltag/"];

/// Returns whether policies ask for keys that depend on the role.
pub fn asks_for_role<'c>(chains: impl IntoIterator<Item = &'c Chain>) -> bool {
    chains.into_iter().any(|chain| TOLD.iter().any(|key| chain.speaks_of(key)))
}

/// Reads the role of the caller's session.
pub async fn session_role(aws: &Aws) -> RoleOfSession {
    let Some(name) = aws.caller().and_then(Caller::role_name) else { return RoleOfSession::None };
    let unreadable = |why| RoleOfSession::Unreadable { name: name.to_owned(), why };
    match tokio::time::timeout(LIMIT, read(aws, name)).await {
        Ok(Ok(role)) => RoleOfSession::Read(role),
        Ok(Err(error)) => unreadable(error.to_string()),
        Err(_) => unreadable(format!("no answer within {} s", LIMIT.as_secs())),
    }
}

async fn read(aws: &Aws, name: &str) -> Result<SessionRole, CallError> {
    let answer = aws.iam().get_role().role_name(name).send().await;
    let role = answer.map_err(|error| CallError::of("iam", "GetRole", &error))?.role;
    let role = role.filter(|role| role.arn().rsplit('/').next().is_some_and(|found| found.eq_ignore_ascii_case(name)));
    let role = role.ok_or_else(|| CallError::unexpected("GetRole", "another role was returned"))?;
    let trust = policy_document("GetRole", role.assume_role_policy_document().unwrap_or_default());
    let taggable = trust.map_or(true, |trust| allows_session_tags(&trust));
    Ok(SessionRole {
        tags: role.tags().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect(),
        session_tags: if taggable { SessionTags::Possible } else { SessionTags::Impossible },
        arn: role.arn,
    })
}
