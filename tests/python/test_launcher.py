"""The launcher: control API, log, validation and faults."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from conftest import ACCOUNT, Sandbox, make_function, make_role, make_table, refused


def test_it_is_healthy_and_on_loopback_only(sandbox: Sandbox) -> None:
    health = json.loads(sandbox.control("GET", "health"))
    assert health["ok"] is True
    assert health["moto"] == "5.2.1"
    assert health["account"] == ACCOUNT
    assert health["pid"] == sandbox.process.pid
    port = int(sandbox.url.rsplit(":", 1)[1])
    own = [info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    for address in (address for address in own if not address.startswith("127.")):
        with pytest.raises(OSError):
            socket.create_connection((address, port), timeout=1)


def test_an_unknown_control_path_is_not_found(sandbox: Sandbox) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        sandbox.control("GET", "nothing")


def test_the_caller_is_in_the_account(sandbox: Sandbox) -> None:
    identity = sandbox.client("sts").get_caller_identity()
    assert identity["Account"] == ACCOUNT
    assert identity["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/sandbox"


def test_requests_are_logged_with_what_they_were(sandbox: Sandbox) -> None:
    make_table(sandbox)
    sandbox.client("dynamodb").describe_table(TableName="messages")
    with refused("ResourceNotFoundException"):
        sandbox.client("dynamodb").describe_table(TableName="nothing")
    create, describe, missing = sandbox.requests()
    assert (create["service"], create["operation"]) == ("dynamodb", "CreateTable")
    assert create["mutating"] is True and create["status"] == 200 and create["error"] is None
    assert create["params"]["KeySchema"][0]["AttributeName"] == "pk"
    assert create["region"] == "eu-central-1"
    assert describe["mutating"] is False
    assert (missing["status"], missing["error"]) == (400, "ResourceNotFoundException")
    assert [json.loads(line) for line in sandbox.log.read_text().splitlines()] == sandbox.requests()


def test_secrets_and_blobs_are_elided(sandbox: Sandbox) -> None:
    make_function(sandbox, Environment={"Variables": {"PASSWORD": "hunter2"}})
    text = sandbox.control("GET", "requests")
    create = sandbox.requests()[-1]["params"]
    assert "hunter2" not in text
    assert create["Code"]["ZipFile"].endswith("characters of a blob)")


def test_every_protocol_is_understood(sandbox: Sandbox) -> None:
    sandbox.client("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])
    sandbox.client("iam").list_roles(PathPrefix="/x/")
    sandbox.client("lambda").list_event_source_mappings(MaxItems=3)
    sandbox.client("resourcegroupstaggingapi").get_resources(ResourceTypeFilters=["lambda"])
    assert [entry["params"] for entry in sandbox.requests()] == [
        {"Filters": [{"Name": "is-default", "Values": ["true"]}]},
        {"PathPrefix": "/x/"},
        {"MaxItems": 3},
        {"ResourceTypeFilters": ["lambda"]},
    ]


def test_reset_empties_everything(sandbox: Sandbox) -> None:
    make_table(sandbox)
    sandbox.control("POST", "faults", [{"operation": "ListTables", "code": "Broken"}])
    sandbox.control("POST", "reset")
    assert sandbox.requests() == []
    assert sandbox.client("dynamodb").list_tables()["TableNames"] == []


def test_the_log_can_be_cleared(sandbox: Sandbox) -> None:
    make_table(sandbox)
    sandbox.control("POST", "log/clear")
    assert sandbox.requests() == [] and sandbox.log.read_text() == ""
    assert sandbox.client("dynamodb").list_tables()["TableNames"] == ["messages"]


@pytest.mark.parametrize(
    ("service", "operation", "params", "said"),
    [
        ("dynamodb", "describe_table", {}, "'TableName'.*must not be null"),
        ("dynamodb", "describe_table", {"TableName": "x" * 1025}, "length less than or equal to 1024"),
        ("dynamodb", "list_tables", {"Limit": 0}, "value greater than or equal to 1"),
        ("dynamodb", "list_tables", {"Limit": 101}, "value less than or equal to 100"),
        (
            "dynamodb",
            "create_backup",
            {"TableName": "t", "BackupName": "a b c"},
            "regular expression pattern",
        ),
        (
            "dynamodb",
            "update_table",
            {"TableName": "t", "TableClass": "CHEAP"},
            r"enum value set: \[STANDARD",
        ),
        ("iam", "get_role", {"RoleName": "a b"}, "regular expression pattern"),
        ("iam", "tag_role", {"RoleName": "r", "Tags": [{"Key": "a", "Value": "b*"}]}, "regular expression"),
        ("iam", "create_role", {"RoleName": "r"}, "'AssumeRolePolicyDocument'"),
        ("lambda", "create_function", {"FunctionName": "f", "Role": "r", "Code": {}}, "'Role'|'role'"),
        ("ec2", "create_vpc_endpoint", {"VpcId": "vpc-1", "VpcEndpointType": "Door"}, "enum value set"),
        ("logs", "put_retention_policy", {"logGroupName": "/x"}, "'retentionInDays'"),
    ],
)
def test_an_invalid_request_is_refused_and_recorded(
    sandbox: Sandbox, service: str, operation: str, params: dict, said: str
) -> None:
    with pytest.raises(ClientError, match=said) as caught:
        getattr(sandbox.client(service, validate=False), operation)(**params)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert "validation error" in sandbox.requests()[-1]["invalid"]


def test_an_unknown_member_is_refused(sandbox: Sandbox) -> None:
    client = sandbox.client("dynamodb", validate=False)

    def add_member(request: object, **_: object) -> None:
        request.data = request.data.replace(b"{", b'{"Colour": "red"', 1)  # type: ignore[attr-defined]

    client.meta.events.register("before-sign.dynamodb.ListTables", add_member)
    with refused("ValidationException", "Unknown member 'Colour'"):
        client.list_tables()
    client.meta.events.unregister("before-sign.dynamodb.ListTables", add_member)


def test_a_valid_request_is_not_recorded_as_invalid(sandbox: Sandbox) -> None:
    make_table(sandbox)
    assert all("invalid" not in entry for entry in sandbox.requests())


def test_tags_may_hold_letters_of_any_script(sandbox: Sandbox) -> None:
    make_role(sandbox)
    sandbox.client("iam").tag_role(RoleName="runner", Tags=[{"Key": "città", "Value": "東京 +1_.:/=-@"}])


def test_it_outlives_whoever_started_it(start_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = start_sandbox()
    assert sandbox.process.stdout is not None
    sandbox.process.stdout.close()
    make_table(sandbox)
    with refused("ResourceNotFoundException"):
        sandbox.client("dynamodb").describe_table(TableName="nothing")
    assert json.loads(sandbox.control("GET", "health"))["ok"] is True


def test_strict_refuses_what_no_model_describes(start_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = start_sandbox("--strict")
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(f"{sandbox.url}/nobody/signed/this", timeout=10)
    assert "names a service" in sandbox.requests()[-1]["invalid"]


def test_a_fault_fires_on_the_nth_request_for_a_while(sandbox: Sandbox) -> None:
    fault = {
        "service": "dynamodb",
        "operation": "ListTables",
        "nth": 2,
        "times": 2,
        "status": 400,
        "code": "ThrottlingException",
        "message": "Rate exceeded",
    }
    sandbox.control("POST", "faults", [fault])
    client = sandbox.client("dynamodb")
    client.list_tables()
    for _ in range(2):
        with refused("ThrottlingException", "Rate exceeded"):
            client.list_tables()
    client.list_tables()
    assert [entry.get("fault") for entry in sandbox.requests()] == [
        None,
        "ThrottlingException",
        "ThrottlingException",
        None,
    ]


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("ec2", "describe_vpcs", {}),
        ("iam", "list_roles", {}),
        ("lambda", "list_functions", {}),
        ("resourcegroupstaggingapi", "get_resources", {}),
    ],
)
def test_a_fault_speaks_the_protocol(sandbox: Sandbox, service: str, operation: str, params: dict) -> None:
    fault = {"service": service, "code": "AccessDenied", "message": "explicit deny", "status": 403}
    sandbox.control("POST", "faults", [fault])
    with refused("AccessDenied", "explicit deny") as caught:
        getattr(sandbox.client(service), operation)(**params)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_fault_can_delay(sandbox: Sandbox) -> None:
    sandbox.control("POST", "faults", [{"operation": "ListTables", "delay_ms": 300}])
    began = time.monotonic()
    sandbox.client("dynamodb").list_tables()
    assert time.monotonic() - began >= 0.3


def test_a_dropped_response_was_executed(sandbox: Sandbox) -> None:
    sandbox.control("POST", "faults", [{"operation": "CreateTable", "drop": True}])
    with pytest.raises(ConnectionClosedError):
        make_table(sandbox)
    assert sandbox.client("dynamodb").list_tables()["TableNames"] == ["messages"]
    assert sandbox.requests()[0]["error"] == "ConnectionDropped"


def test_a_fault_without_a_count_fires_whenever_it_matches(sandbox: Sandbox) -> None:
    sandbox.control("POST", "faults", [{"service": "dynamodb", "code": "AccessDeniedException"}])
    for _ in range(3):
        with refused("AccessDeniedException"):
            sandbox.client("dynamodb").list_tables()
    sandbox.client("sts").get_caller_identity()


def test_faults_are_cleared_and_described(sandbox: Sandbox) -> None:
    sandbox.control("POST", "faults", [{"operation": "ListTables", "code": "Broken"}])
    assert json.loads(sandbox.control("GET", "faults"))[0]["fired"] == 0
    sandbox.control("DELETE", "faults")
    sandbox.client("dynamodb").list_tables()
    with pytest.raises(urllib.error.HTTPError, match="400"):
        sandbox.control("POST", "faults", [{"colour": "red"}])


def test_what_the_emulator_lacks_is_said_once(sandbox: Sandbox) -> None:
    with refused("SandboxNotImplemented", "lambda:GetAccountSettings") as caught:
        sandbox.client("lambda").get_account_settings()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_patterns_that_python_cannot_compile_are_listed(sandbox: Sandbox) -> None:
    sandbox.client("sts").get_caller_identity()
    assert "skipped" in json.loads(sandbox.control("GET", "patterns"))
