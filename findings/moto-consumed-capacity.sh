#!/usr/bin/env bash
# The guess: with ReturnConsumedCapacity=INDEXES, moto counts what a query reads, as DynamoDB documents it, and names the
# part of a global index under GlobalSecondaryIndexes.
#
# What happens: the units are a constant of the operation (1.0 for Query, whatever it reads), and the part of any index,
# a global one as well, is under LocalSecondaryIndexes, beside as many units of the table.
#
# Why it matters here: predicted units of access patterns can't be held against moto's; dynalite counts a read as AWS
# documents it. A total over table and indexes would count a query of a global index twice.
#
# Source: DynamoDB API reference, ConsumedCapacity; Developer Guide, "DynamoDB on-demand and provisioned capacity".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet 'moto[dynamodb]==5.2.1' 'boto3==1.43.11' 'botocore==1.43.11'
"$work/venv/bin/python" - <<'PYTHON'
import os

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="eu-central-1")
import boto3
import moto

print("moto", moto.__version__)
with moto.mock_aws():
    db = boto3.client("dynamodb")
    db.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "customer", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-customer",
                "KeySchema": [{"AttributeName": "customer", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for number in range(20):
        item = {"pk": {"S": str(number)}, "customer": {"S": "c"}, "text": {"S": "x" * 4000}}
        db.put_item(TableName="orders", Item=item)
    answer = db.query(
        TableName="orders",
        IndexName="by-customer",
        KeyConditionExpression="customer = :c",
        ExpressionAttributeValues={":c": {"S": "c"}},
        ReturnConsumedCapacity="INDEXES",
    )
consumed = answer["ConsumedCapacity"]
print("20 items of 4 KB were read:", answer["Count"], consumed)
assert consumed["CapacityUnits"] == 1.0, "AWS: 10.0, half a unit for each 4 KB"
assert consumed["LocalSecondaryIndexes"] == {"by-customer": {"CapacityUnits": 1.0}}
assert "GlobalSecondaryIndexes" not in consumed
PYTHON
