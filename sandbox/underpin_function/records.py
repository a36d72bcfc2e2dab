"""The records of a stream in the form in which Lambda hands them to a function.

Source: Lambda Developer Guide, "Process DynamoDB records with Lambda", "Example event"; DynamoDB
Streams API reference, `Record`.
"""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

# The largest payload of an invocation. Source: Lambda Developer Guide, "Lambda quotas".
LARGEST_PAYLOAD = 6 * 1024 * 1024


def event_record(record: dict[str, Any], stream: str) -> dict[str, Any]:
    """Turns a record of `GetRecords` into one of an event."""
    event = {
        "eventID": record.get("eventID"),
        "eventName": record.get("eventName"),
        "eventVersion": record.get("eventVersion"),
        "eventSource": "aws:dynamodb",
        "awsRegion": stream.split(":")[3],
        "dynamodb": _plain(record["dynamodb"]),
        "eventSourceARN": stream,
    }
    if "userIdentity" in record:
        identity = record["userIdentity"]
        event["userIdentity"] = {"type": identity.get("Type"), "principalId": identity.get("PrincipalId")}
    return event


def sequence_number(record: dict[str, Any]) -> str:
    """The sequence number of a record of an event."""
    return record["dynamodb"]["SequenceNumber"]


def created(record: dict[str, Any]) -> float:
    """The time of the change, in seconds since 1970."""
    return record["dynamodb"]["ApproximateCreationDateTime"]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return int(value.timestamp())
    return value
