"""Writes answers in the protocol of the request: results and errors, and reads moto's back.

Knows wire formats only; what is answered is decided elsewhere.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from botocore.parsers import create_parser
from moto.core.serialize import XFormedAttributePicker, get_serializer_class

from .state import Refusal
from .wire import Request

# DynamoDB qualifies its error types; SDKs read what follows the `#`.
_ERROR_PREFIX = {
    "dynamodb": "com.amazonaws.dynamodb.v20120810#",
    "dynamodbstreams": "com.amazonaws.dynamodb.v20120810#",
}


@dataclass
class Answer:
    """A response, whole."""

    status: int
    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=list)
    error: str | None = None


def success(request: Request, result: dict[str, Any]) -> Answer:
    """Renders a result whose members bear the model's names."""
    serializer = get_serializer_class(request.service, request.protocol)(
        operation_model=request.model, value_picker=XFormedAttributePicker()
    )
    written = serializer.serialize(result)
    body = written["body"]
    headers = [(str(key), str(value)) for key, value in written["headers"].items()]
    return Answer(int(written["status_code"]), body.encode() if isinstance(body, str) else body, headers)


def parse(request: Request, answer: Answer) -> dict[str, Any]:
    """Reads a successful answer of moto's into members that bear the model's names."""
    shape = request.model.output_shape
    if shape is None:
        return {}
    headers = {key.lower(): value for key, value in answer.headers}
    parsed = create_parser(request.protocol).parse(
        {"status_code": answer.status, "headers": headers, "body": answer.body}, shape
    )
    parsed.pop("ResponseMetadata", None)
    return parsed


def failure(request: Request, refusal: Refusal) -> Answer:
    """Renders an error as the service would."""
    request_id = str(uuid.uuid4())
    headers = [("x-amzn-requestid", request_id)]
    code, message = refusal.code, refusal.message
    if request.protocol == "ec2":
        text = (
            f"<Response><Errors><Error><Code>{escape(code)}</Code><Message>{escape(message)}"
            f"</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"
        )
        headers.append(("content-type", "text/xml"))
    elif request.protocol == "query":
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code><Message>"
            f"{escape(message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        headers.append(("content-type", "text/xml"))
    elif request.protocol == "rest-json":
        text = json.dumps({"Type": "User", "message": message})
        headers += [("content-type", "application/json"), ("x-amzn-errortype", code)]
    else:
        prefix = _ERROR_PREFIX.get(request.service, "")
        if code == "ValidationException" and prefix:
            prefix = "com.amazon.coral.validate#"
        text = json.dumps({"__type": prefix + code, "message": message})
        headers.append(("content-type", "application/x-amz-json-1.0"))
    return Answer(refusal.status, text.encode(), headers, code)


def error_code(request: Request, answer: Answer) -> str | None:
    """Names the error that an answer carries, if it carries one."""
    if answer.error is not None or answer.status < 400:
        return answer.error
    for key, value in answer.headers:
        if key.lower() == "x-amzn-errortype":
            return value.split(":")[0].rsplit("#", 1)[-1]
    text = answer.body.decode(errors="replace")
    if "<Code>" in text:
        return text.split("<Code>", 1)[1].split("</Code>", 1)[0]
    try:
        return json.loads(text).get("__type", "Unknown").rsplit("#", 1)[-1]
    except (ValueError, AttributeError):
        return "Unknown"
