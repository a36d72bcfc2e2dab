"""Breaks requests on demand, so that tests can see what happens then.

A fault matches by service and operation and counts its matches. It fires from the `nth` on, `times`
times; without `times` it fires once if it has an `nth`, and else whenever it matches. It answers an
error without executing the request, delays it, or executes it and drops the connection, so that the
response is lost.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from typing import Any

from .wire import Request


@dataclass
class Fault:
    """What to do to which request."""

    service: str | None = None
    operation: str | None = None
    nth: int | None = None
    times: int | None = None
    status: int | None = None
    code: str | None = None
    message: str | None = None
    delay_ms: int = 0
    drop: bool = False
    matched: int = 0
    fired: int = 0

    def fires(self, request: Request) -> bool:
        """Counts a request, and tells whether it is struck; `times` of nought has no end."""
        if self.service not in (None, "*", request.service):
            return False
        if self.operation not in (None, "*", request.operation):
            return False
        self.matched += 1
        if self.matched < (self.nth or 1):
            return False
        limit = (1 if self.nth else 0) if self.times is None else self.times
        if limit and self.fired >= limit:
            return False
        self.fired += 1
        return True

    @property
    def refuses(self) -> bool:
        """Tells whether the request is answered with an error instead of being executed."""
        return self.status is not None or self.code is not None


_SETTABLE = {f.name for f in fields(Fault)} - {"matched", "fired"}


class Faults:
    """The faults that are set."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, described: Any) -> int:
        """Adds faults to those that are set; a `ValueError` says what is wrong with one."""
        entries = described if isinstance(described, list) else [described]
        added = []
        for entry in entries:
            if not isinstance(entry, dict):
                raise ValueError("a fault is an object")
            unknown = set(entry) - _SETTABLE
            if unknown:
                raise ValueError(f"a fault has no {', '.join(sorted(unknown))}")
            added.append(Fault(**{key: value for key, value in entry.items() if value is not None}))
        with self._lock:
            self._faults += added
            return len(self._faults)

    def clear(self) -> None:
        """Sets none."""
        with self._lock:
            self._faults.clear()

    def strike(self, request: Request) -> Fault | None:
        """Returns the first fault that fires for a request."""
        with self._lock:
            return next((fault for fault in self._faults if fault.fires(request)), None)

    def state(self) -> list[dict[str, Any]]:
        """Describes the faults and how often each has fired."""
        with self._lock:
            return [vars(fault).copy() for fault in self._faults]
