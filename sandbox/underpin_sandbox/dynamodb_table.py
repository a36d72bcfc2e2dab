"""What AWS knows of a DynamoDB table and moto does not, and how the table is described.

Follows https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import StreamShard, Table

from .registry import Call
from .state import Phase, Refusal


@dataclass
class Facts:
    """What is kept beside moto's table."""

    table_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    phase: Phase = field(default_factory=Phase)
    indexes: dict[str, Phase] = field(default_factory=dict)
    table_class: str | None = None
    on_demand: dict[str, int] | None = None
    index_on_demand: dict[str, dict[str, int]] = field(default_factory=dict)
    on_demand_since: float | None = None
    ttl_phase: Phase = field(default_factory=Phase)
    ttl_changed: float | None = None
    insights: dict[str | None, str] = field(default_factory=dict)
    backups_phase: Phase = field(default_factory=Phase)


def facts(table: Table) -> Facts:
    """Returns what is kept beside a table."""
    if not hasattr(table, "underpin"):
        table.underpin = Facts()
    return table.underpin


def settle(call: Call) -> None:
    """Removes tables and indexes whose deletion is over."""
    backend = call.backend(dynamodb_backends)
    for name, table in list(backend.tables.items()):
        known = facts(table)
        if known.phase.ended("DELETING"):
            del backend.tables[name]
        for index in [i for i, phase in known.indexes.items() if phase.ended("DELETING")]:
            del known.indexes[index]
            table.global_indexes = [i for i in table.global_indexes if i.name != index]
            drop_unused_attributes(table)


def find(call: Call, name: str) -> Table:
    """Finds a table by its name or ARN."""
    settle(call)
    backend = call.backend(dynamodb_backends)
    for table in backend.tables.values():
        if name in (table.name, table.table_arn):
            return table
    raise Refusal(
        "ResourceNotFoundException",
        f"Requested resource not found: Table: {name.rsplit('/', maxsplit=1)[-1]} not found",
    )


def refuse_busy(table: Table, *, indexes: bool = False) -> None:
    """Refuses a change of a table that is still being changed, as AWS does."""
    verbs = {"CREATING": "created", "UPDATING": "updated", "DELETING": "deleted"}
    phase = facts(table).phase.current()
    if phase is None and indexes and any(p.current() for p in facts(table).indexes.values()):
        phase = "UPDATING"
    if phase is not None:
        raise Refusal(
            "ResourceInUseException",
            "Attempt to change a resource which is still in use: "
            f"Table is being {verbs[phase]}: {table.name}",
        )


def drop_unused_attributes(table: Table) -> None:
    """Forgets the definitions of attributes that are in no key."""
    used = set(table.attribute_keys)
    table.attr = [a for a in table.attr if a["AttributeName"] in used]


_moto_describe = Table.describe
_moto_set_stream = Table.set_stream_specification
_moto_shard_add = StreamShard.add


def describe(self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
    """Describes a table as AWS does: states, ids, class, on-demand maxima, index ARNs."""
    result = _moto_describe(self, base_key)
    table, known = result[base_key], facts(self)
    table["TableId"] = known.table_id
    table["TableStatus"] = known.phase.current() or "ACTIVE"
    on_demand = self.billing_mode == "PAY_PER_REQUEST"
    if on_demand:
        known.on_demand_since = known.on_demand_since or time.time()
        if known.on_demand:
            table["OnDemandThroughput"] = known.on_demand
    if known.on_demand_since is None:
        # Provisioned and never anything else: AWS leaves the summary out.
        del table["BillingModeSummary"]
    else:
        table["BillingModeSummary"] = {
            "BillingMode": self.billing_mode,
            "LastUpdateToPayPerRequestDateTime": known.on_demand_since,
        }
    if known.table_class:
        table["TableClassSummary"] = {"TableClass": known.table_class}
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if not table[kind]:
            del table[kind]
            continue
        for index in table[kind]:
            index |= {
                "IndexArn": f"{self.table_arn}/index/{index['IndexName']}",
                "IndexSizeBytes": 0,
                "ItemCount": 0,
            }
    for index in table.get("GlobalSecondaryIndexes", []):
        phase = known.indexes.get(index["IndexName"], Phase()).current()
        index["IndexStatus"] = phase or "ACTIVE"
        if phase == "CREATING" and known.phase.current() != "CREATING":
            index["Backfilling"] = True
        index["ProvisionedThroughput"] = {"NumberOfDecreasesToday": 0, **index["ProvisionedThroughput"]}
        if on_demand and index["IndexName"] in known.index_on_demand:
            index["OnDemandThroughput"] = known.index_on_demand[index["IndexName"]]
    return result


def set_stream(self: Table, streams: dict[str, Any] | None) -> None:
    """Gives every stream a label of its own, in AWS's form."""
    before = self.latest_stream_label if hasattr(self, "latest_stream_label") else None
    _moto_set_stream(self, streams)
    if self.stream_specification and self.stream_specification["StreamEnabled"]:
        now = datetime.now(timezone.utc)
        label = now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{now.microsecond // 1000:03}"
        if before is not None and label <= before:
            later = datetime.fromisoformat(before) + timedelta(milliseconds=1)
            label = later.isoformat(timespec="milliseconds")
        self.latest_stream_label = label


def add_to_stream(self: StreamShard, old: Any, new: Any) -> None:
    """Records a change in the stream and runs no function: moto would start a container.

    What a write leaves as it was is no change (DynamoDB Developer Guide, "Change data capture for
    DynamoDB Streams").
    """
    if old is not None and new is not None and old.to_json() == new.to_json():
        return
    mappings, self.table.lambda_event_source_mappings = self.table.lambda_event_source_mappings, {}
    try:
        if self.table.stream_specification["StreamEnabled"]:
            _moto_shard_add(self, old, new)
    finally:
        self.table.lambda_event_source_mappings = mappings


Table.describe = describe
Table.set_stream_specification = set_stream
StreamShard.add = add_to_stream
