//! The use of each member of the answers about a security group rule. See [`Answer`].

use crate::kind::{ANSWER, Answer};

/// The answers.
pub(super) const ANSWERS: &[Answer] = &[Answer {
    service: "ec2",
    operation: "DescribeSecurityGroupRules",
    at: "SecurityGroupRules[]",
    read: "SecurityGroupRuleId GroupId IsEgress IpProtocol FromPort ToPort CidrIpv4 CidrIpv6 PrefixListId
        ReferencedGroupInfo.GroupId Description Tags[].Key Tags[].Value",
    ignored: &[
        ("the group's id tells which it is", "ReferencedGroupInfo.VpcId"),
        ("it is made of the id", "SecurityGroupRuleArn"),
        ("the listing goes on by it", "/NextToken"),
    ],
    named: &[
        ("owner", "GroupOwnerId"),
        ("security group of another account", "ReferencedGroupInfo.UserId"),
        ("VPC peering", "ReferencedGroupInfo.VpcPeeringConnectionId ReferencedGroupInfo.PeeringStatus"),
    ],
    ..ANSWER
}];
