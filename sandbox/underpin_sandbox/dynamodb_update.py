"""Repairs DynamoDB's UpdateTable, which takes one kind of change at a time.

Follows https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html.
"""

from __future__ import annotations

from typing import Any

from moto.dynamodb.models.table import GlobalSecondaryIndex, Table

from . import dynamodb_table as tables
from .dynamodb import check_index_capacity, resolve_key
from .registry import Call, repairs
from .state import SETTINGS, Phase, Refusal

_INVALID = "One or more parameter values were invalid: "
_ON_DEMAND = "PAY_PER_REQUEST"


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationException", message)


@repairs("dynamodb", "UpdateTable")
def update_table(call: Call) -> dict[str, Any]:
    """Makes one kind of change to a table that is not being changed."""
    params = call.params
    table = tables.find(call, params["TableName"])
    kinds = _kinds(params)
    if not kinds:
        raise _invalid(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
            "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required"
        )
    if len(kinds) > 1:
        raise _invalid(f"{_INVALID}only one kind of change at a time, not {' and '.join(kinds)}")
    tables.refuse_busy(table)
    _CHANGES[kinds[0]](call, table, params)
    if SETTINGS.slow:
        tables.facts(table).phase.start("UPDATING")
    return table.describe()


def _kinds(params: dict[str, Any]) -> list[str]:
    updates = params.get("GlobalSecondaryIndexUpdates", [])
    given = {
        "capacity": any(k in params for k in ("BillingMode", "ProvisionedThroughput", "OnDemandThroughput"))
        or any("Update" in update for update in updates),
        "index": any("Create" in update or "Delete" in update for update in updates),
        "stream": "StreamSpecification" in params,
        "encryption": "SSESpecification" in params,
        "class": "TableClass" in params,
        "protection": "DeletionProtectionEnabled" in params,
        "warm throughput": "WarmThroughput" in params,
    }
    return [kind for kind, is_given in given.items() if is_given]


def _refuse_same(wanted: dict[str, int], current: dict[str, int], what: str, name: str | None) -> None:
    keys = ("ReadCapacityUnits", "WriteCapacityUnits")
    if any(wanted[key] != current[key] for key in keys):
        return
    noun = "table" if what == "table" else f"index {name}"
    pairs = "".join(
        f"Current {key} provisioned for the {what}: {current[key]}. Requested {key}: {wanted[key]}. "
        for key in keys
    )
    raise _invalid(
        f"The provisioned throughput for the {noun} will not change. "
        f"The requested value equals the current value. {pairs}"
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request "
        "higher limits."
    )


def _capacity(_call: Call, table: Table, params: dict[str, Any]) -> None:
    """Changes billing mode and capacities; an equal capacity is refused."""
    known, before = tables.facts(table), table.billing_mode
    mode = params.get("BillingMode", before)
    updates = {u["Update"]["IndexName"]: u["Update"] for u in params.get("GlobalSecondaryIndexUpdates", [])}
    indexes = {index.name: index for index in table.global_indexes}
    for name in updates:
        if name not in indexes:
            raise Refusal("ResourceNotFoundException", f"Requested resource not found: Index: {name}")
    capacity = params.get("ProvisionedThroughput")
    if mode == _ON_DEMAND and (capacity or any("ProvisionedThroughput" in u for u in updates.values())):
        raise _invalid(
            f"{_INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
            "when BillingMode is PAY_PER_REQUEST"
        )
    if mode != _ON_DEMAND and (
        "OnDemandThroughput" in params or any("OnDemandThroughput" in u for u in updates.values())
    ):
        raise _invalid(f"{_INVALID}OnDemandThroughput needs BillingMode PAY_PER_REQUEST")
    if mode != _ON_DEMAND and before == _ON_DEMAND:
        if capacity is None:
            raise _invalid(
                f"{_INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified "
                "when BillingMode is PROVISIONED"
            )
        for name in indexes:
            check_index_capacity({"IndexName": name} | updates.get(name, {}), on_demand=False)
    elif mode != _ON_DEMAND:
        if capacity is not None:
            _refuse_same(capacity, table.throughput, "table", None)
        for name, update in updates.items():
            _refuse_same(update["ProvisionedThroughput"], indexes[name].throughput, "index", name)

    table.billing_mode = mode
    if mode == _ON_DEMAND:
        zero = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
        table.throughput = {"NumberOfDecreasesToday": 0, **zero}
        for index in indexes.values():
            index.throughput = dict(zero)
        known.on_demand = params.get("OnDemandThroughput", known.on_demand)
        for name, update in updates.items():
            if "OnDemandThroughput" in update:
                known.index_on_demand[name] = update["OnDemandThroughput"]
        return
    known.on_demand, known.index_on_demand = None, {}
    if capacity is not None:
        table.throughput = {"NumberOfDecreasesToday": 0, **capacity}
    for name, update in updates.items():
        indexes[name].throughput = dict(update["ProvisionedThroughput"])
        known.indexes.setdefault(name, Phase()).start("UPDATING")


def _index(_call: Call, table: Table, params: dict[str, Any]) -> None:
    """Creates or deletes one index."""
    updates, known = params["GlobalSecondaryIndexUpdates"], tables.facts(table)
    busy = any(phase.current() in ("CREATING", "DELETING") for phase in known.indexes.values())
    if len(updates) > 1 or busy:
        raise Refusal(
            "LimitExceededException",
            "Subscriber limit exceeded: Only 1 online index can be created or deleted "
            "simultaneously per table",
        )
    names = [index.name for index in table.global_indexes]
    if "Delete" in updates[0]:
        name = updates[0]["Delete"]["IndexName"]
        if name not in names:
            raise Refusal("ResourceNotFoundException", f"Requested resource not found: Index: {name}")
        if SETTINGS.slow:
            known.indexes.setdefault(name, Phase()).start("DELETING")
        else:
            table.global_indexes = [index for index in table.global_indexes if index.name != name]
            tables.drop_unused_attributes(table)
        known.index_on_demand.pop(name, None)
        known.insights.pop(name, None)
        return
    create = updates[0]["Create"]
    if create["IndexName"] in names + [index.name for index in table.indexes]:
        raise _invalid(f"{_INVALID}Duplicate index name: {create['IndexName']}")
    check_index_capacity(create, on_demand=table.billing_mode == _ON_DEMAND)
    defined = {a["AttributeName"]: a for a in table.attr}
    for attribute in params.get("AttributeDefinitions", []):
        standing = defined.setdefault(attribute["AttributeName"], attribute)
        if standing["AttributeType"] != attribute["AttributeType"]:
            raise _invalid(f"{_INVALID}Attribute {attribute['AttributeName']} has another type in a key")
    missing = [k["AttributeName"] for k in create["KeySchema"] if k["AttributeName"] not in defined]
    if missing:
        raise _invalid(
            f"{_INVALID}Some index key attributes are not defined in AttributeDefinitions. "
            f"Keys: [{', '.join(missing)}], AttributeDefinitions: [{', '.join(sorted(defined))}]"
        )
    table.attr = list(defined.values())
    table.global_indexes.append(GlobalSecondaryIndex.create(create, table.table_key_attrs))
    tables.drop_unused_attributes(table)
    if "OnDemandThroughput" in create:
        known.index_on_demand[create["IndexName"]] = create["OnDemandThroughput"]
    phase = known.indexes.setdefault(create["IndexName"], Phase())
    phase.start("CREATING")
    # Backfilling outlasts the table's own update.
    phase.until += SETTINGS.slow


def _stream(_call: Call, table: Table, params: dict[str, Any]) -> None:
    """Turns the stream on or off; on again is a new stream."""
    wanted = params["StreamSpecification"]
    enabled = bool(table.stream_specification and table.stream_specification["StreamEnabled"])
    if wanted["StreamEnabled"] and enabled:
        raise _invalid(f"Table already has an enabled stream: TableName: {table.name}")
    if not wanted["StreamEnabled"] and not enabled:
        raise _invalid(f"Table has no stream to disable: TableName: {table.name}")
    if wanted["StreamEnabled"] != ("StreamViewType" in wanted):
        raise _invalid(f"{_INVALID}StreamViewType goes with an enabled stream, and only with one")
    table.set_stream_specification(dict(wanted))


def _encryption(call: Call, table: Table, params: dict[str, Any]) -> None:
    """Changes the key; the key that it has is refused."""
    wanted, before = dict(params["SSESpecification"]), table.sse_specification or {}
    if not wanted.get("Enabled", False):
        if "KMSMasterKeyId" in wanted:
            raise _invalid(f"{_INVALID}KMSMasterKeyId goes with Enabled only")
        if not before.get("Enabled"):
            raise _invalid(f"{_INVALID}Table is already encrypted by default")
        table.sse_specification = {"Enabled": False}
        return
    wanted.setdefault(
        "KMSMasterKeyId", table._get_default_encryption_key(table.account_id, table.region_name)
    )
    table.sse_specification = wanted
    try:
        resolve_key(call, table)
        if before.get("Enabled") and before["KMSMasterKeyId"] == wanted["KMSMasterKeyId"]:
            raise _invalid(f"{_INVALID}Table is already encrypted by given KMSMasterKeyId")
    except Refusal:
        table.sse_specification = before or None
        raise


def _class(_call: Call, table: Table, params: dict[str, Any]) -> None:
    """Changes the table's class; the class that it has is refused."""
    known = tables.facts(table)
    if params["TableClass"] == (known.table_class or "STANDARD"):
        raise _invalid(f"{_INVALID}Table is already in the table class {params['TableClass']}")
    known.table_class = params["TableClass"]


def _protection(_call: Call, table: Table, params: dict[str, Any]) -> None:
    """Lifts or sets deletion protection."""
    table.deletion_protection_enabled = params["DeletionProtectionEnabled"]


def _warm_throughput(_call: Call, _table: Table, _params: dict[str, Any]) -> None:
    """Accepts warm throughput, which the sandbox leaves as it is."""


_CHANGES = {
    "capacity": _capacity,
    "index": _index,
    "stream": _stream,
    "encryption": _encryption,
    "class": _class,
    "protection": _protection,
    "warm throughput": _warm_throughput,
}
