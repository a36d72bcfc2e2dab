"""underpin: its catalogue, its run, its findings."""

import json
import subprocess
from collections import defaultdict
from pathlib import Path

import yaml

from . import measure, verdicts
from .emulator import environment

# The services that Prowler is asked about, as areas of the catalogue.
AREAS = ["DynamoDB", "DAX", "Lambda", "IAM", "Account"]


def answers(root: Path) -> dict[str, dict[str, list[str]]]:
    """The checks of the catalogue that answer one of a peer's, by peer and by its check."""
    found: dict[str, dict[str, list[str]]] = {"prowler": defaultdict(list), "checkov": defaultdict(list)}
    for entry in sorted((root / "policies/config").glob("*/entry.yaml")):
        data = yaml.safe_load(entry.read_text(encoding="utf-8"))
        for peer, checks in found.items():
            for check in data.get(peer) or []:
                checks[check].append(entry.parent.name)
    return found


def apply(binary: Path, root: Path, endpoint: str, folder: Path) -> None:
    """Applies the project's stack."""
    command = [binary, "apply", "--yes"]
    run = subprocess.run(
        command,
        check=False,
        cwd=root,
        env=environment(endpoint, folder / "home"),
        capture_output=True,
        text=True,
    )
    if run.returncode:
        raise SystemExit(f"the project's stack could not be applied: {run.stderr}")


def export(binary: Path, root: Path, folder: Path) -> Path:
    """Writes the project's stack as a template."""
    template = folder / "template.json"
    command = [binary, "export", "--format", "cloudformation", "--output", template]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    return template


def run(
    binary: Path, stack: Path | None, endpoint: str, folder: Path, more: list[str]
) -> tuple[float, float, float]:
    """One audit; its report is in `audit.json` of the folder."""
    command = [binary, "audit", "--format", "json", "--output", folder / "audit.json", "--all", *more]
    command += ["--file", stack] if stack else ["--no-stack"]
    home = environment(endpoint, folder / "home")
    return measure.run(command, home, folder / "underpin.log", (0, 3))


def findings(folder: Path) -> tuple[dict[str, verdicts.Verdicts], dict[str, verdicts.Verdicts]]:
    """The verdicts by check: by the ARN of the resource, and by its address in the stack."""
    by_arn: dict[str, verdicts.Verdicts] = defaultdict(dict)
    by_address: dict[str, verdicts.Verdicts] = defaultdict(dict)
    words = {"pass": "pass", "fail": "fail", "waived": "fail", "unknown": "unknown"}
    for finding in json.loads((folder / "audit.json").read_text(encoding="utf-8"))["findings"]:
        verdict = words.get(finding["status"])
        if verdict is None:
            continue
        verdicts.add(by_arn[finding["check"]], finding["resource"]["arn"], verdict)
        if finding.get("address"):
            verdicts.add(by_address[finding["check"]], finding["address"], verdict)
    return by_arn, by_address
