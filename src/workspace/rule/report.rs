//! The outcome of opening or closing a workspace's rule, for people and programs.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::Address;

/// The state of the workspace's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleState {
    /// It was added.
    Opened,
    /// It was changed in place, to this workspace's address.
    Changed,
    /// It was as it should be: no call changed anything.
    Unchanged,
    /// The address is let in by a rule of somebody else; AWS takes no second one for it.
    Shared,
    /// It was removed; an adopted one lets nobody in any more.
    Closed,
    /// There was none to close.
    Absent,
    /// It was left as it is.
    Left,
}

/// The rule of another workspace in the same group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OtherRule {
    /// The rule's id, `sgr-…`.
    pub id: String,
    /// The workspace, as the description names it.
    pub workspace: String,
    /// The address that it lets in, as a CIDR block.
    pub source: String,
    /// The time at which it was added, in UTC, if its tag tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<String>,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleReport {
    /// The entry of the file that declares it, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The state.
    pub state: RuleState,
    /// The rule's id, `sgr-…`; that of the other one if it is shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The security group.
    pub security_group: String,
    /// The protocol.
    pub protocol: String,
    /// The port, or the range of ports: `5432`, `8000-8100`.
    pub port: String,
    /// The address that is let in, as a CIDR block.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The description of the rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Facts to read, each a sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The rules of other workspaces in the group, for the same ports. Some may have stopped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<OtherRule>,
}

impl fmt::Display for RuleReport {
    /// Writes the outcome in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address: _, state, id, security_group, protocol, port, source, description: _, notes: _, others: _ } =
            self;
        let traffic = format!("{protocol} {port} of {security_group}");
        let from = source.as_deref().map(|source| format!(" for {source}")).unwrap_or_default();
        let rule = id.as_deref().map(|id| format!(" ({id})")).unwrap_or_default();
        match state {
            RuleState::Opened => write!(f, "{traffic} is open{from}{rule}"),
            RuleState::Changed => write!(f, "{traffic} is open{from}{rule}, whose address has changed"),
            RuleState::Unchanged => write!(f, "{traffic} is open{from}{rule}, as before"),
            RuleState::Shared => write!(f, "{traffic} is open{from} by a rule of somebody else{rule}"),
            RuleState::Closed => write!(f, "{traffic} is closed for this workspace{rule}"),
            RuleState::Absent => write!(f, "{traffic} has no rule of this workspace"),
            RuleState::Left => write!(f, "{traffic} is left as it is{rule}"),
        }
    }
}
