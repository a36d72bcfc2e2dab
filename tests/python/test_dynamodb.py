"""The repairs of DynamoDB, one test each."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from conftest import ACCOUNT, REGION, Sandbox, make_table, refused

FIVE = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
SIX = {"ReadCapacityUnits": 6, "WriteCapacityUnits": 5}
ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/messages"


def describe(sandbox: Sandbox) -> dict[str, Any]:
    return sandbox.client("dynamodb").describe_table(TableName="messages")["Table"]


def update(sandbox: Sandbox, **change: Any) -> dict[str, Any]:
    answer = sandbox.client("dynamodb").update_table(TableName="messages", **change)
    return answer["TableDescription"]


def index(name: str, key: str = "group", **more: Any) -> dict[str, Any]:
    return {
        "Create": {
            "IndexName": name,
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
            "ProvisionedThroughput": FIVE,
            **more,
        }
    }


def test_a_table_is_described_as_aws_does(sandbox: Sandbox) -> None:
    make_table(sandbox)
    table = describe(sandbox)
    assert len(table["TableId"]) == 36
    assert table["GlobalSecondaryIndexes"][0]["IndexArn"] == f"{ARN}/index/by-group"
    assert table["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"
    assert "LocalSecondaryIndexes" not in table
    assert "BillingModeSummary" not in table
    assert "TableClassSummary" not in table


def test_create_takes_everything(sandbox: Sandbox) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    make_table(
        sandbox,
        BillingMode="PAY_PER_REQUEST",
        TableClass="STANDARD_INFREQUENT_ACCESS",
        DeletionProtectionEnabled=True,
        OnDemandThroughput={"MaxReadRequestUnits": 7, "MaxWriteRequestUnits": 8},
        SSESpecification={"Enabled": True},
        Tags=[{"Key": "a", "Value": "b"}],
        ResourcePolicy=policy,
    )
    table = describe(sandbox)
    assert table["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert table["DeletionProtectionEnabled"] is True
    assert table["OnDemandThroughput"]["MaxReadRequestUnits"] == 7
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSEDescription"]["KMSMasterKeyArn"].startswith("arn:aws:kms:")
    client = sandbox.client("dynamodb")
    assert client.list_tags_of_resource(ResourceArn=ARN)["Tags"] == [{"Key": "a", "Value": "b"}]
    assert client.get_resource_policy(ResourceArn=ARN)["Policy"] == policy


def test_write_that_changes_nothing_leaves_no_stream_record(sandbox: Sandbox) -> None:
    make_table(sandbox, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    client, streams = sandbox.client("dynamodb"), sandbox.client("dynamodbstreams")
    for text in ("a", "a", "b"):
        client.put_item(TableName="messages", Item={"pk": {"S": "1"}, "sk": {"S": "1"}, "text": {"S": text}})
    key = {"pk": {"S": "1"}, "sk": {"S": "1"}}
    values = {":text": {"S": "b"}}
    client.update_item(
        TableName="messages",
        Key=key,
        UpdateExpression="SET #t = :text",
        ExpressionAttributeNames={"#t": "text"},
        ExpressionAttributeValues=values,
    )
    stream = client.describe_table(TableName="messages")["Table"]["LatestStreamArn"]
    (shard,) = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    position = {"StreamArn": stream, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = streams.get_shard_iterator(**position)["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY"]


def test_a_stream_that_is_turned_on_again_is_a_new_one(sandbox: Sandbox) -> None:
    on = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    make_table(sandbox, StreamSpecification=on)
    first = describe(sandbox)["LatestStreamArn"]
    with refused("ValidationException", "Table already has an enabled stream: TableName: messages"):
        update(sandbox, StreamSpecification=on)
    update(sandbox, StreamSpecification={"StreamEnabled": False})
    assert "StreamSpecification" not in describe(sandbox)
    with refused("ValidationException", "no stream to disable"):
        update(sandbox, StreamSpecification={"StreamEnabled": False})
    again = update(sandbox, StreamSpecification=on | {"StreamViewType": "KEYS_ONLY"})
    assert again["LatestStreamArn"] != first
    assert again["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"


def test_an_update_takes_one_kind_of_change(sandbox: Sandbox) -> None:
    make_table(sandbox)
    with refused("ValidationException", "At least one of"):
        update(sandbox)
    with refused("ValidationException", "one kind of change"):
        update(sandbox, ProvisionedThroughput=SIX, DeletionProtectionEnabled=True)
    with refused("ValidationException", "one kind of change"):
        update(
            sandbox, TableClass="STANDARD_INFREQUENT_ACCESS", GlobalSecondaryIndexUpdates=[index("by-two")]
        )


def test_one_index_at_a_time(sandbox: Sandbox) -> None:
    make_table(sandbox)
    with refused("LimitExceededException", "Only 1 online index can be created or deleted simultaneously"):
        update(sandbox, GlobalSecondaryIndexUpdates=[index("by-two"), {"Delete": {"IndexName": "by-group"}}])
    update(sandbox, GlobalSecondaryIndexUpdates=[index("by-two")])
    assert [i["IndexName"] for i in describe(sandbox)["GlobalSecondaryIndexes"]] == ["by-group", "by-two"]
    with refused("ValidationException", "Duplicate index name"):
        update(sandbox, GlobalSecondaryIndexUpdates=[index("by-two")])
    with refused("ResourceNotFoundException"):
        update(sandbox, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-none"}}])


def test_attribute_definitions_are_merged_and_unused_ones_go(sandbox: Sandbox) -> None:
    make_table(sandbox)
    with refused("ValidationException", "not defined in AttributeDefinitions"):
        update(sandbox, GlobalSecondaryIndexUpdates=[index("by-two", "user")])
    update(
        sandbox,
        AttributeDefinitions=[{"AttributeName": "user", "AttributeType": "N"}],
        GlobalSecondaryIndexUpdates=[index("by-two", "user")],
    )
    names = {a["AttributeName"]: a["AttributeType"] for a in describe(sandbox)["AttributeDefinitions"]}
    assert names == {"pk": "S", "sk": "S", "group": "S", "user": "N"}
    update(sandbox, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-group"}}])
    assert {a["AttributeName"] for a in describe(sandbox)["AttributeDefinitions"]} == {"pk", "sk", "user"}


def test_encryption_changes_and_is_described(sandbox: Sandbox) -> None:
    make_table(sandbox)
    with refused("ValidationException", "already encrypted by default"):
        update(sandbox, SSESpecification={"Enabled": False})
    managed = update(sandbox, SSESpecification={"Enabled": True})["SSEDescription"]
    key = sandbox.client("kms").create_key()["KeyMetadata"]
    own = update(sandbox, SSESpecification={"Enabled": True, "KMSMasterKeyId": key["KeyId"]})
    assert own["SSEDescription"]["KMSMasterKeyArn"] == key["Arn"] != managed["KMSMasterKeyArn"]
    with refused("ValidationException", "already encrypted by given KMSMasterKeyId"):
        update(sandbox, SSESpecification={"Enabled": True, "KMSMasterKeyId": key["Arn"]})
    update(sandbox, SSESpecification={"Enabled": False})
    assert "SSEDescription" not in describe(sandbox)


def test_the_class_changes(sandbox: Sandbox) -> None:
    make_table(sandbox)
    update(sandbox, TableClass="STANDARD_INFREQUENT_ACCESS")
    assert describe(sandbox)["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    with refused("ValidationException"):
        update(sandbox, TableClass="STANDARD_INFREQUENT_ACCESS")


def test_an_equal_capacity_is_refused(sandbox: Sandbox) -> None:
    make_table(sandbox)
    said = (
        "provisioned throughput for the table will not change. The requested value equals the current value"
    )
    with refused("ValidationException", said):
        update(sandbox, ProvisionedThroughput=FIVE)
    same = [{"Update": {"IndexName": "by-group", "ProvisionedThroughput": FIVE}}]
    with refused("ValidationException", "provisioned throughput for the index by-group will not change"):
        update(sandbox, GlobalSecondaryIndexUpdates=same)
    update(sandbox, ProvisionedThroughput=SIX)
    update(
        sandbox,
        GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "by-group", "ProvisionedThroughput": SIX}}],
    )
    table = describe(sandbox)
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 6
    assert table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 6
    assert table["GlobalSecondaryIndexes"][0]["KeySchema"][0]["AttributeName"] == "group"


def test_billing_switches_carry_every_capacity(sandbox: Sandbox) -> None:
    make_table(sandbox)
    maxima = {"MaxReadRequestUnits": 9, "MaxWriteRequestUnits": 9}
    with refused("ValidationException", "PAY_PER_REQUEST"):
        update(sandbox, OnDemandThroughput=maxima)
    update(sandbox, BillingMode="PAY_PER_REQUEST", OnDemandThroughput=maxima)
    table = describe(sandbox)
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    assert table["OnDemandThroughput"] == maxima
    with refused("ValidationException", "must be specified for index: by-group"):
        update(sandbox, BillingMode="PROVISIONED", ProvisionedThroughput=FIVE)
    update(
        sandbox,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=FIVE,
        GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "by-group", "ProvisionedThroughput": SIX}}],
    )
    table = describe(sandbox)
    assert table["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert "OnDemandThroughput" not in table
    assert table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 6


def test_warm_throughput_is_ignored(sandbox: Sandbox) -> None:
    make_table(sandbox)
    before = describe(sandbox)["WarmThroughput"]
    update(sandbox, WarmThroughput={"ReadUnitsPerSecond": 13000})
    assert describe(sandbox)["WarmThroughput"] == before


def test_a_protected_table_is_not_deleted(sandbox: Sandbox) -> None:
    make_table(sandbox, DeletionProtectionEnabled=True)
    with refused("ValidationException", "protected against deletion"):
        sandbox.client("dynamodb").delete_table(TableName="messages")
    update(sandbox, DeletionProtectionEnabled=False)
    deleted = sandbox.client("dynamodb").delete_table(TableName="messages")
    assert deleted["TableDescription"]["TableStatus"] == "DELETING"
    with refused("ResourceNotFoundException", "Table: messages not found"):
        describe(sandbox)


def test_tags_are_replaced(sandbox: Sandbox) -> None:
    make_table(sandbox, Tags=[{"Key": "a", "Value": "1"}])
    client = sandbox.client("dynamodb")
    client.tag_resource(ResourceArn=ARN, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}])
    tags = client.list_tags_of_resource(ResourceArn=ARN)["Tags"]
    assert tags == [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}]
    client.untag_resource(ResourceArn=ARN, TagKeys=["a"])
    assert client.list_tags_of_resource(ResourceArn=ARN)["Tags"] == [{"Key": "b", "Value": "3"}]
    with refused("ResourceNotFoundException"):
        client.tag_resource(ResourceArn=ARN + "x", Tags=[{"Key": "a", "Value": "2"}])


def ttl(sandbox: Sandbox, attribute: str, enabled: bool) -> None:
    sandbox.client("dynamodb").update_time_to_live(
        TableName="messages",
        TimeToLiveSpecification={"AttributeName": attribute, "Enabled": enabled},
    )


def test_time_to_live_goes_off_then_on(sandbox: Sandbox) -> None:
    make_table(sandbox)
    client = sandbox.client("dynamodb")
    with refused("ValidationException", "TimeToLive is already disabled"):
        ttl(sandbox, "expires", enabled=False)
    ttl(sandbox, "expires", enabled=True)
    with refused("ValidationException", "TimeToLive is already enabled"):
        ttl(sandbox, "expires", enabled=True)
    with refused(
        "ValidationException", "active on a different AttributeName: current AttributeName is expires"
    ):
        ttl(sandbox, "other", enabled=True)
    described = client.describe_time_to_live(TableName="messages")["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    ttl(sandbox, "expires", enabled=False)
    described = client.describe_time_to_live(TableName="messages")["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "DISABLED"}


def test_time_to_live_has_a_cooldown_on_demand(start_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = start_sandbox("--ttl-cooldown", "60")
    make_table(sandbox)
    ttl(sandbox, "expires", enabled=True)
    with refused("ValidationException", "modified multiple times within a fixed interval"):
        ttl(sandbox, "expires", enabled=False)


def test_point_in_time_recovery_keeps_its_period(sandbox: Sandbox) -> None:
    make_table(sandbox)
    client = sandbox.client("dynamodb")
    client.update_continuous_backups(
        TableName="messages",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7},
    )
    described = client.describe_continuous_backups(TableName="messages")["ContinuousBackupsDescription"]
    recovery = described["PointInTimeRecoveryDescription"]
    assert (recovery["PointInTimeRecoveryStatus"], recovery["RecoveryPeriodInDays"]) == ("ENABLED", 7)


def test_contributor_insights(sandbox: Sandbox) -> None:
    make_table(sandbox)
    client = sandbox.client("dynamodb")
    for where in ({}, {"IndexName": "by-group"}):
        target = {"TableName": "messages", **where}
        assert client.describe_contributor_insights(**target)["ContributorInsightsStatus"] == "DISABLED"
        client.update_contributor_insights(**target, ContributorInsightsAction="ENABLE")
        assert client.describe_contributor_insights(**target)["ContributorInsightsStatus"] == "ENABLED"
    assert len(client.list_contributor_insights()["ContributorInsightsSummaries"]) == 2


def test_resource_policies(sandbox: Sandbox) -> None:
    make_table(sandbox)
    client = sandbox.client("dynamodb")
    with refused("ValidationException"):
        client.put_resource_policy(ResourceArn=ARN, Policy="{}")
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    client.put_resource_policy(ResourceArn=ARN, Policy=policy)
    assert client.get_resource_policy(ResourceArn=ARN)["Policy"] == policy
    for _ in range(2):
        client.delete_resource_policy(ResourceArn=ARN)
    with refused("PolicyNotFoundException"):
        client.get_resource_policy(ResourceArn=ARN)


def test_backups(sandbox: Sandbox) -> None:
    make_table(sandbox)
    client = sandbox.client("dynamodb")
    client.create_backup(TableName="messages", BackupName="before")
    assert client.list_backups(TableName="messages")["BackupSummaries"][0]["BackupName"] == "before"


def test_no_kinesis_destination(sandbox: Sandbox) -> None:
    make_table(sandbox)
    answer = sandbox.client("dynamodb").describe_kinesis_streaming_destination(TableName="messages")
    assert answer["KinesisDataStreamDestinations"] == []


def until(sandbox: Sandbox, done: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    deadline = time.monotonic() + 10
    while not done(table := describe(sandbox)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return table


def test_slow_tables_pass_through_states(start_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = start_sandbox("--slow", "400")
    client = sandbox.client("dynamodb")
    assert make_table(sandbox)["TableStatus"] == "CREATING"
    with refused("ResourceInUseException", "Table is being created: messages"):
        update(sandbox, DeletionProtectionEnabled=True)
    with refused("ContinuousBackupsUnavailableException"):
        client.update_continuous_backups(
            TableName="messages",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
    with refused("ResourceNotFoundException"):
        client.put_item(TableName="messages", Item={"pk": {"S": "a"}, "sk": {"S": "b"}})
    until(sandbox, lambda t: t["TableStatus"] == "ACTIVE")
    new = update(sandbox, GlobalSecondaryIndexUpdates=[index("by-two")])
    assert new["TableStatus"] == "UPDATING"
    assert new["GlobalSecondaryIndexes"][1]["IndexStatus"] == "CREATING"
    with refused("ResourceInUseException", "Table is being updated"):
        update(sandbox, DeletionProtectionEnabled=True)
    table = until(sandbox, lambda t: t["TableStatus"] == "ACTIVE")
    assert table["GlobalSecondaryIndexes"][1]["Backfilling"] is True
    with refused("ResourceInUseException"):
        client.delete_table(TableName="messages")
    with refused("LimitExceededException"):
        update(sandbox, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-group"}}])
    until(sandbox, lambda t: all(i["IndexStatus"] == "ACTIVE" for i in t["GlobalSecondaryIndexes"]))
    update(sandbox, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-group"}}])
    assert describe(sandbox)["GlobalSecondaryIndexes"][0]["IndexStatus"] == "DELETING"
    until(sandbox, lambda t: len(t["GlobalSecondaryIndexes"]) == 1 and t["TableStatus"] == "ACTIVE")
    client.delete_table(TableName="messages")
    assert describe(sandbox)["TableStatus"] == "DELETING"
    with refused("ResourceInUseException"):
        make_table(sandbox)
    time.sleep(0.5)
    with refused("ResourceNotFoundException"):
        describe(sandbox)


@pytest.mark.parametrize("mode", ["PROVISIONED", "PAY_PER_REQUEST"])
def test_an_index_has_the_capacity_that_its_mode_needs(sandbox: Sandbox, mode: str) -> None:
    wrong = index("by-two")["Create"]
    if mode == "PROVISIONED":
        del wrong["ProvisionedThroughput"]
    with refused(
        "ValidationException", "ProvisionedThroughput (must|should not) be specified for index: by-two"
    ):
        make_table(sandbox, BillingMode=mode, GlobalSecondaryIndexes=[wrong])


def test_exports_and_protected_tables_are_listed(sandbox: Sandbox) -> None:
    client = sandbox.client("dynamodb")
    make_table(sandbox)
    assert client.list_exports()["ExportSummaries"] == []
    assert sandbox.client("backup").list_protected_resources()["Results"] == []
