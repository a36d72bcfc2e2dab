"""Repairs of security group rules: blocks in one spelling, changes of every type, removal by id.

Follows https://docs.aws.amazon.com/AWSEC2/latest/APIReference/ (each repair names its page).
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.security_groups import SecurityGroupRule

from .registry import Call, repairs
from .state import Refusal

# Blocks in AuthorizeSecurityGroupIngress: the list, its member, and the same in ModifySecurityGroupRules.
_CIDRS = (("IpRanges", "CidrIp", "CidrIpv4"), ("Ipv6Ranges", "CidrIpv6", "CidrIpv6"))
# What a rule may be for: the member of ModifySecurityGroupRules, and how a person reads it.
_SOURCES = {
    "CidrIpv4": "IPv4 CIDR",
    "CidrIpv6": "IPv6 CIDR",
    "PrefixListId": "prefix list",
    "ReferencedGroupId": "referenced group",
}


def _description(self: SecurityGroupRule) -> str | None:
    """Reads the description of any source, where moto reads that of blocks only."""
    return (
        self.ip_range.get("Description")
        or self.source_group.get("Description")
        or getattr(self, "underpin_description", None)
    )


SecurityGroupRule.description = property(_description)


def canonical(cidr: str) -> str:
    """Spells a block as AWS keeps it: 100.68.0.18/18 is 100.68.0.0/18 (API_SecurityGroupRuleRequest)."""
    try:
        return str(ip_network(cidr, strict=False))
    except ValueError:
        raise Refusal("InvalidParameterValue", f"CIDR block {cidr} is malformed") from None


def _group(call: Call) -> Any:
    identifier = call.params.get("GroupId") or call.params.get("GroupName")
    group = call.backend(ec2_backends).get_security_group_by_name_or_id(identifier)
    if group is None:
        raise Refusal("InvalidGroup.NotFound", f"The security group '{identifier}' does not exist")
    return group


def _source(rule: Any) -> tuple[str, str]:
    """Names the type of a rule's source, and the source."""
    if rule.cidr_ipv4:
        return "CidrIpv4", canonical(rule.cidr_ipv4)
    if rule.cidr_ipv6:
        return "CidrIpv6", canonical(rule.cidr_ipv6)
    if rule.prefix_list_id:
        return "PrefixListId", rule.prefix_list_id
    return "ReferencedGroupId", rule.source_group.get("GroupId", "")


def _traffic(rule: Any) -> tuple[Any, ...]:
    return rule.ip_protocol, rule.from_port, rule.to_port, *_source(rule)


def _duplicate(traffic: tuple[Any, ...]) -> Refusal:
    protocol, first, last, _, source = traffic
    return Refusal(
        "InvalidPermission.Duplicate",
        f'the specified rule "peer: {source}, {protocol}, from port: {first}, to port: {last}, ALLOW" '
        "already exists",
    )


@repairs("ec2", "AuthorizeSecurityGroupIngress")
def authorize_ingress(call: Call) -> dict[str, Any]:
    """Adds rules, whose blocks are kept in one spelling (API_AuthorizeSecurityGroupIngress)."""
    group = _group(call)
    before = {_traffic(rule) for rule in group.ingress_rules}
    wanted = [
        (_protocol(permission), *_ports(permission), kind, canonical(one[member]))
        for permission in call.params.get("IpPermissions", [])
        for ranges, member, kind in _CIDRS
        for one in permission.get(ranges, [])
        if one.get(member)
    ]
    for traffic in wanted:
        if traffic in before:
            raise _duplicate(traffic)
    known = {rule.id for rule in group.ingress_rules}
    answer = call.forward()
    made = [rule for rule in group.ingress_rules if rule.id not in known]
    for rule in made:
        for key in ("CidrIp", "CidrIpv6"):
            if rule.ip_range.get(key):
                rule.ip_range[key] = canonical(rule.ip_range[key])
    _describe_lists(call.params, made)
    for one in answer.get("SecurityGroupRules", []):
        rule = group.get_rule(one["SecurityGroupRuleId"])
        for member, value in (("CidrIpv4", rule.cidr_ipv4), ("CidrIpv6", rule.cidr_ipv6)):
            if value:
                one[member] = value
        if rule.description:
            one["Description"] = rule.description
    return answer


def _protocol(permission: dict[str, Any]) -> str:
    numbers = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
    return numbers.get(permission["IpProtocol"], permission["IpProtocol"].lower())


def _ports(permission: dict[str, Any]) -> tuple[int | None, int | None]:
    if permission["IpProtocol"] == "-1":
        return None, None
    return permission.get("FromPort"), permission.get("ToPort")


def _describe_lists(params: dict[str, Any], made: list[Any]) -> None:
    """Keeps the descriptions of prefix lists, which moto drops."""
    for permission in params.get("IpPermissions", []):
        for one in permission.get("PrefixListIds", []):
            for rule in made:
                if rule.prefix_list_id == one["PrefixListId"] and one.get("Description"):
                    rule.underpin_description = one["Description"]


@repairs("ec2", "ModifySecurityGroupRules")
def modify_rules(call: Call) -> dict[str, Any]:
    """Changes rules, whose type stays (API_ModifySecurityGroupRules, API_SecurityGroupRuleRequest)."""
    group = _group(call)
    changes = []
    for update in call.params["SecurityGroupRules"]:
        identifier, wanted = update["SecurityGroupRuleId"], update.get("SecurityGroupRule", {})
        rule = group.get_rule(identifier)
        if rule is None:
            raise Refusal(
                "InvalidSecurityGroupRuleId.NotFound",
                f"The security group rule ID '{identifier}' does not exist",
            )
        changes.append((rule, *_change(identifier, rule, wanted)))
    others = {_traffic(one): one.id for one in (*group.ingress_rules, *group.egress_rules)}
    for rule, protocol, ports, kind, source, _ in changes:
        traffic = (protocol, *ports, kind, source)
        if others.get(traffic, rule.id) != rule.id:
            raise _duplicate(traffic)
    for rule, protocol, ports, kind, source, description in changes:
        rule.ip_protocol, (rule.from_port, rule.to_port) = protocol, ports
        place = {"CidrIpv4": (rule.ip_range, "CidrIp"), "CidrIpv6": (rule.ip_range, "CidrIpv6")}.get(kind)
        if place:
            place[0][place[1]] = source
        elif kind == "PrefixListId":
            rule.prefix_list_id = source
        else:
            rule.source_group["GroupId"] = source
        if description is not None:
            for holder in (rule.ip_range, rule.source_group):
                holder.pop("Description", None)
            rule.underpin_description = description or None
    return {"Return": True}


def _change(identifier: str, rule: Any, wanted: dict[str, Any]) -> tuple[Any, ...]:
    given = [kind for kind in _SOURCES if wanted.get(kind)]
    if len(given) != 1:
        code = "InvalidParameterCombination" if given else "MissingParameter"
        raise Refusal(
            code,
            "The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId, or referencedGroupId",
        )
    (kind,) = given
    is_kind, _ = _source(rule)
    if kind != is_kind:
        raise Refusal(
            "InvalidParameterValue",
            f"Invalid rule type for security group rule '{identifier}'. You may not specify {kind} for an "
            f"existing {_SOURCES[is_kind]} rule.",
        )
    if "IpProtocol" not in wanted:
        raise Refusal(
            "InvalidParameterValue",
            "Invalid value 'null' for protocol. VPC security group rules must specify protocols explicitly.",
        )
    protocol, ports = _protocol(wanted), _ports(wanted)
    if protocol in ("tcp", "udp") and None in ports:
        raise Refusal(
            "InvalidParameterValue",
            "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.",
        )
    source = canonical(wanted[kind]) if kind.startswith("Cidr") else wanted[kind]
    return protocol, ports, kind, source, wanted.get("Description")


@repairs("ec2", "RevokeSecurityGroupIngress")
def revoke_ingress(call: Call) -> dict[str, Any]:
    """Removes rules: those given by ids all, or none (API_RevokeSecurityGroupIngress)."""
    identifiers = call.params.get("SecurityGroupRuleIds", [])
    if not identifiers:
        call.relay()
    group = _group(call)
    known = {rule.id for rule in group.ingress_rules}
    for identifier in identifiers:
        if identifier not in known:
            raise Refusal(
                "InvalidSecurityGroupRuleId.NotFound",
                f"The security group rule ID '{identifier}' does not exist",
            )
    group.ingress_rules = [rule for rule in group.ingress_rules if rule.id not in identifiers]
    for identifier in identifiers:
        group.ec2_backend.tags.pop(identifier, None)
    return {"Return": True}
