"""Repairs of CloudWatch Logs.

Follows https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/ (each repair names its page).
"""

from __future__ import annotations

from typing import Any

from moto.logs.models import logs_backends

from .registry import Call, repairs


@repairs("logs", "DeleteLogGroup")
def delete_log_group(call: Call) -> dict[str, Any]:
    """Deletes the tags with the group, which moto gives to its next namesake (API_DeleteLogGroup)."""
    backend = call.backend(logs_backends)
    group = backend.groups.get(call.params["logGroupName"])
    result = call.forward()
    if group is not None:
        backend.tagger.delete_all_tags_for_resource(group.arn)
    return result
