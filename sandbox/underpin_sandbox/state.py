"""Holds what the parts of the sandbox share: settings, the one lock, and the refusal of a request."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field


@dataclass
class Settings:
    """What the command line chose."""

    account: str = "123456789012"
    strict: bool = False
    authorize: bool = False
    slow: float = 0.0
    ttl_cooldown: float = 0.0


SETTINGS = Settings()

# moto's backends are plain dictionaries: requests are executed one at a time.
LOCK = threading.RLock()


class Refusal(Exception):
    """An error as AWS would answer it: rendered in the protocol of the request."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


@dataclass
class Phase:
    """A state that passes by itself, such as CREATING: only ever seen with `--slow`."""

    name: str = ""
    until: float = field(default=0.0)

    def start(self, name: str) -> None:
        """Enters the state for as long as the settings say."""
        self.name = name
        self.until = time.monotonic() + SETTINGS.slow

    def current(self) -> str | None:
        """Names the state while it lasts."""
        return self.name if self.name and time.monotonic() < self.until else None

    def ended(self, name: str) -> bool:
        """Tells whether the state was entered and is over."""
        return self.name == name and self.current() is None
