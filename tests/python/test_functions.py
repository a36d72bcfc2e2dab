"""The repairs of Lambda, its event source mappings, auto scaling and log groups, one test each."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from conftest import (
    ACCOUNT,
    REGION,
    TRUST,
    Sandbox,
    make_function,
    make_role,
    make_table,
    package,
    refused,
)

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
NOT_ASSUMABLE = "The role defined for the function cannot be assumed by Lambda."


def configuration(sandbox: Sandbox) -> dict[str, Any]:
    return sandbox.client("lambda").get_function(FunctionName="stream")["Configuration"]


def test_a_taken_name_is_a_conflict(sandbox: Sandbox) -> None:
    role = make_function(sandbox)["Role"]
    with refused("ResourceConflictException", "Function already exist: stream") as caught:
        make_function(sandbox, Role=role)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_the_role_must_be_assumable(sandbox: Sandbox) -> None:
    with refused("InvalidParameterValueException", NOT_ASSUMABLE):
        make_function(sandbox, Role=f"arn:aws:iam::{ACCOUNT}:role/nobody")
    trust = TRUST.replace("lambda.amazonaws.com", "ec2.amazonaws.com")
    role = sandbox.client("iam").create_role(RoleName="other", AssumeRolePolicyDocument=trust)
    with refused("InvalidParameterValueException", NOT_ASSUMABLE):
        make_function(sandbox, Role=role["Role"]["Arn"])
    trust = json.loads(TRUST)
    alone = json.dumps({**trust, "Statement": trust["Statement"][0]})
    role = sandbox.client("iam").create_role(RoleName="alone", AssumeRolePolicyDocument=alone)
    make_function(sandbox, Role=role["Role"]["Arn"])


def test_configuration_takes_effect(sandbox: Sandbox) -> None:
    ec2, client = sandbox.client("ec2"), sandbox.client("lambda")
    subnet = ec2.describe_subnets()["Subnets"][0]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    make_function(sandbox, Environment={"Variables": {"FIRST": "1"}})
    layer = f"arn:aws:lambda:{REGION}:017000801446:layer:Powertools:1"
    dead_letter = {"TargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"}
    key = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/12345678-1234-1234-1234-123456789012"
    client.update_function_configuration(
        FunctionName="stream",
        Environment={"Variables": {"SECOND": "2"}},
        EphemeralStorage={"Size": 1024},
        TracingConfig={"Mode": "Active"},
        DeadLetterConfig=dead_letter,
        KMSKeyArn=key,
        Layers=[layer],
        VpcConfig={"SubnetIds": [subnet["SubnetId"]], "SecurityGroupIds": [group]},
    )
    found = configuration(sandbox)
    assert found["Environment"]["Variables"] == {"SECOND": "2"}
    assert found["EphemeralStorage"]["Size"] == 1024
    assert found["TracingConfig"]["Mode"] == "Active"
    assert found["DeadLetterConfig"] == dead_letter
    assert found["KMSKeyArn"] == key
    assert found["Layers"][0]["Arn"] == layer
    assert found["VpcConfig"]["VpcId"] == subnet["VpcId"]
    client.update_function_configuration(
        FunctionName="stream",
        Environment={},
        DeadLetterConfig={"TargetArn": ""},
        KMSKeyArn="",
        Layers=[],
        VpcConfig={"SubnetIds": [], "SecurityGroupIds": []},
    )
    found = configuration(sandbox)
    assert not {"Environment", "DeadLetterConfig", "KMSKeyArn", "Layers"} & set(found)
    assert found["VpcConfig"]["SubnetIds"] == [] and found["VpcConfig"]["VpcId"] == ""
    assert found["EphemeralStorage"]["Size"] == 1024


def test_created_configuration_is_kept(sandbox: Sandbox) -> None:
    dead_letter = {"TargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"}
    make_function(sandbox, DeadLetterConfig=dead_letter, Tags={"a": "b"}, TracingConfig={"Mode": "Active"})
    found = sandbox.client("lambda").get_function(FunctionName="stream")
    assert found["Configuration"]["DeadLetterConfig"] == dead_letter
    assert found["Configuration"]["TracingConfig"]["Mode"] == "Active"
    assert found["Tags"] == {"a": "b"}


def test_a_network_that_is_not_there_is_refused(sandbox: Sandbox) -> None:
    config = {"SubnetIds": ["subnet-0123"], "SecurityGroupIds": ["sg-0123"]}
    with refused("InvalidParameterValueException", "InvalidSubnetID.NotFound"):
        make_function(sandbox, VpcConfig=config)


def test_a_network_in_two_vpcs_is_refused(sandbox: Sandbox) -> None:
    ec2, client = sandbox.client("ec2"), sandbox.client("lambda")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    there = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    subnet = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][0]
    default = [{"Name": "vpc-id", "Values": [subnet["VpcId"]]}]
    group = ec2.describe_security_groups(Filters=default)["SecurityGroups"][0]["GroupId"]
    here = {"SubnetIds": [subnet["SubnetId"]], "SecurityGroupIds": [group]}
    make_function(sandbox, VpcConfig=here)
    for subnets in ([there], [subnet["SubnetId"], there]):
        with refused("InvalidParameterValueException", "are required to be in the same VPC"):
            config = here | {"SubnetIds": subnets}
            client.update_function_configuration(FunctionName="stream", VpcConfig=config)
    assert configuration(sandbox)["VpcConfig"]["SubnetIds"] == here["SubnetIds"]
    ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    assert configuration(sandbox)["VpcConfig"]["VpcId"] == subnet["VpcId"]


def test_code_and_architecture_are_replaced(sandbox: Sandbox) -> None:
    make_function(sandbox)
    archive = package("other")
    sandbox.client("lambda").update_function_code(
        FunctionName="stream", ZipFile=archive, Architectures=["arm64"]
    )
    found = configuration(sandbox)
    assert found["Architectures"] == ["arm64"]
    assert found["CodeSha256"] == base64.b64encode(hashlib.sha256(archive).digest()).decode()
    with refused("InvalidParameterValueException", "Could not unzip"):
        sandbox.client("lambda").update_function_code(FunctionName="stream", ZipFile=b"text")
    assert configuration(sandbox)["CodeSha256"] == found["CodeSha256"]


def test_a_revision_must_be_the_latest(sandbox: Sandbox) -> None:
    before = make_function(sandbox)["RevisionId"]
    client = sandbox.client("lambda")
    client.update_function_configuration(FunctionName="stream", Timeout=9, RevisionId=before)
    with refused("PreconditionFailedException"):
        client.update_function_configuration(FunctionName="stream", Timeout=8, RevisionId=before)


def test_reserved_concurrency_can_be_nought(sandbox: Sandbox) -> None:
    make_function(sandbox)
    client = sandbox.client("lambda")
    client.put_function_concurrency(FunctionName="stream", ReservedConcurrentExecutions=0)
    found = client.get_function(FunctionName="stream")
    assert found["Concurrency"] == {"ReservedConcurrentExecutions": 0}
    assert client.get_function_concurrency(FunctionName="stream")["ReservedConcurrentExecutions"] == 0
    client.delete_function_concurrency(FunctionName="stream")
    assert "Concurrency" not in client.get_function(FunctionName="stream")


def test_permissions(sandbox: Sandbox) -> None:
    make_function(sandbox)
    client = sandbox.client("lambda")
    permission = {
        "FunctionName": "stream",
        "StatementId": "cognito",
        "Action": "lambda:InvokeFunction",
        "Principal": "cognito-idp.amazonaws.com",
        "SourceArn": f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/x",
        "SourceAccount": ACCOUNT,
    }
    client.add_permission(**permission)
    with refused("ResourceConflictException", r"statement id \(cognito\) provided already exists"):
        client.add_permission(**permission)
    (statement,) = json.loads(client.get_policy(FunctionName="stream")["Policy"])["Statement"]
    assert statement["Sid"] == "cognito"
    client.remove_permission(FunctionName="stream", StatementId="cognito")
    with refused("ResourceNotFoundException"):
        client.remove_permission(FunctionName="stream", StatementId="cognito")
    with refused("ResourceNotFoundException"):
        client.get_policy(FunctionName="stream")


def test_functions_are_tagged(sandbox: Sandbox) -> None:
    arn = make_function(sandbox)["FunctionArn"]
    client = sandbox.client("lambda")
    client.tag_resource(Resource=arn, Tags={"a": "b", "c": "d"})
    client.untag_resource(Resource=arn, TagKeys=["a"])
    assert client.list_tags(Resource=arn)["Tags"] == {"c": "d"}


def test_slow_functions_refuse_what_aws_refuses(start_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = start_sandbox("--slow", "300")
    client = sandbox.client("lambda")
    made = make_function(sandbox)
    assert (made["State"], made["LastUpdateStatus"]) == ("Pending", "InProgress")
    with refused("ResourceConflictException", "in the following state: Pending"):
        client.update_function_configuration(FunctionName="stream", Timeout=9)
    with refused("ResourceConflictException"):
        client.delete_function(FunctionName="stream")
    time.sleep(0.4)
    updated = client.update_function_configuration(FunctionName="stream", Timeout=9)
    assert (updated["State"], updated["LastUpdateStatus"]) == ("Active", "InProgress")
    with refused("ResourceConflictException", "An update is in progress for resource: arn:aws:lambda:"):
        client.update_function_code(FunctionName="stream", ZipFile=package("other"))
    time.sleep(0.4)
    assert configuration(sandbox)["LastUpdateStatus"] == "Successful"


def test_features_that_nobody_turned_on_are_off(sandbox: Sandbox) -> None:
    make_function(sandbox)
    client = sandbox.client("lambda")
    assert client.get_function_recursion_config(FunctionName="stream")["RecursiveLoop"] == "Terminate"
    listed = client.list_provisioned_concurrency_configs(FunctionName="stream")
    assert listed["ProvisionedConcurrencyConfigs"] == []


def make_mapping(sandbox: Sandbox, **more: Any) -> dict[str, Any]:
    if "EventSourceArn" not in more:
        more["EventSourceArn"] = make_table(sandbox, StreamSpecification=STREAM)["LatestStreamArn"]
        more.setdefault("StartingPosition", "LATEST")
    return sandbox.client("lambda").create_event_source_mapping(FunctionName="stream", **more)


def test_a_mapping_keeps_every_property(sandbox: Sandbox) -> None:
    make_function(sandbox)
    filters = {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]}
    failed = {"OnFailure": {"Destination": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"}}
    given = {
        "BatchSize": 50,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": failed,
        "FilterCriteria": filters,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumBatchingWindowInSeconds": 1,
        "MaximumRecordAgeInSeconds": 60,
        "MaximumRetryAttempts": 3,
        "ParallelizationFactor": 2,
        "TumblingWindowInSeconds": 4,
    }
    made = make_mapping(sandbox, Enabled=False, **given)
    client = sandbox.client("lambda")
    found = client.get_event_source_mapping(UUID=made["UUID"])
    assert {key: found[key] for key in given} == given
    assert (found["State"], found["StartingPosition"]) == ("Disabled", "LATEST")
    client.update_event_source_mapping(
        UUID=made["UUID"],
        Enabled=True,
        FilterCriteria={},
        DestinationConfig={"OnFailure": {}},
        MaximumRetryAttempts=-1,
        FunctionResponseTypes=[],
        TumblingWindowInSeconds=0,
    )
    found = client.get_event_source_mapping(UUID=made["UUID"])
    assert "FilterCriteria" not in found
    assert found["State"] == "Enabled" and found["MaximumRetryAttempts"] == -1
    assert found["DestinationConfig"] == {"OnFailure": {}} and found["FunctionResponseTypes"] == []
    assert found["BatchSize"] == 50


def test_slow_mappings_pass_through_states(start_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = start_sandbox("--slow", "300")
    make_function(sandbox)
    made = make_mapping(sandbox)
    client = sandbox.client("lambda")
    assert made["State"] == "Creating"
    with refused("ResourceInUseException"):
        client.update_event_source_mapping(UUID=made["UUID"], BatchSize=5)
    time.sleep(0.4)
    assert client.get_event_source_mapping(UUID=made["UUID"])["State"] == "Enabled"
    client.delete_event_source_mapping(UUID=made["UUID"])
    assert client.get_event_source_mapping(UUID=made["UUID"])["State"] == "Deleting"
    time.sleep(0.4)
    with refused("ResourceNotFoundException"):
        client.get_event_source_mapping(UUID=made["UUID"])


def test_a_second_mapping_of_a_pair_is_a_conflict(sandbox: Sandbox) -> None:
    make_function(sandbox)
    made = make_mapping(sandbox)
    said = f"already exists. Please update or delete the existing mapping with UUID {made['UUID']}"
    with refused("ResourceConflictException", said) as caught:
        make_mapping(sandbox, EventSourceArn=made["EventSourceArn"], StartingPosition="LATEST")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_mappings_are_found_by_name_and_arn(sandbox: Sandbox) -> None:
    arn = make_function(sandbox)["FunctionArn"]
    made = make_mapping(sandbox)
    client = sandbox.client("lambda")
    for name in ("stream", f"{ACCOUNT}:stream", arn):
        (found,) = client.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        assert found["UUID"] == made["UUID"]
    listed = client.list_event_source_mappings(EventSourceArn=made["EventSourceArn"])
    assert len(listed["EventSourceMappings"]) == 1
    assert "Tags" not in listed["EventSourceMappings"][0]
    client.delete_event_source_mapping(UUID=made["UUID"])
    assert client.list_event_source_mappings(FunctionName="stream")["EventSourceMappings"] == []
    with refused("ResourceNotFoundException"):
        client.get_event_source_mapping(UUID=made["UUID"])
    with refused("ResourceNotFoundException"):
        client.list_event_source_mappings(FunctionName="nobody")


def test_mappings_are_tagged_and_listed_by_tag(sandbox: Sandbox) -> None:
    make_function(sandbox)
    arn = make_mapping(sandbox, Tags={"a": "b"})["EventSourceMappingArn"]
    client = sandbox.client("lambda")
    client.tag_resource(Resource=arn, Tags={"a": "c", "d": "e"})
    client.untag_resource(Resource=arn, TagKeys=["d"])
    assert client.list_tags(Resource=arn)["Tags"] == {"a": "c"}
    listed = sandbox.client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "a", "Values": ["c"]}]
    )
    assert [m["ResourceARN"] for m in listed["ResourceTagMappingList"]] == [arn]


def test_starting_positions_go_with_the_source(sandbox: Sandbox) -> None:
    make_function(sandbox)
    stream = make_table(sandbox, StreamSpecification=STREAM)["LatestStreamArn"]
    with refused("InvalidParameterValueException", "startingPosition"):
        make_mapping(sandbox, EventSourceArn=stream)
    with refused("InvalidParameterValueException", "Stream not found"):
        make_mapping(sandbox, EventSourceArn=f"{stream}1", StartingPosition="LATEST")
    queue = sandbox.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
    assert queue.endswith("/q")
    with refused("InvalidParameterValueException", "StartingPosition is not valid"):
        make_mapping(sandbox, EventSourceArn=arn, StartingPosition="LATEST")
    made = make_mapping(sandbox, EventSourceArn=arn, ScalingConfig={"MaximumConcurrency": 5})
    assert "StartingPosition" not in made and made["BatchSize"] == 10
    assert made["ScalingConfig"] == {"MaximumConcurrency": 5}
    with refused("ResourceConflictException", "An event source mapping with SQS arn"):
        make_mapping(sandbox, EventSourceArn=arn)


def test_a_kinesis_stream_is_a_source(sandbox: Sandbox) -> None:
    make_function(sandbox)
    kinesis = sandbox.client("kinesis")
    kinesis.create_stream(StreamName="s", ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName="s")["StreamDescriptionSummary"]["StreamARN"]
    made = make_mapping(
        sandbox, EventSourceArn=arn, StartingPosition="AT_TIMESTAMP", StartingPositionTimestamp=1_700_000_000
    )
    assert made["StartingPosition"] == "AT_TIMESTAMP"


def test_no_function_runs_when_an_item_is_written(sandbox: Sandbox) -> None:
    make_function(sandbox)
    make_mapping(sandbox)
    client = sandbox.client("dynamodb")
    client.put_item(TableName="messages", Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
    assert client.scan(TableName="messages")["Count"] == 1
    streams = sandbox.client("dynamodbstreams")
    arn = client.describe_table(TableName="messages")["Table"]["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    assert len(streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]) == 1
    answer = sandbox.client("lambda").invoke(FunctionName="stream")
    assert answer["Payload"].read() == b"null"


@pytest.mark.parametrize(
    ("resource", "dimension"),
    [
        ("table/messages", "dynamodb:table:ReadCapacityUnits"),
        ("table/messages/index/by-group", "dynamodb:index:WriteCapacityUnits"),
    ],
)
def test_tables_and_indexes_scale(sandbox: Sandbox, resource: str, dimension: str) -> None:
    scaling = sandbox.client("application-autoscaling")
    target = {"ServiceNamespace": "dynamodb", "ResourceId": resource, "ScalableDimension": dimension}
    with refused("ValidationException", "does not exist"):
        scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=9)
    make_table(sandbox)
    kind = "Read" if "Read" in dimension else "Write"
    policy = {
        **target,
        "PolicyName": "track",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 70.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": f"DynamoDB{kind}CapacityUtilization"},
        },
    }
    with refused("ObjectNotFoundException"):
        scaling.put_scaling_policy(**policy)
    arn = scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=9, Tags={"a": "b"})
    assert scaling.list_tags_for_resource(ResourceARN=arn["ScalableTargetARN"])["Tags"] == {"a": "b"}
    scaling.put_scaling_policy(**policy)
    (found,) = scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
    assert (found["MinCapacity"], found["MaxCapacity"]) == (1, 9)
    assert found["RoleARN"].endswith("AWSServiceRoleForApplicationAutoScaling_DynamoDBTable")
    described = scaling.describe_scaling_policies(ServiceNamespace="dynamodb", PolicyNames=["track"])
    assert len(described["ScalingPolicies"]) == 1
    scaling.delete_scaling_policy(**target, PolicyName="track")
    with refused("ObjectNotFoundException"):
        scaling.delete_scaling_policy(**target, PolicyName="track")
    scaling.put_scaling_policy(**policy)
    scaling.deregister_scalable_target(**target)
    assert scaling.describe_scaling_policies(ServiceNamespace="dynamodb")["ScalingPolicies"] == []
    with refused("ObjectNotFoundException"):
        scaling.deregister_scalable_target(**target)


def test_log_groups_keep_their_retention_and_tags(sandbox: Sandbox) -> None:
    logs = sandbox.client("logs")
    logs.create_log_group(logGroupName="/aws/lambda/stream", tags={"a": "b"})
    with refused("ResourceAlreadyExistsException"):
        logs.create_log_group(logGroupName="/aws/lambda/stream")
    logs.put_retention_policy(logGroupName="/aws/lambda/stream", retentionInDays=7)
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/stream")["logGroups"]
    assert group["retentionInDays"] == 7
    assert logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"] == {"a": "b"}
    logs.delete_retention_policy(logGroupName="/aws/lambda/stream")
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/stream")["logGroups"]
    assert "retentionInDays" not in group


def test_the_tags_of_a_log_group_go_with_it(sandbox: Sandbox) -> None:
    logs = sandbox.client("logs")
    for tags in ({"a": "b", "c": "d"}, {"a": "x"}):
        logs.create_log_group(logGroupName="/aws/lambda/stream", tags=tags)
        (group,) = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/stream")["logGroups"]
        assert logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"] == tags
        logs.delete_log_group(logGroupName="/aws/lambda/stream")
    with refused("ResourceNotFoundException"):
        logs.delete_log_group(logGroupName="/aws/lambda/stream")


def test_a_role_stays_assumable_only_while_it_is_there(sandbox: Sandbox) -> None:
    make_function(sandbox)
    other = make_role(sandbox, "other")
    sandbox.client("iam").delete_role(RoleName="other")
    with refused("InvalidParameterValueException", NOT_ASSUMABLE):
        sandbox.client("lambda").update_function_configuration(FunctionName="stream", Role=other)


def test_what_else_a_function_may_have(sandbox: Sandbox) -> None:
    client = sandbox.client("lambda")
    make_function(sandbox)
    name = {"FunctionName": "stream"}
    assert client.get_runtime_management_config(**name)["UpdateRuntimeOn"] == "Auto"
    client.put_runtime_management_config(**name, UpdateRuntimeOn="FunctionUpdate")
    assert client.get_runtime_management_config(**name)["UpdateRuntimeOn"] == "FunctionUpdate"
    assert client.get_function_recursion_config(**name)["RecursiveLoop"] == "Terminate"
    client.put_function_recursion_config(**name, RecursiveLoop="Allow")
    assert client.get_function_recursion_config(**name)["RecursiveLoop"] == "Allow"
    listed = "ProvisionedConcurrencyConfigs"
    assert client.list_provisioned_concurrency_configs(**name)[listed] == []
    with refused("InvalidParameterValueException", "unpublished"):
        client.put_provisioned_concurrency_config(
            **name, Qualifier="$LATEST", ProvisionedConcurrentExecutions=1
        )
    client.put_provisioned_concurrency_config(**name, Qualifier="1", ProvisionedConcurrentExecutions=1)
    found = client.list_provisioned_concurrency_configs(**name)[listed]
    assert [one["FunctionArn"].endswith(":stream:1") for one in found] == [True]


def test_urls_of_a_function_are_listed(sandbox: Sandbox) -> None:
    client = sandbox.client("lambda")
    make_function(sandbox)
    name = {"FunctionName": "stream"}
    assert client.list_function_url_configs(**name)["FunctionUrlConfigs"] == []
    made = client.create_function_url_config(**name, AuthType="NONE")
    [listed] = client.list_function_url_configs(**name)["FunctionUrlConfigs"]
    assert (listed["FunctionUrl"], listed["AuthType"]) == (made["FunctionUrl"], "NONE")
    with refused("ResourceNotFoundException"):
        client.list_function_url_configs(FunctionName="other")
