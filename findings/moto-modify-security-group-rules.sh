#!/usr/bin/env bash
# The guess: moto changes any rule by ModifySecurityGroupRules, or says that it can't.
#
# What happens: it answers `Return: true` and changes the ports, but of the sources the IPv4 block alone: a new IPv6 block
# or prefix list is dropped without a word, and the rule lets in whom it let in before.
#
# Why it matters here: a workspace whose IPv6 address has changed gets its rule changed in place. On plain moto the call
# succeeds, the next look finds the old address, and a plan is never empty; a test that looks at the answer alone would
# call it right. The sandbox changes each type of source (sandbox/underpin_sandbox/security_groups.py).
#
# Source: moto/ec2/models/security_groups.py, `modify_security_group_rules`; EC2 API reference, `SecurityGroupRuleRequest`.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --root-user-action=ignore --disable-pip-version-check --target "$folder" 'moto[ec2]==5.2.1' boto3==1.43.11 botocore==1.43.11
export PYTHONPATH=$folder AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_EC2_METADATA_DISABLED=true
python3 - <<'PY'
import sys

import boto3
import moto

PORT = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}

with moto.mock_aws():
    ec2 = boto3.client("ec2", region_name="eu-central-1")
    group = ec2.create_security_group(GroupName="db", Description="of the database")["GroupId"]
    permission = PORT | {"Ipv6Ranges": [{"CidrIpv6": "2a05:d014::1/128"}]}
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    rule = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    update = {"SecurityGroupRuleId": rule, "SecurityGroupRule": PORT | {"CidrIpv6": "2a05:d014::2/128"}}
    answer = ec2.modify_security_group_rules(GroupId=group, SecurityGroupRules=[update])["Return"]
    (after,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
print(f"moto {moto.__version__}: Return={answer}, asked for 2a05:d014::2/128, and has {after['CidrIpv6']}")
sys.exit((answer, after["CidrIpv6"]) != (True, "2a05:d014::1/128"))
PY
