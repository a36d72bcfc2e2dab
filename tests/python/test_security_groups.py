"""The repairs of security group rules, one test each."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import ACCOUNT, REGION, Sandbox, refused

PORT = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}


@pytest.fixture
def group(sandbox: Sandbox) -> str:
    ec2 = sandbox.client("ec2")
    return ec2.create_security_group(GroupName="db", Description="of the database")["GroupId"]


def authorize(sandbox: Sandbox, group: str, **more: Any) -> dict[str, Any]:
    arguments = {"GroupId": group, "IpPermissions": [PORT | more.pop("permission")], **more}
    return sandbox.client("ec2").authorize_security_group_ingress(**arguments)["SecurityGroupRules"][0]


def rules(sandbox: Sandbox, group: str) -> list[dict[str, Any]]:
    filters = [{"Name": "group-id", "Values": [group]}]
    found = sandbox.client("ec2").describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    return [rule for rule in found if not rule["IsEgress"]]


def modify(sandbox: Sandbox, group: str, identifier: str, **rule: Any) -> None:
    update = {"SecurityGroupRuleId": identifier, "SecurityGroupRule": rule}
    sandbox.client("ec2").modify_security_group_rules(GroupId=group, SecurityGroupRules=[update])


def test_blocks_are_kept_in_one_spelling(sandbox: Sandbox, group: str) -> None:
    made = authorize(sandbox, group, permission={"IpRanges": [{"CidrIp": "100.68.0.18/18"}]})
    assert made["CidrIpv4"] == "100.68.0.0/18"
    assert rules(sandbox, group)[0]["CidrIpv4"] == "100.68.0.0/18"
    with refused("InvalidPermission.Duplicate"):
        authorize(sandbox, group, permission={"IpRanges": [{"CidrIp": "100.68.63.1/18"}]})


@pytest.mark.parametrize(
    ("permission", "member", "other"),
    [
        ({"IpRanges": [{"CidrIp": "3.120.5.6/32", "Description": "d"}]}, "CidrIpv4", "3.120.5.7/32"),
        ({"Ipv6Ranges": [{"CidrIpv6": "2a05::1/128", "Description": "d"}]}, "CidrIpv6", "2a05::2/128"),
        ({"PrefixListIds": [{"PrefixListId": "pl-1a", "Description": "d"}]}, "PrefixListId", "pl-1b"),
    ],
)
def test_a_rule_of_any_type_changes_in_place(
    sandbox: Sandbox, group: str, permission: dict[str, Any], member: str, other: str
) -> None:
    made = authorize(sandbox, group, permission=permission)
    assert made["Description"] == "d"
    modify(sandbox, group, made["SecurityGroupRuleId"], **PORT, **{member: other}, Description="e")
    (rule,) = rules(sandbox, group)
    assert (rule["SecurityGroupRuleId"], rule[member], rule["Description"]) == (
        made["SecurityGroupRuleId"],
        other,
        "e",
    )
    modify(sandbox, group, made["SecurityGroupRuleId"], **PORT, **{member: other}, Description="")
    assert not rules(sandbox, group)[0].get("Description")


def test_the_type_of_a_rule_stays(sandbox: Sandbox, group: str) -> None:
    made = authorize(sandbox, group, permission={"IpRanges": [{"CidrIp": "3.120.5.6/32"}]})
    with refused("InvalidParameterValue"):
        modify(sandbox, group, made["SecurityGroupRuleId"], **PORT, CidrIpv6="2a05::1/128")
    with refused("InvalidSecurityGroupRuleId.NotFound"):
        modify(sandbox, group, "sgr-0000", **PORT, CidrIpv4="3.120.5.6/32")


def test_no_rule_becomes_another_one(sandbox: Sandbox, group: str) -> None:
    authorize(sandbox, group, permission={"IpRanges": [{"CidrIp": "3.120.5.6/32"}]})
    made = authorize(sandbox, group, permission={"IpRanges": [{"CidrIp": "3.120.5.7/32"}]})
    with refused("InvalidPermission.Duplicate"):
        modify(sandbox, group, made["SecurityGroupRuleId"], **PORT, CidrIpv4="3.120.5.6/32")


def test_rules_are_removed_by_their_ids_all_or_none(sandbox: Sandbox, group: str) -> None:
    ec2 = sandbox.client("ec2")
    made = authorize(sandbox, group, permission={"IpRanges": [{"CidrIp": "3.120.5.6/32"}]})[
        "SecurityGroupRuleId"
    ]
    with refused("InvalidSecurityGroupRuleId.NotFound"):
        ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[made, "sgr-0000"])
    assert len(rules(sandbox, group)) == 1
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[made])
    assert rules(sandbox, group) == []


def test_the_tagging_api_lists_rules(sandbox: Sandbox, group: str) -> None:
    tags = [{"ResourceType": "security-group-rule", "Tags": [{"Key": "a", "Value": "b"}]}]
    permission = {"IpRanges": [{"CidrIp": "3.120.5.6/32"}]}
    made = authorize(sandbox, group, permission=permission, TagSpecifications=tags)["SecurityGroupRuleId"]
    tagging = sandbox.client("resourcegroupstaggingapi")
    found = tagging.get_resources(TagFilters=[{"Key": "a"}])["ResourceTagMappingList"]
    arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group-rule/{made}"
    assert found == [{"ResourceARN": arn, "Tags": [{"Key": "a", "Value": "b"}]}]
    sandbox.client("ec2").revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=[made])
    assert tagging.get_resources(TagFilters=[{"Key": "a"}])["ResourceTagMappingList"] == []
