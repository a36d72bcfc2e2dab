"""The tables of signed calls (`src/aws/signed`, `paging.rs` of the audit) are as botocore has them."""

import re
from pathlib import Path

import botocore.session
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SIGNED = ROOT / "src/aws/signed"
SESSION = botocore.session.get_session()

# The prefix of a service's actions → its name in botocore, where that is another one.
NAMES = {"access-analyzer": "accessanalyzer", "tag": "resourcegroupstaggingapi"}


def _model(prefix):
    return SESSION.get_service_model(NAMES.get(prefix, prefix))


def _services():
    text = re.sub(r"\s+", " ", (SIGNED / "service.rs").read_text())
    table = text[text.index("const SERVICES") : text.index("/// The service with a prefix.")]
    texts = ", ".join(['"([^"]+)"'] * 3)
    protocol = r"json\([^)]*\)|query\([^)]*\)|Protocol::\w+(?: \{[^}]*\})?"
    found = re.findall(rf"one\( ?{texts}, ({protocol}),? ?\)", table)
    assert len(found) == table.count("one(")
    return found


@pytest.mark.parametrize(("prefix", "service_id", "host", "protocol"), _services())
def test_service_is_spoken_to_as_its_model_says(prefix, service_id, host, protocol):
    """Id, host, protocol, version and target of each service."""
    metadata = _model(prefix).metadata
    assert (metadata["serviceId"], metadata["endpointPrefix"]) == (service_id, host)
    assert metadata.get("signingName", metadata["endpointPrefix"]) == host
    protocols = metadata.get("protocols", [metadata["protocol"]])
    words = re.findall(r'"([^"]*)"', protocol)
    if protocol.startswith("json("):
        assert "json" in protocols
        assert words == [metadata["jsonVersion"], metadata["targetPrefix"]]
    elif protocol.startswith("query("):
        assert "query" in protocols
        assert words == [metadata["apiVersion"]]
    elif "Ec2" in protocol:
        assert "ec2" in protocols
        assert words == [metadata["apiVersion"]]
    else:
        assert {"RestJson": "rest-json", "RestXml": "rest-xml"}[protocol.split("::")[1]] in protocols


def _operations():
    text = re.sub(r"\s+", " ", (SIGNED / "rest.rs").read_text())
    table = text[text.index("const OPERATIONS") : text.index("/// A request of such a service.")]
    return re.findall(r'\( ?"([^"]+)", "([^"]+)", "([^"]+)",? ?\)', table)


@pytest.mark.parametrize(("operation", "method", "path"), _operations())
def test_operation_has_the_method_and_path_of_its_model(operation, method, path):
    """Method, path, and the members in it."""
    prefix, name = operation.split(":")
    http = _model(prefix).operation_model(name).http
    assert (http["method"], http["requestUri"].rstrip("/") or "/") == (method, path.rstrip("/") or "/")


def _tokens():
    text = (ROOT / "src/audit/account/paging.rs").read_text()
    table = text[text.index("const SERVICES") : text.index("/// Operations with tokens of their own.")]
    return re.findall(r'\("([^"]+)", tokens\("([^"]+)", "([^"]+)"\)\)', table)


def _wire(shape, member):
    """The name of a member on the way."""
    found = shape.members[member]
    return found.serialization.get("name", member)


@pytest.mark.parametrize(("prefix", "given", "got"), _tokens())
def test_pages_go_on_by_the_tokens_of_the_paginators(prefix, given, got):
    """The members by which most lists of a service go on."""
    name = NAMES.get(prefix, prefix)
    try:
        paginators = SESSION.get_paginator_model(name)._paginator_config  # noqa: SLF001
    except botocore.exceptions.UnknownServiceError:
        pytest.skip("botocore has no paginators of it")
    if not paginators:
        pytest.skip("botocore has no paginators of it")
    model = _model(prefix)
    pairs = set()
    for operation, config in paginators.items():
        if not operation.startswith(("List", "Describe", "Get")):
            continue
        if isinstance(config["input_token"], list):
            continue
        shapes = model.operation_model(operation)
        one = (_wire(shapes.input_shape, config["input_token"]), config["output_token"].split(" ")[0])
        member = one[1]
        if member in shapes.output_shape.members:
            one = (one[0], _wire(shapes.output_shape, member))
        pairs.add(one)
    assert (given, got) in pairs, pairs
