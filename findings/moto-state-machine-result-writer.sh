#!/usr/bin/env bash
# The guess: the fields of a distributed map see the same input, so the bucket of its results (`ResultWriter`) is given as that
# of its items (`ItemReader`) is: by a path into the state's input. And a percentage is a number: `100` as well as `100.0`.
#
# What happens in moto's interpreter of the States Language (LocalStack's): `ItemReader` sees the state's input, `ResultWriter`
# what the map has made, so that the same path is not found there, after all items have been handled; and its grammar takes
# `ToleratedFailurePercentage` with a decimal point alone.
#
# Why it matters here: the state machine of examples/org-audit is run by it in a test. It names the bucket by the context
# (`$$.Execution.Input`), which is the same for both wherever it runs, and writes `100.0`.
#
# Source: Step Functions Developer Guide, "ItemReader", "ResultWriter", "Map state in Distributed mode"; moto,
# stepfunctions/parser/asl/component/state/exec/state_map and antlr/ASLParser.g4.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[s3,stepfunctions]==5.2.1' 'boto3==1.43.11'
AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x AWS_DEFAULT_REGION=eu-central-1 "$folder/venv/bin/python" - <<'PY'
import json
import logging
import sys
import time

import boto3
import moto
from botocore.exceptions import ClientError

logging.disable(logging.CRITICAL)
ROLE = "arn:aws:iam::123456789012:role/r"


def definition(percentage: object, bucket: str) -> str:
    return json.dumps({
        "StartAt": "Each",
        "States": {"Each": {
            "Type": "Map", "End": True, "ToleratedFailurePercentage": percentage,
            "ItemReader": {
                "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"},
                "Parameters": {"Bucket.$": "$.bucket", "Key": "items.json"},
            },
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Same", "States": {"Same": {"Type": "Pass", "End": True}},
            },
            "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket.$": bucket, "Prefix": "results"},
            },
        }},
    })


with moto.mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
    s3, states = boto3.client("s3"), boto3.client("stepfunctions")
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket="bucket", Key="items.json", Body=b"[1, 2]")

    def outcome(name: str, percentage: object, bucket: str) -> str:
        try:
            machine = states.create_state_machine(name=name, definition=definition(percentage, bucket), roleArn=ROLE)
        except ClientError:
            return "refused"
        run = states.start_execution(stateMachineArn=machine["stateMachineArn"], input='{"bucket": "bucket"}')
        for _ in range(200):
            status = states.describe_execution(executionArn=run["executionArn"])["status"]
            if status != "RUNNING":
                return status
            time.sleep(0.05)
        return "RUNNING"

    found = [
        outcome("whole", 100, "$$.Execution.Input.bucket"),
        outcome("path", 100.0, "$.bucket"),
        outcome("context", 100.0, "$$.Execution.Input.bucket"),
    ]
print(f"moto {moto.__version__}: 100: {found[0]}; 100.0, path into the input: {found[1]}; by the context: {found[2]}")
if found != ["refused", "FAILED", "SUCCEEDED"]:
    sys.exit("the behaviour has changed")
PY
