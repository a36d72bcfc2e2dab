"""Asks the other validators: each is handed all cases at once, and answers with what it refuses in each."""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from . import terraform

Answers = dict[int, set[str]]


def _logical(case: int, index: int) -> str:
    return f"C{case}R{index}"


def _case(logical: str) -> int:
    return int(logical[1:].split("R")[0])


def cfn_lint(python: Path, templates: dict[int, list]) -> tuple[str, Answers]:
    """cfn-lint: the ids of its errors."""
    code = (
        "import json, sys\n"
        "from cfnlint.api import lint\n"
        "from cfnlint.config import ManualArgs\n"
        "from cfnlint.version import __version__\n"
        "print(json.dumps(__version__))\n"
        "for region, text in json.load(sys.stdin).items():\n"
        "    for match in lint(text, config=ManualArgs(regions=[region])):\n"
        # The cases stand in one template, in which names are given again (E3019).
        "        if match.rule.severity == 'error' and match.rule.id != 'E3019' and len(match.path) > 1:\n"
        "            print(json.dumps([str(match.path[1]), match.rule.id]))\n"
    )
    by_region: dict[str, dict] = defaultdict(dict)
    for case, (region, found) in templates.items():
        for index, (kind, body) in enumerate(found):
            by_region[region][_logical(case, index)] = {"Type": kind, "Properties": body}
    texts = {region: json.dumps({"Resources": all_}) for region, all_ in by_region.items()}
    output = subprocess.run(
        [python, "-c", code], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    version, *lines = output.stdout.splitlines()
    answers: Answers = defaultdict(set)
    for logical, rule in map(json.loads, lines):
        answers[_case(logical)].add(rule)
    return json.loads(version), answers


def cloudformation_validate(templates: dict[int, list]) -> tuple[str, Answers]:
    """The crate cloudformation-validate, by its Python package: the ids of its errors, one template for each case."""
    import importlib.metadata

    from cloudformation_validate import RegoEngine, TemplateContent

    engine = RegoEngine()
    answers: Answers = defaultdict(set)
    for case, (_, found) in templates.items():
        resources = {
            _logical(case, index): {"Type": kind, "Properties": body}
            for index, (kind, body) in enumerate(found)
        }
        report = engine.validate_template(TemplateContent(json.dumps({"Resources": resources}), "case.json"))
        answers[case] = {one.rule_id for one in report.diagnostics if one.severity.name in ("ERROR", "FATAL")}
    return importlib.metadata.version("cloudformation-validate"), answers


def terraform_validate(plugins: Path, version: str, templates: dict[int, list]) -> tuple[str, Answers]:
    """`terraform validate`: the summaries of its errors."""
    required = {"required_providers": {"aws": {"source": "hashicorp/aws", "version": version}}}
    configs: dict[str, dict] = {
        "main": {"terraform": required, "provider": {"aws": {"region": "eu-central-1"}}}
    }
    for case, (_, found) in templates.items():
        resources: dict[str, dict] = defaultdict(dict)
        written = [pair for kind, body in found for pair in terraform.resources(kind, body)]
        for index, (kind, arguments) in enumerate(written):
            resources[kind][_logical(case, index)] = arguments
        configs[_logical(case, 0)] = {"resource": resources} if resources else {}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    with tempfile.TemporaryDirectory() as folder:
        for name, config in configs.items():
            # What looks like a template to Terraform is a text here.
            text = json.dumps(config).replace("${", "$${").replace("%{", "%%{")
            Path(folder, f"{name}.tf.json").write_text(text, encoding="utf-8")
        run = {"cwd": folder, "capture_output": True, "text": True, "env": environment}
        subprocess.run(["terraform", "init", f"-plugin-dir={plugins}", "-input=false"], check=True, **run)
        told = json.loads(subprocess.run(["terraform", "validate", "-json"], check=False, **run).stdout)
        own = json.loads(subprocess.run(["terraform", "version", "-json"], check=True, **run).stdout)
    answers: Answers = defaultdict(set)
    for one in told["diagnostics"]:
        file = (one.get("range") or {}).get("filename", "main")
        if one["severity"] == "error" and file.startswith("C"):
            answers[_case(file.split(".")[0])].add(one["summary"])
        elif one["severity"] == "error":
            print(f"terraform: {one['summary']} {one.get('detail', '')}", file=sys.stderr)
    return f"{own['terraform_version']} with hashicorp/aws {version}", answers
