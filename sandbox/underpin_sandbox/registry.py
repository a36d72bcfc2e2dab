"""Joins repairs to the operations that they repair.

A repair takes a `Call` and returns the result, in the model's names. It may let moto do the work
with `forward()`, before or after doing its own, or do all of it; a `Refusal` is AWS's error.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from .answer import Answer, parse
from .state import SETTINGS
from .wire import Request

Repair = Callable[["Call"], "dict[str, Any] | None"]
REPAIRS: dict[tuple[str, str], Repair] = {}
RESETS: list[Callable[[], None]] = []


class Passed(Exception):
    """An answer of moto's that is passed on as it is."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass
class Call:
    """A request that is being repaired."""

    request: Request
    execute: Callable[[bytes], Answer]

    @property
    def params(self) -> dict[str, Any]:
        """The parameters, in the model's names."""
        return self.request.params

    @property
    def operation(self) -> str:
        """The operation's name."""
        return self.request.operation

    @property
    def region(self) -> str:
        """The region that the request was signed for."""
        return self.request.region

    def forward(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Lets moto execute the request, with other parameters where the body is JSON."""
        body = self.request.body if params is None else json.dumps(params).encode()
        answer = self.execute(body)
        if answer.status >= 300:
            raise Passed(answer)
        return parse(self.request, answer)

    def relay(self) -> NoReturn:
        """Ends the repair with moto's own answer, untouched."""
        raise Passed(self.execute(self.request.body))

    def backend(self, backends: Any) -> Any:
        """Picks moto's backend for the sandbox's account and the call's region."""
        return backends[SETTINGS.account][self.region]


def repairs(service: str, *operations: str) -> Callable[[Repair], Repair]:
    """Registers a function as the repair of operations."""

    def register(function: Repair) -> Repair:
        for operation in operations:
            if (service, operation) in REPAIRS:
                raise AssertionError(f"{service}:{operation} is repaired twice")
            REPAIRS[service, operation] = function
        return function

    return register
