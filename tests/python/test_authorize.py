"""The sandbox judges users by their policies where it is asked to, by what a request asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from conftest import ACCOUNT, REGION, TRUST, Sandbox, package, start

TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/t"
SCHEMA: dict[str, Any] = {
    "TableName": "t",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
}

Allow = Callable[..., Callable[[str], Any]]


@pytest.fixture(scope="module")
def judging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that authorises."""
    sandbox = start(tmp_path_factory.mktemp("authorize"), "--authorize")
    yield sandbox
    sandbox.process.terminate()
    sandbox.process.wait(timeout=10)


@pytest.fixture
def allow(judging: Sandbox) -> Iterator[Allow]:
    """Makes a user with these statements alone, and returns what makes its clients."""
    judging.control("POST", "reset")
    iam = judging.client("iam")

    def user(*statements: dict[str, Any]) -> Callable[[str], Any]:
        iam.create_user(UserName="u")
        key = iam.create_access_key(UserName="u")["AccessKey"]
        if statements:
            policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | one for one in statements]}
            iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=json.dumps(policy))
        return lambda service: boto3.client(
            service,
            region_name=REGION,
            endpoint_url=judging.url,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            config=Config(retries={"max_attempts": 0}),
        )

    yield user


def refused(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    """Makes a call that is refused; returns code and message."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def test_who_may_nothing_is_told_what_is_missing_and_on_what(judging: Sandbox, allow: Allow) -> None:
    client = allow()
    code, message = refused(client("dynamodb").create_table, **SCHEMA)
    assert code == "AccessDeniedException"
    who = f"User: arn:aws:iam::{ACCOUNT}:user/u is not authorized to perform: "
    why = "because no identity-based policy allows the dynamodb:CreateTable action"
    assert message == f"{who}dynamodb:CreateTable on resource: {TABLE} {why}"
    assert refused(client("ec2").describe_vpcs)[0] == "UnauthorizedOperation"
    assert refused(client("iam").get_role, RoleName="r")[0] == "AccessDenied"
    assert refused(client("lambda").list_functions)[0] == "AccessDeniedException"
    assert client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/u"
    # Whose key is nobody's is the administrator.
    judging.client("dynamodb").create_table(**SCHEMA)


def test_resources_actions_and_denials_are_told_apart(allow: Allow) -> None:
    client = allow(
        {"Action": ["dynamodb:Create*", "dynamodb:describetable"], "Resource": TABLE},
        {"Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": "*"},
        {"NotAction": "dynamodb:UpdateTable", "Resource": f"{TABLE}2"},
    )("dynamodb")
    client.create_table(**SCHEMA)
    client.describe_table(TableName="t")
    assert "explicit deny" in refused(client.delete_table, TableName="t")[1]
    client.create_table(**SCHEMA | {"TableName": "t2"})
    assert (
        "dynamodb:UpdateTable"
        in refused(client.update_table, TableName="t2", BillingMode="PAY_PER_REQUEST")[1]
    )
    assert "table/other" in refused(client.describe_table, TableName="other")[1]
    tagged = SCHEMA | {"Tags": [{"Key": "a", "Value": "b"}]}
    assert "dynamodb:TagResource" in refused(client.create_table, **tagged)[1]


def test_a_role_is_passed_to_whom_the_policy_says(judging: Sandbox, allow: Allow) -> None:
    judging.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    role = f"arn:aws:iam::{ACCOUNT}:role/r"
    make = {
        "FunctionName": "f",
        "Runtime": "python3.13",
        "Role": role,
        "Handler": "a.b",
        "Code": {"ZipFile": package()},
    }
    passing = {"Action": "iam:PassRole", "Resource": role}
    create = {"Action": "lambda:CreateFunction", "Resource": "*"}

    def to(service: str) -> dict[str, Any]:
        return {"Condition": {"StringEquals": {"iam:PassedToService": service}}}

    client = allow(create, passing | to("ec2.amazonaws.com"))("lambda")
    assert f"iam:PassRole on resource: {role}" in refused(client.create_function, **make)[1]
    judging.client("iam").put_user_policy(
        UserName="u",
        PolicyName="q",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow"} | passing | to("lambda.amazonaws.com"),
            }
        ),
    )
    client.create_function(**make)


def test_an_endpoint_is_judged_by_its_tags_and_by_all_that_it_touches(judging: Sandbox, allow: Allow) -> None:
    administrator = judging.client("ec2")
    vpc = administrator.describe_vpcs()["Vpcs"][0]["VpcId"]
    prefix = f"arn:aws:ec2:{REGION}:{ACCOUNT}"
    ours = {"StringEquals": {"aws:ResourceTag/owner": "us"}}
    tags = [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "owner", "Value": "us"}]}]
    client = allow(
        {"Action": "ec2:CreateVpcEndpoint", "Resource": f"{prefix}:vpc-endpoint/*"},
        {"Action": "ec2:CreateTags", "Resource": "*", "Condition": {"Null": {"ec2:CreateAction": "false"}}},
        {"Action": "ec2:DeleteVpcEndpoints", "Resource": f"{prefix}:vpc-endpoint/*", "Condition": ours},
    )("ec2")
    make = {"VpcId": vpc, "ServiceName": f"com.amazonaws.{REGION}.dynamodb", "TagSpecifications": tags}
    assert f"vpc/{vpc}" in refused(client.create_vpc_endpoint, **make)[1]
    other = administrator.create_vpc_endpoint(**make | {"TagSpecifications": []})["VpcEndpoint"][
        "VpcEndpointId"
    ]
    assert "ec2:DeleteVpcEndpoints" in refused(client.delete_vpc_endpoints, VpcEndpointIds=[other])[1]
    assert "ec2:CreateTags" in refused(client.create_tags, Resources=[other], Tags=tags[0]["Tags"])[1]
    administrator.create_tags(Resources=[other], Tags=tags[0]["Tags"])
    client.delete_vpc_endpoints(VpcEndpointIds=[other])


def test_an_operator_that_is_not_known_is_said_to_be(allow: Allow) -> None:
    condition = {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}
    client = allow({"Action": "dynamodb:*", "Resource": "*", "Condition": condition})("dynamodb")
    assert "DateLessThan" in refused(client.list_tables)[1]


def test_it_can_be_turned_on_and_off_while_it_runs(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam")
    iam.create_user(UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]
    dynamodb = boto3.client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=sandbox.url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=Config(retries={"max_attempts": 0}),
    )
    dynamodb.list_tables()
    sandbox.control("POST", "authorize", True)
    assert json.loads(sandbox.control("GET", "health"))["authorize"] is True
    with pytest.raises(ClientError, match="not authorized to perform: dynamodb:ListTables"):
        dynamodb.list_tables()
    sandbox.control("POST", "authorize", False)
    dynamodb.list_tables()
