#!/usr/bin/env bash
# The guess: moto's GetAccountAuthorizationDetails answers as IAM's does, so that a reader which takes names and ids of
# managed policies from it is proven by it.
#
# What happens: entries of Policies have neither PolicyName nor PolicyId, which IAM's always have; and with the filter
# AWSManagedPolicy all policies of AWS are in the answer, some 1,500 with their documents (3.5 MB), whether or not
# anything in the account has them.
#
# Why it matters here: a document that is named by PolicyName has no name on moto, and the one call that reads an account's
# identities takes three seconds there. The audit takes names from ARNs where there is none, and reads the documents of
# AWS's policies one by one, of those that `ListPolicies` with `OnlyAttached` names.
#
# Source: IAM API reference, GetAccountAuthorizationDetails and ManagedPolicyDetail.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet 'moto[iam]==5.2.1' 'boto3==1.43.11' 'botocore==1.43.11'
"$work/venv/bin/python" - <<'PYTHON'
import json
import os

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="eu-central-1")
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
import boto3
import moto

print("moto", moto.__version__)
with moto.mock_aws():
    iam = boto3.client("iam")
    statement = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_policy(PolicyName="own", PolicyDocument=document)
    [own] = iam.get_account_authorization_details(Filter=["LocalManagedPolicy"])["Policies"]
    attached = iam.list_policies(Scope="AWS", OnlyAttached=True)["Policies"]
    of_aws = iam.get_account_authorization_details(Filter=["AWSManagedPolicy"], MaxItems=1000)["Policies"]
print("members of a policy:", sorted(own))
print("attached policies of AWS:", len(attached), "in the listing:", len(of_aws))
assert "PolicyName" not in own and "PolicyId" not in own, "IAM has both"
assert not attached and len(of_aws) > 1000
PYTHON
