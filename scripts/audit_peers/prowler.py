"""Prowler: its checks, its run, its findings."""

import csv
import json
from collections import defaultdict
from pathlib import Path

from . import measure, verdicts
from .emulator import REGION, environment

SERVICES = ["dynamodb", "awslambda", "iam"]


def checks(program: Path) -> dict[str, str]:
    """The checks of these services, with their titles, from the metadata beside each of them."""
    (package,) = (program.parent.parent / "lib").glob("python3*/site-packages/prowler")
    found = {}
    for service in SERVICES:
        for file in sorted((package / "providers/aws/services" / service).glob("*/*.metadata.json")):
            data = json.loads(file.read_text())
            found[data["CheckID"]] = data["CheckTitle"]
    return found


def run(program: Path, endpoint: str, folder: Path) -> tuple[float, float, float]:
    """One run; its findings are in `report.csv` of the folder."""
    command = [program, "aws", "--services", *SERVICES, "--region", REGION, "--output-formats", "csv"]
    command += ["--output-directory", folder, "--output-filename", "report", "--no-banner", "--no-color"]
    command += ["--log-level", "ERROR"]
    # 3: some checks failed.
    return measure.run(command, environment(endpoint, folder / "home"), folder / "prowler.log", (0, 3))


def findings(folder: Path) -> dict[str, verdicts.Verdicts]:
    """The verdicts by check and resource."""
    found: dict[str, verdicts.Verdicts] = defaultdict(dict)
    with (folder / "report.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            verdicts.add(found[row["CHECK_ID"]], row["RESOURCE_UID"], row["STATUS"].lower())
    return found
