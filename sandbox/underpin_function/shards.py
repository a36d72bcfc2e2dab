"""The shards of a table's stream, each read from its position on, parents before their children.

Source: DynamoDB Developer Guide, "Change data capture for DynamoDB Streams", and the API reference of
DynamoDB Streams.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from .protocol import emit
from .records import sequence_number

TRIM_HORIZON = "TRIM_HORIZON"
LATEST = "LATEST"
# The most records of an answer. Source: API reference, `GetRecords`.
PAGE = 1000


@dataclass(eq=False)
class Shard:
    """An open position in a shard."""

    id: str
    iterator: str | None
    # Where to go on when the iterator has expired: a type of position, or behind a record.
    position: str
    last: str | None = None
    # The records that were read and are not delivered yet.
    waiting: deque[dict[str, Any]] = field(default_factory=deque)
    # The moment since which the oldest of them waits.
    since: float = 0.0
    blocked: bool = False

    @property
    def is_read(self) -> bool:
        """Returns whether all of a closed shard was read."""
        return self.iterator is None


class Shards:
    """The shards of one stream."""

    def __init__(self, client: Any, stream: str, position: str) -> None:
        self.stream = stream
        self._client = client
        self._known: set[str] = set()
        self.open: list[Shard] = []
        self._discover(position)

    def read(self, shard: Shard) -> list[dict[str, Any]]:
        """Reads the next records of a shard."""
        if shard.iterator is None:
            return []
        try:
            page = self._client.get_records(ShardIterator=shard.iterator, Limit=PAGE)
        except ClientError as error:
            self._reposition(shard, error)
            return []
        shard.iterator = page.get("NextShardIterator")
        records = page["Records"]
        if records:
            shard.last = sequence_number(records[-1])
        return records

    def leave(self, finished: list[Shard]) -> None:
        """Leaves shards that nothing more comes from, and goes on with their children."""
        if finished:
            self.open = [shard for shard in self.open if shard not in finished]
            self._discover(TRIM_HORIZON)

    def _discover(self, position: str) -> None:
        shards = self._describe()
        ids = {shard["ShardId"] for shard in shards}
        active = {shard.id for shard in self.open}
        for shard in shards:
            name, parent = shard["ShardId"], shard.get("ParentShardId")
            # A child waits for its parent, so that the changes of an item stay in order.
            waits = parent in ids and (parent not in self._known or parent in active)
            closed = "EndingSequenceNumber" in shard.get("SequenceNumberRange", {})
            if name in self._known or (position != LATEST and waits):
                continue
            self._known.add(name)
            if position == LATEST and closed:
                continue
            opened = Shard(name, None, position)
            opened.iterator = self._iterator(name, ShardIteratorType=position)
            self.open.append(opened)
            active.add(name)

    def _describe(self) -> list[dict[str, Any]]:
        shards: list[dict[str, Any]] = []
        more: dict[str, str] = {}
        while True:
            page = self._client.describe_stream(StreamArn=self.stream, **more)["StreamDescription"]
            shards += page.get("Shards", [])
            if "LastEvaluatedShardId" not in page:
                return shards
            more = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}

    def _reposition(self, shard: Shard, error: ClientError) -> None:
        code = error.response["Error"]["Code"]
        if code == "TrimmedDataAccessException":
            # Records are kept for 24 hours.
            emit("note", text="records that were not read in time have gone from the stream")
            shard.last, shard.position = None, TRIM_HORIZON
        elif code != "ExpiredIteratorException":
            raise error
        if shard.last is None:
            shard.iterator = self._iterator(shard.id, ShardIteratorType=shard.position)
        else:
            kind = "AFTER_SEQUENCE_NUMBER"
            shard.iterator = self._iterator(shard.id, ShardIteratorType=kind, SequenceNumber=shard.last)

    def _iterator(self, shard: str, **position: str) -> str:
        answer = self._client.get_shard_iterator(StreamArn=self.stream, ShardId=shard, **position)
        return answer["ShardIterator"]
