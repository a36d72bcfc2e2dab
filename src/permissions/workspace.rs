//! The requests of a start-up for the workspace's own rule in a security group.

use super::Needed;
use crate::base::{Address, Environment};
use crate::kind::AccessRequest;

/// The requests that opening, moving and closing the rule make. The rule's id is not known before it is there.
///
/// Source: service authorization reference, "Actions, resources, and condition keys for Amazon EC2".
pub fn workspace_rule(address: &Address, group: &str, env: &Environment) -> Vec<Needed> {
    const OPEN: &str = "AuthorizeSecurityGroupIngress";
    const MOVE: &str = "ModifySecurityGroupRules";
    let ec2 = |action: &str, resource: String| {
        AccessRequest::new(format!("ec2:{action}"), resource).with("ec2:Region", [&env.region])
    };
    let (group, rule) = (env.arn("ec2", &format!("security-group/{group}")), env.arn("ec2", "security-group-rule/*"));
    let requests = [
        ec2("DescribeSecurityGroupRules", "*".to_owned()),
        ec2(OPEN, group.clone()),
        ec2(OPEN, rule.clone()),
        ec2("CreateTags", rule.clone()).with("ec2:CreateAction", [OPEN]),
        ec2(MOVE, group.clone()),
        ec2(MOVE, rule),
        ec2("RevokeSecurityGroupIngress", group),
    ];
    requests.map(|request| Needed { address: Some(address.clone()), request }).into()
}
