"""Lets IAM's policy simulator tell what the organization's policies say.

Follows https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html for the form of
the answer. Policies of the caller's are not looked at, and of service control policies only statements
without conditions, which is what AWS's simulator was documented to do until 2026.
"""

from __future__ import annotations

import fnmatch
from typing import Any

from moto.organizations.models import organizations_backends

from .policies import statements_of
from .registry import Call, repairs
from .state import SETTINGS

_SCP = "SERVICE_CONTROL_POLICY"


def _levels(account: str) -> list[list[dict[str, Any]]] | None:
    """Lists the statements of each level above an account, and of its own; nothing outside of organizations.

    The account that manages one has no levels: nothing restricts it.
    """
    manager = organizations_backends.master_accounts.get(account)
    if manager is None:
        return None
    if manager[0] == account:
        return []
    backend = organizations_backends[manager[0]][manager[1]]
    target, levels = account, []
    while True:
        listed, _ = backend.list_policies_for_target(target_id=target, policy_type=_SCP)
        contents = [backend.describe_policy(PolicyId=policy["Id"])["Policy"]["Content"] for policy in listed]
        levels.append([statement for content in contents for statement in statements_of(content)])
        if target.startswith("r-"):
            return levels
        target = backend.list_parents(ChildId=target)["Parents"][0]["Id"]


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value


def _applies(statement: dict[str, Any], action: str, resource: str) -> bool:
    def among(texts: Any, text: str) -> bool:
        return any(fnmatch.fnmatchcase(text, pattern) for pattern in _listed(texts))

    lower = [name.lower() for name in _listed(statement.get("Action", statement.get("NotAction")))]
    acts = among(lower, action.lower()) == ("Action" in statement)
    resources = statement.get("Resource", statement.get("NotResource", "*"))
    return acts and among(resources, resource) != ("NotResource" in statement)


def _passes(level: list[dict[str, Any]], action: str, resource: str) -> bool:
    applying = [s["Effect"] for s in level if not s.get("Condition") and _applies(s, action, resource)]
    return "Allow" in applying and "Deny" not in applying


@repairs("iam", "SimulatePrincipalPolicy")
def simulate(call: Call) -> dict[str, Any]:
    """Judges every action on every resource by the account's service control policies."""
    levels = _levels(SETTINGS.account)
    results = []
    for action in call.params["ActionNames"]:
        for resource in call.params.get("ResourceArns") or ["*"]:
            passes = levels is None or all(_passes(level, action, resource) for level in levels)
            result = {
                "EvalActionName": action,
                "EvalResourceName": resource,
                "EvalDecision": "allowed" if passes else "explicitDeny",
                "MatchedStatements": [],
                "MissingContextValues": [],
            }
            if levels is not None:
                result["OrganizationsDecisionDetail"] = {"AllowedByOrganizations": passes}
            results.append(result)
    return {"EvaluationResults": results, "IsTruncated": False}
