"""Repairs of Application Auto Scaling for tables and indexes.

Follows https://docs.aws.amazon.com/autoscaling/application/APIReference/ (each repair names its page).
"""

from __future__ import annotations

from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.dynamodb.models import dynamodb_backends

from .registry import Call, repairs
from .state import SETTINGS, Refusal

_KEYS = ("ServiceNamespace", "ResourceId", "ScalableDimension")
_ALIKE = "service namespace: {}, resource ID: {}, scalable dimension: {}"


def _backend(call: Call) -> Any:
    return call.backend(applicationautoscaling_backends)


def _targets(call: Call) -> list[Any]:
    namespace, resource, dimension = (call.params[key] for key in _KEYS)
    return _backend(call).describe_scalable_targets(namespace, [resource], dimension)


def _missing(call: Call, noun: str) -> Refusal:
    said = _ALIKE.format(*(call.params[key] for key in _KEYS))
    return Refusal("ObjectNotFoundException", f"No {noun} for {said}")


@repairs("application-autoscaling", "RegisterScalableTarget")
def register(call: Call) -> dict[str, Any]:
    """Refuses what scales nothing: a table or index that is not there (API_RegisterScalableTarget)."""
    if call.params["ServiceNamespace"] == "dynamodb":
        parts = call.params["ResourceId"].split("/")
        table = call.backend(dynamodb_backends).tables.get(parts[1] if len(parts) > 1 else "")
        indexes = [index.name for index in table.global_indexes] if table is not None else []
        if table is None or (len(parts) == 4 and parts[3] not in indexes):
            noun = "table" if len(parts) == 2 else "index"
            raise Refusal(
                "ValidationException", f"DynamoDB {noun} does not exist: {call.params['ResourceId']}"
            )
    existed = bool(_targets(call))
    if not existed and not {"MinCapacity", "MaxCapacity"} <= set(call.params):
        raise Refusal(
            "ValidationException",
            "Min capacity and max capacity are required when registering a new scalable target",
        )
    result = call.forward()
    target = _targets(call)[0]
    if "Tags" in call.params:
        target.underpin_tags = dict(call.params["Tags"])
    return result


@repairs("application-autoscaling", "DescribeScalableTargets")
def describe_targets(call: Call) -> dict[str, Any]:
    """Names the service-linked role that scales (API_DescribeScalableTargets)."""
    described = call.forward()
    role = (
        f"arn:aws:iam::{SETTINGS.account}:role/aws-service-role/"
        "dynamodb.application-autoscaling.amazonaws.com/"
        "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
    )
    suspended = dict.fromkeys(
        ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended"), False
    )
    for target in described.get("ScalableTargets", []):
        target.setdefault("RoleARN", role)
        target.setdefault("SuspendedState", suspended)
    return described


@repairs("application-autoscaling", "DeregisterScalableTarget")
def deregister(call: Call) -> dict[str, Any]:
    """Takes a target and its policies away (API_DeregisterScalableTarget)."""
    if not _targets(call):
        raise _missing(call, "scalable target registered")
    backend = _backend(call)
    namespace, resource, dimension = (call.params[key] for key in _KEYS)
    for policy in list(backend.policies.values()):
        if (policy.service_namespace, policy.resource_id, policy.scalable_dimension) == (
            namespace,
            resource,
            dimension,
        ):
            backend.delete_scaling_policy(policy.policy_name, namespace, resource, dimension)
    return call.forward()


@repairs("application-autoscaling", "PutScalingPolicy")
def put_policy(call: Call) -> dict[str, Any]:
    """Refuses a policy without a target (API_PutScalingPolicy)."""
    if not _targets(call):
        raise _missing(call, "scalable target registered")
    call.relay()


@repairs("application-autoscaling", "DeleteScalingPolicy")
def delete_policy(call: Call) -> dict[str, Any]:
    """Answers a missing policy with AWS's error (API_DeleteScalingPolicy)."""
    wanted = tuple(call.params[key] for key in (*_KEYS, "PolicyName"))
    if all(
        (p.service_namespace, p.resource_id, p.scalable_dimension, p.policy_name) != wanted
        for p in _backend(call).policies.values()
    ):
        raise _missing(call, "scaling policy found")
    call.relay()


@repairs("application-autoscaling", "DescribeScalingPolicies")
def describe_policies(call: Call) -> dict[str, Any]:
    """Lists the policies that are named, where some are (API_DescribeScalingPolicies)."""
    described, names = call.forward(), call.params.get("PolicyNames")
    if names:
        described["ScalingPolicies"] = [p for p in described["ScalingPolicies"] if p["PolicyName"] in names]
    return described


def _tagged(call: Call) -> Any:
    arn = call.params["ResourceARN"]
    for target in _backend(call).describe_scalable_targets("dynamodb", None, None):
        if target.arn == arn:
            return target
    raise Refusal("ResourceNotFoundException", f"The specified resource doesn't exist: {arn}")


@repairs("application-autoscaling", "ListTagsForResource")
def list_tags(call: Call) -> dict[str, Any]:
    """Lists a target's tags (API_ListTagsForResource)."""
    return {"Tags": getattr(_tagged(call), "underpin_tags", {})}


@repairs("application-autoscaling", "TagResource")
def tag(call: Call) -> dict[str, Any]:
    """Tags a target (API_TagResource)."""
    target = _tagged(call)
    target.underpin_tags = {**getattr(target, "underpin_tags", {}), **call.params["Tags"]}
    return {}


@repairs("application-autoscaling", "UntagResource")
def untag(call: Call) -> dict[str, Any]:
    """Takes tags off a target (API_UntagResource)."""
    target = _tagged(call)
    for key in call.params["TagKeys"]:
        getattr(target, "underpin_tags", {}).pop(key, None)
    return {}
