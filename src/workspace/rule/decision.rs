//! The calls that bring a workspace's rule to the state that it should have, decided from the live rules alone.

use std::collections::BTreeMap;

use super::description::{ADOPTED_DESCRIPTION, description_of, workspace_in};
use super::report::{OtherRule, RuleState};
use crate::kinds::security_group_rule::{
    LiveRule, Ports, Protocol, SecurityGroupRuleOp, SecurityGroupRuleSpec, authorize, modify, revoke,
};
use crate::workspace::WorkspaceAddress;

/// The tag with the workspace's name.
const WORKSPACE_TAG: &str = "underpin:workspace";

/// The tag with the time at which the rule was added.
const OPENED_TAG: &str = "underpin:opened";

/// The rule of a workspace: who it is for, and the traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceRule {
    /// The workspace, by a name that no other one has.
    pub workspace: String,
    /// The security group, `sg-…`.
    pub security_group: String,
    /// The protocol, which has ports.
    pub protocol: Protocol,
    /// The ports.
    pub ports: Ports,
    /// Tags of a rule that is added, beside our own.
    pub tags: BTreeMap<String, String>,
    /// The id of a rule made by hand to be used in place of an own one: `DB_SG_RULE_ID` of the scripts.
    pub adopted: Option<String>,
}

/// A decision: the calls, in order, and the state once they are made.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Decision {
    pub(super) calls: Vec<SecurityGroupRuleOp>,
    pub(super) state: RuleState,
    /// The id of the rule, if it exists already.
    pub(super) id: Option<String>,
    /// The description of the rule.
    pub(super) description: Option<String>,
    pub(super) notes: Vec<String>,
}

/// The reason why the adopted rule can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It is in this other group.
    OtherGroup(String),
    /// Its source, this one, is of another type than the address, and keeps its type.
    OtherType(String),
}

impl WorkspaceRule {
    /// The rule for an address.
    fn spec(&self, address: WorkspaceAddress, tags: BTreeMap<String, String>) -> SecurityGroupRuleSpec {
        SecurityGroupRuleSpec {
            security_group: self.security_group.clone(),
            source: address.cidr(),
            protocol: self.protocol,
            port: Some(self.ports),
            description: Some(description_of(&self.workspace)),
            tags,
        }
    }

    /// Returns whether a live rule is for the traffic of this one.
    fn is_for_traffic(&self, live: &SecurityGroupRuleSpec) -> bool {
        live.security_group == self.security_group && live.protocol == self.protocol && live.port == Some(self.ports)
    }

    /// The live rules of the workspace itself, by their ids.
    fn own<'l>(&self, live: &'l [LiveRule]) -> Vec<&'l LiveRule> {
        let description = description_of(&self.workspace);
        let is_own = |one: &&LiveRule| {
            self.is_for_traffic(&one.spec) && one.spec.description.as_deref() == Some(description.as_str())
        };
        live.iter().filter(is_own).collect()
    }

    /// The rules of other workspaces for the same traffic.
    pub(super) fn others(&self, live: &[LiveRule]) -> Vec<OtherRule> {
        let own = description_of(&self.workspace);
        let other = |one: &LiveRule| {
            let description = one.spec.description.as_deref().filter(|text| *text != own)?;
            let workspace = workspace_in(description).filter(|_| self.is_for_traffic(&one.spec))?;
            Some(OtherRule {
                id: one.id.clone(),
                workspace: workspace.to_owned(),
                source: one.spec.source.clone(),
                opened: one.spec.tags.get(OPENED_TAG).cloned(),
            })
        };
        live.iter().filter_map(other).collect()
    }

    /// Decides how to open the rule for an address. `now` is the time in UTC, for the tag of a new rule.
    pub(super) fn opening(
        &self,
        address: WorkspaceAddress,
        live: &[LiveRule],
        now: &str,
    ) -> Result<Decision, Unusable> {
        let mut notes = Vec::new();
        if let Some(id) = &self.adopted {
            if let Some(rule) = live.iter().find(|one| one.id == *id) {
                return self.adopting(address, rule, live);
            }
            notes.push(format!(
                "there is no rule `{id}` for inbound traffic any more: the workspace has one of its own"
            ));
        }
        let mut own = self.own_opening(address, live, now);
        own.notes.splice(0..0, notes);
        Ok(own)
    }

    fn own_opening(&self, address: WorkspaceAddress, live: &[LiveRule], now: &str) -> Decision {
        let cidr = address.cidr();
        let own = self.own(live);
        let description = Some(description_of(&self.workspace));
        let remove = |kept: Option<&str>| {
            let ids = own.iter().map(|one| one.id.clone()).filter(|id| Some(id.as_str()) != kept);
            let ids: Vec<String> = ids.collect();
            (!ids.is_empty()).then(|| revoke(&self.security_group, ids))
        };
        let decided = |calls: Vec<SecurityGroupRuleOp>, state, id: Option<&LiveRule>| Decision {
            calls,
            state,
            id: id.map(|one| one.id.clone()),
            description: id.map_or_else(|| description.clone(), |one| one.spec.description.clone()),
            notes: Vec::new(),
        };
        if let Some(right) = own.iter().copied().find(|one| one.spec.source == cidr) {
            return decided(remove(Some(&right.id)).into_iter().collect(), RuleState::Unchanged, Some(right));
        }
        // AWS takes no second rule for the same traffic and source.
        if let Some(other) = live.iter().find(|one| self.is_for_traffic(&one.spec) && one.spec.source == cidr) {
            let mut shared = decided(remove(None).into_iter().collect(), RuleState::Shared, Some(other));
            shared.notes.push(shared_note(other));
            return shared;
        }
        let is_v6 = |source: &str| source.contains(':');
        if let Some(old) = own.iter().copied().find(|one| is_v6(&one.spec.source) == is_v6(&cidr)) {
            let change = modify(&old.id, &self.spec(address, BTreeMap::new()));
            let calls = [change].into_iter().chain(remove(Some(&old.id))).collect();
            return decided(calls, RuleState::Changed, Some(old));
        }
        let mut tags = self.tags.clone();
        tags.insert(WORKSPACE_TAG.to_owned(), workspace_tag(&self.workspace));
        tags.insert(OPENED_TAG.to_owned(), now.to_owned());
        // An old rule is of the other version of IP, and keeps its type.
        let calls = [authorize(&self.spec(address, tags))].into_iter().chain(remove(None)).collect();
        decided(calls, RuleState::Opened, None)
    }

    /// Decides how to set an adopted rule to an address. It keeps its id, which others know.
    fn adopting(&self, address: WorkspaceAddress, rule: &LiveRule, live: &[LiveRule]) -> Result<Decision, Unusable> {
        let LiveRule { id, spec: is, unmanaged: _ } = rule;
        if is.security_group != self.security_group {
            return Err(Unusable::OtherGroup(is.security_group.clone()));
        }
        let description = Some(ADOPTED_DESCRIPTION.to_owned());
        let cidr = address.cidr();
        let wanted = SecurityGroupRuleSpec {
            description: description.clone(),
            tags: is.tags.clone(),
            ..self.spec(address, BTreeMap::new())
        };
        let decided = |calls, state| Decision { calls, state, id: Some(id.clone()), description, notes: Vec::new() };
        if *is == wanted {
            return Ok(decided(Vec::new(), RuleState::Unchanged));
        }
        let is_block = |text: &str| text.contains('/');
        if !is_block(&is.source) || is.source.contains(':') != cidr.contains(':') {
            return Err(Unusable::OtherType(is.source.clone()));
        }
        let same = |one: &&LiveRule| one.id != *id && self.is_for_traffic(&one.spec) && one.spec.source == cidr;
        if let Some(other) = live.iter().find(same) {
            let mut shared = decided(Vec::new(), RuleState::Shared);
            (shared.id, shared.description) = (Some(other.id.clone()), other.spec.description.clone());
            shared.notes.push(shared_note(other));
            return Ok(shared);
        }
        Ok(decided(vec![modify(id, &wanted)], RuleState::Changed))
    }

    /// Decides how to close the rule. An adopted one is closed only where it is known to let this workspace in.
    pub(super) fn closing(&self, address: Option<WorkspaceAddress>, live: &[LiveRule]) -> Decision {
        let own: Vec<String> = self.own(live).iter().map(|one| one.id.clone()).collect();
        let description = Some(description_of(&self.workspace));
        let mut decision = Decision {
            state: if own.is_empty() { RuleState::Absent } else { RuleState::Closed },
            id: own.first().cloned(),
            calls: if own.is_empty() { Vec::new() } else { vec![revoke(&self.security_group, own)] },
            description,
            notes: Vec::new(),
        };
        let adopted = self.adopted.as_ref().and_then(|id| live.iter().find(|one| one.id == *id));
        let Some(adopted) = adopted.filter(|one| self.is_for_traffic(&one.spec)) else { return decision };
        let nobody = nobody(&adopted.spec.source);
        if adopted.spec.source == nobody {
            return decision;
        }
        decision.id = Some(adopted.id.clone());
        decision.description.clone_from(&adopted.spec.description);
        match address.map(WorkspaceAddress::cidr) {
            Some(cidr) if cidr == adopted.spec.source => {
                let closed = SecurityGroupRuleSpec { source: nobody.clone(), ..adopted.spec.clone() };
                decision.calls.push(modify(&adopted.id, &closed));
                decision.state = RuleState::Closed;
                decision.notes.push(format!(
                    "`{}` stays, since it was made by hand, and lets in `{nobody}` alone, an address for documentation \
                     that nobody has",
                    adopted.id
                ));
            }
            Some(_) => {
                decision.state = RuleState::Left;
                let now = &adopted.spec.source;
                decision.notes.push(format!("`{}` lets in `{now}` by now, which is not this workspace", adopted.id));
            }
            None => {
                decision.state = RuleState::Left;
                let note = "is left as it is: without this workspace's address nobody knows whether it is this one's";
                decision.notes.push(format!("`{}` {note}", adopted.id));
            }
        }
        decision
    }
}

/// The block of an address for documentation, in place of a source of the same type.
/// Source: RFC 5737 and RFC 3849.
fn nobody(source: &str) -> String {
    if source.contains(':') { "2001:db8::1/128" } else { "192.0.2.1/32" }.to_owned()
}

/// A workspace's name as the value of a tag. Source: AWS General Reference, "Tag naming limits and requirements".
fn workspace_tag(workspace: &str) -> String {
    let allowed = |c: char| if c.is_alphanumeric() || "_.:/=+-@ ".contains(c) { c } else { '_' };
    workspace.chars().map(allowed).take(256).collect()
}

fn shared_note(other: &LiveRule) -> String {
    let whose = other.spec.description.as_deref().and_then(workspace_in);
    let whose = whose.map_or_else(|| "somebody else".to_owned(), |name| format!("the workspace `{name}`"));
    format!(
        "`{}` of {whose} lets in the same address, and AWS takes no second rule for it: when that one is closed, run \
         this again",
        other.id
    )
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
