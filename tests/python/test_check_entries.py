"""What the entries of checks say about other tools and about AWS's command line is true."""

import json
import re
import shlex
from pathlib import Path

import botocore.session
import pytest
import yaml
from botocore import xform_name
from botocore.validate import ParamValidator
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
ENTRIES = {
    file.parent.name: yaml.safe_load(file.read_text(encoding="utf-8"))
    for file in sorted((ROOT / "policies/config").glob("*/entry.yaml"))
}
SESSION = botocore.session.get_session()
MODELS: dict = {}


def ids(tool: str) -> set[str]:
    """The ids of a tool's checks; the first line says of which version."""
    lines = (ROOT / f"tests/data/checks/{tool}.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(f"# {tool} ")
    return set(lines[1:])


@pytest.mark.parametrize("tool", ["prowler", "checkov"])
def test_identifiers_exist_in_the_pinned_version(tool):
    known = ids(tool)
    assert len(known) > 400
    unknown = {name: set(entry.get(tool, [])) - known for name, entry in ENTRIES.items()}
    assert not {name: found for name, found in unknown.items() if found}


def model(service: str):
    """The model of a service, as botocore has it."""
    if service not in MODELS:
        MODELS[service] = SESSION.get_service_model(service)
    return MODELS[service]


def split(text: str) -> list[str]:
    """The parts between commas that are in no brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def shorthand(text: str, shape):
    """A value in the shorthand of AWS's command line: `A=1,B=x,y`."""
    if shape.type_name in ("structure", "map") and text.startswith("{"):
        text = text[1:-1]
    if shape.type_name == "structure":
        return members(text, lambda key: shape.members[key])
    if shape.type_name == "map":
        return members(text, lambda _: shape.value)
    if shape.type_name == "list" and text.startswith("[{"):
        return [shorthand(one, shape.member) for one in split(text[1:-1])]
    if shape.type_name == "list":
        # A mapping in a list is written without brackets: `Key=a,Value=b`.
        if shape.member.type_name in ("structure", "map"):
            return [shorthand(text, shape.member)]
        return [scalar(one, shape.member) for one in split(text.strip("[]"))]
    return scalar(text, shape)


def members(text: str, shape_of) -> dict:
    """The members of a mapping; a part without a key goes on with the list before."""
    found: dict[str, str] = {}
    for part in split(text):
        key, equals, value = part.partition("=")
        if equals:
            found[key] = value
        else:
            found[list(found)[-1]] += f",{part}"
    return {key: shorthand(value, shape_of(key)) for key, value in found.items()}


def scalar(text: str, shape):
    """A text, number or truth value."""
    if shape.type_name in ("integer", "long"):
        return int(text)
    if shape.type_name in ("float", "double"):
        return float(text)
    if shape.type_name == "boolean":
        return {"true": True, "false": False}[text.lower()]
    if shape.type_name == "timestamp":
        return text
    assert shape.type_name in ("string", "blob"), shape.type_name
    allowed = getattr(shape, "enum", None)
    assert not allowed or text in allowed, f"`{text}` is none of {allowed}"
    return text


def values(words: list[str], shape):
    """The value of an option, from its words."""
    (first, *rest) = words
    if first.startswith("file://"):
        return "x" * 1000
    if first.startswith(("{", "[")) and not rest and shape.type_name in ("structure", "list", "map"):
        return json.loads(first)
    if shape.type_name == "list" and rest:
        return [value for word in words for value in shorthand(word, shape)]
    assert not rest, words
    return shorthand(first, shape)


def request(operation, words: list[str]) -> dict:
    """The request that the options stand for."""
    known = {xform_name(name, "-"): name for name in operation.input_shape.members}
    found, at = {}, 0
    while at < len(words):
        option = words[at]
        assert option.startswith("--"), f"`{option}` is no option"
        end = next((n for n in range(at + 1, len(words)) if words[n].startswith("--")), len(words))
        # `--no-x` is the opposite of the truth value `--x`.
        name = option[2:] if option[2:] in known else option[5:] if option.startswith("--no-") else option[2:]
        if name in EVERYWHERE or (operation.name, name) in OF_THE_COMMAND_LINE:
            at = end
            continue
        assert name in known, f"`{option}` is no option of {operation.name}"
        shape = operation.input_shape.members[known[name]]
        if shape.type_name == "boolean" and end == at + 1:
            found[known[name]] = not option.startswith("--no-") or name == option[2:]
        elif option == "--value" and shape.type_name == "structure" or set(shape_members(shape)) == {"Value"}:
            found[known[name]] = {"Value": True}
        else:
            found[known[name]] = values(words[at + 1 : end], shape)
        at = end
    return found


# Options of every call that stand in its entries.
EVERYWHERE = {"region", "query", "output"}
# Options that only the command line has: it puts them into another one, or gives them another name.
OF_THE_COMMAND_LINE = {
    ("PutConfigurationRecorder", "recording-group"),
    ("Subscribe", "notification-endpoint"),
}

# Words that stand for a value of some form.
STAND_INS = [
    (re.compile(r"\b(?:[A-Z]+_)*ARN\b"), "arn:aws:iam::123456789012:role/example"),
    (re.compile(r"\bKEY_ID\b"), "AKIAIOSFODNN7EXAMPLE"),
    (re.compile(r"\bCODE\b"), "123456"),
]


def shape_members(shape) -> list[str]:
    """The members of a structure; none of anything else."""
    return list(getattr(shape, "members", {}) or {})


def mistakes(call: str) -> str:
    """The reason why a call of AWS's command line is not one; empty if it is."""
    for stand_in, value in STAND_INS:
        call = stand_in.sub(value, call)
    words = shlex.split(call)
    if words[:1] != ["aws"] or len(words) < 3:
        return "it is not of the form `aws SERVICE OPERATION --options`"
    service, name = {"configservice": "config", "s3api": "s3"}.get(words[1], words[1]), words[2]
    try:
        operations = {xform_name(one, "-"): one for one in model(service).operation_names}
        if name not in operations:
            return f"{service} has no operation `{name}`"
        operation = model(service).operation_model(operations[name])
        if operation.input_shape is None:
            own = [word for word in words[3:] if word.startswith("--") and word[2:] not in EVERYWHERE]
            return "" if not own else "it takes no options"
        return (
            ParamValidator().validate(request(operation, words[3:]), operation.input_shape).generate_report()
        )
    except (AssertionError, KeyError, ValueError, botocore.exceptions.UnknownServiceError) as error:
        return f"{type(error).__name__}: {error}"


def calls(entry: dict) -> list[str]:
    """The calls of an entry, one a line."""
    return [line for line in entry.get("cli", "").splitlines() if line.strip()]


@pytest.mark.parametrize("name", ENTRIES)
def test_cli_is_a_call_that_botocore_knows(name):
    entry = ENTRIES[name]
    assert calls(entry) or entry.get("yaml") or entry.get("remediation"), "nothing says how to correct it"
    wrong = {call: why for call in calls(entry) if (why := mistakes(call))}
    assert not wrong


@pytest.mark.parametrize(
    "call",
    [
        "dynamodb update-table --table-name NAME",
        "aws dynamodb update-tables --table-name NAME",
        "aws dynamo update-table --table-name NAME",
        "aws dynamodb update-table --deletion-protection-enabled",
        "aws dynamodb update-table --table-name NAME --deletion-protected",
        "aws dynamodb update-table --table-name NAME --billing-mode ON_DEMAND",
        "aws dynamodb update-table --table-name NAME --sse-specification Enable=true",
        "aws lambda put-function-concurrency --function-name NAME --reserved-concurrent-executions many",
        """aws lambda update-function-configuration --function-name NAME --environment '{"Vars": {}}'""",
    ],
)
def test_wrong_call_is_found(call):
    assert mistakes(call)


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if "yaml" in entry])
def test_yaml_is_a_part_of_a_stack(name):
    """The schema of a stack takes it, but for properties that stand elsewhere in the user's file."""
    schema = json.loads((ROOT / "schema/stack.schema.json").read_text(encoding="utf-8"))
    kind = ENTRIES[name]["resource_types"][0]
    # A stack is YAML 1.2, where `off` is a text.
    part = YAML(typ="safe", pure=True).load(filled(ENTRIES[name]["yaml"], NAMES.get(kind, "t")))
    wrong = [
        (list(error.absolute_path), error.message)
        for error in Draft202012Validator(schema).iter_errors(part)
        if not only_missing(error)
    ]
    assert not wrong


# The form of a resource's name, where it is an id.
NAMES = {"AWS::EC2::VPC": "vpc-11111111"}


def filled(text: str, name: str) -> str:
    """The lines with the values of a resource, as the report shows them."""
    words = {"ARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/t", "REGION": "eu-central-1"}
    words |= {"ACCOUNT": "123456789012", "NAME": name}
    return re.sub(rf"\b({'|'.join(words)})\b", lambda found: words[found[0]], text)


def only_missing(error) -> bool:
    """Is something missing, and nothing wrong?"""
    if error.validator == "required":
        return True
    if error.validator in ("anyOf", "oneOf"):
        alternatives: dict = {}
        for inner in error.context:
            alternatives.setdefault(inner.schema_path[0], []).append(inner)
        return any(all(only_missing(inner) for inner in one) for one in alternatives.values())
    return False


CHECKS = {name: entry for name, entry in ENTRIES.items() if "area" in entry}


@pytest.mark.parametrize("name", CHECKS)
def test_every_entry_says_risk_reason_and_correction(name):
    entry = CHECKS[name]
    for key in ("risk", "severity_reason", "remediation", "fix"):
        assert entry.get(key), key
    assert entry["fix"] in ("auto", "manual", "replace")
    assert entry["risk"].endswith("."), "a risk is one or two sentences"
    assert not entry["severity_reason"].endswith("."), "a reason is a part of a sentence"
    assert set(entry.get("cis", {})) <= {"1.5", "3.0", "5.0"}
    assert not entry.get("fsbp") or entry.get("security_hub"), "FSBP is a set of Security Hub's controls"
    text = entry.get("cli", "") + entry.get("yaml", "")
    assert not re.search(r"\b\d{12}\b", text), "an account of an example is `ACCOUNT`"
