"""Repairs of the tagging API: it lists endpoints, security group rules and mappings, and no roles.

Follows https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.ec2.models import ec2_backends
from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

from . import dynamodb_table, ec2
from .registry import Call, repairs

_moto_resources = ResourceGroupsTaggingAPIBackend._get_resources_generator

# Services whose resources the API does not list, whatever moto says.
_UNLISTED = (":iam:",)


def _has(tags: dict[str, str], filters: list[dict[str, Any]]) -> bool:
    return all(f["Key"] in tags and (not f.get("Values") or tags[f["Key"]] in f["Values"]) for f in filters)


def _of_type(kind: str, wanted: list[str]) -> bool:
    return not wanted or kind in wanted or kind.split(":", maxsplit=1)[0] in wanted


def resources(
    self: ResourceGroupsTaggingAPIBackend,
    tag_filters: list[dict[str, Any]] | None = None,
    resource_type_filters: list[str] | None = None,
) -> Iterator[dict[str, Any]]:
    """Yields what moto lists and has tags, and what it leaves out."""
    seen = set()
    for resource in _moto_resources(self, tag_filters, resource_type_filters):
        arn = resource["ResourceARN"]
        if resource["Tags"] and not any(service in arn for service in _UNLISTED) and arn not in seen:
            seen.add(arn)
            yield resource
    wanted, filters = resource_type_filters or [], tag_filters or []
    for kind, arn, tags in _left_out(self):
        if arn not in seen and tags and _of_type(kind, wanted) and _has(tags, filters):
            yield {"ResourceARN": arn, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}


def _left_out(self: ResourceGroupsTaggingAPIBackend) -> Iterator[tuple[str, str, dict[str, str]]]:
    network = ec2_backends[self.account_id][self.region_name]
    prefix = f"arn:aws:ec2:{self.region_name}:{self.account_id}:vpc-endpoint/"
    for endpoint in network.vpc_end_points.values():
        tags = {tag["key"]: tag["value"] for tag in endpoint.get_tags()}
        yield "ec2:vpc-endpoint", f"{prefix}{endpoint.id}", tags
    prefix = f"arn:aws:ec2:{self.region_name}:{self.account_id}:security-group-rule/"
    for group in (group for groups in network.groups.values() for group in groups.values()):
        for rule in (*group.ingress_rules, *group.egress_rules):
            tags = {tag["key"]: tag["value"] for tag in rule.get_tags()}
            yield "ec2:security-group-rule", f"{prefix}{rule.id}", tags
    functions = lambda_backends[self.account_id][self.region_name]
    for mapping in functions._event_source_mappings.values():
        yield "lambda:event-source-mapping", mapping.arn, mapping.tags


ResourceGroupsTaggingAPIBackend._get_resources_generator = resources


@repairs("resourcegroupstaggingapi", "GetResources")
def get_resources(call: Call) -> dict[str, Any]:
    """Lists what is there now, by ARN where ARNs are given (API_GetResources)."""
    ec2.settle(call)
    dynamodb_table.settle(call)
    arns = call.params.get("ResourceARNList")
    if arns is None:
        call.relay()
    listed = call.forward()
    found = [r for r in listed["ResourceTagMappingList"] if r["ResourceARN"] in arns]
    return listed | {"ResourceTagMappingList": found}
