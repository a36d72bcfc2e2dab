"""Reads the cases of tests/data/deployment-failures, whose README says how they are written."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

HEAD = {"stack": "app", "region": "eu-central-1", "account": "123456789012"}
MARK = re.compile(r"# (refused|warned|planned): ")


@dataclass
class Case:
    """A stack that a rule is about, in its failing or passing form."""

    service: str
    rule: str
    form: str
    text: str

    @property
    def found(self) -> set[str]:
        """How underpin finds it, by the comments that the Rust test holds against what is found."""
        return set(MARK.findall(self.text))

    @property
    def stack(self) -> dict | None:
        """The stack with its head, references to what the file tells filled in; nothing where YAML gives none."""
        try:
            given = yaml.load(self.text, Loader=Strings) or {}
        except yaml.YAMLError:
            return None
        stack = HEAD | given
        return _filled(
            stack,
            {"region": stack["region"], "account": stack["account"], "partition": partition(stack["region"])},
        )


class Strings(yaml.SafeLoader):
    """YAML as underpin reads it: equal keys are an error, keys and dates are texts."""

    def construct_mapping(self, node, deep=False):  # noqa: ANN001, ANN201, D102
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.constructor.ConstructorError(None, None, "equal keys", node.start_mark)
        # A key is a text: `Null`, `on`.
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}

    def construct_yaml_map(self, node):  # noqa: ANN001, ANN201, D102
        return self.construct_mapping(node)


Strings.add_constructor("tag:yaml.org,2002:map", Strings.construct_yaml_map)


Strings.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def partition(region: str) -> str:
    """The partition of a region."""
    return next(
        (name for start, name in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")) if region.startswith(start)),
        "aws",
    )


def _filled(value, known: dict):  # noqa: ANN001, ANN202
    if isinstance(value, dict):
        return {key: _filled(one, known) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, known) for one in value]
    if isinstance(value, str):
        for name, text in known.items():
            value = value.replace("${" + name + "}", text)
        arn = f"arn:{known['partition']}"
        place = f"{known['region']}:{known['account']}"
        value = re.sub(r"\$\{roles\.([^.}]+)\.arn}", rf"{arn}:iam::{known['account']}:role/\1", value)
        value = re.sub(r"\$\{tables\.([^.}]+)\.arn}", rf"{arn}:dynamodb:{place}:table/\1", value)
        value = re.sub(
            r"\$\{tables\.([^.}]+)\.stream_arn}",
            rf"{arn}:dynamodb:{place}:table/\1/stream/2026-01-01T00:00:00.000",
            value,
        )
        value = re.sub(r"\$\{functions\.([^.}]+)\.arn}", rf"{arn}:lambda:{place}:function:\1", value)
        return re.sub(r"\$\{[a-z_]+\.([^.}]+)\.name}", r"\1", value)
    return value


def read(folder: Path) -> list[Case]:
    """All cases, in the order of the files."""
    cases: list[Case] = []
    for file in sorted(folder.glob("*.yaml")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("--- # "):
                rule, form = line.removeprefix("--- # ").split(" ", 1)
                cases.append(Case(file.stem, rule, form, ""))
            else:
                cases[-1].text += line + "\n"
    return cases
