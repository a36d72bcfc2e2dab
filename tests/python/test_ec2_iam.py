"""The repairs of VPC endpoints, IAM and the tagging API, one test each."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from conftest import ACCOUNT, REGION, TRUST, Sandbox, make_role, make_table, refused

SERVICE = f"com.amazonaws.{REGION}.dynamodb"


def network(sandbox: Sandbox) -> tuple[str, str]:
    """Names the default VPC and its main route table."""
    ec2 = sandbox.client("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    filters = [
        {"Name": "vpc-id", "Values": [vpc]},
        {"Name": "association.main", "Values": ["true"]},
    ]
    tables = ec2.describe_route_tables(Filters=filters)["RouteTables"]
    return vpc, tables[0]["RouteTableId"]


def make_endpoint(sandbox: Sandbox, **more: Any) -> dict[str, Any]:
    vpc, table = network(sandbox)
    arguments = {"VpcId": vpc, "ServiceName": SERVICE, "RouteTableIds": [table], **more}
    return sandbox.client("ec2").create_vpc_endpoint(**arguments)["VpcEndpoint"]


def endpoints(sandbox: Sandbox) -> list[dict[str, Any]]:
    return sandbox.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]


def gateways_of(sandbox: Sandbox, table: str) -> list[str]:
    routes = sandbox.client("ec2").describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    return [route["GatewayId"] for route in routes if "DestinationPrefixListId" in route]


def test_every_region_has_a_default_network(sandbox: Sandbox) -> None:
    for region in ("us-east-1", "eu-west-3", "ap-southeast-2"):
        ec2 = sandbox.client("ec2", region=region)
        vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
        within = [{"Name": "vpc-id", "Values": [vpc]}]
        assert ec2.describe_subnets(Filters=within)["Subnets"]
        groups = ec2.describe_security_groups(Filters=within)["SecurityGroups"]
        assert [group["GroupName"] for group in groups] == ["default"]
        assert ec2.describe_route_tables(Filters=within)["RouteTables"]


def test_a_gateway_endpoint_is_described_as_aws_does(sandbox: Sandbox) -> None:
    tags = [{"Key": "a", "Value": "b"}]
    made = make_endpoint(sandbox, TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": tags}])
    filters = [
        {"Name": "vpc-endpoint-type", "Values": ["Gateway"]},
        {"Name": "service-name", "Values": [SERVICE]},
        {"Name": "tag:a", "Values": ["b"]},
    ]
    (found,) = sandbox.client("ec2").describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    assert found["VpcEndpointId"] == made["VpcEndpointId"]
    assert found["VpcEndpointType"] == "Gateway" and found["State"] == "available"
    assert found["PrivateDnsEnabled"] is False
    assert json.loads(found["PolicyDocument"])["Statement"][0]["Effect"] == "Allow"
    assert gateways_of(sandbox, network(sandbox)[1]) == [made["VpcEndpointId"]]


def test_creation_is_idempotent_by_token(sandbox: Sandbox) -> None:
    first = make_endpoint(sandbox, ClientToken="once")
    assert make_endpoint(sandbox, ClientToken="once")["VpcEndpointId"] == first["VpcEndpointId"]
    with refused("IdempotentParameterMismatch"):
        make_endpoint(sandbox, ClientToken="once", RouteTableIds=[])
    assert len(endpoints(sandbox)) == 1


def test_a_second_route_is_refused(sandbox: Sandbox) -> None:
    make_endpoint(sandbox)
    with refused("RouteAlreadyExists", "already has a route with destination-prefix-list-id pl-"):
        make_endpoint(sandbox)
    make_endpoint(sandbox, RouteTableIds=[])
    assert len(endpoints(sandbox)) == 2


def test_a_gateway_endpoint_changes(sandbox: Sandbox) -> None:
    vpc, main = network(sandbox)
    ec2 = sandbox.client("ec2")
    other = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    made = make_endpoint(sandbox)["VpcEndpointId"]
    default = endpoints(sandbox)[0]["PolicyDocument"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    ec2.modify_vpc_endpoint(
        VpcEndpointId=made, AddRouteTableIds=[other], RemoveRouteTableIds=[main], PolicyDocument=policy
    )
    assert (gateways_of(sandbox, main), gateways_of(sandbox, other)) == ([], [made])
    assert endpoints(sandbox)[0]["RouteTableIds"] == [other]
    assert endpoints(sandbox)[0]["PolicyDocument"] == policy
    with refused("RouteAlreadyExists"):
        ec2.modify_vpc_endpoint(VpcEndpointId=made, AddRouteTableIds=[other])
    ec2.modify_vpc_endpoint(VpcEndpointId=made, ResetPolicy=True)
    assert endpoints(sandbox)[0]["PolicyDocument"] == default
    with refused("InvalidPolicyDocument"):
        ec2.modify_vpc_endpoint(VpcEndpointId=made, PolicyDocument="{")


def test_an_interface_endpoint_changes(sandbox: Sandbox) -> None:
    vpc, _ = network(sandbox)
    ec2 = sandbox.client("ec2")
    subnets = [
        subnet["SubnetId"]
        for subnet in ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    ]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    made = make_endpoint(
        sandbox, VpcEndpointType="Interface", RouteTableIds=[], SubnetIds=subnets[:1], PrivateDnsEnabled=False
    )
    assert [g["GroupName"] for g in made["Groups"]] == ["default"]
    ec2.modify_vpc_endpoint(
        VpcEndpointId=made["VpcEndpointId"],
        AddSubnetIds=subnets[1:2],
        RemoveSubnetIds=subnets[:1],
        AddSecurityGroupIds=[group],
        RemoveSecurityGroupIds=[made["Groups"][0]["GroupId"]],
        PrivateDnsEnabled=True,
    )
    (found,) = endpoints(sandbox)
    assert found["SubnetIds"] == subnets[1:2] and found["PrivateDnsEnabled"] is True
    assert [g["GroupId"] for g in found["Groups"]] == [group]
    assert len(found["NetworkInterfaceIds"]) == 1
    with refused("InvalidParameter", "gateway endpoints"):
        ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], ResetPolicy=True)


def test_what_could_not_be_deleted_is_listed(sandbox: Sandbox) -> None:
    made = make_endpoint(sandbox)["VpcEndpointId"]
    missing = "vpce-0123456789abcdef0"
    answer = sandbox.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[made, missing])
    assert [entry["ResourceId"] for entry in answer["Unsuccessful"]] == [missing]
    assert endpoints(sandbox) == []
    assert gateways_of(sandbox, network(sandbox)[1]) == []
    make_endpoint(sandbox)


def test_slow_endpoints_are_pending_then_deleting(start_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = start_sandbox("--slow", "300")
    made = make_endpoint(sandbox)
    assert made["State"] == "pending"
    time.sleep(0.4)
    assert endpoints(sandbox)[0]["State"] == "available"
    sandbox.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    assert endpoints(sandbox)[0]["State"] == "deleting"
    time.sleep(0.4)
    assert endpoints(sandbox) == []


def test_malformed_policies_are_refused(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam")
    resource = json.loads(TRUST)
    resource["Statement"][0]["Resource"] = "*"
    for document in ("{", "{}", json.dumps(resource)):
        with refused("MalformedPolicyDocument"):
            iam.create_role(RoleName="r", AssumeRolePolicyDocument=document)
    make_role(sandbox)
    for document in ("{", '{"Version": "2012-10-17"}', '{"Version": "1999", "Statement": []}', TRUST):
        with refused("MalformedPolicyDocument"):
            iam.put_role_policy(RoleName="runner", PolicyName="p", PolicyDocument=document)
    with refused("MalformedPolicyDocument"):
        iam.update_assume_role_policy(RoleName="runner", PolicyDocument="{")


def test_names_of_roles_ignore_case(sandbox: Sandbox) -> None:
    make_role(sandbox, "runner")
    with refused("EntityAlreadyExists"):
        make_role(sandbox, "Runner")


def test_update_role_resets_only_the_session(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam")
    make_role(sandbox)
    iam.update_role(RoleName="runner", Description="runs", MaxSessionDuration=7200)
    iam.update_role(RoleName="runner")
    role = iam.get_role(RoleName="runner")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("runs", 3600)
    iam.update_role(RoleName="runner", Description="")
    assert iam.get_role(RoleName="runner")["Role"].get("Description", "") == ""
    with refused("NoSuchEntity"):
        iam.update_role(RoleName="nobody")


def test_a_boundary_must_exist(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam")
    make_role(sandbox)
    with refused("NoSuchEntity", "does not exist or is not attachable"):
        iam.put_role_permissions_boundary(
            RoleName="runner", PermissionsBoundary="arn:aws:iam::aws:policy/Nothing"
        )
    boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    iam.put_role_permissions_boundary(RoleName="runner", PermissionsBoundary=boundary)
    role = iam.get_role(RoleName="runner")["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary


def test_a_session_of_a_role_is_whoever_signs_with_its_key(sandbox: Sandbox) -> None:
    iam, sts = sandbox.client("iam"), sandbox.client("sts")
    iam.create_role(RoleName="ci", Path="/build/", AssumeRolePolicyDocument=TRUST)
    arn = f"arn:aws:iam::{ACCOUNT}:role/build/ci"
    given = sts.assume_role(RoleArn=arn, RoleSessionName="run-7")["Credentials"]
    keys = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    session = boto3.client("sts", region_name=REGION, endpoint_url=sandbox.url, **keys)
    who = session.get_caller_identity()
    assert who["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/run-7"
    assert who["UserId"].startswith("AROA") and who["UserId"].endswith(":run-7")
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/sandbox"
    for absent in ("role/ci", "role/other"):
        with pytest.raises(ClientError, match="AccessDenied"):
            sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:{absent}", RoleSessionName="run")


def test_managed_policies_attach_and_hold_a_role(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam")
    iam.create_role(
        RoleName="runner",
        Path="/app/",
        AssumeRolePolicyDocument=TRUST,
        Tags=[{"Key": "a", "Value": "b"}],
        PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess",
    )
    names = ["AWSLambdaInvocation-DynamoDB", "service-role/AWSLambdaVPCAccessExecutionRole"]
    for name in names:
        iam.attach_role_policy(RoleName="runner", PolicyArn=f"arn:aws:iam::aws:policy/{name}")
    allow = {"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName="runner", PolicyName="p", PolicyDocument=document)
    (role,) = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    assert role["Path"] == "/app/" and role["Tags"] == [{"Key": "a", "Value": "b"}]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("ReadOnlyAccess")
    assert [p["PolicyName"] for p in role["RolePolicyList"]] == ["p"]
    assert len(role["AttachedManagedPolicies"]) == 2
    with refused("DeleteConflict", "detach all policies"):
        iam.delete_role(RoleName="runner")
    for name in names:
        iam.detach_role_policy(RoleName="runner", PolicyArn=f"arn:aws:iam::aws:policy/{name}")
    with refused("DeleteConflict", "delete policies"):
        iam.delete_role(RoleName="runner")
    iam.delete_role_policy(RoleName="runner", PolicyName="p")
    iam.delete_role(RoleName="runner")


def test_the_tagging_api_lists_endpoints_but_no_roles(sandbox: Sandbox) -> None:
    tags = [{"Key": "stack", "Value": "cruddur"}]
    made = make_endpoint(sandbox, TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": tags}])
    make_table(sandbox, Tags=tags)
    make_table(sandbox, "untagged")
    sandbox.client("iam").create_role(RoleName="runner", AssumeRolePolicyDocument=TRUST, Tags=tags)
    tagging = sandbox.client("resourcegroupstaggingapi")

    def listed(**query: Any) -> list[str]:
        mappings = tagging.get_resources(**query)["ResourceTagMappingList"]
        return sorted(mapping["ResourceARN"] for mapping in mappings)

    endpoint = f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-endpoint/{made['VpcEndpointId']}"
    table = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/messages"
    assert listed(TagFilters=[{"Key": "stack", "Values": ["cruddur"]}]) == [table, endpoint]
    assert listed(TagFilters=[{"Key": "stack", "Values": ["other"]}]) == []
    assert listed(ResourceTypeFilters=["ec2:vpc-endpoint"]) == [endpoint]
    assert listed(ResourceARNList=[table]) == [table]


def test_tags_set_through_the_tagging_api_are_replaced(sandbox: Sandbox) -> None:
    make_table(sandbox, Tags=[{"Key": "stack", "Value": "one"}])
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/messages"
    sandbox.client("resourcegroupstaggingapi").tag_resources(ResourceARNList=[arn], Tags={"stack": "two"})
    tags = sandbox.client("dynamodb").list_tags_of_resource(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": "stack", "Value": "two"}]
