"""Serves the control API under /_underpin/: health, reset, authorisation, the log and the faults."""

from __future__ import annotations

import importlib.metadata
import json
import os
from collections.abc import Callable
from typing import Any

from .answer import Answer
from .check import SKIPPED_PATTERNS
from .faults import Faults
from .journal import Journal
from .registry import RESETS
from .state import LOCK, SETTINGS

PREFIX = "/_underpin/"


class Control:
    """The control API."""

    def __init__(self, journal: Journal, faults: Faults) -> None:
        self._journal = journal
        self._faults = faults
        self._routes: dict[tuple[str, str], Callable[[bytes], Answer]] = {
            ("GET", "health"): self._health,
            ("GET", "requests"): self._requests,
            ("GET", "patterns"): lambda _: _json({"skipped": SKIPPED_PATTERNS}),
            ("GET", "faults"): lambda _: _json(self._faults.state()),
            ("POST", "reset"): self._reset,
            ("POST", "authorize"): self._authorize,
            ("POST", "log/clear"): self._clear_log,
            ("POST", "faults"): self._add_faults,
            ("DELETE", "faults"): self._clear_faults,
        }

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """Answers one request."""
        route = self._routes.get((method, path.removeprefix(PREFIX).rstrip("/")))
        if route is None:
            return _json({"ok": False, "error": f"no {method} {path}"}, 404)
        return route(body)

    def _health(self, _: bytes) -> Answer:
        return _json(
            {
                "ok": True,
                "moto": importlib.metadata.version("moto"),
                "pid": os.getpid(),
                "account": SETTINGS.account,
                "authorize": SETTINGS.authorize,
            }
        )

    def _requests(self, _: bytes) -> Answer:
        body = self._journal.text().encode()
        return Answer(200, body, [("content-type", "application/x-ndjson")])

    def _reset(self, _: bytes) -> Answer:
        from moto.moto_api._internal import moto_api_backend

        with LOCK:
            moto_api_backend.reset()
            for reset in RESETS:
                reset()
        self._journal.clear()
        self._faults.clear()
        return _json({"ok": True})

    def _authorize(self, body: bytes) -> Answer:
        if body not in (b"true", b"false"):
            return _json({"ok": False, "error": "say true or false"}, 400)
        SETTINGS.authorize = body == b"true"
        return _json({"ok": True})

    def _clear_log(self, _: bytes) -> Answer:
        self._journal.clear()
        return _json({"ok": True})

    def _add_faults(self, body: bytes) -> Answer:
        try:
            return _json({"ok": True, "faults": self._faults.add(json.loads(body))})
        except (ValueError, TypeError) as error:
            return _json({"ok": False, "error": str(error)}, 400)

    def _clear_faults(self, _: bytes) -> Answer:
        self._faults.clear()
        return _json({"ok": True})


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), [("content-type", "application/json")])
