//! The permissions that each call of a rule needs.
//!
//! Source: service authorization reference, "Actions, resources, and condition keys for Amazon EC2". A prefix list of AWS
//! itself has an ARN of the account `aws`; which of the two one is, its id does not show, and the own account is named.

use super::identity::rule_arn;
use super::op::{AuthorizeSecurityGroupIngress, ModifySecurityGroupRules, SecurityGroupRuleOp};
use super::source::Source;
use super::spec::SecurityGroupRuleSpec;
use crate::base::Environment;
use crate::kind::tags::{self, STACK_TAG, Tag};
use crate::kind::{AccessRequest, Facts, StepContext};

fn ec2(action: &str, resource: String, env: &Environment) -> AccessRequest {
    AccessRequest::new(format!("ec2:{action}"), resource).with("ec2:Region", [&env.region])
}

/// The action on the group.
fn on_group(action: &str, id: &str, env: &Environment, facts: Option<&Facts>) -> AccessRequest {
    let request = ec2(action, env.arn("ec2", &format!("security-group/{id}")), env).with("ec2:SecurityGroupID", [id]);
    match facts.and_then(|facts| facts.security_group(id)) {
        Some(group) => request.with("ec2:Vpc", [env.arn("ec2", &format!("vpc/{}", group.vpc))]),
        None => request,
    }
}

fn describe(env: &Environment) -> AccessRequest {
    ec2("DescribeSecurityGroupRules", "*".to_owned(), env)
}

pub(super) fn requires(op: &SecurityGroupRuleOp, cx: &StepContext<'_>) -> Vec<AccessRequest> {
    let env = cx.env;
    match op {
        SecurityGroupRuleOp::AuthorizeSecurityGroupIngress(input) => authorize(input, cx),
        SecurityGroupRuleOp::ModifySecurityGroupRules(input) => modify(input, cx),
        SecurityGroupRuleOp::CreateTags { resources, tags } => {
            let on = |id: &String| ec2("CreateTags", rule_arn(id, env), env).tagged(tags::pairs(tags));
            resources.iter().map(on).collect()
        }
        SecurityGroupRuleOp::DeleteTags { resources, tags } => {
            let keys: Vec<&String> = tags.iter().map(|tag| &tag.key).collect();
            let on = |id: &String| ec2("DeleteTags", rule_arn(id, env), env).with("aws:TagKeys", keys.clone());
            resources.iter().map(on).collect()
        }
        SecurityGroupRuleOp::RevokeSecurityGroupIngress(input) => {
            vec![on_group("RevokeSecurityGroupIngress", &input.group_id, env, cx.facts), describe(env)]
        }
    }
}

fn authorize(input: &AuthorizeSecurityGroupIngress, cx: &StepContext<'_>) -> Vec<AccessRequest> {
    const ACTION: &str = "AuthorizeSecurityGroupIngress";
    let AuthorizeSecurityGroupIngress { group_id, ip_permissions: _, tag_specifications } = input;
    let env = cx.env;
    let tags: Vec<Tag> = tag_specifications.iter().flat_map(|one| one.tags.clone()).collect();
    let mut all = vec![on_group(ACTION, group_id, env, cx.facts)];
    all.push(ec2(ACTION, rule_arn("*", env), env).tagged(tags::pairs(&tags)));
    if !tags.is_empty() {
        let with = ec2("CreateTags", rule_arn("*", env), env).with("ec2:CreateAction", [ACTION]);
        all.push(with.tagged(tags::pairs(&tags)));
    }
    all.push(describe(env));
    all
}

fn modify(input: &ModifySecurityGroupRules, cx: &StepContext<'_>) -> Vec<AccessRequest> {
    const ACTION: &str = "ModifySecurityGroupRules";
    let ModifySecurityGroupRules { group_id, security_group_rules } = input;
    let env = cx.env;
    let mut all = vec![on_group(ACTION, group_id, env, cx.facts)];
    for rule in security_group_rules {
        all.push(ec2(ACTION, rule_arn(&rule.security_group_rule_id, env), env));
        let list = rule.security_group_rule.prefix_list_id.as_ref();
        all.extend(list.map(|id| ec2(ACTION, env.arn("ec2", &format!("prefix-list/{id}")), env)));
    }
    all.push(describe(env));
    all
}

/// The permissions that changing a rule in place may need. Only one with the stack's tag is ever changed: its id is not
/// known here, and a condition on the tag can replace it. A source of another type makes another rule.
pub(super) fn changes(spec: &SecurityGroupRuleSpec, cx: &StepContext<'_>) -> Vec<AccessRequest> {
    const ACTION: &str = "ModifySecurityGroupRules";
    let env = cx.env;
    let ours = |action: &str| {
        let request = ec2(action, rule_arn("*", env), env);
        let stack = spec.tags.get(STACK_TAG);
        stack.into_iter().fold(request, |request, stack| request.with(format!("aws:ResourceTag/{STACK_TAG}"), [stack]))
    };
    let mut all: Vec<_> = [ACTION, "CreateTags", "DeleteTags"].map(ours).into();
    let groups = [ACTION, "AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"];
    all.extend(groups.map(|action| on_group(action, &spec.security_group, env, cx.facts)));
    if let Some(Source::PrefixList(id)) = Source::known(&spec.source) {
        all.push(ec2(ACTION, env.arn("ec2", &format!("prefix-list/{id}")), env));
    }
    all
}

pub(super) fn reads() -> Vec<AccessRequest> {
    vec![AccessRequest::new("ec2:DescribeSecurityGroupRules", "*")]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::steps;
    use super::*;
    use crate::base::Address;
    use crate::kind::SecurityGroup;

    #[test]
    fn everything_that_a_rule_touches_is_named() {
        let env = Environment::new("123456789012", "eu-central-1");
        let address = Address::new("security_group_rules", "r");
        let group = SecurityGroup { id: "sg-1".to_owned(), vpc: "vpc-1".to_owned() };
        let facts = Facts { security_groups: vec![group], ..Facts::default() };
        let cx = StepContext { address: &address, name: "r", env: &env, token: "t", facts: Some(&facts) };
        let spec = json!({"security_group": "sg-1", "source": "pl-1", "port": 5432, "tags": {"k": "v"}});
        let spec: SecurityGroupRuleSpec = serde_json::from_value(spec).expect("a rule");
        let needed = requires(&steps::authorize(&spec), &cx);
        let has = |needed: &[AccessRequest], action: &str, resource: &str| {
            let found = needed.iter().find(|one| one.action == action && one.resource.ends_with(resource));
            found.map_or_else(|| panic!("{action} on {resource}: {needed:?}"), |one| one.context.clone())
        };
        let on = has(&needed, "ec2:AuthorizeSecurityGroupIngress", ":security-group/sg-1");
        assert_eq!(on["ec2:Vpc"], ["arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-1"]);
        assert_eq!(on["ec2:SecurityGroupID"], ["sg-1"]);
        let made = has(&needed, "ec2:AuthorizeSecurityGroupIngress", ":security-group-rule/*");
        assert_eq!(made["aws:RequestTag/k"], ["v"]);
        let tagging = has(&needed, "ec2:CreateTags", ":security-group-rule/*");
        assert_eq!(tagging["ec2:CreateAction"], ["AuthorizeSecurityGroupIngress"]);
        let needed = requires(&steps::modify("sgr-1", &spec), &cx);
        for resource in [":security-group/sg-1", ":security-group-rule/sgr-1", ":prefix-list/pl-1"] {
            has(&needed, "ec2:ModifySecurityGroupRules", resource);
        }
    }
}
