"""Tells what a request asks of IAM: actions, resources and condition keys, dependent actions included.

Follows https://docs.aws.amazon.com/service-authorization/latest/reference/. Written from the request as it
came in, and from what is there; it knows nothing of what underpin declares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from moto.awslambda.models import lambda_backends
from moto.dynamodb.models import dynamodb_backends
from moto.ec2.models import ec2_backends

from .iam import backend as iam_backend
from .identity_policies import Demand
from .state import SETTINGS
from .wire import Request

# Where the name in the signature is not the prefix of actions.
_PREFIXES = {"resourcegroupstaggingapi": "tag"}
Context = dict[str, list[str]]


def demands(request: Request) -> list[Demand]:
    """Lists what a request asks."""
    tell = _TELLERS.get(request.service)
    found = list(tell(request)) if tell else [_own(request, "*")]
    return [
        Demand(one.action, one.resource, {key.lower(): values for key, values in one.context.items()})
        for one in found
    ]


def _own(request: Request, resource: str, context: Context | None = None) -> Demand:
    prefix = _PREFIXES.get(request.service, request.service)
    return Demand(f"{prefix}:{request.operation}", resource, context or {})


def _arn(request: Request, service: str, resource: str) -> str:
    return f"arn:aws:{service}:{request.region}:{SETTINGS.account}:{resource}"


def _request_tags(tags: dict[str, str]) -> Context:
    context = {f"aws:RequestTag/{key}": [value] for key, value in tags.items()}
    return context | {"aws:TagKeys": list(tags)} if tags else {}


def _resource_tags(tags: dict[str, str]) -> Context:
    return {f"aws:ResourceTag/{key}": [value] for key, value in tags.items()}


def _pairs(tags: Any, key: str = "Key", value: str = "Value") -> dict[str, str]:
    if isinstance(tags, dict):
        return dict(tags)
    return {tag[key]: tag.get(value) or "" for tag in tags or []}


# DynamoDB


def _dynamodb(request: Request) -> Iterator[Demand]:
    params = request.params
    if request.operation in ("ListTables", "ListContributorInsights", "ListBackups"):
        yield _own(request, "*")
        return
    name = params.get("TableName") or params.get("ResourceArn") or params.get("BackupArn") or "*"
    arn = name if name.startswith("arn:") else _arn(request, "dynamodb", f"table/{name}")
    table = dynamodb_backends[SETTINGS.account][request.region].tables.get(arn.split("/")[1])
    tags = _pairs(params.get("Tags"))
    context = _request_tags(tags) | _resource_tags(_pairs(table.tags if table else []))
    yield _own(request, arn, context)
    if request.operation == "CreateTable" and tags:
        yield Demand("dynamodb:TagResource", arn, context)
    if request.operation == "CreateTable" and params.get("ResourcePolicy"):
        yield Demand("dynamodb:PutResourcePolicy", arn, context)
    if request.operation == "UpdateContributorInsights" and params.get("IndexName"):
        yield _own(request, f"{arn}/index/{params['IndexName']}")


# EC2

_TOUCHED = {
    "VpcId": "vpc",
    "RouteTableIds": "route-table",
    "AddRouteTableIds": "route-table",
    "RemoveRouteTableIds": "route-table",
    "SubnetIds": "subnet",
    "AddSubnetIds": "subnet",
    "RemoveSubnetIds": "subnet",
    "SecurityGroupIds": "security-group",
    "AddSecurityGroupIds": "security-group",
    "RemoveSecurityGroupIds": "security-group",
}
_TYPES = {
    "vpce": "vpc-endpoint",
    "vpc": "vpc",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
}


def _ec2(request: Request) -> Iterator[Demand]:
    params = request.params
    region = {"ec2:Region": [request.region]}
    if request.operation.startswith("Describe"):
        yield _own(request, "*", region)
        return
    for key, kind in _TOUCHED.items():
        ids = params.get(key, [])
        for one in [ids] if isinstance(ids, str) else ids:
            yield _own(request, _arn(request, "ec2", f"{kind}/{one}"), region)
    tags: dict[str, str] = {}
    if request.operation.endswith(("SecurityGroupIngress", "SecurityGroupRules")):
        yield from _ec2_rules(request, region)
        return
    if request.operation == "CreateVpcEndpoint":
        made = _arn(request, "ec2", "vpc-endpoint/*")
        for specification in params.get("TagSpecifications", []):
            tags |= _pairs(specification.get("Tags"))
        context = region | _request_tags(tags)
        yield _own(request, made, context | {"ec2:VpceServiceName": [params["ServiceName"]]})
        if tags:
            yield Demand("ec2:CreateTags", made, context | {"ec2:CreateAction": ["CreateVpcEndpoint"]})
        return
    tags = _pairs(params.get("Tags"))
    endpoint = [params["VpcEndpointId"]] if "VpcEndpointId" in params else []
    for one in [*endpoint, *params.get("VpcEndpointIds", []), *params.get("Resources", [])]:
        kind = _TYPES.get(one.split("-")[0], one.split("-")[0])
        context = region | _request_tags(tags) | _resource_tags(_ec2_tags(request, one))
        yield _own(request, _arn(request, "ec2", f"{kind}/{one}"), context)


def _ec2_rules(request: Request, region: dict[str, list[str]]) -> Iterator[Demand]:
    """Security group rules: the group in each call, and the rule where the reference has it as a resource."""
    params = request.params
    group = region | {"ec2:SecurityGroupID": [params.get("GroupId", "")]}
    yield _own(request, _arn(request, "ec2", f"security-group/{params.get('GroupId')}"), group)
    for update in params.get("SecurityGroupRules", []):
        identifier = update["SecurityGroupRuleId"]
        context = region | _resource_tags(_ec2_tags(request, identifier))
        yield _own(request, _arn(request, "ec2", f"security-group-rule/{identifier}"), context)
    if request.operation == "AuthorizeSecurityGroupIngress":
        tags: dict[str, str] = {}
        for specification in params.get("TagSpecifications", []):
            tags |= _pairs(specification.get("Tags"))
        made, context = _arn(request, "ec2", "security-group-rule/*"), region | _request_tags(tags)
        yield _own(request, made, context)
        if tags:
            action = {"ec2:CreateAction": ["AuthorizeSecurityGroupIngress"]}
            yield Demand("ec2:CreateTags", made, context | action)


def _ec2_tags(request: Request, identifier: str) -> dict[str, str]:
    return dict(ec2_backends[SETTINGS.account][request.region].tags.get(identifier, {}))


# IAM


def _iam(request: Request) -> Iterator[Demand]:
    params, account = request.params, SETTINGS.account
    if "RoleName" not in params and "InstanceProfileName" not in params:
        yield _own(request, params.get("PolicyArn", "*"))
        return
    name = params.get("RoleName", "")
    role = next((role for role in iam_backend().get_roles() if role.name == name), None)
    # Of a role that is not there, nobody knows the path.
    path = role.path if role else params.get("Path", "/")
    arn = f"arn:aws:iam::{account}:role{path}{name}"
    if "InstanceProfileName" in params:
        arn = f"arn:aws:iam::{account}:instance-profile/{params['InstanceProfileName']}"
    tags = _pairs(params.get("Tags"))
    context = _request_tags(tags) | _resource_tags(_pairs(role.tags if role else []))
    if "PolicyArn" in params:
        context["iam:PolicyARN"] = [params["PolicyArn"]]
    boundary = params.get("PermissionsBoundary") or (role.permissions_boundary_arn if role else None)
    if boundary:
        context["iam:PermissionsBoundary"] = [boundary]
    yield _own(request, arn, context)
    if request.operation == "CreateRole" and tags:
        yield Demand("iam:TagRole", arn, context)


# Lambda


def _lambda(request: Request) -> Iterator[Demand]:
    params, operation = request.params, request.operation
    if operation in ("ListFunctions", "ListEventSourceMappings", "ListLayers"):
        yield _own(request, "*")
        return
    if "EventSourceMapping" in operation:
        yield from _mapping(request)
        return
    tags = _pairs(params.get("Tags"))
    if "Resource" in params:
        context = _request_tags(tags) | _resource_tags(_lambda_tags(request, params["Resource"]))
        yield _own(request, params["Resource"], context)
        return
    name = params.get("FunctionName", "*")
    arn = name if name.startswith("arn:") else _arn(request, "lambda", f"function:{name}")
    context = _request_tags(tags) | _resource_tags(_lambda_tags(request, arn))
    if "Principal" in params:
        context["lambda:Principal"] = [params["Principal"]]
    yield _own(request, arn, context)
    if operation == "CreateFunction" and tags:
        yield Demand("lambda:TagResource", arn, context)
    if params.get("Role"):
        yield Demand("iam:PassRole", params["Role"], {"iam:PassedToService": ["lambda.amazonaws.com"]})
    for layer in params.get("Layers") or []:
        yield Demand("lambda:GetLayerVersion", layer, {})
    if (params.get("VpcConfig") or {}).get("SubnetIds"):
        for what in ("Vpcs", "Subnets", "SecurityGroups"):
            yield Demand(f"ec2:Describe{what}", "*", {})


def _mapping(request: Request) -> Iterator[Demand]:
    params = request.params
    if "UUID" in params:
        known = lambda_backends[SETTINGS.account][request.region]._event_source_mappings.get(params["UUID"])
        context = {"lambda:FunctionArn": [known.function_arn]} if known else {}
        context |= _resource_tags(known.tags if known else {})
        yield _own(request, _arn(request, "lambda", f"event-source-mapping:{params['UUID']}"), context)
        return
    name, tags = params["FunctionName"], _pairs(params.get("Tags"))
    function = name if name.startswith("arn:") else _arn(request, "lambda", f"function:{name}")
    context = _request_tags(tags) | {"lambda:FunctionArn": [function]}
    yield _own(request, "*", context)
    if tags:
        yield Demand("lambda:TagResource", _arn(request, "lambda", "event-source-mapping:*"), context)


def _lambda_tags(request: Request, arn: str) -> dict[str, str]:
    backend = lambda_backends[SETTINGS.account][request.region]
    for mapping in backend._event_source_mappings.values():
        if mapping.arn == arn:
            return dict(mapping.tags or {})
    try:
        return dict(backend.list_tags(arn))
    except Exception:
        return {}


# Others


def _logs(request: Request) -> Iterator[Demand]:
    params = request.params
    if request.operation == "DescribeLogGroups":
        yield _own(request, "*")
        return
    tags = params.get("tags") or {}
    if "resourceArn" in params:
        yield _own(request, params["resourceArn"], _request_tags(tags))
        return
    group = _arn(request, "logs", f"log-group:{params.get('logGroupName', '*')}")
    yield _own(request, f"{group}:*", _request_tags(tags))
    if tags:
        yield Demand("logs:TagResource", group, _request_tags(tags))


def _autoscaling(request: Request) -> Iterator[Demand]:
    params = request.params
    if request.operation.startswith("Describe"):
        yield _own(request, "*")
        return
    target = _arn(request, "application-autoscaling", "scalable-target/*")
    yield _own(
        request,
        target,
        {
            "application-autoscaling:service-namespace": [params["ServiceNamespace"]],
            "application-autoscaling:scalable-dimension": [params["ScalableDimension"]],
        },
    )
    alarm = _arn(request, "cloudwatch", f"alarm:TargetTracking-{params['ResourceId']}-AlarmHigh")
    table = _arn(request, "dynamodb", params["ResourceId"].split("/index/")[0])
    if request.operation == "PutScalingPolicy":
        yield Demand("cloudwatch:PutMetricAlarm", alarm)
        yield Demand("cloudwatch:DescribeAlarms", _arn(request, "cloudwatch", "alarm:*"))
    elif request.operation == "RegisterScalableTarget":
        yield Demand("dynamodb:DescribeTable", table)
        yield Demand("dynamodb:UpdateTable", table)
    else:
        yield Demand("cloudwatch:DeleteAlarms", alarm)


_TELLERS: dict[str, Callable[[Request], Iterator[Demand]]] = {
    "application-autoscaling": _autoscaling,
    "dynamodb": _dynamodb,
    "ec2": _ec2,
    "iam": _iam,
    "lambda": _lambda,
    "logs": _logs,
}
