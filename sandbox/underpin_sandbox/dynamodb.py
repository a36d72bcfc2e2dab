"""Repairs of DynamoDB: creating, deleting and tagging tables; time to live; what moto lacks.

Follows https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/ (each repair names its page).
`UpdateTable` is in `dynamodb_update.py`.
"""

from __future__ import annotations

import json
import time
from typing import Any

from moto.dynamodb.models import DynamoDBBackend, ResourcePolicy, dynamodb_backends

from . import dynamodb_table as tables
from .registry import Call, repairs
from .state import SETTINGS, Refusal

_INVALID = "One or more parameter values were invalid: "


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationException", message)


@repairs("dynamodb", "CreateTable")
def create_table(call: Call) -> dict[str, Any]:
    """Creates a table with all that CreateTable takes (API_CreateTable)."""
    params = call.params
    tables.settle(call)
    backend = call.backend(dynamodb_backends)
    standing = backend.tables.get(params["TableName"])
    if standing is not None and tables.facts(standing).phase.current() == "DELETING":
        tables.refuse_busy(standing)
    on_demand = params.get("BillingMode") == "PAY_PER_REQUEST"
    for index in params.get("GlobalSecondaryIndexes", []):
        check_index_capacity(index, on_demand=on_demand)
    if not on_demand and "OnDemandThroughput" in params:
        raise _invalid(f"{_INVALID}OnDemandThroughput needs BillingMode PAY_PER_REQUEST")
    stream = params.get("StreamSpecification")
    if stream is not None and stream["StreamEnabled"] != ("StreamViewType" in stream):
        raise _invalid(f"{_INVALID}StreamViewType goes with an enabled stream, and only with one")
    if "ResourcePolicy" in params:
        _check_policy(params["ResourcePolicy"])
    call.forward()
    table = tables.find(call, params["TableName"])
    known = tables.facts(table)
    known.table_class = params.get("TableClass")
    known.on_demand = params.get("OnDemandThroughput")
    for index in params.get("GlobalSecondaryIndexes", []):
        if "OnDemandThroughput" in index:
            known.index_on_demand[index["IndexName"]] = index["OnDemandThroughput"]
    resolve_key(call, table)
    if "ResourcePolicy" in params:
        backend.put_resource_policy(table.table_arn, params["ResourcePolicy"], None)
    if SETTINGS.slow:
        known.phase.start("CREATING")
        known.backups_phase.start("CREATING")
        for index in table.global_indexes:
            known.indexes.setdefault(index.name, tables.Phase()).start("CREATING")
    return table.describe()


def check_index_capacity(index: dict[str, Any], *, on_demand: bool) -> None:
    """Refuses an index whose capacity does not go with the table's billing mode."""
    name = index["IndexName"]
    if on_demand and "ProvisionedThroughput" in index:
        raise _invalid(
            f"{_INVALID}ProvisionedThroughput should not be specified for index: {name} "
            "when BillingMode is PAY_PER_REQUEST"
        )
    if not on_demand and "ProvisionedThroughput" not in index:
        raise _invalid(f"{_INVALID}ProvisionedThroughput must be specified for index: {name}")


def resolve_key(call: Call, table: Any) -> None:
    """Turns a key's id or alias into its ARN, which is what is described."""
    from moto.kms.models import kms_backends

    key = (table.sse_specification or {}).get("KMSMasterKeyId")
    if key and not key.startswith("arn:"):
        kms = call.backend(kms_backends)
        try:
            table.sse_specification["KMSMasterKeyId"] = kms.describe_key(key).arn
        except Exception:
            raise _invalid(f"KMS validation error: the key '{key}' is not found") from None


@repairs("dynamodb", "DescribeTable")
def describe_table(call: Call) -> dict[str, Any]:
    """Describes a table; one whose deletion is over is gone (API_DescribeTable)."""
    return tables.find(call, call.params["TableName"]).describe(base_key="Table")


@repairs("dynamodb", "ListTables", "ListTagsOfResource")
def settle_first(call: Call) -> dict[str, Any]:
    """Lists without what has been deleted meanwhile (API_ListTables)."""
    tables.settle(call)
    call.relay()


@repairs("dynamodb", "DeleteTable")
def delete_table(call: Call) -> dict[str, Any]:
    """Deletes a table unless it is protected or being changed (API_DeleteTable)."""
    table = tables.find(call, call.params["TableName"])
    tables.refuse_busy(table, indexes=True)
    if table.deletion_protection_enabled:
        raise _invalid(
            "Resource cannot be deleted as it is currently protected against deletion. "
            "Disable deletion protection first."
        )
    backend = call.backend(dynamodb_backends)
    for arn in [a for a in backend.resource_policies if a.split("/stream/")[0] == table.table_arn]:
        del backend.resource_policies[arn]
    tables.facts(table).phase.start("DELETING")
    described = table.describe()
    described["TableDescription"]["TableStatus"] = "DELETING"
    tables.settle(call)
    return described


@repairs("dynamodb", "PutItem", "UpdateItem", "DeleteItem", "GetItem", "Query", "Scan")
def use_table(call: Call) -> dict[str, Any]:
    """Refuses to read or write items before the table is there (API_PutItem)."""
    table = tables.find(call, call.params["TableName"])
    if tables.facts(table).phase.current() in ("CREATING", "DELETING"):
        raise Refusal("ResourceNotFoundException", "Requested resource not found")
    call.relay()


@repairs("dynamodb", "TagResource")
def tag_resource(call: Call) -> dict[str, Any]:
    """Refuses to tag what is not there (API_TagResource)."""
    table = _by_arn(call)
    replace_tags(call.backend(dynamodb_backends), table.table_arn, call.params["Tags"])
    return {}


def replace_tags(self: DynamoDBBackend, table_arn: str, tags: list[dict[str, str]]) -> None:
    """Replaces the value of a key that is there already; the tagging API comes here, too."""
    for table in self.tables.values():
        if table.table_arn != table_arn:
            continue
        merged = {tag["Key"]: tag["Value"] for tag in [*table.tags, *tags]}
        if len([key for key in merged if not key.startswith("aws:")]) > 50:
            raise _invalid(f"{_INVALID}Too many tags, the maximum is 50")
        table.tags = [{"Key": key, "Value": value} for key, value in merged.items()]


DynamoDBBackend.tag_resource = replace_tags


@repairs("dynamodb", "UntagResource")
def untag_resource(call: Call) -> dict[str, Any]:
    """Refuses to untag what is not there (API_UntagResource)."""
    _by_arn(call)
    return call.forward()


def _by_arn(call: Call) -> Any:
    tables.settle(call)
    arn = call.params["ResourceArn"]
    for table in call.backend(dynamodb_backends).tables.values():
        if table.table_arn == arn:
            return table
    raise Refusal("ResourceNotFoundException", f"Requested resource not found: ResourcArn: {arn} not found")


@repairs("dynamodb", "UpdateTimeToLive")
def update_time_to_live(call: Call) -> dict[str, Any]:
    """Turns expiry on or off: never what it is already, and not too often (API_UpdateTimeToLive)."""
    table = tables.find(call, call.params["TableName"])
    tables.refuse_busy(table)
    known, wanted = tables.facts(table), call.params["TimeToLiveSpecification"]
    enabled = table.ttl["TimeToLiveStatus"] == "ENABLED"
    current = table.ttl.get("AttributeName")
    if enabled and current != wanted["AttributeName"]:
        raise _invalid(
            f"TimeToLive is active on a different AttributeName: current AttributeName is {current}"
        )
    if enabled == wanted["Enabled"]:
        raise _invalid(f"TimeToLive is already {'enabled' if enabled else 'disabled'}")
    now = time.monotonic()
    if known.ttl_changed is not None and now - known.ttl_changed < SETTINGS.ttl_cooldown:
        raise _invalid("Time to live has been modified multiple times within a fixed interval")
    known.ttl_changed = now
    table.ttl = {"TimeToLiveStatus": "ENABLED" if wanted["Enabled"] else "DISABLED"}
    if wanted["Enabled"]:
        table.ttl["AttributeName"] = wanted["AttributeName"]
    known.ttl_phase.start("ENABLING" if wanted["Enabled"] else "DISABLING")
    return {"TimeToLiveSpecification": wanted}


@repairs("dynamodb", "DescribeTimeToLive")
def describe_time_to_live(call: Call) -> dict[str, Any]:
    """Names the attribute only while expiry is on (API_DescribeTimeToLive)."""
    table = tables.find(call, call.params["TableName"])
    status = tables.facts(table).ttl_phase.current()
    return {"TimeToLiveDescription": table.ttl | ({"TimeToLiveStatus": status} if status else {})}


@repairs("dynamodb", "UpdateContinuousBackups", "DescribeContinuousBackups")
def continuous_backups(call: Call) -> dict[str, Any]:
    """Refuses a table so new that its backups are being enabled (API_UpdateContinuousBackups)."""
    tables.settle(call)
    table = call.backend(dynamodb_backends).tables.get(call.params["TableName"])
    if (
        table is not None
        and call.operation.startswith("Update")
        and tables.facts(table).backups_phase.current()
    ):
        raise Refusal(
            "ContinuousBackupsUnavailableException",
            f"Backups are being enabled for the table: {table.name}. Please retry later",
        )
    return call.forward()


@repairs("dynamodb", "UpdateContributorInsights")
def update_contributor_insights(call: Call) -> dict[str, Any]:
    """Turns contributor insights on or off (API_UpdateContributorInsights)."""
    table, index = _insights_of(call)
    enabled = call.params["ContributorInsightsAction"] == "ENABLE"
    mode = call.params.get("ContributorInsightsMode", "ACCESSED_AND_THROTTLED_KEYS")
    insights = tables.facts(table).insights
    if enabled:
        insights[index] = mode
    else:
        insights.pop(index, None)
    status = "ENABLING" if enabled else "DISABLING"
    return _insights(table, index) | {"ContributorInsightsStatus": status}


@repairs("dynamodb", "DescribeContributorInsights")
def describe_contributor_insights(call: Call) -> dict[str, Any]:
    """Describes contributor insights (API_DescribeContributorInsights)."""
    return _insights(*_insights_of(call))


@repairs("dynamodb", "ListContributorInsights")
def list_contributor_insights(call: Call) -> dict[str, Any]:
    """Lists contributor insights of a table and its indexes (API_ListContributorInsights)."""
    tables.settle(call)
    found = [
        _insights(table, index)
        for table in call.backend(dynamodb_backends).tables.values()
        if call.params.get("TableName") in (None, table.name, table.table_arn)
        for index in tables.facts(table).insights
    ]
    return {"ContributorInsightsSummaries": found}


def _insights_of(call: Call) -> tuple[Any, str | None]:
    table, index = tables.find(call, call.params["TableName"]), call.params.get("IndexName")
    if index is not None and index not in [i.name for i in table.global_indexes]:
        raise Refusal("ResourceNotFoundException", f"Requested resource not found: Index: {index}")
    return table, index


def _insights(table: Any, index: str | None) -> dict[str, Any]:
    mode = tables.facts(table).insights.get(index)
    described = {
        "TableName": table.name,
        "ContributorInsightsStatus": "ENABLED" if mode else "DISABLED",
    }
    if mode:
        described["ContributorInsightsMode"] = mode
    return described | ({"IndexName": index} if index else {})


@repairs("dynamodb", "DescribeKinesisStreamingDestination")
def describe_kinesis_destination(call: Call) -> dict[str, Any]:
    """Says that there is none, since none can be made here (API_DescribeKinesisStreamingDestination)."""
    table = tables.find(call, call.params["TableName"])
    return {"TableName": table.name, "KinesisDataStreamDestinations": []}


def _check_policy(document: str) -> None:
    try:
        policy = json.loads(document)
    except ValueError:
        raise _invalid("Invalid policy document: it is not JSON") from None
    if not isinstance(policy, dict) or "Statement" not in policy:
        raise _invalid("Invalid policy document: it has no Statement")


@repairs("dynamodb", "PutResourcePolicy")
def put_resource_policy(call: Call) -> dict[str, Any]:
    """Refuses what is no policy, and takes those of streams (API_PutResourcePolicy)."""
    _check_policy(call.params["Policy"])
    arn = call.params["ResourceArn"]
    tables.find(call, arn.split("/stream/")[0])
    if "/stream/" in arn:
        policy = ResourcePolicy(resource_arn=arn, policy_doc=call.params["Policy"])
        call.backend(dynamodb_backends).resource_policies[arn] = policy
        return {"RevisionId": policy.revision_id}
    return call.forward()


@repairs("dynamodb", "GetResourcePolicy")
def get_resource_policy(call: Call) -> dict[str, Any]:
    """Knows those of streams (API_GetResourcePolicy)."""
    arn = call.params["ResourceArn"]
    if "/stream/" not in arn:
        call.relay()
    tables.find(call, arn.split("/stream/")[0])
    policy = call.backend(dynamodb_backends).resource_policies.get(arn)
    if policy is None:
        raise Refusal("PolicyNotFoundException", f"Resource-based policy not found: {arn}")
    return {"Policy": policy.policy_doc, "RevisionId": policy.revision_id}


@repairs("dynamodb", "DeleteResourcePolicy")
def delete_resource_policy(call: Call) -> dict[str, Any]:
    """Succeeds where there is no policy (API_DeleteResourcePolicy)."""
    table = tables.find(call, call.params["ResourceArn"].split("/stream/")[0])
    if call.params["ResourceArn"] not in call.backend(dynamodb_backends).resource_policies:
        if call.params.get("ExpectedRevisionId"):
            raise Refusal(
                "PolicyNotFoundException",
                f"Resource-based policy not found for the provided ResourceArn: {table.table_arn}",
            )
        return {}
    return call.forward()
