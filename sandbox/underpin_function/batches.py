"""The delivery of a batch: invoked, and again as the trigger says until it succeeds or is discarded.

Source: Lambda Developer Guide, "Configuring partial batch response with DynamoDB and Lambda" and
"Retain discarded records for a DynamoDB event source in Lambda".
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from typing import Any

from .job import Trigger
from .protocol import emit
from .records import created, sequence_number
from .worker import Outcome, Worker

# How often a script's run tries a batch again that the trigger would try until it expires.
SCRIPTED_RETRIES = 3
LONGEST_PAUSE_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.2

Record = dict[str, Any]


@dataclass
class Counts:
    """What became of the records of a run."""

    batches: int = 0
    records: int = 0
    filtered: int = 0
    discarded: int = 0
    blocked: int = 0


class Delivery:
    """Hands the batches of one trigger to the function."""

    def __init__(
        self, trigger: Trigger, worker: Worker, counts: Counts, stop: threading.Event, *, scripted: bool
    ) -> None:
        self.trigger = trigger
        self._worker = worker
        self._counts = counts
        self._stop = stop
        self._scripted = scripted

    def deliver(self, batch: list[Record]) -> bool:
        """Delivers a batch; returns false if it blocks its shard: a script's run goes no further there."""
        parts: list[tuple[list[Record], int]] = [(batch, 0)]
        while parts:
            records, retries = parts.pop()
            records = self._young(records)
            if not records:
                continue
            if self._stop.is_set():
                return False
            outcome = self._invoke(records, retries)
            begin = self._first_failure(records, outcome)
            self._report(records, outcome, begin)
            if begin is None:
                self._counts.records += len(records)
                continue
            self._counts.records += begin
            failed = records[begin:]
            if begin and self.trigger.bisect:
                # It is split where the function says, which is no retry of a failure.
                parts.append((failed, retries))
            elif self.trigger.bisect and len(failed) > 1:
                middle = len(failed) // 2
                parts += [(failed[middle:], retries), (failed[:middle], retries)]
            elif 0 <= self.trigger.retries <= retries:
                self._discard(failed, "it failed, and all retries were made")
            elif self._scripted and retries >= SCRIPTED_RETRIES and self.trigger.retries < 0:
                self._counts.blocked += len(failed) + sum(len(rest) for rest, _ in parts)
                return False
            else:
                self._stop.wait(min(FIRST_PAUSE_SECONDS * 2**retries, LONGEST_PAUSE_SECONDS))
                parts.append((failed, retries + 1))
        return True

    def _invoke(self, records: list[Record], retries: int) -> Outcome:
        self._counts.batches += 1
        emit("invoking", trigger=self.trigger.name, records=len(records), retry=retries)
        return self._worker.invoke(json.dumps({"Records": records}))

    def _report(self, records: list[Record], outcome: Outcome, begin: int | None) -> None:
        failed = 0 if begin is None else len(records) - begin
        fields = outcome.fields()
        # The answer of a stream's function says which records failed, which is counted.
        del fields["answer"]
        emit("batch", trigger=self.trigger.name, records=len(records), failed=failed, **fields)

    def _young(self, records: list[Record]) -> list[Record]:
        if self.trigger.maximum_age < 0:
            return records
        oldest = time.time() - self.trigger.maximum_age
        young = [record for record in records if created(record) >= oldest]
        if len(young) < len(records):
            old = [record for record in records if created(record) < oldest]
            self._discard(old, f"it is older than {self.trigger.maximum_age:.0f} seconds")
        return young

    def _discard(self, records: list[Record], reason: str) -> None:
        self._counts.discarded += len(records)
        emit(
            "discarded",
            trigger=self.trigger.name,
            records=len(records),
            first=sequence_number(records[0]),
            last=sequence_number(records[-1]),
            reason=reason,
            on_failure=self.trigger.on_failure,
        )

    def _first_failure(self, records: list[Record], outcome: Outcome) -> int | None:
        """The index of the first record that has to be tried again; nothing if all is done."""
        if outcome.answer is None:
            return 0
        if not self.trigger.report_failures:
            return None
        return first_reported(json.loads(outcome.answer), [sequence_number(record) for record in records])


def first_reported(answer: Any, numbers: list[str]) -> int | None:
    """The first record that an answer reports as failed.

    Nothing reported is success; an identifier that is missing, empty or not of this batch fails it whole.
    """
    if not answer:
        return None
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else answer
    if not failures:
        return None
    if not isinstance(failures, list):
        return 0
    named = [failure.get("itemIdentifier") if isinstance(failure, dict) else None for failure in failures]
    if any(name not in numbers for name in named):
        return 0
    return min(numbers.index(name) for name in named)
