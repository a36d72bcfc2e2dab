"""IAM's policy simulator, as far as the sandbox has it."""

from __future__ import annotations

import json
from typing import Any

import boto3

from conftest import ACCOUNT, REGION, Sandbox

MANAGER = "210987654321"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/t"


def decisions(sandbox: Sandbox) -> dict[str, bool | None]:
    answer = sandbox.client("iam").simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:user/sandbox",
        ActionNames=["dynamodb:CreateTable", "dynamodb:DeleteTable"],
        ResourceArns=[TABLE],
    )
    return {
        result["EvalActionName"]: result.get("OrganizationsDecisionDetail", {}).get("AllowedByOrganizations")
        for result in answer["EvaluationResults"]
    }


def manager(sandbox: Sandbox) -> Any:
    """Makes a client of the account that manages the organization."""
    role = f"arn:aws:iam::{MANAGER}:role/observer"
    assumed = sandbox.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return boto3.client(
        "organizations",
        region_name=REGION,
        endpoint_url=sandbox.url,
        aws_access_key_id=assumed["AccessKeyId"],
        aws_secret_access_key=assumed["SecretAccessKey"],
        aws_session_token=assumed["SessionToken"],
    )


def test_the_organization_decides(sandbox: Sandbox) -> None:
    assert set(decisions(sandbox).values()) == {None}
    organizations = manager(sandbox)
    organizations.create_organization(FeatureSet="ALL")
    organizations.invite_account_to_organization(Target={"Id": ACCOUNT, "Type": "ACCOUNT"})
    assert set(decisions(sandbox).values()) == {True}

    def attach(name: str, statement: dict[str, object]) -> None:
        content = json.dumps({"Version": "2012-10-17", "Statement": statement})
        policy = organizations.create_policy(
            Name=name, Description="d", Type="SERVICE_CONTROL_POLICY", Content=content
        )
        organizations.attach_policy(PolicyId=policy["Policy"]["PolicySummary"]["Id"], TargetId=ACCOUNT)

    deny = {"Effect": "Deny", "Action": "dynamodb:Delete*", "Resource": "*"}
    condition = {"StringEquals": {"aws:RequestedRegion": REGION}}
    attach("left-out", {**deny, "Action": "dynamodb:*", "Condition": condition})
    assert set(decisions(sandbox).values()) == {True}
    attach("no-deleting", deny)
    assert decisions(sandbox) == {"dynamodb:CreateTable": True, "dynamodb:DeleteTable": False}
