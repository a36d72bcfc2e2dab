"""Takes each request through the sandbox: read, strike, judge, execute with repairs, record.

The WSGI application around moto's own, and the server that runs it.
"""

from __future__ import annotations

import io
import re
import socket
import sys
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from . import wire
from .answer import Answer, error_code, failure, success
from .authorize import authorize
from .check import violations
from .control import PREFIX, Control
from .faults import Faults
from .journal import Journal
from .registry import REPAIRS, Call, Passed
from .repairs import install
from .state import LOCK, SETTINGS, Refusal


class Sandbox:
    """The WSGI application."""

    def __init__(self, log: Path | None) -> None:
        install()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._journal = Journal(log)
        self._faults = Faults()
        self._control = Control(self._journal, self._faults)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Serves one request."""
        body = _read_body(environ)
        path = environ.get("PATH_INFO", "/")
        if path.startswith(PREFIX):
            answer = self._control.answer(environ["REQUEST_METHOD"], path, body)
        elif path.startswith("/moto-api"):
            answer = self._run_moto(environ, body)
        else:
            answer = self._serve(environ, body)
        replaced = ("content-length", "connection")
        headers = [(key, value) for key, value in answer.headers if key.lower() not in replaced]
        # moto writes `{}` where AWS writes nothing.
        written = b"" if answer.status == 204 else answer.body
        if answer.status != 204:
            headers.append(("content-length", str(len(written))))
        start_response(f"{answer.status} {_REASONS.get(answer.status, 'Status')}", headers)
        return [written]

    def _serve(self, environ: dict[str, Any], body: bytes) -> Answer:
        request = wire.read(environ, body)
        fault = self._faults.strike(request)
        if fault is not None and fault.delay_ms:
            time.sleep(fault.delay_ms / 1000)
        invalid = _judge(request)
        if fault is not None and fault.refuses:
            answer = failure(
                request,
                Refusal(
                    fault.code or "InternalFailure",
                    fault.message or "a fault that was asked for",
                    fault.status or 400,
                ),
            )
        elif invalid is not None:
            answer = failure(request, Refusal(_validation_code(request), invalid))
        else:
            with LOCK:
                answer = self._execute(environ, request)
        error = error_code(request, answer)
        struck = None if fault is None else (fault.code or ("drop" if fault.drop else "delay"))
        if fault is not None and fault.drop:
            self._journal.record(request, 0, "ConnectionDropped", invalid=invalid, fault=struck)
            _drop(environ)
        self._journal.record(request, answer.status, error, invalid=invalid, fault=struck)
        return answer

    def _execute(self, environ: dict[str, Any], request: wire.Request) -> Answer:
        repair = REPAIRS.get((request.service, request.operation)) if request.model else None
        try:
            authorize(request)
            if repair is None:
                return self._run_moto(environ, request.body, request)
            call = Call(request, lambda body: self._run_moto(environ, body, request))
            return success(request, repair(call) or {})
        except Refusal as refusal:
            return failure(request, refusal)
        except Passed as passed:
            return passed.answer
        except Exception:
            # A bug of the sandbox's must be seen as one, in the caller's own protocol.
            request.trace = traceback.format_exc()
            message = f"the sandbox failed: {sys.exc_info()[1]!r}"
            return failure(request, Refusal("SandboxFailure", message, 501))

    def _run_moto(self, environ: dict[str, Any], body: bytes, request: wire.Request | None = None) -> Answer:
        inner = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        inner.pop("HTTP_TRANSFER_ENCODING", None)
        inner.pop("HTTP_CONTENT_ENCODING", None)
        seen: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
            seen.append((status, headers))

        try:
            chunks = self._moto(inner, start_response)
            answer_body = b"".join(chunks)
        except NotImplementedError:
            if request is None:
                raise
            return _not_implemented(request)
        status, headers = seen[-1]
        # A page means that moto has no route for the path.
        if request is not None and answer_body.startswith(b"<!doctype html>"):
            return _not_implemented(request)
        return Answer(int(status.split(" ", 1)[0]), answer_body, headers)


def _not_implemented(request: wire.Request) -> Answer:
    name = f"{request.service}:{request.operation}"
    message = f"the sandbox's emulator does not have {name}"
    return failure(request, Refusal("SandboxNotImplemented", message, 501))


def _judge(request: wire.Request) -> str | None:
    """Says what AWS would find wrong with a request before looking at any resource."""
    if request.problem is not None and (SETTINGS.strict or request.model is not None):
        return request.problem
    if request.model is None or request.model.input_shape is None:
        return None
    found = list(violations(request.model.input_shape, request.params))
    if not found:
        return None
    noun = "error" if len(found) == 1 else "errors"
    return f"{len(found)} validation {noun} detected: {'; '.join(found)}"


def _validation_code(request: wire.Request) -> str:
    if request.problem is not None:
        return "SerializationException"
    if request.protocol == "ec2":
        return "InvalidParameterValue"
    return "ValidationError" if request.protocol == "query" else "ValidationException"


def _read_body(environ: dict[str, Any]) -> bytes:
    length = environ.get("CONTENT_LENGTH")
    if length:
        return environ["wsgi.input"].read(int(length))
    return environ["wsgi.input"].read() if environ.get("wsgi.input_terminated") else b""


def _drop(environ: dict[str, Any]) -> None:
    """Closes the connection without an answer; the server takes the error for a lost client."""
    connection = environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("dropped on demand")


_REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    400: "Bad Request",
    404: "Not Found",
}


class _QuietHandler(WSGIRequestHandler):
    """Leaves the standard streams to the launcher: the log of requests is kept elsewhere."""

    def log_request(self, *_: Any) -> None:
        """Logs nothing."""


def build_server(host: str, port: int, log: Path | None) -> BaseWSGIServer:
    """Makes the server; it accepts connections from here on."""
    if not re.fullmatch(r"127\.\d+\.\d+\.\d+", host):
        raise ValueError("the sandbox listens on loopback only")
    return make_server(host, port, Sandbox(log), threaded=True, request_handler=_QuietHandler)
