"""Brings Cruddur's message groups up to date when a message is added to the table.

A group stands in the table once for each of its members, as `pk = GRP#<user>`, with the time of its
last message as `sk` and that message's text. The table's stream tells of a new message, whose
`pk = MSG#<group>`: every row of the group is then replaced by one with the message's time and text.
`sk` is part of the key, so the old row is deleted and the new one put, in one transaction.

Responsible for these two attributes of the group rows, and for nothing else: whatever else a row
holds is copied. Safe to run twice, late, or beside itself: a group never moves back in time, and a
row is only replaced while it still is what was read.

Failures are reported record by record, so the trigger needs `ReportBatchItemFailures`: without it
Lambda takes what is returned for success. The environment names the table (`TABLE_NAME`) and, where
it is another, the index (`INDEX_NAME`).
"""

from __future__ import annotations

import functools
import logging
import os
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

MESSAGE_PREFIX = "MSG#"
GROUP_PREFIX = "GRP#"
DEFAULT_INDEX = "message-group-sk-index"
ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.05
# Time that is kept for answering: what is not begun by then is reported, not cut off.
RESERVE_MILLISECONDS = 1500

# The reasons for a cancelled transaction that another attempt can mend: the row changed after it was
# read, another transaction had it, or capacity was short.
_PASSING_REASONS = {
    "None",
    "ConditionalCheckFailed",
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
}
_PASSING_ERRORS = {"TransactionInProgressException", "TransactionConflictException"}

Row = dict[str, Any]


class StillContendedError(Exception):
    """A row could not be replaced within reason."""


@dataclass
class Message:
    """The newest message of a group in a batch, and the records that spoke of the group."""

    group: str
    sent_at: str
    text: Row
    sequence_numbers: list[str] = field(default_factory=list)


@functools.cache
def client() -> Any:
    """Makes the one client; its default endpoint is `https://`, so what it sends goes over TLS."""
    config = Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3})
    return boto3.client("dynamodb", config=config)


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Handles a batch of stream records; returns the sequence numbers of those that failed."""
    failed: list[str] = []
    for message in newest_by_group(event.get("Records", [])):
        if _is_short_of_time(context):
            logger.warning("no time is left for group %s", message.group)
            failed += message.sequence_numbers
            continue
        try:
            replaced = update_group(message)
        except (BotoCoreError, ClientError, StillContendedError):
            logger.exception("group %s was not brought up to date", message.group)
            failed += message.sequence_numbers
        else:
            logger.info("group %s: %d rows replaced", message.group, replaced)
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}


def newest_by_group(records: Iterable[dict[str, Any]]) -> list[Message]:
    """Finds the newest of each group's new messages; only that one decides what the group shows."""
    messages: dict[str, Message] = {}
    for record in records:
        message = parse(record)
        if message is None:
            continue
        known = messages.setdefault(message.group, message)
        if known is message:
            continue
        known.sequence_numbers += message.sequence_numbers
        if is_later(message.sent_at, known.sent_at):
            known.sent_at, known.text = message.sent_at, message.text
    return list(messages.values())


def parse(record: dict[str, Any]) -> Message | None:
    """Reads a new message from a record; changes, removals and group rows are none."""
    change = record.get("dynamodb", {})
    image: Row = change.get("NewImage", {})
    key = image.get("pk", {}).get("S", "")
    if record.get("eventName") != "INSERT" or not key.startswith(MESSAGE_PREFIX):
        return None
    if "S" not in image.get("sk", {}) or "S" not in image.get("message", {}):
        # Trying again would not complete it, and would hold up all that follow.
        logger.error("record %s is no complete message", change.get("SequenceNumber"))
        return None
    group = key.removeprefix(MESSAGE_PREFIX)
    return Message(group, image["sk"]["S"], image["message"], [change["SequenceNumber"]])


def update_group(message: Message) -> int:
    """Replaces the rows of a group that the message is newer than, and counts them.

    The index lags behind the table, so it may still show a row that has been replaced: the
    transaction's condition finds that out, and the rows are read again.
    """
    replaced = 0
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1.0))
        contended = False
        for row in outdated_rows(message):
            if _replace(row, message):
                replaced += 1
            else:
                contended = True
        if not contended:
            return replaced
    raise StillContendedError(f"rows of group {message.group} are still contended")


def outdated_rows(message: Message) -> Iterator[Row]:
    """Yields the group's rows that are older than the message, over all pages of the index."""
    pages = (
        client()
        .get_paginator("query")
        .paginate(
            TableName=os.environ["TABLE_NAME"],
            IndexName=os.environ.get("INDEX_NAME", DEFAULT_INDEX),
            KeyConditionExpression="message_group_uuid = :group",
            # Messages may carry the group's id too, and then are in the index.
            FilterExpression="begins_with(pk, :prefix)",
            ExpressionAttributeValues={":group": {"S": message.group}, ":prefix": {"S": GROUP_PREFIX}},
        )
    )
    for page in pages:
        for row in page["Items"]:
            if is_later(message.sent_at, row["sk"]["S"]):
                yield row


def _replace(row: Row, message: Message) -> bool:
    """Puts the new row in the old one's place; tells whether that was possible."""
    table = os.environ["TABLE_NAME"]
    names = {f"#a{number}": name for number, name in enumerate(sorted(row))}
    values = {f":v{number}": row[name] for number, name in enumerate(sorted(row))}
    unchanged = " AND ".join(f"#a{number} = :v{number}" for number in range(len(row)))
    new = {**row, "sk": {"S": message.sent_at}, "message": message.text}
    delete = {
        "TableName": table,
        "Key": {"pk": row["pk"], "sk": row["sk"]},
        "ConditionExpression": unchanged,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
    put = {"TableName": table, "Item": new, "ConditionExpression": "attribute_not_exists(pk)"}
    try:
        client().transact_write_items(TransactItems=[{"Delete": delete}, {"Put": put}])
    except ClientError as error:
        if not _is_passing(error):
            raise
        return False
    return True


def _is_passing(error: ClientError) -> bool:
    code = error.response["Error"]["Code"]
    if code in _PASSING_ERRORS:
        return True
    reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
    return code == "TransactionCanceledException" and bool(reasons) and reasons <= _PASSING_REASONS


def is_later(one: str, other: str) -> bool:
    """Compares two times; where one is not ISO 8601, as the table's sort key does."""
    first, second = _moment(one), _moment(other)
    if first is None or second is None:
        return one > other
    return first > second


def _moment(text: str) -> datetime | None:
    """Reads a time; one without a zone is in UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_short_of_time(context: Any) -> bool:
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return remaining is not None and remaining() < RESERVE_MILLISECONDS
