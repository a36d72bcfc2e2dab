#!/usr/bin/env python3
"""Fills an emulator with a large account: tables, functions and roles.

python scripts/audit_peers/large.py ENDPOINT TABLES FUNCTIONS ROLES
"""

import io
import json
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

REGION = "eu-central-1"


def trust(service: str) -> str:
    """A trust policy for a service."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policy(number: int) -> str:
    """An inline policy on one table."""
    resource = f"arn:aws:dynamodb:{REGION}:123456789012:table/table-{number:04}"
    statement = {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Query"], "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def main() -> None:
    """Makes everything; the odd ones lack what the even ones have."""
    endpoint, *counts = sys.argv[1:]
    tables, functions, roles = map(int, counts)

    def client(service: str):  # noqa: ANN202
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=endpoint,
            aws_access_key_id="large",
            aws_secret_access_key="large",
            config=Config(max_pool_connections=8, proxies={}),
        )

    dynamodb, lambda_, iam = client("dynamodb"), client("lambda"), client("iam")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("main.py", "def handler(event, context):\n    return event\n")

    def table(number: int) -> None:
        name = f"table-{number:04}"
        dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            DeletionProtectionEnabled=number % 2 == 0,
            Tags=[{"Key": "team", "Value": f"team-{number % 7}"}],
        )
        if number % 2 == 0:
            dynamodb.update_continuous_backups(
                TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )

    def role(number: int) -> None:
        name = f"role-{number:04}"
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))
        iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=policy(number))

    def function(number: int) -> None:
        lambda_.create_function(
            FunctionName=f"function-{number:04}",
            Runtime="python3.13",
            Role=f"arn:aws:iam::123456789012:role/role-{number % max(roles, 1):04}",
            Handler="main.handler",
            Code={"ZipFile": archive.getvalue()},
            Environment={"Variables": {"TABLE": f"table-{number:04}"}} if number % 2 else {},
        )

    with ThreadPoolExecutor(4) as pool:
        for make, count in ((role, roles), (table, tables), (function, functions)):
            list(pool.map(make, range(count)))


if __name__ == "__main__":
    main()
