#!/usr/bin/env python3
"""Builds an account badly on purpose, so that an audit has something to find; on an emulator only.

    AWS_ENDPOINT_URL=http://127.0.0.1:PORT python examples/audit-demo/build_badly.py [--tagged]

Everything is made by boto3, as somebody in a hurry would make it. With `--tagged`, what `stack.yaml`
beside this file declares gets the tags of underpin, as if the stack had made it and people had changed it
since; without, it was made by hand.
"""

from __future__ import annotations

import argparse
import base64
import io
import ipaddress
import json
import os
import sys
import zipfile
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

REGION = "eu-central-1"
STACK = "audit-demo"
TABLE = "demo-orders"
FUNCTION = "demo-worker"


def endpoint() -> str:
    """The emulator's address. Another machine's is refused: nothing of this is meant for a real account."""
    url = os.environ.get("AWS_ENDPOINT_URL", "")
    host = urlsplit(url).hostname or ""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        sys.exit(f"AWS_ENDPOINT_URL is {url!r}, which is no emulator on this machine: nothing was made")
    return url


class Builder:
    """The clients, and what is made with them."""

    def __init__(self, url: str, tagged: bool) -> None:
        self._url = url
        self._tagged = tagged
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """The client of a service."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,
                region_name=REGION,
                endpoint_url=self._url,
                aws_access_key_id="demo",
                aws_secret_access_key="demo",
                config=Config(retries={"max_attempts": 1}, proxies={}),
            )
        return self._clients[service]

    def tags(self, address: str) -> dict[str, str]:
        """The tags of a resource that the stack declares."""
        if not self._tagged:
            return {}
        return {
            "underpin:stack": STACK,
            "underpin:address": address,
            "underpin:scope": f"default/{REGION}",
        }

    def account(self) -> str:
        """The account's number."""
        return self.client("sts").get_caller_identity()["Account"]

    def build(self) -> None:
        """Makes everything."""
        key = self.key()
        self.tables(key)
        self.roles()
        self.users()
        self.function()
        self.network()
        self.trail()
        self.cognito()
        self.accelerator()

    def key(self) -> str:
        """A key whose policy is open to anybody, and that is not rotated."""
        policy = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}],
        }
        made = self.client("kms").create_key(Description="demo", Policy=json.dumps(policy))
        return made["KeyMetadata"]["Arn"]

    def tables(self, key: str) -> None:
        """A table without protection that anybody may read, and one with the open key."""
        client = self.client("dynamodb")
        made = client.create_table(
            TableName=TABLE,
            AttributeDefinitions=[
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "day", "AttributeType": "S"},
            ],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-day",
                    "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                    "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
                }
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            Tags=[{"Key": name, "Value": value} for name, value in self.tags(f"tables.{TABLE}").items()],
        )
        statement = {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": "*"}
        client.put_resource_policy(
            ResourceArn=made["TableDescription"]["TableArn"],
            Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )
        client.create_table(
            TableName="demo-cache",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key},
        )

    def role(
        self, name: str, principal: dict | str, actions: str, condition: dict | None = None, **more: Any
    ) -> str:
        """A role with a trust policy of one statement."""
        statement: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": actions}
        if condition:
            statement["Condition"] = condition
        made = self.client("iam").create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
            **more,
        )
        return made["Role"]["Arn"]

    def roles(self) -> None:
        """A role that may do everything, one that every GitHub repository may take, and one for anybody."""
        iam = self.client("iam")
        tags = [{"Key": name, "Value": value} for name, value in self.tags(f"roles.{FUNCTION}").items()]
        self.role(FUNCTION, {"Service": "lambda.amazonaws.com"}, "sts:AssumeRole", Tags=tags)
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        iam.put_role_policy(
            RoleName=FUNCTION,
            PolicyName="everything",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
        )
        iam.attach_role_policy(
            RoleName=FUNCTION, PolicyArn="arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"
        )
        provider = iam.create_open_id_connect_provider(
            Url="https://token.actions.githubusercontent.com",
            ClientIDList=["sts.amazonaws.com"],
            ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"],
        )["OpenIDConnectProviderArn"]
        self.role(
            "demo-ci",
            {"Federated": provider},
            "sts:AssumeRoleWithWebIdentity",
            {"StringLike": {"token.actions.githubusercontent.com:sub": "*"}},
        )
        iam.attach_role_policy(RoleName="demo-ci", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        self.role("demo-open", {"AWS": "*"}, "sts:AssumeRole")
        decrypt = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
        policy = iam.create_policy(
            PolicyName="demo-decrypt",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [decrypt]}),
        )
        iam.attach_role_policy(RoleName="demo-open", PolicyArn=policy["Policy"]["Arn"])

    def users(self) -> None:
        """A user with two keys, a policy of its own, and no second factor; a weak password policy."""
        iam = self.client("iam")
        iam.create_user(UserName="demo-alice")
        iam.create_login_profile(UserName="demo-alice", Password="correct-horse-9-Battery")
        for _ in range(2):
            iam.create_access_key(UserName="demo-alice")
        table = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
        iam.put_user_policy(
            UserName="demo-alice",
            PolicyName="tables",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [table]}),
        )
        iam.update_account_password_policy(MinimumPasswordLength=6)

    def function(self) -> None:
        """An old function with secrets that anybody may call; a trigger that feeds itself."""
        client = self.client("lambda")
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as written:
            written.writestr("main.py", "def handler(event, context):\n    return event\n")
        made = client.create_function(
            FunctionName=FUNCTION,
            Runtime="python3.8",
            Role=f"arn:aws:iam::{self.account()}:role/{FUNCTION}",
            Handler="main.handler",
            Code={"ZipFile": archive.getvalue()},
            Environment={
                "Variables": {
                    "TABLE_NAME": TABLE,
                    # A secret that looks like one; it opens nothing.
                    "DB_PASSWORD": base64.b64encode(b"correct-horse-9-battery-staple").decode(),
                    "DATABASE_URL": "postgres://app:correct-horse-9@db.internal:5432/app",
                    "AWS_ENDPOINT_URL": "http://dynamodb.internal:8000",
                }
            },
            Tags=self.tags(f"functions.{FUNCTION}"),
        )
        client.add_permission(
            FunctionName=FUNCTION, StatementId="anybody", Action="lambda:InvokeFunction", Principal="*"
        )
        client.add_permission(
            FunctionName=FUNCTION,
            StatementId="any-rule",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
        )
        client.create_function_url_config(
            FunctionName=FUNCTION, AuthType="NONE", Cors={"AllowOrigins": ["*"], "AllowMethods": ["*"]}
        )
        self.client("logs").create_log_group(logGroupName=f"/aws/lambda/{FUNCTION}")
        stream = self.client("dynamodb").describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
        client.create_event_source_mapping(
            FunctionName=made["FunctionArn"],
            EventSourceArn=stream,
            StartingPosition="LATEST",
            BatchSize=100,
            Tags=self.tags(f"triggers.{FUNCTION}/orders"),
        )

    def network(self) -> None:
        """A group that is open to the world, no flow logs, and an endpoint without a policy."""
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
        ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
        ec2.create_route(
            RouteTableId=tables[0]["RouteTableId"], DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway
        )
        group = ec2.create_security_group(GroupName="demo-open", Description="open", VpcId=vpc)["GroupId"]
        world = [{"CidrIp": "0.0.0.0/0"}]
        for port in (22, 5432):
            permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": world}
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
        ec2.create_vpc_endpoint(
            VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.dynamodb", VpcEndpointType="Gateway"
        )

    def trail(self) -> None:
        """A trail of one region that records nothing, into a bucket for everybody."""
        s3 = self.client("s3")
        s3.create_bucket(
            Bucket="demo-trail", CreateBucketConfiguration={"LocationConstraint": REGION}, ACL="public-read"
        )
        self.client("cloudtrail").create_trail(
            Name="demo", S3BucketName="demo-trail", IsMultiRegionTrail=False, EnableLogFileValidation=False
        )

    def cognito(self) -> None:
        """A user pool without a second factor or protection, and an identity pool with guests."""
        idp = self.client("cognito-idp")
        pool = idp.create_user_pool(
            PoolName="demo",
            DeletionProtection="INACTIVE",
            MfaConfiguration="OFF",
            Policies={
                "PasswordPolicy": {
                    "MinimumLength": 6,
                    "RequireUppercase": False,
                    "RequireLowercase": False,
                    "RequireNumbers": False,
                    "RequireSymbols": False,
                }
            },
        )["UserPool"]["Id"]
        idp.create_user_pool_client(
            UserPoolId=pool,
            ClientName="demo",
            PreventUserExistenceErrors="LEGACY",
            EnableTokenRevocation=False,
        )
        self.client("cognito-identity").create_identity_pool(
            IdentityPoolName="demo", AllowUnauthenticatedIdentities=True
        )

    def accelerator(self) -> None:
        """An accelerator of one node, without encryption."""
        self.client("dax").create_cluster(
            ClusterName="demo",
            NodeType="dax.t3.small",
            ReplicationFactor=1,
            IamRoleArn=f"arn:aws:iam::{self.account()}:role/{FUNCTION}",
            SSESpecification={"Enabled": False},
        )


def main() -> None:
    """Builds everything, once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tagged", action="store_true", help="with the tags of the stack beside this file")
    arguments = parser.parse_args()
    Builder(endpoint(), arguments.tagged).build()


if __name__ == "__main__":
    main()
