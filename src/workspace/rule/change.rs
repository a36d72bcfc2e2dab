//! Opens, closes and removes rules: reads what is live, decides, makes the calls, and looks again where another
//! workspace was faster.

use super::decision::{Decision, Unusable, WorkspaceRule};
use super::report::{OtherRule, RuleReport, RuleState};
use crate::aws::{Aws, CallError};
use crate::base::Address;
use crate::kind::{AccessRequest, Kind, Live, StepContext};
use crate::kinds::security_group_rule::{
    DUPLICATE, LiveRule, SecurityGroupRule, SecurityGroupRuleOp, revoke, rules_of_group, rules_with_ids,
};
use crate::workspace::WorkspaceAddress;

/// The number of looks: each but the first follows a change by somebody else in between.
const LOOKS: usize = 5;

/// Judges the permissions that calls need, before the first of them; an error says what forbids them.
pub type Judge<'a> = dyn Fn(&[AccessRequest]) -> Result<(), String> + Sync + 'a;

/// The reason why a rule is not opened, closed or removed.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The group is full.
    #[error("the security group `{group}` takes no more rules: {source}")]
    Full {
        /// The group.
        group: String,
        /// The rules of other workspaces in it.
        others: Vec<OtherRule>,
        /// The error of the call.
        source: CallError,
    },
    /// A guardrail forbids the calls.
    #[error("{0}")]
    Denied(String),
    /// The adopted rule is in another group.
    #[error("the rule `{id}` is in the security group `{is}`, and not in `{group}`")]
    OtherGroup {
        /// The rule.
        id: String,
        /// The group that has it.
        is: String,
        /// The group that was given.
        group: String,
    },
    /// The adopted rule can't have the address.
    #[error("the rule `{id}` lets in `{source_is}`, and AWS changes no rule to `{cidr}`, a source of another type")]
    OtherType {
        /// The rule.
        id: String,
        /// Its source.
        source_is: String,
        /// The address, as a CIDR block.
        cidr: String,
    },
    /// No workspace has a rule by this name.
    #[error("there is no rule of a workspace `{name}` for {traffic}")]
    NoSuchRule {
        /// The name.
        name: String,
        /// The traffic in words.
        traffic: String,
        /// The workspaces that have one.
        known: Vec<String>,
    },
    /// Others changed the rules again and again.
    #[error("the rules of `{0}` have changed at each look: run this again")]
    Unsettled(String),
}

impl RuleError {
    /// The way to go on, if there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Full { others, .. } if !others.is_empty() => {
                let named: Vec<String> = others.iter().map(|one| format!("`{}`", one.workspace)).collect();
                Some(format!("remove the rules of workspaces that have stopped: of {}", named.join(", ")))
            }
            Self::OtherGroup { .. } => Some("give the group and the rule that belong together".to_owned()),
            Self::OtherType { .. } => Some(
                "give an address of the same version of IP, or another rule, or none: an own one is made".to_owned(),
            ),
            Self::NoSuchRule { known, .. } if known.is_empty() => Some("no other workspace has one".to_owned()),
            Self::NoSuchRule { known, .. } => {
                let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                Some(format!("these have one: {}", known.join(", ")))
            }
            _ => None,
        }
    }
}

/// The codes that mean that another run has changed the rules since they were read.
const RACED: &[&str] = &[DUPLICATE, "InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound"];

/// Reads the rules that matter: those of the group, and the adopted one wherever it is.
async fn read(rule: &WorkspaceRule, aws: &Aws) -> Result<Vec<LiveRule>, CallError> {
    let mut live = rules_of_group(&rule.security_group, aws).await?;
    if let Some(id) = &rule.adopted
        && !live.iter().any(|one| one.id == *id)
    {
        live.extend(rules_with_ids(std::slice::from_ref(id), aws).await?);
    }
    Ok(live)
}

/// Makes the calls of a decision; returns the id of a rule that was added.
async fn make(calls: Vec<SecurityGroupRuleOp>, aws: &Aws, judge: &Judge<'_>) -> Result<Option<String>, RuleError> {
    let address = Address::new(SecurityGroupRule::SECTION, "workspace");
    let cx = StepContext { address: &address, name: "workspace", env: aws.env(), token: "", facts: None };
    let needed: Vec<AccessRequest> = calls.iter().flat_map(|op| SecurityGroupRule::requires(op, &cx)).collect();
    if !needed.is_empty() {
        judge(&needed).map_err(RuleError::Denied)?;
    }
    let mut added = None;
    for op in calls {
        let outputs = SecurityGroupRule::run(op, aws).await?;
        added = outputs.get("id").cloned().or(added);
    }
    Ok(added)
}

fn report(
    rule: &WorkspaceRule,
    decision: Decision,
    added: Option<String>,
    source: Option<String>,
    others: Vec<OtherRule>,
) -> RuleReport {
    let Decision { calls: _, state, id, description, notes } = decision;
    RuleReport {
        address: None,
        state,
        id: added.or(id),
        security_group: rule.security_group.clone(),
        protocol: rule.protocol.api().to_owned(),
        port: rule.ports.to_string(),
        source,
        description,
        notes,
        others,
    }
}

/// Opens the workspace's rule for its address. No call changes anything where it is open already.
///
/// # Errors
/// The reason why it is not open.
pub async fn open(
    rule: &WorkspaceRule,
    address: WorkspaceAddress,
    aws: &Aws,
    judge: &Judge<'_>,
) -> Result<RuleReport, RuleError> {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    for _ in 0..LOOKS {
        let live = read(rule, aws).await?;
        let decision = rule.opening(address, &live, &now).map_err(|why| unusable(why, rule, address))?;
        match make(decision.calls.clone(), aws, judge).await {
            Ok(added) => {
                return Ok(report(rule, decision, added, Some(address.cidr()), rule.others(&live)));
            }
            // Another run has added the same rule, or removed the one that was to be changed.
            Err(RuleError::Call(error)) if error.is(RACED) => {}
            // Source: EC2 API reference, "Error codes for the Amazon EC2 API".
            Err(RuleError::Call(error)) if error.is(&["RulesPerSecurityGroupLimitExceeded"]) => {
                let (group, others) = (rule.security_group.clone(), rule.others(&live));
                return Err(RuleError::Full { group, others, source: error });
            }
            Err(error) => return Err(error),
        }
    }
    Err(RuleError::Unsettled(rule.security_group.clone()))
}

fn unusable(why: Unusable, rule: &WorkspaceRule, address: WorkspaceAddress) -> RuleError {
    let id = rule.adopted.clone().unwrap_or_default();
    match why {
        Unusable::OtherGroup(is) => RuleError::OtherGroup { id, is, group: rule.security_group.clone() },
        Unusable::OtherType(source_is) => RuleError::OtherType { id, source_is, cidr: address.cidr() },
    }
}

/// Closes the workspace's rule; the address, if it is known, tells whether an adopted one is still this workspace's.
///
/// # Errors
/// The reason why it may be open still.
pub async fn close(
    rule: &WorkspaceRule,
    address: Option<WorkspaceAddress>,
    aws: &Aws,
    judge: &Judge<'_>,
) -> Result<RuleReport, RuleError> {
    for _ in 0..LOOKS {
        let live = read(rule, aws).await?;
        let decision = rule.closing(address, &live);
        match make(decision.calls.clone(), aws, judge).await {
            Ok(_) => return Ok(report(rule, decision, None, None, rule.others(&live))),
            Err(RuleError::Call(error)) if error.is(RACED) => {}
            Err(error) => return Err(error),
        }
    }
    Err(RuleError::Unsettled(rule.security_group.clone()))
}

/// Removes the rules of workspaces that have stopped, each given by the workspace's name or the rule's id. A rule that is
/// no workspace's, or for other traffic, has no such name. Nothing is removed if one of the names is wrong.
///
/// # Errors
/// A name that no rule has, or the reason why a rule is left.
pub async fn remove(
    rule: &WorkspaceRule,
    names: &[String],
    aws: &Aws,
    judge: &Judge<'_>,
) -> Result<Vec<OtherRule>, RuleError> {
    let others = rule.others(&read(rule, aws).await?);
    let mut gone: Vec<OtherRule> = Vec::new();
    for name in names {
        let found = others.iter().filter(|one| one.workspace == *name || one.id == *name);
        let found: Vec<OtherRule> = found.filter(|one| !gone.contains(one)).cloned().collect();
        let is_named = gone.iter().any(|one| one.workspace == *name || one.id == *name);
        if found.is_empty() && !is_named {
            let known = others.iter().map(|one| one.workspace.clone()).collect();
            let traffic = format!("{} {} of `{}`", rule.protocol.api(), rule.ports, rule.security_group);
            return Err(RuleError::NoSuchRule { name: name.clone(), traffic, known });
        }
        gone.extend(found);
    }
    if !gone.is_empty() {
        let calls = vec![revoke(&rule.security_group, gone.iter().map(|one| one.id.clone()))];
        make(calls, aws, judge).await?;
    }
    Ok(gone)
}

impl RuleReport {
    /// Returns whether the workspace's address is let in.
    pub fn is_open(&self) -> bool {
        match self.state {
            RuleState::Opened | RuleState::Changed | RuleState::Unchanged | RuleState::Shared => true,
            RuleState::Closed | RuleState::Absent | RuleState::Left => false,
        }
    }
}
