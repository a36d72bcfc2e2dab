"""Judges a request by identity policies, as far as the policies of tests need it.

Follows https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: an
explicit denial wins, else an allowing statement. An operator that is not here is said to be missing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .state import Refusal


@dataclass(frozen=True)
class Demand:
    """What a request asks: an action on a resource, with the keys that conditions see, in lower case."""

    action: str
    resource: str
    context: dict[str, list[str]] = field(default_factory=dict)


def judge(policies: Iterable[dict[str, Any]], demand: Demand) -> str | None:
    """Returns why a demand is denied, in AWS's words; nothing if it is allowed."""
    allowed = False
    for policy in policies:
        for statement in _listed(policy["Statement"]):
            if not _applies(statement, demand):
                continue
            if statement["Effect"] == "Deny":
                return "with an explicit deny in an identity-based policy"
            allowed = True
    return None if allowed else f"because no identity-based policy allows the {demand.action} action"


def _applies(statement: dict[str, Any], demand: Demand) -> bool:
    action = demand.action.lower()
    actions = [pattern.lower() for pattern in _listed(statement.get("Action", statement.get("NotAction")))]
    if any(_like(pattern, action) for pattern in actions) != ("Action" in statement):
        return False
    resources = _listed(statement.get("Resource", statement.get("NotResource")))
    if any(_like(pattern, demand.resource) for pattern in resources) != ("Resource" in statement):
        return False
    conditions = statement.get("Condition", {})
    return all(
        _holds(operator, demand.context.get(key.lower(), []), _listed(wanted))
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, values: list[str], wanted: list[str]) -> bool:
    quantifier, _, plain = operator.rpartition(":")
    if_exists = plain.endswith("IfExists")
    plain = plain.removesuffix("IfExists")
    if plain == "Null":
        return (not values) == (wanted[0].lower() == "true")
    if plain not in _OPERATORS:
        raise Refusal("SandboxNotImplemented", f"the sandbox does not know the operator {operator}", 501)
    if not values:
        return if_exists or quantifier == "ForAllValues" or "Not" in plain
    compare = _OPERATORS[plain]
    each = [any(compare(value, pattern) for pattern in wanted) for value in values]
    if "Not" in plain:
        each = [not fits for fits in each]
    return any(each) if quantifier == "ForAnyValue" else all(each)


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _like(pattern: str, text: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None


_OPERATORS = {
    "StringEquals": lambda value, wanted: value == wanted,
    "StringNotEquals": lambda value, wanted: value == wanted,
    "StringLike": lambda value, wanted: _like(wanted, value),
    "StringNotLike": lambda value, wanted: _like(wanted, value),
    "ArnEquals": lambda value, wanted: _like(wanted, value),
    "ArnLike": lambda value, wanted: _like(wanted, value),
    "ArnNotEquals": lambda value, wanted: _like(wanted, value),
    "Bool": lambda value, wanted: value.lower() == wanted.lower(),
}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
