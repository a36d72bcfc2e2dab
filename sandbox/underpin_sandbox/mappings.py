"""Repairs of Lambda's event source mappings: one per function and source, with every property.

Follows https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html and its
neighbours. Nothing is polled and no function runs.
"""

from __future__ import annotations

import time
from typing import Any

from moto.awslambda.models import EventSourceMapping, lambda_backends
from moto.dynamodbstreams.models import dynamodbstreams_backends
from moto.kinesis.models import kinesis_backends
from moto.sqs.models import sqs_backends

from .lambda_ import find
from .registry import Call, repairs
from .state import SETTINGS, Phase, Refusal

_STREAM_DEFAULTS = {
    "BatchSize": 100,
    "MaximumBatchingWindowInSeconds": 0,
    "ParallelizationFactor": 1,
    "DestinationConfig": {"OnFailure": {}},
    "MaximumRecordAgeInSeconds": -1,
    "BisectBatchOnFunctionError": False,
    "MaximumRetryAttempts": -1,
    "TumblingWindowInSeconds": 0,
    "FunctionResponseTypes": [],
}
_QUEUE_DEFAULTS = {"BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": []}
# Empty, these take the property away; they are not described then.
_OPTIONAL = (
    "FilterCriteria",
    "ScalingConfig",
    "KMSKeyArn",
    "MetricsConfig",
    "ProvisionedPollerConfig",
    "LoggingConfig",
)
_NOT_FOUND = "The resource you requested does not exist."


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterValueException", message)


def _service(arn: str) -> str:
    service = arn.split(":")[2]
    if service not in ("dynamodb", "kinesis", "sqs"):
        raise _invalid(f"Unrecognized event source: {arn}")
    return service


def _check_source(call: Call, arn: str) -> None:
    service = _service(arn)
    if service == "sqs":
        queues = call.backend(sqs_backends).queues.values()
        if all(queue.queue_arn != arn for queue in queues):
            raise _invalid(
                "Error occurred while ReceiveMessage. SQS Error Code: "
                "AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: "
                "The specified queue does not exist for this wsdl version."
            )
        return
    if service == "dynamodb":
        known = [stream["StreamArn"] for stream in call.backend(dynamodbstreams_backends).list_streams()]
    else:
        known = [stream.arn for stream in call.backend(kinesis_backends).streams.values()]
    if arn not in known:
        raise _invalid(f"Stream not found: {arn}")


def _check(params: dict[str, Any], service: str) -> None:
    if service == "sqs":
        if params.get("StartingPosition"):
            raise _invalid("StartingPosition is not valid for SQS event sources.")
        for key in (
            "MaximumRetryAttempts",
            "BisectBatchOnFunctionError",
            "MaximumRecordAgeInSeconds",
            "ParallelizationFactor",
            "TumblingWindowInSeconds",
        ):
            if params.get(key):
                raise _invalid(f"Unsupported {key} parameter for given event source mapping type.")
        if params.get("BatchSize", 1) > 10 and not params.get("MaximumBatchingWindowInSeconds"):
            raise _invalid(
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is "
                "greater than 10"
            )
    elif "ScalingConfig" in params:
        raise _invalid("Unsupported ScalingConfig parameter for given event source mapping type.")


def _describe(mapping: Any) -> dict[str, Any]:
    state = "Enabled" if mapping.enabled else "Disabled"
    return mapping.underpin | {
        "UUID": mapping.uuid,
        "EventSourceArn": mapping.event_source_arn,
        "FunctionArn": mapping.function_arn,
        "EventSourceMappingArn": mapping.arn,
        "LastModified": mapping.last_modified,
        "State": mapping.underpin_phase.current() or state,
        "StateTransitionReason": "User action",
    }


def _settle(call: Call) -> dict[str, Any]:
    known = call.backend(lambda_backends)._event_source_mappings
    for uuid in [u for u, m in known.items() if m.underpin_phase.ended("Deleting")]:
        del known[uuid]
    return known


def _of(call: Call) -> Any:
    mapping = _settle(call).get(call.params["UUID"])
    if mapping is None:
        raise Refusal("ResourceNotFoundException", _NOT_FOUND, 404)
    return mapping


def _apply(mapping: Any, params: dict[str, Any]) -> None:
    """Sets the properties that are given; an empty optional one is taken away."""
    for key, default in _STREAM_DEFAULTS.items():
        if key in params:
            emptied = key == "DestinationConfig" and not params[key]
            mapping.underpin[key] = default if emptied else params[key]
    for key in _OPTIONAL:
        if params.get(key) and params[key] != {"Filters": []}:
            mapping.underpin[key] = params[key]
        elif key in params:
            mapping.underpin.pop(key, None)
    mapping.enabled = params.get("Enabled", mapping.enabled)
    mapping.last_modified = round(time.time(), 3)


def _function_arn(call: Call, name: str) -> str:
    arn = find(call, name).function_arn
    tail = name.rsplit(":function:", maxsplit=1)[-1].split(":")
    qualified = (":function:" in name or not name.split(":", maxsplit=1)[0].isdigit()) and len(tail) == 2
    return f"{arn}:{tail[1]}" if qualified else arn


@repairs("lambda", "CreateEventSourceMapping")
def create_mapping(call: Call) -> dict[str, Any]:
    """Creates a mapping unless the function has one from that source."""
    params = call.params
    function_arn = _function_arn(call, params["FunctionName"])
    source = params.get("EventSourceArn")
    if source is None:
        raise _invalid("The sandbox has mappings from streams and queues only.")
    service = _service(source)
    if service != "sqs" and "StartingPosition" not in params:
        raise _invalid(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
            "constraint: Member must not be null."
        )
    if service == "dynamodb" and params["StartingPosition"] == "AT_TIMESTAMP":
        raise _invalid("Unsupported starting position for DynamoDB streams: AT_TIMESTAMP")
    _check(params, service)
    for mapping in _settle(call).values():
        if (mapping.event_source_arn, mapping.function_arn) == (source, function_arn):
            raise _conflict(service, mapping)
    _check_source(call, source)
    mapping = EventSourceMapping(
        {
            **params,
            "RegionName": call.region,
            "AccountId": SETTINGS.account,
            "FunctionArn": function_arn,
        }
    )
    defaults = _QUEUE_DEFAULTS if service == "sqs" else _STREAM_DEFAULTS
    mapping.underpin = dict(defaults)
    if service != "sqs":
        mapping.underpin["LastProcessingResult"] = "No records processed"
        mapping.underpin["StartingPosition"] = params["StartingPosition"]
        if "StartingPositionTimestamp" in params:
            mapping.underpin["StartingPositionTimestamp"] = params["StartingPositionTimestamp"]
    mapping.underpin_phase = Phase()
    mapping.underpin_phase.start("Creating")
    _apply(mapping, params)
    _settle(call)[mapping.uuid] = mapping
    return _describe(mapping)


def _conflict(service: str, mapping: Any) -> Refusal:
    function = mapping.function_arn.split(":function:")[-1]
    source = mapping.event_source_arn
    if service == "sqs":
        said = f'An event source mapping with SQS arn (" {source} ") and function (" {function} ")'
    else:
        said = f'The event source arn (" {source} ") and function (" {function} ") provided mapping'
    return Refusal(
        "ResourceConflictException",
        f"{said} already exists. Please update or delete the existing mapping with UUID {mapping.uuid}",
        409,
    )


@repairs("lambda", "GetEventSourceMapping")
def get_mapping(call: Call) -> dict[str, Any]:
    """Describes a mapping (API_GetEventSourceMapping)."""
    return _describe(_of(call))


@repairs("lambda", "UpdateEventSourceMapping")
def update_mapping(call: Call) -> dict[str, Any]:
    """Changes what can be changed of a mapping (API_UpdateEventSourceMapping)."""
    mapping, params = _of(call), call.params
    if mapping.underpin_phase.current():
        raise Refusal(
            "ResourceInUseException",
            "Cannot update the event source mapping because it is not in a stable state.",
        )
    service = _service(mapping.event_source_arn)
    _check({**mapping.underpin, **params, "StartingPosition": None}, service)
    if "FunctionName" in params:
        mapping.function_arn = _function_arn(call, params["FunctionName"])
    _apply(mapping, params)
    mapping.underpin_phase.start("Updating")
    return _describe(mapping)


@repairs("lambda", "DeleteEventSourceMapping")
def delete_mapping(call: Call) -> dict[str, Any]:
    """Deletes a mapping (API_DeleteEventSourceMapping)."""
    mapping = _of(call)
    if mapping.underpin_phase.current():
        raise Refusal(
            "ResourceInUseException", "Cannot delete the event source mapping because it is in use."
        )
    mapping.underpin_phase.start("Deleting")
    described = _describe(mapping) | {"State": "Deleting"}
    _settle(call)
    return described


@repairs("lambda", "ListEventSourceMappings")
def list_mappings(call: Call) -> dict[str, Any]:
    """Lists mappings by function name, partial ARN or ARN, and by source (API_ListEventSourceMappings)."""
    params, found = call.params, list(_settle(call).values())
    if "EventSourceArn" in params:
        found = [m for m in found if m.event_source_arn == params["EventSourceArn"]]
    if "FunctionName" in params:
        arn = _function_arn(call, params["FunctionName"])
        found = [m for m in found if m.function_arn == arn]
    start, size = int(params.get("Marker", 0)), min(params.get("MaxItems", 100), 100)
    result = {"EventSourceMappings": [_describe(m) for m in found[start : start + size]]}
    if len(found) > start + size:
        result["NextMarker"] = str(start + size)
    return result
