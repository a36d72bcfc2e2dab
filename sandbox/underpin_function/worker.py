"""The process that runs a function's code: started when needed, ended with its timeout, and started anew."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .job import Function

# The time for loading the code, on top of the function's own timeout: Lambda allows 10 s for it, and
# the function's timeout when that was not enough. Source: Lambda Developer Guide, "Understanding the
# Lambda execution environment lifecycle".
LOADING_SECONDS = 10.0
# In bytes. Source: Lambda Developer Guide, "Lambda quotas": 6 MB each way for a synchronous invocation.
LARGEST_ANSWER = 6_291_556


@dataclass(frozen=True)
class Outcome:
    """How an invocation ended: with an answer (JSON) or with an error in Lambda's form."""

    request_id: str
    seconds: float
    answer: str | None = None
    error: dict[str, Any] | None = None

    def fields(self) -> dict[str, Any]:
        """The fields of an event."""
        milliseconds = round(self.seconds * 1000)
        return {
            "request_id": self.request_id,
            "milliseconds": milliseconds,
            "answer": self.answer,
            "error": self.error,
        }


class Worker:
    """Runs invocations one after the other."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._lock = threading.Lock()
        self._closed = False

    def invoke(self, event: str) -> Outcome:
        """Runs the handler with an event, given as JSON."""
        request_id = str(uuid.uuid4())
        timeout = self.function.timeout
        if self._process is None:
            loaded = self._start(LOADING_SECONDS + timeout)
            if loaded is not None:
                return Outcome(request_id, 0.0, error=self._placed(loaded))
        begin = time.monotonic()
        self._send({"request_id": request_id, "payload": event})
        answer = self._receive(timeout, f"Task timed out after {timeout:.2f} seconds")
        seconds = time.monotonic() - begin
        if "error" in answer:
            return Outcome(request_id, seconds, error=self._placed(answer["error"]))
        if len(answer["answer"].encode()) > LARGEST_ANSWER:
            message = f"Response payload size exceeded maximum allowed payload size ({LARGEST_ANSWER} bytes)."
            return Outcome(request_id, seconds, error=_error("Function.ResponseSizeTooLarge", message))
        return Outcome(request_id, seconds, answer=answer["answer"])

    def close(self) -> None:
        """Ends the process, whatever it is doing."""
        with self._lock:
            self._closed = True
        self._end()

    def _start(self, limit: float) -> dict[str, Any] | None:
        """Starts the process and loads the code; returns the error if that fails."""
        function = self.function
        answers: queue.Queue[dict[str, Any] | None] = queue.Queue()
        with self._lock:
            if self._closed:
                return _error("Runtime.ExitError", "the invocation was ended before it began")
            process = subprocess.Popen(
                [sys.executable, "-u", str(Path(__file__).with_name("runtime.py"))],
                cwd=function.task,
                env=function.variables(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
                # Ctrl-C is for whoever waits for the answer.
                start_new_session=True,
            )
            self._process, self._answers = process, answers

        def read() -> None:
            assert process.stdout is not None
            with process.stdout:
                for line in process.stdout:
                    answers.put(json.loads(line))
            answers.put(None)

        threading.Thread(target=read, daemon=True).start()
        start = {
            "handler": function.handler,
            "name": function.name,
            "arn": function.arn,
            "memory": function.memory,
            "timeout": function.timeout,
            "task": str(function.task),
        }
        self._send(start)
        loaded = self._receive(limit, f"the code was not loaded within {limit:.0f} seconds")
        if "error" in loaded:
            self._end()
            return loaded["error"]
        return None

    def _send(self, line: dict[str, Any]) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        # Where it has ended, this is seen when its answer is waited for.
        with contextlib.suppress(OSError):
            process.stdin.write(json.dumps(line) + "\n")
            process.stdin.flush()

    def _receive(self, limit: float, late: str) -> dict[str, Any]:
        try:
            answer = self._answers.get(timeout=limit)
        except queue.Empty:
            self._end()
            return {"error": _error("Sandbox.Timedout", late)}
        if answer is not None:
            return answer
        process = self._process
        if process is not None:
            # Its output has ended, and so does it.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
        status = self._end()
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        return {"error": _error("Runtime.ExitError", f"Runtime exited with error: {how}")}

    def _end(self) -> int:
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return 0
        status = process.poll()
        # With it goes whatever it has started: its session is its own.
        if hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        ended = process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        return ended if status is None else status

    def _placed(self, error: dict[str, Any]) -> dict[str, Any]:
        at_source = self.function.at_source
        frames = [at_source(frame) for frame in error["stackTrace"]]
        return error | {"stackTrace": frames, "traceback": at_source(error["traceback"])}


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"errorMessage": message, "errorType": kind, "stackTrace": [], "traceback": ""}
