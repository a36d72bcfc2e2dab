"""The messaging function, against moto: one test for each of its promises."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from conftest import ROOT

pytestmark = pytest.mark.skipif(sys.version_info < (3, 11), reason="the function runs on Python 3.13")

TABLE = "cruddur-messages"
GROUP = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399"
OLD, NEW, NEWER = "2026-01-01T10:00:00", "2026-01-02T10:00:00", "2026-01-03T10:00:00"


class Context:
    """What Lambda passes along."""

    def __init__(self, milliseconds: int = 10_000) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The function's module, on an empty table, without pauses."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("TABLE_NAME", TABLE)
    monkeypatch.delenv("INDEX_NAME", raising=False)
    path = ROOT / "lambdas/cruddur-messaging-stream/lambda_function.py"
    spec = importlib.util.spec_from_file_location("lambda_function", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "lambda_function", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.time, "sleep", lambda _: None)
    with mock_aws():
        make_table("message-group-sk-index")
        yield module


def make_table(index: str) -> None:
    keys = {"HASH": "pk", "RANGE": "sk"}
    boto3.client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for kind, name in keys.items()],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "message_group_uuid")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": "message_group_uuid", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )


def put_group(user: str, sent_at: str = OLD, **more: Any) -> dict[str, Any]:
    row = {
        "pk": {"S": f"GRP#{user}"},
        "sk": {"S": sent_at},
        "message_group_uuid": {"S": GROUP},
        "message": {"S": "old"},
        "user_uuid": {"S": user},
        "user_display_name": {"S": "Andrew Brown"},
        "user_handle": {"S": "andrewbrown"},
        **more,
    }
    boto3.client("dynamodb").put_item(TableName=TABLE, Item=row)
    return row


def record(sent_at: str = NEW, text: str = "new", number: str = "1", **more: Any) -> dict[str, Any]:
    image = {"pk": {"S": f"MSG#{GROUP}"}, "sk": {"S": sent_at}, "message": {"S": text}, **more}
    keys = {"pk": image["pk"], "sk": image["sk"]}
    return {
        "eventName": "INSERT",
        "dynamodb": {"Keys": keys, "NewImage": image, "SequenceNumber": number},
    }


def run(function: ModuleType, *records: dict[str, Any], context: Any = None) -> list[str]:
    """Runs the handler, and returns the sequence numbers that it reports."""
    answer = function.lambda_handler({"Records": list(records)}, context or Context())
    json.dumps(answer)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def rows() -> list[dict[str, Any]]:
    items = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    return sorted(items, key=lambda item: item["pk"]["S"] + item["sk"]["S"])


def spy(function: ModuleType, monkeypatch: pytest.MonkeyPatch, before: Callable[[int], None]) -> list[Any]:
    """Calls `before` with the number of each transaction; what it raises is raised."""
    client, seen = function.client(), []
    real = client.transact_write_items

    def transact(**arguments: Any) -> Any:
        seen.append(arguments)
        before(len(seen))
        return real(**arguments)

    monkeypatch.setattr(client, "transact_write_items", transact)
    return seen


def cancelled(*codes: str) -> ClientError:
    reasons = [{"Code": code} for code in codes]
    error = {"Code": "TransactionCanceledException", "Message": "cancelled"}
    return ClientError({"Error": error, "CancellationReasons": reasons}, "TransactWriteItems")


def test_every_row_of_the_group_is_replaced_and_keeps_the_rest(function: ModuleType) -> None:
    tags = {"SS": ["a", "b"]}
    one, other = put_group("u1", tags=tags), put_group("u2", more={"M": {"n": {"N": "1"}}})
    assert run(function, record()) == []
    changed = {"sk": {"S": NEW}, "message": {"S": "new"}}
    found = rows()
    assert sorted(found[0].pop("tags")["SS"]) == sorted(one.pop("tags")["SS"])
    assert found == [one | changed, other | changed]


def test_another_group_is_left_alone(function: ModuleType) -> None:
    other = put_group("u1", message_group_uuid={"S": "another"})
    assert run(function, record()) == []
    assert rows() == [other]


def test_message_rows_in_the_index_are_left_alone(function: ModuleType) -> None:
    message = record(message_group_uuid={"S": GROUP})["dynamodb"]["NewImage"]
    older = message | {"sk": {"S": OLD}}
    for item in (message, older):
        boto3.client("dynamodb").put_item(TableName=TABLE, Item=item)
    put_group("u1")
    assert run(function, record()) == []
    assert rows()[1:] == [older, message]
    assert rows()[0]["sk"]["S"] == NEW


def test_pages_are_followed(function: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for user in range(7):
        put_group(f"u{user}")
    client, pages = function.client(), []
    real = client.query
    monkeypatch.setattr(client, "query", lambda **a: pages.append(a) or real(**a, Limit=2))
    assert run(function, record()) == []
    assert {row["sk"]["S"] for row in rows()} == {NEW}
    assert len(rows()) == 7 and len(pages) > 3
    assert pages[0]["IndexName"] == "message-group-sk-index"


def test_a_late_older_message_moves_nothing_back(function: ModuleType) -> None:
    put_group("u1", NEWER)
    before = rows()
    assert run(function, record(NEW)) == []
    assert rows() == before


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00.5Z"),
        ("2026-01-01T12:00:00+02:00", "2026-01-01T10:00:01+00:00"),
        ("2026-01-01T10:00:00", "2026-01-01T10:00:00.000001"),
        ("not a time", "not a time, but later"),
    ],
)
def test_times_are_compared_as_times(function: ModuleType, earlier: str, later: str) -> None:
    assert function.is_later(later, earlier)
    assert not function.is_later(earlier, later)
    assert not function.is_later(later, later)


def test_redelivery_changes_nothing(function: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    put_group("u1")
    assert run(function, record()) == []
    before = rows()
    seen = spy(function, monkeypatch, lambda _: None)
    assert run(function, record(), record()) == []
    assert rows() == before and seen == []


def test_removals_changes_and_own_writes_are_skipped(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_group("u1")
    monkeypatch.setattr(function.client(), "query", lambda **_: pytest.fail("nothing is to be read"))
    own = record()
    own["dynamodb"]["NewImage"] = put_group("u1")
    changed, removed = record(), record()
    changed["eventName"], removed["eventName"] = "MODIFY", "REMOVE"
    del removed["dynamodb"]["NewImage"]
    assert run(function, own, changed, removed) == []


def test_an_incomplete_message_does_not_hold_up_the_others(function: ModuleType) -> None:
    put_group("u1")
    incomplete = record(number="1")
    del incomplete["dynamodb"]["NewImage"]["message"]
    assert run(function, incomplete, record(number="2")) == []
    assert rows()[0]["sk"]["S"] == NEW


def test_the_newest_of_a_batch_wins_in_any_order(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_group("u1")
    seen = spy(function, monkeypatch, lambda _: None)
    batch = [record(NEW, "b", "1"), record(NEWER, "c", "2"), record(OLD, "a", "3")]
    assert run(function, *batch) == []
    assert rows()[0]["sk"]["S"] == NEWER and rows()[0]["message"]["S"] == "c"
    assert len(seen) == 1


def test_failures_are_reported_and_the_rest_is_done(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_group("u1")
    put_group("u2", message_group_uuid={"S": "broken"})
    broken = record(number="7", pk={"S": "MSG#broken"})
    real = function.client().query

    def query(**arguments: Any) -> Any:
        if arguments["ExpressionAttributeValues"][":group"]["S"] == "broken":
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Query")
        return real(**arguments)

    monkeypatch.setattr(function.client(), "query", query)
    again = record(NEWER, number="9", pk={"S": "MSG#broken"})
    assert run(function, broken, record(number="8"), again) == ["7", "9"]
    assert rows()[0]["sk"]["S"] == NEW


@pytest.mark.parametrize("codes", [("TransactionConflict", "None"), ("None", "ThrottlingError")])
def test_a_conflict_is_retried(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch, codes: tuple[str, ...]
) -> None:
    put_group("u1")

    def once(number: int) -> None:
        if number == 1:
            raise cancelled(*codes)

    seen = spy(function, monkeypatch, once)
    assert run(function, record()) == []
    assert rows()[0]["sk"]["S"] == NEW and len(seen) == 2


def test_retrying_ends(function: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    put_group("u1")

    def always(_: int) -> None:
        raise cancelled("TransactionConflict", "None")

    seen = spy(function, monkeypatch, always)
    assert run(function, record(number="5")) == ["5"]
    assert len(seen) == function.ATTEMPTS and rows()[0]["sk"]["S"] == OLD


def test_what_cannot_pass_is_not_retried(function: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    put_group("u1")

    def never(_: int) -> None:
        raise cancelled("ValidationError", "None")

    seen = spy(function, monkeypatch, never)
    assert run(function, record(number="5")) == ["5"]
    assert len(seen) == 1


def test_a_concurrent_run_is_never_undone(function: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    row = put_group("u1")

    def beaten(number: int) -> None:
        if number == 1:
            boto3.client("dynamodb").delete_item(TableName=TABLE, Key={k: row[k] for k in ("pk", "sk")})
            put_group("u1", NEWER, message={"S": "newer"})

    seen = spy(function, monkeypatch, beaten)
    assert run(function, record()) == []
    assert len(seen) == 1
    assert [(r["sk"]["S"], r["message"]["S"]) for r in rows()] == [(NEWER, "newer")]


def test_a_concurrent_change_of_another_attribute_is_kept(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_group("u1")

    def renamed(number: int) -> None:
        if number == 1:
            put_group("u1", user_display_name={"S": "Andrew Bayko"})

    spy(function, monkeypatch, renamed)
    assert run(function, record()) == []
    assert [(r["sk"]["S"], r["user_display_name"]["S"]) for r in rows()] == [(NEW, "Andrew Bayko")]


def test_a_group_that_was_left_is_not_brought_back(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = put_group("u1")

    def left(_: int) -> None:
        boto3.client("dynamodb").delete_item(TableName=TABLE, Key={k: row[k] for k in ("pk", "sk")})

    spy(function, monkeypatch, left)
    assert run(function, record()) == []
    assert rows() == []


def test_old_and_new_row_change_in_one_transaction(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_group("u1")
    seen = spy(function, monkeypatch, lambda _: None)
    run(function, record())
    delete, put = seen[0]["TransactItems"]
    assert delete["Delete"]["Key"]["sk"]["S"] == OLD and put["Put"]["Item"]["sk"]["S"] == NEW
    assert "ConditionExpression" in delete["Delete"] and "ConditionExpression" in put["Put"]


def test_what_there_is_no_time_for_is_reported(function: ModuleType) -> None:
    put_group("u1")
    assert run(function, record(number="5"), context=Context(100)) == ["5"]
    assert rows()[0]["sk"]["S"] == OLD


def test_table_and_index_come_from_the_environment(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3.client("dynamodb").delete_table(TableName=TABLE)
    make_table("another-index")
    monkeypatch.setenv("INDEX_NAME", "another-index")
    put_group("u1")
    assert run(function, record()) == []
    assert rows()[0]["sk"]["S"] == NEW
    monkeypatch.delenv("TABLE_NAME")
    with pytest.raises(KeyError, match="TABLE_NAME"):
        run(function, record(NEWER))


def test_requests_go_over_tls(function: ModuleType) -> None:
    assert function.client().meta.endpoint_url.startswith("https://")


def test_an_empty_batch_is_fine(function: ModuleType) -> None:
    assert run(function) == []


def test_the_role_may_do_exactly_what_the_function_does() -> None:
    text = (ROOT / "policies/iam/cruddur-message-stream-policy.json").read_text()
    granted = {
        (action, statement["Resource"])
        for statement in json.loads(text)["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    table = "${tables.cruddur-messages.arn}"
    assert granted == {
        ("dynamodb:Query", f"{table}/index/message-group-sk-index"),
        ("dynamodb:PutItem", table),
        ("dynamodb:DeleteItem", table),
    }
    assert "*" not in text


def test_the_endpoint_lets_in_the_account_and_the_table_only() -> None:
    policy = json.loads((ROOT / "policies/endpoint/cruddur-ddb.json").read_text())
    for statement in policy["Statement"]:
        assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "${account}"}}
        resources = statement["Resource"]
        for resource in [resources] if isinstance(resources, str) else resources:
            assert re.fullmatch(r"\$\{tables\.cruddur-messages\.arn\}(/(index|stream)/\*)?", resource)
        assert all("*" not in action for action in statement["Action"])
