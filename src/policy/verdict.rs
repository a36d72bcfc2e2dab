//! The result of an evaluation: the decision, the cause of it, and the facts that are missing.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

/// The outcome for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// A statement allows it, and none denies it.
    Allowed,
    /// A statement denies it.
    ExplicitlyDenied,
    /// No statement allows it.
    ImplicitlyDenied,
    /// It depends on unknown facts.
    Unknown,
}

/// The name of a statement: its Sid, or else its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementName {
    /// Its Sid, if it has one.
    pub sid: Option<String>,
    /// Its place in the policy, from zero.
    pub index: usize,
}

impl fmt::Display for StatementName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sid {
            Some(sid) => f.write_str(sid),
            None => write!(f, "Statement[{}]", self.index),
        }
    }
}

impl Serialize for StatementName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The result of a set of policies together for a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// The outcome.
    pub decision: Decision,
    /// The policy that decided, or that may; `None` if nothing allows.
    pub policy: Option<String>,
    /// The statement in it.
    pub statement: Option<StatementName>,
    /// The keys and references that it depends on.
    pub unknown_keys: BTreeSet<String>,
}

/// The result of one level of the organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelVerdict {
    /// The level's name.
    pub level: String,
    /// The outcome at this level.
    pub decision: Decision,
    /// The policy that decided, or that may.
    pub policy: Option<String>,
    /// The statement in it.
    pub statement: Option<StatementName>,
    /// The keys and references that it depends on.
    pub unknown_keys: BTreeSet<String>,
}

/// The reason why SCPs don't restrict a request at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exemption {
    /// The account manages the organization.
    ManagementAccount,
    /// The caller is a service-linked role.
    ServiceLinkedRole,
    /// The action needs no permission, and works even if it is denied: `sts:GetCallerIdentity`.
    NeedsNoPermission,
}

/// The result of the whole chain of SCPs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The outcome.
    pub decision: Decision,
    /// The keys and references that it depends on; empty unless the outcome is unknown.
    pub unknown_keys: BTreeSet<String>,
    /// The reason why nothing was evaluated, if nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exemption: Option<Exemption>,
    /// The result of each level, from the root down.
    pub levels: Vec<LevelVerdict>,
}

impl Verdict {
    /// The levels that decided; none if the request is allowed.
    pub fn deciding(&self) -> impl Iterator<Item = &LevelVerdict> {
        let allowed = self.decision == Decision::Allowed;
        self.levels.iter().filter(move |level| !allowed && level.decision == self.decision)
    }
}
