"""Runs a function's own code on this machine: for one event, or for what a table's stream brings.

Responsible for the protocol with whoever started it: the job is one JSON object in the first line of
standard input, events are JSON lines on standard output, and what the function logs is standard
error. When standard input ends, so does the job: after the invocation under way if a stream is read.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from underpin_function.job import Function, Job
from underpin_function.protocol import JobError, emit
from underpin_function.worker import Worker


def clear_environment() -> None:
    """Takes away what could lead a request of ours off this machine, or sign it as the user."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.upper().endswith("_PROXY"):
            del os.environ[name]
    os.environ.update(
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )


def invoke(function: Function, event: str, stop: threading.Event) -> None:
    """Runs the handler once and reports how it ended."""
    worker = Worker(function)
    threading.Thread(target=lambda: (stop.wait(), worker.close()), daemon=True).start()
    outcome = worker.invoke(event)
    worker.close()
    emit("invocation", **outcome.fields())


def main() -> int:
    """Reads the job and carries it out."""
    job = Job.parse(json.loads(sys.stdin.readline()))
    clear_environment()
    stop = threading.Event()

    def wait_for_end() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=wait_for_end, daemon=True).start()
    try:
        emit("python", version=f"{sys.version_info.major}.{sys.version_info.minor}")
        job.function.unpack()
        if job.event is not None:
            invoke(job.function, job.event, stop)
        else:
            from underpin_function.watch import watch

            watch(job, stop)
    except JobError as error:
        report: dict[str, Any] = {"message": error.message, "hint": error.hint}
        emit("failed", **report)
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # A thread may still wait for standard input, which nothing else ends.
    os._exit(code)
