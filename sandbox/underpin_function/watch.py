"""Reads the streams of a function's triggers, and hands it batches as Lambda's poller does."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .batches import Counts, Delivery
from .job import Function, Job, Trigger
from .patterns import passes
from .protocol import JobError, emit
from .records import LARGEST_PAYLOAD, event_record
from .shards import TRIM_HORIZON, Shard, Shards
from .worker import Worker

# Lambda reads each shard four times a second. Source: Lambda Developer Guide, "Using AWS Lambda with
# Amazon DynamoDB", "Polling and batching streams".
POLL_SECONDS = 0.25
# The time between two looks at whether the table has another stream by now.
LOOK_SECONDS = 1.0
# An open shard may answer without records and have some: so often it has to.
QUIET_POLLS = 2


def watch(job: Job, stop: threading.Event) -> None:
    """Reads until it is told to stop, or as a script wants it."""
    counts = Counts()
    worker = Worker(job.function)
    try:
        reason = _watch(job, worker, counts, stop)
    finally:
        worker.close()
    emit("end", reason=reason, **vars(counts))


def _watch(job: Job, worker: Worker, counts: Counts, stop: threading.Event) -> str:
    readers = [
        Reader(job.function, trigger, Delivery(trigger, worker, counts, stop, scripted=job.ends), counts)
        for trigger in job.triggers
    ]
    if job.once:
        return _once(readers, stop)
    quiet_since = time.monotonic()
    while not stop.is_set():
        busy = False
        for reader in readers:
            busy |= reader.step(stop)
        now = time.monotonic()
        if busy:
            quiet_since = now
            continue
        if job.until_idle is not None and now - quiet_since >= job.until_idle:
            # What waits for its batching window to pass is not lost.
            for reader in readers:
                reader.deliver_all(stop)
            return "no record came for the given time"
        stop.wait(POLL_SECONDS)
    return "stopped"


def _once(readers: list[Reader], stop: threading.Event) -> str:
    """Reads to the end first, so that what the function itself writes is not read as well."""
    quiet_polls = 0
    while quiet_polls < QUIET_POLLS and not stop.is_set():
        found = [reader.collect() for reader in readers]
        quiet_polls = 0 if any(found) else quiet_polls + 1
    for reader in readers:
        reader.deliver_all(stop)
    return "stopped" if stop.is_set() else "all that was in the stream was read"


class Reader:
    """Reads the stream of one trigger, and the next one if the table is made anew."""

    def __init__(self, function: Function, trigger: Trigger, delivery: Delivery, counts: Counts) -> None:
        self._function, self._trigger = function, trigger
        self._delivery, self._counts = delivery, counts
        config = Config(
            connect_timeout=2, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3}
        )
        options: dict[str, Any] = {
            "region_name": function.region,
            "endpoint_url": function.endpoint,
            "aws_access_key_id": function.access_key,
            "aws_secret_access_key": "testing",
            "config": config,
        }
        self._tables = boto3.client("dynamodb", **options)
        self._streams = boto3.client("dynamodbstreams", **options)
        self._shards: Shards | None = None
        # Shards that were read to their end, with what is to be delivered.
        self._collected: list[Shard] = []
        self._looked = time.monotonic()
        stream = self._stream()
        if stream is None:
            hint = (
                "make it with `underpin apply`; `underpin reset --env local` makes a local environment whole"
            )
            raise JobError(f"there is no table `{trigger.table}` at {function.endpoint}", hint)
        self._open(stream, trigger.position)

    def step(self, stop: threading.Event) -> bool:
        """Reads and delivers once; returns whether there was anything."""
        try:
            busy = self._read(stop)
            if not busy:
                self._look()
        except ClientError as error:
            # Where the table was made anew, what was read does not exist any more.
            before = self._shards.stream if self._shards is not None else None
            self._look(now=True)
            after = self._shards.stream if self._shards is not None else None
            if before == after:
                raise self._unreachable(error) from error
            return False
        except BotoCoreError as error:
            raise self._unreachable(error) from error
        return busy

    def collect(self) -> bool:
        """Reads once and delivers nothing; returns whether there was anything."""
        if self._shards is None:
            return False
        found = False
        try:
            for shard in self._shards.open:
                records = self._shards.read(shard)
                self._keep(shard, records)
                found |= bool(records)
            read = [shard for shard in self._shards.open if shard.is_read]
            self._collected += read
            self._shards.leave(read)
        except (BotoCoreError, ClientError) as error:
            raise self._unreachable(error) from error
        return found

    def deliver_all(self, stop: threading.Event) -> None:
        """Delivers what was read."""
        still_open = self._shards.open if self._shards is not None else []
        for shard in self._collected + still_open:
            while shard.waiting and not stop.is_set() and not shard.blocked:
                self._deliver_batch(shard)

    def _read(self, stop: threading.Event) -> bool:
        if self._shards is None:
            return False
        busy = False
        for shard in [shard for shard in self._shards.open if not shard.blocked]:
            records = self._shards.read(shard)
            busy |= bool(records)
            self._keep(shard, records)
            busy |= self._deliver(shard, stop, read_all=not records)
        self._shards.leave([shard for shard in self._shards.open if shard.is_read and not shard.waiting])
        return busy

    def _keep(self, shard: Shard, records: list[dict[str, Any]]) -> None:
        assert self._shards is not None
        if not shard.waiting:
            shard.since = time.monotonic()
        for record in records:
            event = event_record(record, self._shards.stream)
            if passes(self._trigger.filters, event):
                shard.waiting.append(event)
            else:
                self._counts.filtered += 1

    def _deliver(self, shard: Shard, stop: threading.Event, *, read_all: bool) -> bool:
        """Delivers full batches, and a smaller one when the batching window has passed."""
        delivered = False
        while shard.waiting and not stop.is_set() and not shard.blocked:
            full = len(shard.waiting) >= self._trigger.batch_size
            waited = time.monotonic() - shard.since >= self._trigger.window
            if not (full or (waited and (read_all or self._trigger.window == 0))):
                break
            self._deliver_batch(shard)
            delivered = True
        return delivered

    def _deliver_batch(self, shard: Shard) -> None:
        shard.blocked = not self._delivery.deliver(take_batch(shard, self._trigger.batch_size))
        shard.since = time.monotonic()

    def _look(self, *, now: bool = False) -> None:
        """Goes on with the table's new stream if it was made anew: everything in that one is new."""
        moment = time.monotonic()
        if moment - self._looked < LOOK_SECONDS and not now:
            return
        self._looked = moment
        stream = self._stream()
        if stream is None:
            if self._shards is not None:
                emit("note", text=f"the table `{self._trigger.table}` is gone: waiting for it")
            self._shards = None
        elif self._shards is None or self._shards.stream != stream:
            self._open(stream, TRIM_HORIZON)

    def _stream(self) -> str | None:
        """The ARN of the table's stream; nothing if there is no table."""
        table = self._trigger.table
        try:
            described = self._tables.describe_table(TableName=table)["Table"]
        except self._tables.exceptions.ResourceNotFoundException:
            return None
        except (BotoCoreError, ClientError) as error:
            raise self._unreachable(error) from error
        specification = described.get("StreamSpecification") or {}
        if not specification.get("StreamEnabled"):
            raise JobError(
                f"the table `{table}` has no stream", "give the table `stream: new_image` and apply it"
            )
        return described["LatestStreamArn"]

    def _open(self, stream: str, position: str) -> None:
        try:
            self._shards = Shards(self._streams, stream, position)
        except (BotoCoreError, ClientError) as error:
            raise self._unreachable(error) from error
        emit(
            "watching",
            trigger=self._trigger.name,
            table=self._trigger.table,
            stream=stream,
            position=position.lower(),
        )

    def _unreachable(self, error: Exception) -> JobError:
        hint = (
            "start it (`underpin sandbox start`, `docker compose up -d`), or name another: `--endpoint-url`"
        )
        return JobError(f"failed to read the stream of `{self._trigger.table}`: {error}", hint)


def take_batch(shard: Shard, size: int) -> list[dict[str, Any]]:
    """Takes the next batch: as many records as it may have, and as fit into an invocation."""
    batch: list[dict[str, Any]] = []
    weight = len('{"Records": []}')
    while shard.waiting and len(batch) < size:
        weight += len(json.dumps(shard.waiting[0])) + 2
        if batch and weight > LARGEST_PAYLOAD:
            break
        batch.append(shard.waiting.popleft())
    return batch
