"""The events that a job reports: one JSON object a line, on standard output."""

from __future__ import annotations

import json
import threading
from typing import Any

_lock = threading.Lock()


class JobError(Exception):
    """The job can't be carried out, for a reason outside of the function's code."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def emit(event: str, **fields: Any) -> None:
    """Reports an event."""
    line = json.dumps({"event": event, **fields})
    with _lock:
        print(line, flush=True)
