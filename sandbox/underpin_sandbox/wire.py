"""Reads requests off the wire: which service and operation, with which parameters.

Parses each protocol strictly (what no member of the model explains is kept, so that it can be
refused) and without judging; answers are written in `answer.py`.
"""

from __future__ import annotations

import functools
import gzip
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError
from moto.core.utils import get_service_model

# Where the name in the signature is not botocore's name of the service.
_BY_SIGNING_NAME = {
    "tagging": "resourcegroupstaggingapi",
    "monitoring": "cloudwatch",
    "elasticloadbalancing": "elbv2",
    "email": "ses",
    "states": "stepfunctions",
}
_BY_TARGET = {
    "DynamoDB_20120810": "dynamodb",
    "DynamoDBStreams_20120810": "dynamodbstreams",
    "AWSCognitoIdentityProviderService": "cognito-idp",
    "AnyScaleFrontendService": "application-autoscaling",
    "ResourceGroupsTaggingAPI_20170126": "resourcegroupstaggingapi",
    "Logs_20140328": "logs",
    "AmazonSQS": "sqs",
    "Kinesis_20131202": "kinesis",
    "TrentService": "kms",
}
_IGNORED_FORM_FIELDS = {"Action", "Version", "AWSAccessKeyId"}


@dataclass
class Request:
    """A request as far as it could be understood."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    service: str = "unknown"
    operation: str = "Unknown"
    region: str = "us-east-1"
    protocol: str = "rest-json"
    model: Any = None
    labels: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None
    trace: str | None = None


def read(environ: dict[str, Any], body: bytes) -> Request:
    """Understands a request; what it could not is said in `problem`."""
    headers = {
        key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ.get("PATH_INFO", "/")
    parts = urlsplit(raw)
    request = Request(environ["REQUEST_METHOD"], parts.path or "/", parts.query, headers, body)
    if headers.get("content-encoding") == "gzip":
        request.body = gzip.decompress(body)
    _identify(request)
    if request.model is None:
        return request
    try:
        request.params = _PARSERS[request.protocol](request)
    except (ValueError, KeyError) as error:
        request.problem = f"the body does not parse: {error}"
    return request


def _identify(request: Request) -> None:
    credential = re.search(
        r"Credential=[^/]*/\d*/([^/]+)/([^/]+)/aws4_request",
        request.headers.get("authorization", ""),
    )
    target, _, target_operation = request.headers.get("x-amz-target", "").rpartition(".")
    service = _BY_TARGET.get(target)
    if credential:
        request.region = credential[1]
        service = service or _BY_SIGNING_NAME.get(credential[2], credential[2])
    if service is None:
        request.problem = "no signature or target names a service"
        return
    request.service = service
    try:
        model = get_service_model(service)
    except UnknownServiceError:
        request.problem = f"no model of a service `{service}`"
        return
    if target:
        request.protocol, operation = "json", target_operation
    elif request.headers["content-type"].startswith("application/x-www-form-urlencoded"):
        request.protocol = "ec2" if model.protocol == "ec2" else "query"
        operation = dict(parse_qsl(request.body.decode())).get("Action", "")
    else:
        request.protocol = model.protocol
        operation, request.labels = _route(request)
    try:
        request.model = model.operation_model(operation)
        request.operation = operation
    except OperationNotFoundError:
        request.problem = f"`{service}` has no operation `{operation}`"
    if request.protocol not in _PARSERS:
        request.model, request.problem = None, f"protocol `{request.protocol}` is not judged"


@functools.cache
def _routes(service: str) -> list[tuple[str, str, re.Pattern[str], str]]:
    model, routes = get_service_model(service), []
    for name in model.operation_names:
        http = model.operation_model(name).http
        template, _, fixed_query = http["requestUri"].partition("?")
        template = template.rstrip("/") or "/"
        pattern = "".join(
            _label(part) if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{[^}]+\})", template)
        )
        routes.append((name, http["method"], re.compile(pattern + "/?"), fixed_query))
    # The more literal text a template has, the more it knows what it wants.
    return sorted(
        routes,
        key=lambda route: (bool(route[3]), len(re.sub(r"\(.*?\)", "", route[2].pattern))),
        reverse=True,
    )


def _label(part: str) -> str:
    name = part.strip("{}")
    inner = ".+" if name.endswith("+") else "[^/]+"
    return f"(?P<{name.rstrip('+').replace('-', '_')}>{inner})"


def _route(request: Request) -> tuple[str, dict[str, str]]:
    given = set(request.query.split("&"))
    for name, method, pattern, fixed_query in _routes(request.service):
        found = pattern.fullmatch(request.path)
        if found and method == request.method and (not fixed_query or fixed_query in given):
            if fixed_query:
                request.query = "&".join(sorted(given - {fixed_query}))
            return name, {key: unquote(value) for key, value in found.groupdict().items()}
    return "", {}


def _parse_json(request: Request) -> dict[str, Any]:
    return json.loads(request.body or b"{}")


def _parse_rest_json(request: Request) -> dict[str, Any]:
    shape = request.model.input_shape
    if shape is None:
        return {}
    labels = request.labels
    query: dict[str, list[str]] = {}
    for key, text in parse_qsl(request.query, keep_blank_values=True):
        query.setdefault(key, []).append(text)
    payload = shape.serialization.get("payload")
    params: dict[str, Any] = {}
    by_wire_name: dict[str, str] = {}
    for name, member in shape.members.items():
        wire = member.serialization.get("name", name)
        match member.serialization.get("location"):
            case "uri":
                params[name] = _scalar(member, labels[wire.replace("-", "_")])
            case "querystring" if member.type_name == "list":
                if wire in query:
                    params[name] = [_scalar(member.member, text) for text in query.pop(wire)]
            case "querystring":
                if wire in query:
                    params[name] = _scalar(member, query.pop(wire)[-1])
            case "header":
                if wire.lower() in request.headers:
                    params[name] = _scalar(member, request.headers[wire.lower()])
            case "headers":
                pass
            case _:
                by_wire_name[wire] = name
    if payload:
        if request.body:
            blob = shape.members[payload].type_name == "blob"
            params[payload] = request.body if blob else json.loads(request.body)
    elif request.body:
        for wire, value in json.loads(request.body).items():
            params[by_wire_name.get(wire, wire)] = value
    params.update({key: values[-1] for key, values in query.items() if not key.startswith("X-Amz-")})
    return params


def _scalar(shape: Any, text: str) -> Any:
    """Turns text into what the shape says it is; text that is not stays text, and is refused."""
    try:
        if shape.type_name in ("integer", "long"):
            return int(text)
        if shape.type_name in ("float", "double"):
            return float(text)
    except ValueError:
        return text
    if shape.type_name == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    return text


def _parse_form(request: Request) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, text in parse_qsl(request.body.decode(), keep_blank_values=True):
        if key in _IGNORED_FORM_FIELDS:
            continue
        node = tree
        for part in key.split("."):
            node = node.setdefault(part, {})
        node[""] = text
    shape = request.model.input_shape
    if shape is None:
        return {key: key for key in tree}
    return _from_form(shape, tree, request.protocol == "ec2")


def _form_name(name: str, member: Any, ec2: bool) -> str:
    serialization = member.serialization
    if not ec2:
        if member.type_name == "list" and serialization.get("flattened"):
            return member.member.serialization.get("name", serialization.get("name", name))
        return serialization.get("name", name)
    if "queryName" in serialization:
        return serialization["queryName"]
    wire = serialization.get("name", name)
    return wire[0].upper() + wire[1:]


def _numbered(node: dict[str, Any]) -> list[Any]:
    return [node[key] for key in sorted((k for k in node if k.isdigit()), key=int)]


def _from_form(shape: Any, node: dict[str, Any], ec2: bool) -> Any:
    kind = shape.type_name
    if kind == "structure":
        value: dict[str, Any] = {}
        left = dict(node)
        for name, member in shape.members.items():
            wire = _form_name(name, member, ec2)
            if wire in left:
                value[name] = _from_form(member, left.pop(wire), ec2)
        return value | {key: rest for key, rest in left.items() if key}
    if kind == "list":
        if not ec2 and not shape.serialization.get("flattened"):
            node = node.get(shape.member.serialization.get("name", "member"), {})
        return [_from_form(shape.member, member, ec2) for member in _numbered(node)]
    if kind == "map":
        entries = node if shape.serialization.get("flattened") else node.get("entry", {})
        return {
            entry.get("key", {}).get("", ""): _from_form(shape.value, entry.get("value", {}), ec2)
            for entry in _numbered(entries)
        }
    return _scalar(shape, node.get("", ""))


_PARSERS = {
    "json": _parse_json,
    "rest-json": _parse_rest_json,
    "query": _parse_form,
    "ec2": _parse_form,
}
