"""The process in which a function's code runs, with the interface of Lambda's runtime for Python.

Run as a script: its first line of standard input says which handler to load, each further one holds
an invocation, and it answers each with a line on what was standard output. From then on whatever the
function prints, to either stream, is its log. It imports nothing of ours, so that no module of the
function's is mistaken for one of ours.
"""

from __future__ import annotations

import decimal
import importlib
import json
import logging
import os
import sys
import threading
import time
import traceback
from typing import Any


class Identity:
    """The identity of a mobile caller: none here."""

    cognito_identity_id = None
    cognito_identity_pool_id = None


class Context:
    """The context of an invocation. Source: Lambda Developer Guide, "Using the Lambda context object"."""

    function_version = "$LATEST"
    log_stream_name = "local"
    client_context = None

    def __init__(self, start: dict[str, Any], call: dict[str, Any]) -> None:
        self.function_name = start["name"]
        self.invoked_function_arn = start["arn"]
        self.memory_limit_in_mb = str(start["memory"])
        self.log_group_name = f"/aws/lambda/{start['name']}"
        self.aws_request_id = call["request_id"]
        self.identity = Identity()
        self._deadline = time.monotonic() + start["timeout"]

    def get_remaining_time_in_millis(self) -> int:
        """The time until the invocation is ended."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


class LogHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """The log of the root logger, which Lambda sets up before the code is loaded."""

    request_id = ""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S"
        )
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a record with the id of its request."""
        record.aws_request_id = self.request_id
        super().emit(record)


class LoadError(Exception):
    """The handler can't be loaded; `kind` is Lambda's name for the reason."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def load(handler: str) -> Any:
    """Imports the handler. The kinds and words of the errors are those of Lambda's runtime."""
    if "." not in handler:
        raise LoadError("Runtime.MalformedHandlerName", f"Bad handler '{handler}': it is no `file.function`")
    name, _, function = handler.rpartition(".")
    module_name = name.replace("/", ".")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise LoadError(
            "Runtime.ImportModuleError", f"Unable to import module '{module_name}': {error}"
        ) from error
    except SyntaxError as error:
        raise LoadError(
            "Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}"
        ) from error
    try:
        return getattr(module, function)
    except AttributeError:
        message = f"Handler '{function}' missing on module '{module_name}'"
        raise LoadError("Runtime.HandlerNotFound", message) from None


def failure(error: BaseException) -> dict[str, Any]:
    """An error in Lambda's form, with the traceback of the function's own frames as Python prints it."""
    kind = type(error).__name__
    shown: BaseException | None = error
    if isinstance(error, LoadError):
        kind, shown = error.kind, error.__cause__
    trace = ""
    frames: list[str] = []
    if shown is not None:
        told = traceback.TracebackException.from_exception(shown)
        part: traceback.TracebackException | None = told
        while part is not None:
            own = [frame for frame in part.stack if not _is_ours(frame.filename)]
            part.stack = traceback.StackSummary.from_list(own)
            part = part.__cause__ or (None if part.__suppress_context__ else part.__context__)
        trace, frames = "".join(told.format()), told.stack.format()
    return {"errorMessage": str(error), "errorType": kind, "stackTrace": frames, "traceback": trace}


def _is_ours(file: str) -> bool:
    return file == __file__ or file.startswith("<frozen importlib")


def encode(answer: Any) -> str:
    """The handler's answer as JSON; decimal numbers, which boto3 gives, are numbers."""

    def plain(value: Any) -> Any:
        if isinstance(value, decimal.Decimal):
            return int(value) if value == value.to_integral_value() else float(value)
        raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")

    return json.dumps(answer, default=plain, allow_nan=False)


def respond(handler: Any, start: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    """Runs one invocation."""
    try:
        answer = handler(json.loads(call["payload"]), Context(start, call))
    except Exception as error:  # noqa: BLE001
        return {"error": failure(error)}
    try:
        return {"answer": encode(answer)}
    except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
        message = f"Unable to marshal response: {error}"
        return {"error": failure(LoadError("Runtime.MarshalError", message))}


def main() -> None:
    """Loads the handler and runs invocations until standard input ends."""
    calls = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with open(os.devnull, encoding="utf-8") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)

    def tell(answer: dict[str, Any]) -> None:
        print(json.dumps(answer), file=answers, flush=True)

    start = json.loads(calls.readline())
    # Python puts the folder of this script first; Lambda puts the code there.
    sys.path[0] = start["task"]
    log = LogHandler()
    logging.getLogger().addHandler(log)
    try:
        handler = load(start["handler"])
    except Exception as error:  # noqa: BLE001
        tell({"error": failure(error)})
        return
    tell({"ready": True})
    lines: list[str] = []
    arrived = threading.Condition()

    def read() -> None:
        for line in calls:
            with arrived:
                lines.append(line)
                arrived.notify()
        # Whoever wanted an answer has gone, even if the handler is still at work.
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        with arrived:
            arrived.wait_for(lambda: lines)
            call = json.loads(lines.pop(0))
        log.request_id = call["request_id"]
        tell(respond(handler, start, call))


if __name__ == "__main__":
    main()
