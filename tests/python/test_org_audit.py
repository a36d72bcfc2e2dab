"""`examples/org-audit`: the state machine, run by moto's interpreter of the States Language, and its policies.

In place of the worker stands a function that keeps the events and fails as it is told;
`tests/it/cases/audit_worker.rs` shows that the worker itself takes these events and gives these answers.
"""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

FOLDER = Path(__file__).resolve().parents[2] / "examples/org-audit"
REGION = "eu-central-1"
TO = {"bucket": "reports", "prefix": "audit/2026-11-30"}
INPUT = {"to": TO, "role": "underpin-audit", "regions": [REGION, "eu-west-1"]}
ACCOUNTS = [f"{number:012}" for number in range(1, 26)]


@dataclass
class Worker:
    """A worker that keeps its events, and fails where it is told to."""

    events: list[dict] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def answer(self, event: dict) -> tuple[dict, bool]:
        """The answer to an event, and whether it is an error."""
        self.events.append(event)
        left = self.errors.get(event.get("account", event["task"]), [])
        if event["task"] != "not_assessed" and left:
            return {"errorType": left.pop(0), "errorMessage": "as the test says"}, True
        if event["task"] == "list_accounts":
            client("s3").put_object(Bucket=TO["bucket"], Key="listed.json", Body=listed(ACCOUNTS))
            return {"accounts": "listed.json", "count": len(ACCOUNTS)}, False
        return {key: event[key] for key in ("task", "account") if key in event}, False

    def of(self, task: str) -> list[dict]:
        """The events of a task."""
        return [event for event in self.events if event["task"] == task]


def client(service: str) -> Any:
    """A client of moto, in this process."""
    return boto3.client(service, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")


def listed(accounts: list[str]) -> bytes:
    """A list of accounts, as the worker writes it."""
    return json.dumps([{"Id": account, "Name": f"name of {account}"} for account in accounts]).encode()


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """The account of the audit, and its worker."""
    own = Worker()

    def invoke(_: Any, name: str, qualifier: Any, body: str, headers: Any, response: dict) -> bytes:
        answer, is_error = own.answer(json.loads(body))
        if is_error:
            response["x-amz-function-error"] = "Unhandled"
        return json.dumps(answer).encode()

    monkeypatch.setattr(LambdaSimpleBackend, "invoke", invoke)
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    # Pauses before a retry would take minutes.
    monkeypatch.setattr(retrier_decl.time, "sleep", lambda _: None, raising=False)
    config = {"lambda": {"use_docker": False}, "stepfunctions": {"execute_state_machine": True}}
    with mock_aws(config=config):
        yield own


def deploy(accounts: list[str] | None) -> str:
    """The worker, the state machine and a list of accounts, as README.md describes them."""
    s3 = client("s3")
    s3.create_bucket(Bucket=TO["bucket"], CreateBucketConfiguration={"LocationConstraint": REGION})
    if accounts is not None:
        s3.put_object(Bucket=TO["bucket"], Key="accounts.json", Body=listed(accounts))
    roles = {}
    for name, service in {"worker": "lambda", "state-machine": "states"}.items():
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        roles[name] = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        policy = (FOLDER / f"{name}-policy.json").read_text()
        client("iam").put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=policy)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("bootstrap", "the command, built with the feature `lambda`")
    client("lambda").create_function(
        FunctionName="underpin-audit",
        Runtime="provided.al2023",
        Handler="bootstrap",
        Architectures=["arm64"],
        Role=roles["worker"],
        Code={"ZipFile": archive.getvalue()},
    )
    definition = (FOLDER / "state-machine.asl.json").read_text()
    states = client("stepfunctions")
    machine = states.create_state_machine(
        name="underpin-audit", definition=definition, roleArn=roles["state-machine"]
    )
    return machine["stateMachineArn"]


def run(machine: str, more: dict) -> dict:
    """Runs the state machine to its end."""
    states = client("stepfunctions")
    started = states.start_execution(stateMachineArn=machine, input=json.dumps(INPUT | more))
    for _ in range(1200):
        execution = states.describe_execution(executionArn=started["executionArn"])
        if execution["status"] != "RUNNING":
            return execution
        time.sleep(0.05)
    raise AssertionError("the state machine does not end")


def test_every_listed_account_is_audited_once_and_then_reports_are_merged(worker: Worker) -> None:
    execution = run(deploy(ACCOUNTS), {"accounts": "accounts.json"})
    assert execution["status"] == "SUCCEEDED", execution
    assert sorted(event["account"] for event in worker.of("audit")) == ACCOUNTS
    for event in worker.of("audit"):
        assert event == {"task": "audit", "account": event["account"], **INPUT}
    assert worker.events[-1] == {"task": "merge", "accounts": "accounts.json", "to": TO}
    assert not worker.of("not_assessed")
    assert not worker.of("list_accounts")
    keys = [one["Key"] for one in client("s3").list_objects_v2(Bucket=TO["bucket"])["Contents"]]
    assert any(key.startswith(f"{TO['prefix']}/map/") for key in keys), keys


def test_accounts_of_the_organization_are_listed_where_no_list_is_given(worker: Worker) -> None:
    execution = run(deploy(None), {})
    assert execution["status"] == "SUCCEEDED", execution
    assert worker.events[0] == {"task": "list_accounts", "to": TO}
    assert sorted(event["account"] for event in worker.of("audit")) == ACCOUNTS
    assert worker.events[-1] == {"task": "merge", "accounts": "listed.json", "to": TO}


def test_account_that_fails_is_written_as_not_assessed_and_the_others_go_on(worker: Worker) -> None:
    lost, timed_out, slow = ACCOUNTS[3], ACCOUNTS[7], ACCOUNTS[11]
    worker.errors = {
        lost: ["AccountUnread"],
        # Neither is retried: the one would fail again, the other has used its time.
        timed_out: ["Sandbox.Timedout"],
        slow: ["Throttled", "StorageFailed", "Throttled"],
    }
    execution = run(deploy(ACCOUNTS), {"accounts": "accounts.json"})
    assert execution["status"] == "SUCCEEDED", execution
    tries = [event["account"] for event in worker.of("audit")]
    assert {account: tries.count(account) for account in (lost, timed_out, slow)} == {
        lost: 1,
        timed_out: 1,
        slow: 4,
    }
    assert sorted(set(tries)) == ACCOUNTS
    told = {event["account"]: event for event in worker.of("not_assessed")}
    assert sorted(told) == sorted([lost, timed_out])
    assert told[lost]["error"]["Error"] == "AccountUnread"
    assert "as the test says" in told[lost]["error"]["Cause"]
    assert told[lost]["to"] == TO
    assert worker.of("merge")


def test_merge_is_tried_again_and_an_event_that_is_wrong_is_not(worker: Worker) -> None:
    worker.errors = {"merge": ["StorageFailed", "BadEvent"]}
    execution = run(deploy(ACCOUNTS[:2]), {"accounts": "accounts.json"})
    assert execution["status"] == "FAILED"
    assert len(worker.of("merge")) == 2


def test_policies_allow_what_is_called_and_nothing_on_every_resource() -> None:
    def actions(name: str) -> set[str]:
        found = set()
        for statement in json.loads((FOLDER / f"{name}-policy.json").read_text())["Statement"]:
            action = statement["Action"]
            named = {action} if isinstance(action, str) else set(action)
            # Listing accounts knows no resource.
            assert statement["Resource"] != "*" or named == {"organizations:ListAccounts"}, statement
            found |= named
        return found

    assert actions("worker") == {
        "sts:AssumeRole",
        "s3:GetObject",
        "s3:PutObject",
        "s3:ListBucket",
        "organizations:ListAccounts",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }
    assert actions("state-machine") == {
        "lambda:InvokeFunction",
        "s3:GetObject",
        "s3:PutObject",
        "states:StartExecution",
        "states:DescribeExecution",
        "states:StopExecution",
    }
