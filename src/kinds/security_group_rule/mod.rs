//! Security group rules: the inbound traffic that one security group of the account lets in.
//!
//! A rule has no name: it is identified by its tags, or, before it has them, by its group, protocol, ports and source,
//! which no two rules share. A rule whose source is `workspace` is a template: each workspace has one of its own, which
//! `underpin startup` opens and closes (`workspace::rule`); no plan touches it.

mod access;
mod check;
mod group;
mod identity;
mod kind;
#[cfg(feature = "aws")]
mod live;
mod op;
mod port;
mod protocol;
mod render;
mod source;
mod spec;
mod steps;
#[cfg(test)]
pub(crate) mod testing;

pub use identity::SecurityGroupRule;
#[cfg(feature = "aws")]
pub use live::{LiveRule, rules_of_group, rules_with_ids};
pub use op::{
    AuthorizeSecurityGroupIngress, DUPLICATE, ModifySecurityGroupRules, RevokeSecurityGroupIngress, SecurityGroupRuleOp,
};
pub use port::Ports;
pub use protocol::Protocol;
pub use source::Source;
pub use spec::{SecurityGroupRuleSpec, WORKSPACE_DESCRIPTION};
pub use steps::{authorize, modify, revoke};
