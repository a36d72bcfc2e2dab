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


def _typed_ec2():
    """The operations of `src/aws/ec2` and of the kinds, and the members that are read of their answers."""
    folders = [ROOT / "src/aws/ec2", ROOT / "src/kinds"]
    text = "\n".join(path.read_text() for folder in folders for path in sorted(folder.rglob("*.rs")))
    client = (ROOT / "src/aws/ec2/client.rs").read_text()
    found = set(re.findall(r'self\.(?:all|ask)\("(\w+)"', re.sub(r"\(\s+", "(", client)))
    found |= set(re.findall(r'impl Ec2Input for \w+ \{\s+const OPERATION: &\'static str = "(\w+)"', text))
    return sorted(found)


def _names_in_forms():
    text = re.sub(r"\s+", " ", (SIGNED / "form.rs").read_text())
    kept = re.search(r"const EC2_KEPT[^=]*= &\[([^\]]*)\]", text)
    others = re.search(r"const EC2_OTHERS[^=]*= &\[(.*?)\];", text)
    return re.findall(r'"(\w+)"', kept[1]), dict(re.findall(r'\("(\w+)", "(\w+)"\)', others[1]))


def _of_ec2(shape, member):
    """The name of a member in a form, as botocore's serializer has it."""
    found = shape.members[member].serialization
    name = found.get("name", member)
    return found.get("queryName", name[0].upper() + name[1:])


def _members(shape, seen=()):
    """A shape's members, and those of the shapes in it."""
    if shape.type_name == "list":
        yield from _members(shape.member, seen)
    elif shape.type_name == "structure" and shape.name not in seen:
        for member, inner in shape.members.items():
            yield shape, member
            yield from _members(inner, (*seen, shape.name))


def test_typed_calls_of_ec2_are_found():
    """Listings, the other calls, and the inputs of the kinds."""
    found = _typed_ec2()
    assert {"DescribeVpcs", "DeleteVpcEndpoints", "CreateTags", "CreateVpcEndpoint"} <= set(found)
    assert len(found) == 15


@pytest.mark.parametrize("operation", _typed_ec2())
def test_form_of_ec2_has_the_names_of_the_model(operation):
    """Every member of the input, at any depth, whether it is given or not."""
    kept, others = _names_in_forms()
    for shape, member in _members(_model("ec2").operation_model(operation).input_shape):
        name = member
        if shape.members[member].type_name == "list" and member not in kept:
            name = others.get(member, member.removesuffix("s"))
        assert name == _of_ec2(shape, member), f"{shape.name}.{member}"


def test_members_that_are_read_of_ec2_are_in_the_model():
    """Each with its type: a text, a truth value, a whole number, a part, items or texts."""
    types = {
        "text": {"string"},
        "truth": {"boolean"},
        "number": {"integer"},
        "part": {"structure"},
        "items": {"list"},
        "texts": {"list"},
    }
    answers = set()
    for operation in _typed_ec2():
        shape = _model("ec2").operation_model(operation).output_shape
        for owner, member in _members(shape) if shape else ():
            inner = owner.members[member]
            answers.add((inner.serialization.get("name", member), inner.type_name))
    # The members that AWS has added since: the pinned botocore does not have them yet.
    answers.add(("payerResponsibilitySet", "list"))
    text = "".join((ROOT / f"src/aws/ec2/{name}.rs").read_text() for name in ("answers", "client"))
    read = re.findall(r'\.(text|truth|number|part|items|texts)\(\s*"(\w+)"', text)
    read += [("items", name) for name in re.findall(r'"(\w+)", \w+::of\)\.await', text)]
    assert len(read) > 50
    wrong = [(kind, name) for kind, name in read if not any((name, one) in answers for one in types[kind])]
    assert wrong == []
