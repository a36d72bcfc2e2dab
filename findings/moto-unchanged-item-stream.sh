#!/usr/bin/env bash
# The guess: in moto, as in AWS, a put that leaves an item as it was is not a change, and its stream has no record of it.
#
# What happens: moto's stream gets a MODIFY record whose old and new image are the same.
#
# Why it matters here: a function that is run for a table's stream and writes to that table, always the same item for the
# same message, comes to rest in AWS after one round. On plain moto it is invoked for its own writes for ever, and what
# drains the stream never ends. The sandbox leaves such records out (sandbox/underpin_sandbox/dynamodb_table.py).
#
# Source: DynamoDB Developer Guide, "Change data capture for DynamoDB Streams" ("does not write a stream record for that
# operation"); moto/dynamodb/models/table.py, `StreamShard.add`.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --root-user-action=ignore --disable-pip-version-check --target "$folder" 'moto[dynamodb]==5.2.1' boto3==1.43.11 botocore==1.43.11
export PYTHONPATH=$folder AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true
python3 - <<'PY'
import sys

import boto3
import moto

with moto.mock_aws():
    tables = boto3.client("dynamodb", region_name="eu-central-1")
    streams = boto3.client("dynamodbstreams", region_name="eu-central-1")
    stream = tables.create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]["LatestStreamArn"]
    for _ in range(2):
        tables.put_item(TableName="t", Item={"pk": {"S": "1"}, "text": {"S": "the same"}})
    shard = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    seen = [(record["eventName"], record["dynamodb"].get("OldImage") == record["dynamodb"]["NewImage"]) for record in records]
print(f"moto {moto.__version__}: two puts of one item leave {seen}: (event, old image == new image)")
sys.exit(seen != [("INSERT", False), ("MODIFY", True)])
PY
