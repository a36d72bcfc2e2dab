"""The patterns by which a trigger filters records, as Lambda compares them.

Source: Lambda Developer Guide, "Control which events Lambda sends to your function"; EventBridge User
Guide, "Comparison operators for use in event patterns". What Lambda refuses has been refused when the
stack file was read.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any

_MISSING: Any = object()


def passes(filters: list[dict[str, Any]], record: dict[str, Any]) -> bool:
    """Returns whether a record passes: one of the filters matches it, or there is none."""
    return not filters or any(matches(pattern, record) for pattern in filters)


def matches(pattern: dict[str, Any], value: Any) -> bool:
    """Compares a pattern with a value: every field has to match."""
    if isinstance(value, list):
        return any(matches(pattern, element) for element in value)
    return all(_field(name, wanted, value) for name, wanted in pattern.items())


def _field(name: str, wanted: Any, value: Any) -> bool:
    if name == "$or" and isinstance(wanted, list):
        return any(matches(alternative, value) for alternative in wanted)
    found = value.get(name, _MISSING) if isinstance(value, dict) else _MISSING
    if isinstance(wanted, dict):
        return matches(wanted, found)
    return any(_leaf(comparison, found) for comparison in wanted)


def _leaf(comparison: Any, found: Any) -> bool:
    if isinstance(comparison, dict) and "exists" in comparison:
        # Only leaves exist: a mapping is none.
        exists = found is not _MISSING and not isinstance(found, dict)
        return exists == comparison["exists"]
    if found is _MISSING:
        return False
    elements = found if isinstance(found, list) else [found]
    return any(_compare(comparison, element) for element in elements)


def _compare(comparison: Any, element: Any) -> bool:
    if isinstance(comparison, dict):
        return all(_OPERATORS[name](operand, element) for name, operand in comparison.items())
    return _equal(comparison, element)


def _equal(one: Any, other: Any) -> bool:
    # Python takes true for 1.
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _affix(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    def compare(operand: Any, element: Any) -> bool:
        if not isinstance(element, str):
            return False
        if isinstance(operand, dict):
            return test(element.casefold(), operand["equals-ignore-case"].casefold())
        return test(element, operand)

    return compare


def _anything_but(operand: Any, element: Any) -> bool:
    if isinstance(element, (dict, list)):
        return False
    if isinstance(operand, dict):
        named = ((name, given if isinstance(given, list) else [given]) for name, given in operand.items())
        return not any(_OPERATORS[name](one, element) for name, given in named for one in given)
    return not any(_equal(one, element) for one in (operand if isinstance(operand, list) else [operand]))


def _numeric(operand: list[Any], element: Any) -> bool:
    # Numbers of DynamoDB are texts in a record, and never match.
    if isinstance(element, bool) or not isinstance(element, (int, float)):
        return False
    tests: dict[str, Callable[[float], bool]] = {
        "=": lambda bound: element == bound,
        "<": lambda bound: element < bound,
        "<=": lambda bound: element <= bound,
        ">": lambda bound: element > bound,
        ">=": lambda bound: element >= bound,
    }
    return all(tests[sign](bound) for sign, bound in zip(operand[::2], operand[1::2], strict=True))


def _wildcard(operand: str, element: Any) -> bool:
    if not isinstance(element, str):
        return False
    # `*` stands for any characters; a backslash takes its meaning away.
    parts = re.split(r"(\\[*\\]|\*)", operand)
    expression = "".join(
        ".*" if part == "*" else re.escape(re.sub(r"^\\([*\\])$", r"\1", part)) for part in parts
    )
    return re.fullmatch(expression, element, re.DOTALL) is not None


def _cidr(operand: str, element: Any) -> bool:
    try:
        return ipaddress.ip_address(element) in ipaddress.ip_network(operand, strict=False)
    except ValueError:
        return False


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "prefix": _affix(str.startswith),
    "suffix": _affix(str.endswith),
    "equals-ignore-case": _affix(lambda one, other: one.casefold() == other.casefold()),
    "anything-but": _anything_but,
    "numeric": _numeric,
    "wildcard": _wildcard,
    "cidr": _cidr,
}
