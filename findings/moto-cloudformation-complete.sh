#!/usr/bin/env bash
# The guess: a stack that moto's CloudFormation reports as CREATE_COMPLETE has what its template says, so that a template is
# tested by deploying it there and reading the stack's status.
#
# What happens: the status is CREATE_COMPLETE, and properties are left out without a word. The table has deletion protection,
# but neither point-in-time recovery, nor a time to live, nor encryption with KMS; the role has its inline
# policy, but none of its managed policies. moto's own API for each of them works: only the way through CloudFormation drops
# them.
#
# Why it matters here: `underpin export --format cloudformation` is deployed on moto in a test. The test therefore looks at
# each resource through its service's API, asks only for what moto makes of a template, and leaves the rest of the template to
# cfn-lint, which has the schemas of AWS's own resource providers. A security tool that is tried on such a stack finds
# failures that the template does not have.
#
# Source: moto 5.2.1, `moto/dynamodb/models/table.py` and `moto/iam/models.py`, `create_from_cloudformation_json`;
# CloudFormation template reference, `AWS::DynamoDB::Table` and `AWS::IAM::Role`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'moto[cloudformation,dynamodb,iam]==5.2.1' 'boto3==1.43.11'
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata
import json
import sys

import boto3
from moto import mock_aws

TABLE = {
    "TableName": "t",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
    "DeletionProtectionEnabled": True,
    "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
    "TimeToLiveSpecification": {"AttributeName": "until", "Enabled": True},
    "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"},
}
ROLE = {
    "RoleName": "r",
    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
    "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
    "Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}],
}
template = {"Resources": {
    "T": {"Type": "AWS::DynamoDB::Table", "Properties": TABLE},
    "R": {"Type": "AWS::IAM::Role", "Properties": ROLE},
}}


def client(service):
    return boto3.client(service, region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b")


with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
    stacks, tables, iam = client("cloudformation"), client("dynamodb"), client("iam")
    stacks.create_stack(StackName="s", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"])
    table = tables.describe_table(TableName="t")["Table"]
    backups = tables.describe_continuous_backups(TableName="t")["ContinuousBackupsDescription"]
    found = {
        "status": stacks.describe_stacks(StackName="s")["Stacks"][0]["StackStatus"],
        "deletion protection": table["DeletionProtectionEnabled"],
        "recovery": backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        "time to live": tables.describe_time_to_live(TableName="t")["TimeToLiveDescription"]["TimeToLiveStatus"],
        "encryption": table.get("SSEDescription"),
        "inline policies": iam.list_role_policies(RoleName="r")["PolicyNames"],
        "managed policies": iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"],
    }
    # By its own API the same service keeps it.
    iam.attach_role_policy(RoleName="r", PolicyArn=ROLE["ManagedPolicyArns"][0])
    found["managed policies, by IAM's API"] = len(iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"])

print("moto", importlib.metadata.version("moto"))
for what, value in found.items():
    print(f"{what}: {value}")
expected = ["CREATE_COMPLETE", True, "DISABLED", "DISABLED", None, ["p"], [], 1]
sys.exit(list(found.values()) != expected)
PYTHON
