"""Starts sandboxes for the tests, each a process of its own on a free port."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from postgres import Postgres, server

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "111122223333"
REGION = "eu-central-1"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


@dataclass
class Sandbox:
    """A running sandbox."""

    url: str
    log: Path
    process: subprocess.Popen[str]
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str, **more: Any) -> Any:
        """Makes a client that neither retries nor checks parameters: the sandbox does."""
        key = f"{service}{more}"
        if key not in self._clients:
            self._clients[key] = boto3.client(
                service,
                region_name=more.pop("region", REGION),
                endpoint_url=self.url,
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=Config(retries={"max_attempts": 0}, parameter_validation=more.pop("validate", True)),
            )
        return self._clients[key]

    def control(self, method: str, path: str, body: Any = None) -> str:
        """Calls the control API."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_underpin/{path}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.read().decode()

    def requests(self) -> list[dict[str, Any]]:
        """Reads the log."""
        return [json.loads(line) for line in self.control("GET", "requests").splitlines()]


def start(tmp: Path, *flags: str) -> Sandbox:
    """Starts a sandbox and waits until it is ready."""
    log = tmp / "requests.jsonl"
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "sandbox/launcher.py"), "--port", "0", "--account", ACCOUNT]
        + ["--log", str(log), *flags],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    ready = process.stdout.readline().split()
    assert ready[:1] == ["ready"], ready
    return Sandbox(ready[1], log, process)


@pytest.fixture(scope="session")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The one sandbox that most tests use."""
    sandbox = start(tmp_path_factory.mktemp("sandbox"))
    yield sandbox
    sandbox.process.terminate()
    sandbox.process.wait(timeout=10)


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Sandbox:
    """That sandbox, empty."""
    shared_sandbox.control("POST", "reset")
    return shared_sandbox


@pytest.fixture
def start_sandbox(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes with other flags."""
    started: list[Sandbox] = []

    def begin(*flags: str) -> Sandbox:
        started.append(start(tmp_path, *flags))
        return started[-1]

    yield begin
    for sandbox in started:
        sandbox.process.terminate()
        sandbox.process.wait(timeout=10)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The one Postgres that all tests use, each with databases of its own."""
    with server() as running:
        yield running


def package(text: str = "def handler(event, context): ...") -> bytes:
    """Makes a deployment package."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("lambda_function.py", text)
    return buffer.getvalue()


def make_table(sandbox: Sandbox, name: str = "messages", **more: Any) -> dict[str, Any]:
    """Creates a table with one index, provisioned unless told otherwise."""
    five = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    index = {
        "IndexName": "by-group",
        "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    arguments: dict[str, Any] = {
        "TableName": name,
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [{"AttributeName": a, "AttributeType": "S"} for a in ("pk", "sk", "group")],
    }
    if more.get("BillingMode") != "PAY_PER_REQUEST":
        arguments["ProvisionedThroughput"] = five
        index["ProvisionedThroughput"] = five
    arguments["GlobalSecondaryIndexes"] = [index]
    arguments |= more
    return sandbox.client("dynamodb").create_table(**arguments)["TableDescription"]


def make_role(sandbox: Sandbox, name: str = "runner") -> str:
    """Creates a role that Lambda can assume."""
    role = sandbox.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    return role["Role"]["Arn"]


def make_function(sandbox: Sandbox, name: str = "stream", **more: Any) -> dict[str, Any]:
    """Creates a function, and its role if none is given."""
    role = more.pop("Role", None) or make_role(sandbox)
    return sandbox.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="lambda_function.handler",
        Role=role,
        Code={"ZipFile": package()},
        **more,
    )


def refused(code: str, message: str = "") -> Any:
    """Expects an error of AWS's."""
    from botocore.exceptions import ClientError

    return pytest.raises(ClientError, match=rf"\({code}\).*{message}")
