"""Looks at AWS through boto3 for the tests, so that nothing is judged by underpin's own reader.

    python observe.py ENDPOINT REGION

Reads one question a line and answers each in one line, both in JSON:

    {"look": "table" | "role" | "function" | "endpoints" | "mappings" | "security_group_rules", "name": NAME}
    {"call": [SERVICE, OPERATION], "parameters": {...}, "account": ACCOUNT or nothing for the sandbox's own}

The answer is {"answer": ...}, or {"error": {"code": ..., "message": ...}}. What is not there is null.
"""

from __future__ import annotations

import base64
import functools
import json
import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ENDPOINT, REGION = sys.argv[1:3]

# Nothing of the machine's is to have a say, and no proxy stands before loopback.
for _name in [key for key in os.environ if key.startswith("AWS_") or key.lower().endswith("_proxy")]:
    del os.environ[_name]

# What an emulator answers to what it does not know; DynamoDB Local knows neither tags nor backups.
UNKNOWN = {"UnknownOperationException", "InvalidAction", "SandboxNotImplemented", "501"}
ABSENT = {
    "ResourceNotFoundException",
    "NoSuchEntity",
    "NoSuchEntityException",
    "PolicyNotFoundException",
    "InvalidVpcEndpointId.NotFound",
}


@functools.cache
def client(service: str, account: str | None = None) -> Any:
    """Makes a client, once; that of another account has the credentials of a role there."""
    keys = {"aws_access_key_id": "observer", "aws_secret_access_key": "observer"}
    if account is not None:
        role = f"arn:aws:iam::{account}:role/observer"
        given = client("sts").assume_role(RoleArn=role, RoleSessionName="observer")["Credentials"]
        keys = {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=ENDPOINT,
        **keys,
        config=Config(retries={"max_attempts": 1}),
    )


def ask(service: str, operation: str, *, absent: Any = None, **parameters: Any) -> Any:
    """Makes a call; what is not there, or not known, gives `absent`."""
    try:
        answer = getattr(client(service), operation)(**parameters)
    except ClientError as error:
        status = str(error.response["ResponseMetadata"]["HTTPStatusCode"])
        code = error.response["Error"]["Code"]
        # Where an answer holds no code, boto3 gives the status: dynalite's to what is no call of DynamoDB.
        if {code, status} & (ABSENT | UNKNOWN) or code == "404":
            return absent
        raise
    answer.pop("ResponseMetadata", None)
    return answer


def every(service: str, operation: str, key: str, **parameters: Any) -> list[Any]:
    """Collects the pages of a list."""
    pages = client(service).get_paginator(operation).paginate(**parameters)
    return [entry for page in pages for entry in page[key]]


def tags(entries: list[dict[str, str]]) -> dict[str, str]:
    """Turns a list of tags into a mapping."""
    return {entry["Key"]: entry["Value"] for entry in entries}


def table(name: str) -> Any:
    """Reads a table and all that hangs on it."""
    found = ask("dynamodb", "describe_table", TableName=name)
    if found is None:
        return None
    found = found["Table"]
    arn = found["TableArn"]
    lived = ask("dynamodb", "describe_time_to_live", TableName=name) or {}
    backups = ask("dynamodb", "describe_continuous_backups", TableName=name) or {}
    policy = ask("dynamodb", "get_resource_policy", ResourceArn=arn) or {}
    listed = ask("dynamodb", "list_tags_of_resource", ResourceArn=arn) or {}
    found["TimeToLive"] = lived.get("TimeToLiveDescription")
    found["ContinuousBackups"] = backups.get("ContinuousBackupsDescription")
    found["ContributorInsights"] = insights(TableName=name)
    found["ResourcePolicy"] = json.loads(policy["Policy"]) if policy.get("Policy") else None
    found["Tags"] = tags(listed.get("Tags", []))
    found["AutoScaling"] = scaling(name)
    for key in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        found[key] = {index["IndexName"]: index for index in found.get(key, [])}
    for index, described in found["GlobalSecondaryIndexes"].items():
        described["ContributorInsights"] = insights(TableName=name, IndexName=index)
    return found


def insights(**of: str) -> dict[str, str | None]:
    """Reads which keys of a table or an index CloudWatch records; no mode where none are."""
    found = ask("dynamodb", "describe_contributor_insights", **of) or {}
    status = found.get("ContributorInsightsStatus")
    return {
        "Status": status,
        "Mode": found.get("ContributorInsightsMode") if status == "ENABLED" else None,
    }


def scaling(name: str) -> dict[str, Any]:
    """Reads what scales a table and its indexes, by resource and dimension."""
    found: dict[str, Any] = {}
    service = "application-autoscaling"
    targets = ask(service, "describe_scalable_targets", absent={}, ServiceNamespace="dynamodb")
    policies = ask(service, "describe_scaling_policies", absent={}, ServiceNamespace="dynamodb")
    ours = (f"table/{name}", f"table/{name}/")
    for entry in targets.get("ScalableTargets", []):
        if entry["ResourceId"] == ours[0] or entry["ResourceId"].startswith(ours[1]):
            key = f"{entry['ResourceId']} {entry['ScalableDimension']}"
            found[key] = {"min": entry["MinCapacity"], "max": entry["MaxCapacity"], "policies": []}
    for entry in policies.get("ScalingPolicies", []):
        target = found.get(f"{entry['ResourceId']} {entry['ScalableDimension']}")
        if target is not None:
            target["policies"].append(
                {"PolicyName": entry["PolicyName"]} | entry["TargetTrackingScalingPolicyConfiguration"]
            )
    return found


def role(name: str) -> Any:
    """Reads a role and its policies."""
    found = ask("iam", "get_role", RoleName=name)
    if found is None:
        return None
    attached = every("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    inline = every("iam", "list_role_policies", "PolicyNames", RoleName=name)
    documents = {
        policy: ask("iam", "get_role_policy", RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in sorted(inline)
    }
    return found["Role"] | {
        "AttachedPolicies": sorted(policy["PolicyArn"] for policy in attached),
        "InlinePolicies": documents,
        "Tags": tags(every("iam", "list_role_tags", "Tags", RoleName=name)),
    }


def function(name: str) -> Any:
    """Reads a function and all that hangs on it."""
    found = ask("lambda", "get_function", FunctionName=name)
    if found is None:
        return None
    policy = ask("lambda", "get_policy", FunctionName=name) or {}
    statements = json.loads(policy["Policy"])["Statement"] if policy else []
    concurrency = ask("lambda", "get_function_concurrency", FunctionName=name) or {}
    group = f"/aws/lambda/{name}"
    groups = ask("logs", "describe_log_groups", absent={}, logGroupNamePrefix=group)
    exact = [entry for entry in groups.get("logGroups", []) if entry["logGroupName"] == group]
    return found["Configuration"] | {
        "Tags": found.get("Tags", {}),
        "Permissions": {statement["Sid"]: statement for statement in statements},
        "ReservedConcurrency": concurrency.get("ReservedConcurrentExecutions"),
        "LogGroup": exact[0] if exact else None,
    }


def endpoints(address_or_id: str) -> Any:
    """Finds endpoints by the address in their tag, or by id; deleted ones are left out."""
    found = []
    for entry in every("ec2", "describe_vpc_endpoints", "VpcEndpoints"):
        entry["Tags"] = tags(entry.get("Tags", []))
        entry["PolicyDocument"] = json.loads(entry["PolicyDocument"]) if entry.get("PolicyDocument") else None
        named = address_or_id in (entry["VpcEndpointId"], entry["Tags"].get("underpin:address"))
        if named and entry["State"].lower() not in ("deleted", "deleting"):
            found.append(entry)
    return found


def security_group_rules(address_or_id: str) -> Any:
    """Finds the rules of security groups by the address in their tag, or by id."""
    found = []
    for entry in every("ec2", "describe_security_group_rules", "SecurityGroupRules"):
        entry["Tags"] = tags(entry.get("Tags", []))
        if address_or_id in (entry["Tags"].get("underpin:address"), entry["SecurityGroupRuleId"]):
            found.append(entry)
    return found


def mappings(name: str) -> Any:
    """Lists the event source mappings of a function."""
    found = every("lambda", "list_event_source_mappings", "EventSourceMappings")
    ours = [entry for entry in found if entry["FunctionArn"].split(":")[6] == name]
    for entry in ours:
        arn = entry.get("EventSourceMappingArn")
        entry["Tags"] = (ask("lambda", "list_tags", Resource=arn) or {}).get("Tags", {}) if arn else {}
    return sorted(ours, key=lambda entry: entry["EventSourceArn"])


LOOKS: dict[str, Callable[[str], Any]] = {
    "table": table,
    "role": role,
    "function": function,
    "endpoints": endpoints,
    "security_group_rules": security_group_rules,
    "mappings": mappings,
}


def with_bytes(value: Any) -> Any:
    """Puts bytes where the question has `{"$base64": ...}`."""
    if isinstance(value, dict):
        if set(value) == {"$base64"}:
            return base64.b64decode(value["$base64"])
        return {key: with_bytes(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_bytes(item) for item in value]
    return value


def without_bytes(value: Any) -> Any:
    """Writes what JSON has no word for."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return {"$base64": base64.b64encode(value).decode()}
    if hasattr(value, "read"):
        return without_bytes(value.read())
    return str(value)


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Answers one question."""
    try:
        if "look" in question:
            return {"answer": LOOKS[question["look"]](question["name"])}
        service, operation = question["call"]
        caller = client(service, question.get("account"))
        result = getattr(caller, operation)(**with_bytes(question["parameters"]))
        result.pop("ResponseMetadata", None)
        return {"answer": result}
    except ClientError as error:
        return {"error": {"code": error.response["Error"]["Code"], "message": str(error)}}
    except (BotoCoreError, AttributeError, KeyError, TypeError, ValueError) as error:
        return {"error": {"code": type(error).__name__, "message": str(error)}}


def main() -> None:
    """Answers until there are no more questions."""
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line)), default=without_bytes), flush=True)


if __name__ == "__main__":
    main()
