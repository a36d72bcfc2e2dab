//! The calls that change rules, each with a wait until it is seen.

use aws_sdk_ec2::types::{
    IpPermission as SdkPermission, IpRange as SdkRange, Ipv6Range as SdkIpv6Range, PrefixListId as SdkPrefixList,
    ResourceType, SecurityGroupRuleRequest as SdkRequest, SecurityGroupRuleUpdate as SdkUpdate, Tag as SdkTag,
    TagSpecification as SdkTags, UserIdGroupPair as SdkGroup,
};

use super::super::identity::{ID, rule_arn};
use super::super::op::{
    AuthorizeSecurityGroupIngress, IpPermission, Ipv6Range, ModifySecurityGroupRules, PrefixListId,
    RevokeSecurityGroupIngress, SecurityGroupRuleOp, SecurityGroupRuleRequest, UserIdGroupPair,
};
use super::super::source::{Source, canonical};
use super::read::{LiveRule, rules_with_ids};
use crate::aws::{Aws, CallError, Refusal, WaitLimits, or_gone, until};
use crate::base::Outputs;
use crate::kind::tags::Tag;

/// The time limit of a wait: EC2's answers may lag behind its changes.
/// Source: EC2 developer guide, "Eventual consistency".
const PATIENCE: WaitLimits = WaitLimits::seconds(60);

/// The codes for a rule that does not exist.
/// Source: EC2 API reference, "Error codes for the Amazon EC2 API".
const GONE: &[Refusal] =
    &[Refusal::of(&["InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound", "InvalidGroup.NotFound"])];

pub(super) async fn run(op: SecurityGroupRuleOp, aws: &Aws) -> Result<Outputs, CallError> {
    let ec2 = aws.ec2();
    match op {
        SecurityGroupRuleOp::AuthorizeSecurityGroupIngress(input) => return authorize(input, aws).await,
        SecurityGroupRuleOp::ModifySecurityGroupRules(input) => modify(input, aws).await?,
        SecurityGroupRuleOp::CreateTags { resources, tags } => {
            let call = ec2.create_tags().set_resources(Some(resources)).set_tags(Some(sdk_tags(&tags)));
            call.send().await.map_err(|error| CallError::of("ec2", "CreateTags", &error))?;
        }
        SecurityGroupRuleOp::DeleteTags { resources, tags } => {
            let keys = tags.into_iter().map(|tag| SdkTag::builder().key(tag.key).build()).collect();
            let call = ec2.delete_tags().set_resources(Some(resources)).set_tags(Some(keys));
            call.send().await.map_err(|error| CallError::of("ec2", "DeleteTags", &error))?;
        }
        SecurityGroupRuleOp::RevokeSecurityGroupIngress(input) => revoke(input, aws).await?,
    }
    Ok(Outputs::new())
}

fn sdk_tags(tags: &[Tag]) -> Vec<SdkTag> {
    tags.iter().map(|tag| SdkTag::builder().key(&tag.key).value(&tag.value).build()).collect()
}

fn listed<T>(items: Vec<T>) -> Option<Vec<T>> {
    (!items.is_empty()).then_some(items)
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

fn sdk_permission(permission: IpPermission) -> SdkPermission {
    let IpPermission { ip_protocol, from_port, to_port, ip_ranges, ipv6_ranges, prefix_list_ids, user_id_group_pairs } =
        placed(permission);
    let ranges = ip_ranges
        .into_iter()
        .map(|one| SdkRange::builder().cidr_ip(one.cidr_ip).set_description(one.description).build());
    let ipv6 = ipv6_ranges
        .into_iter()
        .map(|one| SdkIpv6Range::builder().cidr_ipv6(one.cidr_ipv6).set_description(one.description).build());
    let lists = prefix_list_ids.into_iter().map(|one| {
        SdkPrefixList::builder().prefix_list_id(one.prefix_list_id).set_description(one.description).build()
    });
    let groups = user_id_group_pairs
        .into_iter()
        .map(|one| SdkGroup::builder().group_id(one.group_id).set_description(one.description).build());
    SdkPermission::builder()
        .ip_protocol(ip_protocol)
        .set_from_port(from_port)
        .set_to_port(to_port)
        .set_ip_ranges(listed(ranges.collect()))
        .set_ipv6_ranges(listed(ipv6.collect()))
        .set_prefix_list_ids(listed(lists.collect()))
        .set_user_id_group_pairs(listed(groups.collect()))
        .build()
}

async fn authorize(input: AuthorizeSecurityGroupIngress, aws: &Aws) -> Result<Outputs, CallError> {
    const OPERATION: &str = "AuthorizeSecurityGroupIngress";
    let AuthorizeSecurityGroupIngress { group_id, ip_permissions, tag_specifications } = input;
    let tags = |tags: &[Tag]| {
        SdkTags::builder().resource_type(ResourceType::SecurityGroupRule).set_tags(Some(sdk_tags(tags))).build()
    };
    let tags: Vec<SdkTags> = tag_specifications.iter().map(|one| tags(&one.tags)).collect();
    let call = aws
        .ec2()
        .authorize_security_group_ingress()
        .group_id(group_id)
        .set_ip_permissions(Some(ip_permissions.into_iter().map(sdk_permission).collect()))
        .set_tag_specifications(listed(tags));
    let answer = call.send().await.map_err(|error| CallError::of("ec2", OPERATION, &error))?;
    let id = answer.security_group_rules().first().and_then(|rule| rule.security_group_rule_id()).map(str::to_owned);
    let id = id.ok_or_else(|| CallError::unexpected(OPERATION, "the answer holds no rule"))?;
    seen(OPERATION, &id, aws, |rule| rule.is_some()).await?;
    Ok(Outputs::from([("arn".to_owned(), rule_arn(&id, aws.env())), (ID.to_owned(), id)]))
}

async fn modify(input: ModifySecurityGroupRules, aws: &Aws) -> Result<(), CallError> {
    const OPERATION: &str = "ModifySecurityGroupRules";
    let ModifySecurityGroupRules { group_id, security_group_rules } = input;
    let mut wanted = Vec::new();
    let mut call = aws.ec2().modify_security_group_rules().group_id(group_id);
    for rule in security_group_rules {
        let SecurityGroupRuleRequest {
            ip_protocol,
            from_port,
            to_port,
            cidr_ipv4,
            cidr_ipv6,
            prefix_list_id,
            referenced_group_id,
            description,
        } = rule.security_group_rule;
        let sources = [&cidr_ipv4, &cidr_ipv6, &prefix_list_id, &referenced_group_id];
        let source = sources.into_iter().flatten().next().map(|text| canonical(text)).unwrap_or_default();
        wanted.push((rule.security_group_rule_id.clone(), source, description.clone()));
        let request = SdkRequest::builder()
            .ip_protocol(ip_protocol)
            .set_from_port(from_port)
            .set_to_port(to_port)
            .set_cidr_ipv4(cidr_ipv4)
            .set_cidr_ipv6(cidr_ipv6)
            .set_prefix_list_id(prefix_list_id)
            .set_referenced_group_id(referenced_group_id)
            .description(description)
            .build();
        let update = SdkUpdate::builder()
            .security_group_rule_id(rule.security_group_rule_id)
            .security_group_rule(request)
            .build();
        call = call.security_group_rules(update);
    }
    call.send().await.map_err(|error| CallError::of("ec2", OPERATION, &error))?;
    for (id, source, description) in wanted {
        let is_wanted = |rule: Option<&LiveRule>| {
            let description = Some(&description).filter(|text| !text.is_empty());
            rule.is_some_and(|rule| rule.spec.source == source && rule.spec.description.as_ref() == description)
        };
        seen(OPERATION, &id, aws, is_wanted).await?;
    }
    Ok(())
}

async fn revoke(input: RevokeSecurityGroupIngress, aws: &Aws) -> Result<(), CallError> {
    const OPERATION: &str = "RevokeSecurityGroupIngress";
    let RevokeSecurityGroupIngress { group_id, security_group_rule_ids } = input;
    for id in security_group_rule_ids {
        // One by one: a call that names one that is gone removes none of the others.
        let call = aws.ec2().revoke_security_group_ingress().group_id(&group_id).security_group_rule_ids(&id);
        or_gone(call.send().await.map_err(|error| CallError::of("ec2", OPERATION, &error)), GONE)?;
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
