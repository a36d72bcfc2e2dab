//! The calls that change rules, each with a wait until it is seen.

use super::super::identity::{ID, rule_arn};
use super::super::op::{
    AuthorizeSecurityGroupIngress, IpPermission, Ipv6Range, ModifySecurityGroupRules, PrefixListId,
    RevokeSecurityGroupIngress, SecurityGroupRuleOp, UserIdGroupPair,
};
use super::super::source::{Source, canonical};
use super::read::{LiveRule, rules_with_ids};
use crate::aws::ec2::{Ec2Input, SecurityGroupRule};
use crate::aws::{Aws, CallError, Refusal, WaitLimits, or_gone, until};
use crate::base::Outputs;
use crate::kinds::ec2_tags;

impl Ec2Input for AuthorizeSecurityGroupIngress {
    const OPERATION: &'static str = "AuthorizeSecurityGroupIngress";
    type Answer = Vec<SecurityGroupRule>;
}

impl Ec2Input for ModifySecurityGroupRules {
    const OPERATION: &'static str = "ModifySecurityGroupRules";
    type Answer = ();
}

/// The time limit of a wait: EC2's answers may lag behind its changes.
/// Source: EC2 developer guide, "Eventual consistency".
const PATIENCE: WaitLimits = WaitLimits::seconds(60);

/// The codes for a rule that does not exist.
/// Source: EC2 API reference, "Error codes for the Amazon EC2 API".
const GONE: &[Refusal] =
    &[Refusal::of(&["InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound", "InvalidGroup.NotFound"])];

pub(super) async fn run(op: SecurityGroupRuleOp, aws: &Aws) -> Result<Outputs, CallError> {
    match op {
        SecurityGroupRuleOp::AuthorizeSecurityGroupIngress(input) => return authorize(input, aws).await,
        SecurityGroupRuleOp::ModifySecurityGroupRules(input) => modify(input, aws).await?,
        SecurityGroupRuleOp::CreateTags { resources, tags } => {
            aws.ec2().create_tags(&resources, &ec2_tags::pairs(&tags)).await?;
        }
        SecurityGroupRuleOp::DeleteTags { resources, tags } => {
            aws.ec2().delete_tags(&resources, &ec2_tags::keys(&tags)).await?;
        }
        SecurityGroupRuleOp::RevokeSecurityGroupIngress(input) => revoke(input, aws).await?,
    }
    Ok(Outputs::new())
}

/// The permission with each source where it belongs: a sensitive one is given as an IPv4 block whatever it is.
fn placed(mut permission: IpPermission) -> IpPermission {
    for range in std::mem::take(&mut permission.ip_ranges) {
        let (text, description) = (range.cidr_ip.clone(), range.description.clone());
        match Source::known(&text) {
            Some(Source::Ipv6(_)) => permission.ipv6_ranges.push(Ipv6Range { cidr_ipv6: text, description }),
            Some(Source::PrefixList(_)) => {
                permission.prefix_list_ids.push(PrefixListId { prefix_list_id: text, description });
            }
            Some(Source::Group(_)) => {
                permission.user_id_group_pairs.push(UserIdGroupPair { group_id: text, description });
            }
            _ => permission.ip_ranges.push(range),
        }
    }
    permission
}

async fn authorize(input: AuthorizeSecurityGroupIngress, aws: &Aws) -> Result<Outputs, CallError> {
    const OPERATION: &str = AuthorizeSecurityGroupIngress::OPERATION;
    let ip_permissions = input.ip_permissions.into_iter().map(placed).collect();
    let made = aws.ec2().call(&AuthorizeSecurityGroupIngress { ip_permissions, ..input }).await?;
    let id = made.into_iter().next().and_then(|rule| rule.id);
    let id = id.ok_or_else(|| CallError::unexpected(OPERATION, "the answer holds no rule"))?;
    seen(OPERATION, &id, aws, |rule| rule.is_some()).await?;
    Ok(Outputs::from([("arn".to_owned(), rule_arn(&id, aws.env())), (ID.to_owned(), id)]))
}

async fn modify(input: ModifySecurityGroupRules, aws: &Aws) -> Result<(), CallError> {
    aws.ec2().call(&input).await?;
    for update in input.security_group_rules {
        let rule = update.security_group_rule;
        let sources = [rule.cidr_ipv4, rule.cidr_ipv6, rule.prefix_list_id, rule.referenced_group_id];
        let source = sources.into_iter().flatten().next().map(|text| canonical(&text)).unwrap_or_default();
        let description = Some(&rule.description).filter(|text| !text.is_empty());
        let is_wanted = |rule: Option<&LiveRule>| {
            rule.is_some_and(|rule| rule.spec.source == source && rule.spec.description.as_ref() == description)
        };
        seen(ModifySecurityGroupRules::OPERATION, &update.security_group_rule_id, aws, is_wanted).await?;
    }
    Ok(())
}

async fn revoke(input: RevokeSecurityGroupIngress, aws: &Aws) -> Result<(), CallError> {
    const OPERATION: &str = "RevokeSecurityGroupIngress";
    let RevokeSecurityGroupIngress { group_id, security_group_rule_ids } = input;
    for id in security_group_rule_ids {
        // One by one: a call that names one that is gone removes none of the others.
        or_gone(aws.ec2().revoke_security_group_ingress(&group_id, &[&id]).await, GONE)?;
        seen(OPERATION, &id, aws, |rule| rule.is_none()).await?;
    }
    Ok(())
}

/// Waits until a rule is seen as it is wanted.
async fn seen(
    operation: &str,
    id: &str,
    aws: &Aws,
    is_wanted: impl Fn(Option<&LiveRule>) -> bool + Sync,
) -> Result<(), CallError> {
    let (is_wanted, ids) = (&is_wanted, &[id.to_owned()]);
    until(operation, &format!("{id} to be as wanted"), PATIENCE, || async move {
        let rules = rules_with_ids(ids, aws).await?;
        Ok(is_wanted(rules.first()).then_some(()))
    })
    .await
}
