"""Refuses policy documents that IAM would not parse.

Follows https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html; moto checks
identity policies itself, and trust policies only where they are updated.
"""

from __future__ import annotations

import json
from typing import Any

from .state import Refusal

_VERSIONS = ("2008-10-17", "2012-10-17")


def _malformed(message: str) -> Refusal:
    return Refusal("MalformedPolicyDocument", message)


def statements_of(document: str) -> list[dict[str, Any]]:
    """Reads a policy's statements, or refuses the document."""
    try:
        policy = json.loads(document)
    except ValueError:
        raise _malformed("This policy contains invalid Json") from None
    if not isinstance(policy, dict) or "Statement" not in policy:
        raise _malformed("Syntax errors in policy.")
    if policy.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise _malformed("The policy must contain a valid version string")
    statements = policy["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    if not statements or not all(isinstance(statement, dict) for statement in statements):
        raise _malformed("Syntax errors in policy.")
    for statement in statements:
        if statement.get("Effect") not in ("Allow", "Deny"):
            raise _malformed("Syntax errors in policy.")
        if ("Action" in statement) == ("NotAction" in statement):
            raise _malformed("Policy statement must contain actions.")
    return statements


def check_trust(document: str) -> None:
    """Refuses what is no trust policy."""
    for statement in statements_of(document):
        if "Principal" not in statement and "NotPrincipal" not in statement:
            raise _malformed("Missing required field Principal")
        if "Resource" in statement or "NotResource" in statement:
            raise _malformed("Has prohibited field Resource")


def trusts(document: str, service: str) -> bool:
    """Tells whether a trust policy lets a service assume the role."""
    decided = False
    for statement in statements_of(document):
        principal = statement.get("Principal", {})
        named = "*" if principal == "*" else principal.get("Service", [])
        services = [named] if isinstance(named, str) else named
        actions = statement.get("Action", [])
        actions = [actions] if isinstance(actions, str) else actions
        applies = bool({service, "*"} & set(services)) and bool(
            {"sts:AssumeRole", "sts:*", "*"} & set(actions)
        )
        if applies and statement["Effect"] == "Deny":
            return False
        decided = decided or applies
    return decided
