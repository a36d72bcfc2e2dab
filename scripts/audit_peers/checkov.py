"""Checkov: its run on a template, and its findings."""

import json
import subprocess
from collections import defaultdict
from pathlib import Path

from . import verdicts
from .emulator import environment


def findings(
    program: Path, template: Path, folder: Path
) -> tuple[dict[str, verdicts.Verdicts], dict[str, str]]:
    """The verdicts by check and by the address in the stack, and the checks' names."""
    command = [program, "--file", template, "--framework", "cloudformation", "--output", "json"]
    command += ["--compact", "--skip-download"]
    home = environment("http://127.0.0.1:9", folder / "home")
    output = subprocess.run(command, check=False, env=home, capture_output=True, text=True)
    if output.returncode not in (0, 1):
        raise SystemExit(f"checkov ended with {output.returncode}: {output.stderr}")
    resources = json.loads(template.read_text())["Resources"]
    found: dict[str, verdicts.Verdicts] = defaultdict(dict)
    names = {}
    results = json.loads(output.stdout)["results"]
    for verdict, key in (("pass", "passed_checks"), ("fail", "failed_checks")):
        for one in results[key]:
            logical = one["resource"].rsplit(".", 1)[1]
            address = resources[logical]["Metadata"]["underpin"]["address"]
            verdicts.add(found[one["check_id"]], address, verdict)
            names[one["check_id"]] = one["check_name"]
    return found, names
