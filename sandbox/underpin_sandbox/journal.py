"""Keeps the log of requests: in memory for the control API, and appended to a file as JSON lines.

A line never holds a secret: what the model marks sensitive, and every blob, is elided.
"""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any, TextIO

from .wire import Request

_READING = (
    "AdminGet",
    "AdminList",
    "BatchGet",
    "Check",
    "Decode",
    "Describe",
    "Discover",
    "Estimate",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Preview",
    "Query",
    "Scan",
    "Search",
    "Select",
    "Simulate",
    "TransactGet",
    "Validate",
)


# Parameters that may hold personal data, though no model marks them: a filter on an e-mail address.
_PERSONAL = {("cognito-idp", "ListUsers"): "Filter"}


def is_mutating(operation: str) -> bool:
    """Tells whether an operation changes anything, by its name; in doubt it does."""
    return not operation.startswith(_READING)


def elide(shape: Any, value: Any) -> Any:
    """Copies parameters without what must not be written down."""
    if shape is None or value is None:
        return value
    kind = shape.type_name
    if kind == "blob":
        return f"({len(value)} characters of a blob)"
    if shape.metadata.get("sensitive"):
        return "(sensitive)"
    if kind == "structure" and isinstance(value, dict):
        return {key: elide(shape.members.get(key), item) for key, item in value.items()}
    if kind == "list" and isinstance(value, list):
        return [elide(shape.member, item) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: elide(shape.value, item) for key, item in value.items()}
    return value


class Journal:
    """The log."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._lines: list[str] = []
        self._sequence = 0
        self._file: TextIO | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8")

    def record(self, request: Request, status: int, error: str | None, **more: Any) -> None:
        """Adds one request; `more` holds `invalid` and `fault` where there is one."""
        more["trace"] = request.trace
        shape = request.model.input_shape if request.model is not None else None
        params = elide(shape, request.params)
        personal = _PERSONAL.get((request.service, request.operation))
        if personal and isinstance(params, dict) and personal in params:
            params[personal] = "(sensitive)"
        with self._lock:
            self._sequence += 1
            entry = {
                "sequence": self._sequence,
                "time": round(time.time(), 3),
                "service": request.service,
                "operation": request.operation,
                "region": request.region,
                "params": params,
                "status": status,
                "error": error,
                "mutating": is_mutating(request.operation),
                **{key: value for key, value in more.items() if value is not None},
            }
            line = json.dumps(entry, default=str)
            self._lines.append(line)
            if self._file is not None:
                self._file.write(line + "\n")
                self._file.flush()

    def text(self) -> str:
        """Returns the log as JSON lines."""
        with self._lock:
            return "".join(line + "\n" for line in self._lines)

    def clear(self) -> None:
        """Forgets what was logged, in the file as well."""
        with self._lock:
            self._lines.clear()
            self._sequence = 0
            if self._file is not None:
                self._file.seek(0)
                self._file.truncate()
