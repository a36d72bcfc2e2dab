#!/usr/bin/env bash
# The guess: in moto, as in AWS, the tags of a log group are part of it and are gone when it is deleted.
#
# What happens: moto keeps them by ARN, and DeleteLogGroup leaves them. A group that is made anew under the same name
# has the tags of the one before it, beside and under its own. A function's tags, by contrast, do go with the function.
#
# Why it matters here: a log group is ours by its tags, and tags that were changed by hand are drift. On plain moto, a
# function that comes back with its log group shows tags that nobody has set, and a plan that is never empty. The
# sandbox deletes the tags with the group (sandbox/underpin_sandbox/logs.py).
#
# Source: moto/logs/models.py, `LogsBackend.delete_log_group`; CloudWatch Logs API reference, `DeleteLogGroup`.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --root-user-action=ignore --disable-pip-version-check --target "$folder" 'moto[logs]==5.2.1' boto3==1.43.11 botocore==1.43.11
export PYTHONPATH=$folder AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true
python3 - <<'PY'
import sys

import boto3
import moto

with moto.mock_aws():
    logs = boto3.client("logs", region_name="eu-central-1")
    arn = "arn:aws:logs:eu-central-1:123456789012:log-group:/g"
    logs.create_log_group(logGroupName="/g", tags={"owner": "first", "team": "a"})
    logs.delete_log_group(logGroupName="/g")
    logs.create_log_group(logGroupName="/g", tags={"owner": "second"})
    tags = logs.list_tags_for_resource(resourceArn=arn)["tags"]
print(f"moto {moto.__version__}: a group made with the tags {{'owner': 'second'}} has {tags}")
sys.exit(tags != {"owner": "second", "team": "a"})
PY
