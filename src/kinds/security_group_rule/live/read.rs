//! Reads the rules of some groups, and those with the tags of some stacks.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;

use super::super::identity::{ID, ports_key, rule_arn};
use super::super::port::Ports;
use super::super::protocol::Protocol;
use super::super::source;
use super::super::spec::SecurityGroupRuleSpec;
use super::choose::{Candidate, choose};
use crate::aws::ec2::{Filter, SecurityGroupRule as Answered};
use crate::aws::{Aws, CallError};
use crate::base::Outputs;
use crate::kind::tags::STACK_TAG;
use crate::kind::{Identity, Observed, ReadOutcome, UnmanagedFeature};

const OPERATION: &str = "DescribeSecurityGroupRules";

/// The largest number of values of a filter.
/// Source: EC2 user guide, "List and filter using the CLI and API".
const FILTER_VALUES: usize = 200;

/// A live rule for inbound traffic, in the words of the language as far as it has them.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveRule {
    /// The id, `sgr-…`.
    pub id: String,
    /// The rule. One of a protocol that the language does not have is read as one of all protocols.
    pub spec: SecurityGroupRuleSpec,
    /// Features that the language can't express.
    pub unmanaged: Vec<UnmanagedFeature>,
}

/// The rules for inbound traffic of a group.
///
/// # Errors
/// The call's. A group that does not exist has no rules.
pub async fn rules_of_group(group: &str, aws: &Aws) -> Result<Vec<LiveRule>, CallError> {
    inbound("group-id", &[group.to_owned()], aws).await
}

/// The rules for inbound traffic with these ids; those that do not exist are left out.
///
/// # Errors
/// The call's.
pub async fn rules_with_ids(ids: &[String], aws: &Aws) -> Result<Vec<LiveRule>, CallError> {
    // A list of ids in place of the filter would fail as a whole if one does not exist.
    inbound("security-group-rule-id", ids, aws).await
}

async fn inbound(filter: &str, values: &[String], aws: &Aws) -> Result<Vec<LiveRule>, CallError> {
    let found = try_join_all(values.chunks(FILTER_VALUES).map(|values| filtered(filter, values, aws))).await?;
    let inbound = found.into_iter().flatten().filter(|rule| rule.is_egress != Some(true));
    let mut rules: Vec<LiveRule> = inbound.filter_map(|rule| live_rule(rule, aws)).collect();
    rules.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(rules)
}

async fn filtered(name: &str, values: &[String], aws: &Aws) -> Result<Vec<Answered>, CallError> {
    aws.ec2().describe_security_group_rules(&[Filter { name: name.to_owned(), values: values.to_vec() }]).await
}

/// A rule in the words of the language; `None` for one without an id or a group.
fn live_rule(rule: Answered, aws: &Aws) -> Option<LiveRule> {
    let mut unmanaged = Vec::new();
    let mut add =
        |feature: &str, detail: String| unmanaged.push(UnmanagedFeature { feature: feature.to_owned(), detail });
    let named = rule.ip_protocol.as_deref().unwrap_or_default();
    let protocol = Protocol::of(named).unwrap_or_else(|| {
        add("protocol", format!("the number {named}"));
        Protocol::All
    });
    let (from, to) = (rule.from_port.unwrap_or(-1), rule.to_port.unwrap_or(-1));
    let port = u16::try_from(from).ok().zip(u16::try_from(to).ok()).map(|(from, to)| Ports { from, to });
    if protocol.has_types() && from >= 0 {
        add("ICMP type", if to >= 0 { format!("type {from}, code {to}") } else { format!("type {from}") });
    }
    if let Some(owner) = rule.group_owner_id.filter(|owner| *owner != aws.env().account) {
        add("owner", format!("the group belongs to the account {owner}"));
    }
    let group = rule.referenced_group;
    if let Some(account) = group.user_id.filter(|account| *account != aws.env().account) {
        add("security group of another account", account);
    }
    if let Some(connection) = group.vpc_peering_connection_id {
        let status = group.peering_status.as_deref().unwrap_or("unknown");
        add("VPC peering", format!("{connection}, {status}"));
    }
    let sources = [rule.cidr_ipv4, rule.cidr_ipv6, rule.prefix_list_id, group.group_id];
    let source = sources.into_iter().flatten().find(|text| !text.is_empty()).map(|text| source::canonical(&text));
    let spec = SecurityGroupRuleSpec {
        security_group: rule.group_id?,
        source: source.unwrap_or_default(),
        protocol,
        port: port.filter(|_| protocol.has_ports()),
        description: rule.description.filter(|text| !text.is_empty()),
        tags: rule.tags,
    };
    Some(LiveRule { id: rule.id?, spec, unmanaged })
}

/// The distinct values of a detail.
fn details<'i>(ids: impl Iterator<Item = &'i Identity>, key: &str) -> Vec<String> {
    let values: BTreeSet<String> = ids.filter_map(|id| id.details.get(key).cloned()).collect();
    values.into_iter().collect()
}

pub(super) async fn read_many(
    ids: &[Identity],
    aws: &Aws,
) -> Vec<Result<ReadOutcome<SecurityGroupRuleSpec>, CallError>> {
    let known = details(ids.iter(), ID);
    let others = || ids.iter().filter(|id| !id.details.contains_key(ID));
    let (groups, stacks) = (details(others(), "security_group"), details(others(), STACK_TAG));
    let tag = format!("tag:{STACK_TAG}");
    let found = try_join_all([
        inbound("security-group-rule-id", &known, aws),
        inbound("group-id", &groups, aws),
        // A rule of the stack may be in another group than the file has it in.
        inbound(&tag, &stacks, aws),
    ]);
    let rules: BTreeMap<String, LiveRule> = match found.await {
        Ok(found) => found.into_iter().flatten().map(|rule| (rule.id.clone(), rule)).collect(),
        Err(error) => return ids.iter().map(|_| Err(error.clone())).collect(),
    };
    let candidates: Vec<Candidate> = rules.values().map(candidate).collect();
    let reading = |id: &Identity| match choose(id, &candidates) {
        Err(message) => Err(CallError::unexpected(OPERATION, message)),
        Ok(chosen) => {
            let rule = chosen.and_then(|chosen| rules.get(&chosen.id));
            Ok(rule.map_or_else(ReadOutcome::absent, |rule| ReadOutcome::found(observed(rule, aws))))
        }
    };
    ids.iter().map(reading).collect()
}

fn candidate(rule: &LiveRule) -> Candidate {
    let LiveRule { id, spec, unmanaged: _ } = rule;
    Candidate {
        id: id.clone(),
        key: [spec.security_group.clone(), spec.protocol.api().to_owned(), ports_key(spec.port), spec.source.clone()],
        tags: spec.tags.clone(),
    }
}

fn observed(rule: &LiveRule, aws: &Aws) -> Observed<SecurityGroupRuleSpec> {
    let LiveRule { id, spec, unmanaged } = rule.clone();
    let outputs = Outputs::from([(ID.to_owned(), id.clone()), ("arn".to_owned(), rule_arn(&id, aws.env()))]);
    Observed { spec, outputs, unique_id: id, unmanaged }
}
