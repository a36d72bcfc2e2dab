"""What the entries of checks say about other tools and about AWS's command line is true."""

import json
import re
import shlex
from pathlib import Path

import botocore.session
import jmespath
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
        return "x" * 1000 if shape.type_name in ("string", "blob") else FILE
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


# What a file gives, whose content nobody knows here.
FILE = object()

# Options of every call that stand in its entries.
EVERYWHERE = {"region", "query", "output", "cli-input-json"}
# Options that only the command line has: it puts them into another one, or gives them another name.
OF_THE_COMMAND_LINE = {
    ("PutConfigurationRecorder", "recording-group"),
    ("Subscribe", "notification-endpoint"),
}

# Words in brackets that stand for a value of some form; any other stands for a name.
STAND_INS = [
    (re.compile(r"<KEY-ARN>|<REPLICA-KEY-ARN>"), "arn:aws:kms:eu-central-1:123456789012:key/k"),
    (re.compile(r"<DESTINATION-ARN>"), "arn:aws:sqs:eu-central-1:123456789012:failed"),
    (re.compile(r"<OWN-LAYER-ARN>"), "arn:aws:lambda:eu-central-1:123456789012:layer:own:1"),
    (re.compile(r"<SUBNET-(?:IDS|1)>"), "subnet-00000000000000001"),
    (re.compile(r"<SUBNET-2>"), "subnet-00000000000000002"),
    (re.compile(r"<GROUP-IDS?>"), "sg-00000000000000001"),
    (re.compile(r"<(?:[A-Z]+-)*ARN>"), "arn:aws:iam::123456789012:role/example"),
    (re.compile(r"<(?:TRAIL|HOME|REPLICA)-REGION>|<ALLOWED-REGIONS>"), "eu-central-1"),
    (re.compile(r"<KEY-ID>"), "AKIAIOSFODNN7EXAMPLE"),
    (re.compile(r"<CODE-[12]>"), "123456"),
    (re.compile(r"<ADMINISTRATOR>"), "123456789012"),
    (re.compile(r"<LENGTH>|<MAX-AGE>|<(?:READ|WRITE)-CAPACITY>"), "20"),
    (re.compile(r"<CHANGE-OWN>"), "allow"),
    (re.compile(r"<HARD-EXPIRY>"), "hard-expiry"),
    (re.compile(r"<POLICY-ID>"), "p-12345678"),
    (re.compile(r"<ROOT-ID>"), "r-1234"),
    (re.compile(r"<TARGET-ID>"), "ou-1234-12345678"),
    (re.compile(r"<[A-Z]+(?:-[A-Z]+)*-SETTINGS>"), "UserPoolId: Id, a: b"),
    (re.compile(r"<POOL-ID>"), "eu-central-1_aBcDeFgHi"),
    (re.compile(r"<IDENTITY-POOL-ID>"), "eu-central-1:00000000-0000-0000-0000-000000000000"),
    (re.compile(r"<RULE-IDS>|<[A-Z]+-RULES>|<UNDESCRIBED-(?:EGRESS-)?RULE>"), "sgr-00000000000000001"),
    (re.compile(r"<NODE-TYPE>"), "dax.r5.large"),
    (re.compile(r"<SERVICE>"), "events.amazonaws.com"),
    (re.compile(r"<ANALYZER-TYPE>"), "ACCOUNT"),
    (re.compile(r"<(?:NARROWER-)?CIDR>|<ROUTE>"), "10.0.0.0/16"),
    (re.compile(r"<CIDR-6>"), "::/0"),
    (re.compile(r"<[A-Z][A-Z0-9-]*>"), "an-example-of-a-name"),
]
WORD = re.compile(r"<[A-Z][A-Z0-9-]*>")


def stood_in(text: str) -> str:
    """The text with a value for each word in brackets."""
    for stand_in, value in STAND_INS:
        text = stand_in.sub(value, text)
    return text


def shape_members(shape) -> list[str]:
    """The members of a structure; none of anything else."""
    return list(getattr(shape, "members", {}) or {})


def operation_of(words: list[str]):
    """The model of the operation that a call names; an error if it is none."""
    assert words[:1] == ["aws"] and len(words) >= 3, "it is not of the form `aws SERVICE OPERATION --options`"
    service, name = {"configservice": "config", "s3api": "s3"}.get(words[1], words[1]), words[2]
    operations = {xform_name(one, "-"): one for one in model(service).operation_names}
    assert name in operations, f"{service} has no operation `{name}`"
    return model(service).operation_model(operations[name])


READS = re.compile(r"^(Get|List|Describe|BatchGet|Lookup|Search|Generate|Simulate|Test|Validate|Preview)")


def redirected(words: list[str]) -> tuple[list[str], str | None]:
    """A call without the file that its answer is written to, and that file."""
    return (words[:-2], words[-1]) if len(words) > 2 and words[-2] == ">" else (words, None)


def mistakes(call: str) -> str:
    """The reason why a call of AWS's command line is not one; empty if it is."""
    call = re.sub(r"\bARN\b", "arn:aws:iam::123456789012:role/example", stood_in(call))
    call = re.sub(r"\bREGION\b", "eu-central-1", call)
    words, _ = redirected(shlex.split(call))
    try:
        operation = operation_of(words)
        if "--query" in words:
            jmespath.compile(words[words.index("--query") + 1])
        if operation.input_shape is None:
            own = [word for word in words[3:] if word.startswith("--") and word[2:] not in EVERYWHERE]
            return "" if not own else "it takes no options"
        found = request(operation, words[3:])
        # What comes from a file is there, and nobody knows here what it is.
        from_files = {name for name, value in found.items() if value is FILE}
        given = {name: value for name, value in found.items() if name not in from_files}
        lines = ParamValidator().validate(given, operation.input_shape).generate_report().splitlines()
        lacking = re.compile('Missing required parameter in input: "([^"]+)"')
        missing = [lacking.fullmatch(line) for line in lines]
        excused = [one and ("--cli-input-json" in words or one[1] in from_files) for one in missing]
        return "\n".join(line for line, excuse in zip(lines, excused, strict=True) if not excuse)
    except (
        AssertionError,
        KeyError,
        ValueError,
        jmespath.exceptions.JMESPathError,
        botocore.exceptions.UnknownServiceError,
    ) as error:
        return f"{type(error).__name__}: {error}"


def cases(template) -> dict[str, str]:
    """The templates of a remedy, by their conditions."""
    return template if isinstance(template, dict) else {"else": template or ""}


def expanded(line: str, kinds: list[str]) -> list[str]:
    """A line for each kind of identity that it is about."""
    return [re.sub(r"\bKIND\b", kind, line) for kind in kinds] if re.search(r"\bKIND\b", line) else [line]


WAIT = re.compile(r"aws [a-z-]+ wait ")


def is_call(line: str) -> bool:
    """Whether a line is a call of an operation, and no comment or wait."""
    return line.startswith("aws ") and not WAIT.match(line)


KINDS = {"AWS::IAM::Role": "role", "AWS::IAM::User": "user", "AWS::IAM::Group": "group"}


def calls(entry: dict) -> list[str]:
    """The calls of an entry, for each kind of identity that it is about."""
    kinds = [KINDS[kind] for kind in entry["resource_types"] if kind in KINDS] or ["role"]
    lines = [line for text in cases(entry.get("cli")).values() for line in text.splitlines()]
    return [one for line in lines if is_call(line) for one in expanded(line, kinds)]


@pytest.mark.parametrize("name", ENTRIES)
def test_cli_is_a_call_that_botocore_knows(name):
    entry = ENTRIES[name]
    assert calls(entry) or entry.get("yaml") or entry.get("remediation"), "nothing says how to correct it"
    wrong = {call: why for call in calls(entry) if (why := mistakes(call))}
    assert not wrong


@pytest.mark.parametrize("name", ENTRIES)
def test_cli_has_calls_comments_and_nothing_else(name):
    for text in cases(ENTRIES[name].get("cli")).values():
        for line in text.splitlines():
            assert re.match(r"aws |# |rm [a-z.]+$", line), line
            comment = line.startswith("#")
            assert not comment or not re.search(r"['\"`<>]|\b(NAME|ARN|REGION|ACCOUNT|KIND)\b", line), line


@pytest.mark.parametrize("name", ENTRIES)
def test_words_in_brackets_stand_in_quotes(name):
    for call in calls(ENTRIES[name]):
        for word in WORD.finditer(call):
            # Within single quotes: a shell takes `<` for a redirection elsewhere.
            before = re.sub(r"[^']", "", call[: word.start()])
            assert len(before) % 2 == 1, f"{word[0]} in: {call}"


@pytest.mark.parametrize("name", ENTRIES)
def test_cli_changes_something_and_reads_only_for_that(name):
    entry = ENTRIES[name]
    for text in cases(entry.get("cli")).values():
        if not text.strip():
            continue
        lines = [shlex.split(stood_in(line)) for line in text.splitlines() if is_call(line)]
        written, changes = set(), 0
        for at, line in enumerate(lines):
            words, file = redirected([re.sub(r"\bKIND\b", "role", word) for word in line])
            if READS.match(operation_of(words).name):
                later = [word for one in lines[at + 1 :] for word in one]
                assert file and f"file://{file}" in later, (
                    f"it reads, and nothing uses the answer: {' '.join(line)}"
                )
                written.add(file)
            else:
                changes += 1
                used = {word[7:] for word in words if word.startswith("file://")}
                assert used - written <= GIVEN, (
                    f"{used - written} is written by no call before: {' '.join(line)}"
                )
        assert changes, text


# Files that a person gives; the remediation or a comment says what they are.
GIVEN = {"metadata.xml", "secret.txt"}

# The operations that change resources of a type, as the command line writes them.
OF_TYPE = {
    "AWS::IAM::Role": r"iam .*role",
    "AWS::IAM::User": r"iam .*(user|access-key|login-profile|mfa-device)",
    "AWS::IAM::Group": r"iam .*(group|mfa-device)",
    "AWS::IAM::Policy": r"iam create-policy-version",
    "AWS::DynamoDB::Table": r"dynamodb |application-a|backup |resourcegroups|cloudtrail |events |kms enable",
    "AWS::Lambda::Function": r"lambda |logs |cloudtrail |resourcegroups|secretsmanager ",
    "AWS::Lambda::Permission": r"lambda (add|remove)-permission",
    "AWS::Lambda::EventSourceMapping": r"lambda .*(event-source-mapping|tag-resource)",
    "AWS::Logs::LogGroup": r"logs ",
    "AWS::EC2::VPCEndpoint": r"ec2 .*vpc-endpoint|resourcegroups",
    "AWS::EC2::VPCEndpointService": r"ec2 .*vpc-endpoint-service",
    "AWS::EC2::SecurityGroup": r"ec2 .*security-group",
    "AWS::EC2::SecurityGroupIngress": r"ec2 .*security-group",
    "AWS::EC2::RouteTable": r"ec2 .*route",
    "AWS::EC2::VPCPeeringConnection": r"ec2 .*route",
    "AWS::EC2::Subnet": r"ec2 .*subnet",
    "AWS::EC2::VPC": r"ec2 (create-flow-logs|create-subnet|create-vpc-endpoint)",
    "AWS::KMS::Key": r"kms ",
    "AWS::CloudTrail::Trail": r"cloudtrail |s3api ",
    "AWS::Config::ConfigurationRecorder": r"configservice .*recorder",
    "AWS::Config::ConfigRule": r"configservice ",
    "AWS::Cognito::UserPool": r"cognito-idp |wafv2 associate-web-acl|lambda add-permission|resourcegroups",
    "AWS::Cognito::UserPoolClient": r"cognito-idp .*client",
    "AWS::Cognito::IdentityPool": r"cognito-identity .*identity-pool",
    "AWS::DAX::Cluster": r"dax |ec2 .*security-group|iam .*role-policy",
    "AWS::Organizations::Organization": r"organizations ",
    "AWS::::Account": r"iam |account |organizations |cloudtrail |logs ",
    "AWS::::Region": r"configservice |guardduty |securityhub |inspector2 |accessanalyzer |sns subscribe|"
    r"backup delete-recovery-point",
}


def chosen(template, kind: str, known: set[str]) -> str:
    """The template of a case, as `Templates::of` chooses it."""
    fit = []
    for case, text in cases(template).items():
        conditions = [one for one in case.split() if one != "else"]
        if all(one == kind or one.strip("<>") in known for one in conditions):
            fit.append((len(conditions), kind in conditions, text))
    return max(fit, key=lambda one: one[:2])[2] if fit else ""


@pytest.mark.parametrize("name", ENTRIES)
def test_every_type_of_a_check_has_a_call_that_changes_such_resources(name):
    entry = ENTRIES[name]
    conditions = {
        one.strip("<>") for case in cases(entry.get("cli")) for one in case.split() if one.startswith("<")
    }
    for kind in entry["resource_types"] if entry.get("cli") else []:
        # No policy is in a policy.
        words = set() if kind == "AWS::IAM::Policy" else conditions
        for known in [set(), *({one} for one in words), words]:
            text = chosen(entry["cli"], kind, known)
            text = re.sub(r"\bKIND\b", KINDS.get(kind, "role"), text)
            assert any(re.match(f"aws ({OF_TYPE[kind]})", line) for line in text.splitlines()), (kind, text)
            # A call for another kind of identity does not fit the name.
            for line in text.splitlines():
                for other in set(KINDS.values()) - {KINDS.get(kind, "")} if kind in KINDS else ():
                    assert f"--{other}-name NAME" not in line, (kind, line)


INVENTED = re.compile(
    r"\b(vpc|subnet|rtb|sg|sgr|vpce|eni|pl|acl|csc|igw)-[0-9a-f]{8,17}\b|\b[0-9]{12}\b|\b(us|ap|sa|ca)-[a-z]+-[0-9]\b"
)


@pytest.mark.parametrize("name", ENTRIES)
def test_nothing_in_a_remedy_is_invented(name):
    entry = ENTRIES[name]
    for text in [*cases(entry.get("cli")).values(), *cases(entry.get("yaml")).values()]:
        assert not INVENTED.search(text), "ids are those of the resource, or a word in brackets"
        # A value that somebody has to choose is a word in brackets: `<OWNER>`, not OWNER.
        bare = re.sub(r"'[^']*'", "", WORD.sub("", text)) if name.startswith("alarm-") else WORD.sub("", text)
        capitals = set(re.findall(r"(?<![=\w\"/:])\b[A-Z]{2,}(?:[_-][A-Z]+)*\b(?![\w.])", bare))
        assert capitals <= PLAIN, capitals - PLAIN


# Words in capitals that are values of AWS's or of YAML, or placeholders of every resource.
PLAIN = {"NAME", "ARN", "REGION", "ACCOUNT", "KIND"}
PLAIN |= {"AWS"}
PLAIN |= {
    "ACTIVE",
    "ENABLED",
    "JSON",
    "REJECT",
    "VPC",
    "SECURITY",
    "SERVICE_CONTROL_POLICY",
    "TAG_POLICY",
    "TLS",
}
PLAIN |= {
    "PAY_PER_REQUEST",
    "NONE",
    "TRIM_HORIZON",
    "LAMBDA",
    "MFA",
    "INSERT",
    "AWS_IAM",
    "NON_COMPLIANT",
    "AWS_ENDPOINT_URL",
}


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
        "aws iam get-role --role-name NAME --query 'Role.{' > role.json",
    ],
)
def test_wrong_call_is_found(call):
    assert mistakes(call)


@pytest.mark.parametrize("name", [name for name, entry in ENTRIES.items() if "yaml" in entry])
def test_yaml_is_a_part_of_a_stack(name):
    """The schema of a stack takes it, but for properties that stand elsewhere in the user's file."""
    schema = json.loads((ROOT / "schema/stack.schema.json").read_text(encoding="utf-8"))
    kind = ENTRIES[name]["resource_types"][0]
    for text in cases(ENTRIES[name]["yaml"]).values():
        # A stack is YAML 1.2, where `off` is a text.
        part = YAML(typ="safe", pure=True).load(filled(text, NAMES.get(kind, "t")))
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
    text = text.replace("<SOURCE>", "10.0.0.0/16").replace("<TAG>", "CostCenter")
    return re.sub(rf"\b({'|'.join(words)})\b", lambda found: words[found[0]], stood_in(text))


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
