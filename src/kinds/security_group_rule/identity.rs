//! The identity of a rule: its id if it is known, else its group, protocol, ports and source, over which tags take
//! precedence.

use super::port::Ports;
use super::spec::SecurityGroupRuleSpec;
use crate::base::{Address, Environment, Outputs};
use crate::kind::tags::STACK_TAG;
use crate::kind::{Context, Identity, UniqueKey};
use crate::path;

/// The kind of the section `security_group_rules`.
#[derive(Debug, Clone, Copy)]
pub struct SecurityGroupRule;

/// The section of a stack's file.
pub(super) const SECTION: &str = "security_group_rules";

/// The type in CloudFormation.
pub(super) const TYPE: &str = "AWS::EC2::SecurityGroupIngress";

/// The key of the rule's id in an identity and in outputs.
pub(super) const ID: &str = "id";

/// The ARN of a rule.
pub(super) fn rule_arn(id: &str, env: &Environment) -> String {
    env.arn("ec2", &format!("security-group-rule/{id}"))
}

/// The id in a rule's ARN.
#[cfg(feature = "aws")]
pub(super) fn id_in(arn: &str) -> Option<&str> {
    arn.rsplit_once(":security-group-rule/").map(|(_, id)| id).filter(|id| id.starts_with("sgr-"))
}

/// Ports as a part of a key; empty without any.
pub(super) fn ports_key(ports: Option<Ports>) -> String {
    ports.map(|ports| ports.to_string()).unwrap_or_default()
}

pub(super) fn identity(address: &Address, spec: &SecurityGroupRuleSpec, cx: &Context<'_>) -> Identity {
    let details = [
        ("security_group", spec.security_group.clone()),
        ("protocol", spec.protocol.api().to_owned()),
        ("port", ports_key(spec.port)),
        ("source", spec.source.clone()),
    ];
    let mut details: Outputs = details.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    if let Some(stack) = spec.tags.get(STACK_TAG) {
        details.insert(STACK_TAG.to_owned(), stack.clone());
    }
    Identity { address: address.clone(), name: cx.name.to_owned(), details }
}

/// The traffic that a rule lets in: EC2 refuses a second rule for it (`InvalidPermission.Duplicate`). Each workspace has
/// a rule of its own for one group and port.
pub(super) fn unique_keys(spec: &SecurityGroupRuleSpec, _: &Environment) -> Vec<UniqueKey> {
    let SecurityGroupRuleSpec { security_group, source, protocol, port, description: _, tags: _ } = spec;
    vec![UniqueKey {
        path: path!["source"],
        key: vec![security_group.clone(), protocol.api().to_owned(), ports_key(*port), source.clone()],
        why: "a security group has one rule for a protocol, ports and a source",
        hint: "remove one of the two",
    }]
}
