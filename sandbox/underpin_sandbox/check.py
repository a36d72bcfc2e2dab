"""Checks a request's parameters against the service's own model, as strictly as AWS does.

botocore's validator leaves out patterns, upper bounds and enumerations; this one does not. It only
judges: it neither parses a request nor answers one.
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
import unicodedata
import warnings
from collections.abc import Iterator
from typing import Any

# Patterns of the models that cannot be compiled even when translated: not checked.
SKIPPED_PATTERNS: dict[str, str] = {}

_SINGLE_CHARACTER = re.compile(r"\\?.|\[[^\]]*\]|\\p\{\w+\}")


@functools.cache
def _categories() -> dict[str, str]:
    """Spells out Unicode's categories as ranges, since `re` has no `\\p{…}`."""
    ranges: dict[str, list[list[int]]] = {}
    for point in range(0x20000):
        known = ranges.setdefault(unicodedata.category(chr(point))[0], [])
        if known and known[-1][1] == point - 1:
            known[-1][1] = point
        else:
            known.append([point, point])
    spelt = {
        name: "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in known)
        for name, known in ranges.items()
    }
    return {**spelt, "Print": r"\x20-\x7e"}


def _translate(pattern: str) -> str:
    """Turns what AWS's regular expressions have, and Python's have not, into ranges."""
    pattern = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010ffff")
    if r"\p{" not in pattern:
        return pattern
    translated, in_class = "", False
    for part in re.split(r"(\\p\{\w+\}|\\.|\[|\])", pattern):
        if part.startswith(r"\p{"):
            spelt = _categories()[part[3:-1]]
            translated += spelt if in_class else f"[{spelt}]"
            continue
        in_class = part == "[" or (in_class and part != "]")
        translated += part
    return translated


@functools.cache
def _compile(pattern: str) -> re.Pattern[str] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(_translate(pattern), re.ASCII)
    except (re.error, KeyError) as error:
        SKIPPED_PATTERNS[pattern] = str(error)
        return None


def _satisfies(pattern: str, value: str) -> bool:
    compiled = _compile(pattern)
    if compiled is None:
        return True
    # AWS matches the whole value where a pattern is not anchored; one that is says itself what it
    # means. A single character class without a quantifier can only mean "contains".
    anchored = pattern.startswith("^") or pattern.endswith("$")
    if anchored or _SINGLE_CHARACTER.fullmatch(pattern):
        return compiled.search(value) is not None
    return compiled.fullmatch(value) is not None


def violations(shape: Any, value: Any, path: str = "") -> Iterator[str]:
    """Yields a sentence for each constraint of the shape that the value does not satisfy."""
    if value is None or getattr(shape, "is_document_type", False):
        return
    checker = _CHECKERS.get(shape.type_name)
    if checker is not None:
        yield from checker(shape, value, path)


def _constraint(value: Any, path: str, constraint: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {constraint}"


def _wrong_type(expected: str, value: Any, path: str) -> str:
    return f"Value at '{path}' must be {expected}, not {type(value).__name__}"


def _bounds(shape: Any, size: int | float, value: Any, path: str, noun: str) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield _constraint(value, path, f"Member must have {noun} greater than or equal to {low}")
    if high is not None and size > high:
        yield _constraint(value, path, f"Member must have {noun} less than or equal to {high}")


def _structure(shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _wrong_type("a structure", value, path or "the request")
        return
    prefix = f"{path}." if path else ""
    for name in shape.required_members:
        if value.get(name) is None:
            yield _constraint("null", f"{prefix}{name}", "Member must not be null")
    for name in value:
        if name not in shape.members:
            yield f"Unknown member '{prefix}{name}' of {shape.name}"
    if getattr(shape, "is_tagged_union", False):
        given = [name for name, member in value.items() if member is not None]
        if len(given) != 1:
            yield f"Union {shape.name} at '{path}' must have exactly one member, not {len(given)}"
    for name, member in shape.members.items():
        if name in value:
            yield from violations(member, value[name], f"{prefix}{name}")


def _list(shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _wrong_type("a list", value, path)
        return
    yield from _bounds(shape, len(value), f"{len(value)} members", path, "length")
    for number, member in enumerate(value, start=1):
        yield from violations(shape.member, member, f"{path}.{number}.member")


def _map(shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _wrong_type("a map", value, path)
        return
    yield from _bounds(shape, len(value), f"{len(value)} entries", path, "length")
    for key, member in value.items():
        yield from violations(shape.key, key, f"{path}.key")
        yield from violations(shape.value, member, f"{path}.{key}")


def _string(shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield _wrong_type("a string", value, path)
        return
    shown = "(sensitive)" if shape.metadata.get("sensitive") else value
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        choices = ", ".join(allowed)
        yield _constraint(shown, path, f"Member must satisfy enum value set: [{choices}]")
    yield from _bounds(shape, len(value), shown, path, "length")
    pattern = shape.metadata.get("pattern")
    if pattern and not _satisfies(pattern, value):
        yield _constraint(shown, path, f"Member must satisfy regular expression pattern: {pattern}")


def _blob(shape: Any, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str):
        try:
            value = base64.b64decode(value, validate=True)
        except binascii.Error:
            yield f"Value at '{path}' must be base64"
            return
    if not isinstance(value, bytes):
        yield _wrong_type("a blob", value, path)
        return
    yield from _bounds(shape, len(value), f"{len(value)} bytes", path, "length")


def _integer(shape: Any, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int):
        yield _wrong_type("an integer", value, path)
        return
    yield from _bounds(shape, value, value, path, "value")


def _number(shape: Any, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        yield _wrong_type("a number", value, path)
        return
    yield from _bounds(shape, value, value, path, "value")


def _boolean(_shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield _wrong_type("true or false", value, path)


def _timestamp(_shape: Any, value: Any, path: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        yield _wrong_type("a timestamp", value, path)


_CHECKERS = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "blob": _blob,
    "integer": _integer,
    "long": _integer,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
    "timestamp": _timestamp,
}
