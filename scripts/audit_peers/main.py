"""The run: both accounts, all three programs, the table."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from . import checkov, measure, ours, prowler, table, venvs
from .emulator import Emulator, environment

TARGET = "docs/audit-peers.md"
HEAD = """<!-- Written by scripts/audit-peers: change scripts/audit_peers, not this file. -->
# What Prowler and Checkov say, and what underpin says

`scripts/audit-peers` installs Prowler {prowler} and Checkov {checkov} from PyPI, runs them beside
`underpin audit`, and writes this page. Each cell has the peer's verdicts and ours, by the number of
resources; a dash is where nothing was judged, because there is nothing of the kind. “The same” means that
the same resources fail in both accounts.

The accounts are in the sandbox: the project's own `stack.yaml`, and an account that was
[built badly on purpose](../examples/audit-demo/build_badly.py) by boto3.
"""


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="audit-peers", description="writes " + TARGET)
    parser.add_argument(
        "--binary", type=Path, help="the underpin to run (default: the newest one in target/)"
    )
    parser.add_argument("--runs", type=int, default=1, help="the number of runs that are measured")
    parser.add_argument("--measure", action="store_true", help="measure the audits, and keep the numbers")
    parser.add_argument(
        "--large", metavar="T,F,R", help="measure an account of so many tables, functions and roles instead"
    )
    parser.add_argument(
        "--allow-open", action="store_true", help="write the table though differences have no reason"
    )
    return parser.parse_args()


def newest(root: Path) -> Path:
    """The newest build."""
    built = [root / "target" / profile / "underpin" for profile in ("dist", "release", "debug")]
    there = [file for file in built if file.exists()]
    if not there:
        raise SystemExit("there is no target/*/underpin: `cargo build --release`, or name one with --binary")
    return max(there, key=lambda file: file.stat().st_mtime)


class Comparison:
    """What is run, and where."""

    def __init__(self, root: Path, options: argparse.Namespace, folder: Path) -> None:
        cache = root / ".cache/audit-peers"
        self.root, self.options, self.folder = root, options, folder
        self.binary = (options.binary or newest(root)).resolve()
        self.prowler = venvs.installed("prowler", cache)
        self.checkov = venvs.installed("checkov", cache)
        self.measured: dict[str, dict] = {}

    def account(self, name: str, stack: Path | None, emulator: Emulator) -> tuple[table.Account, dict]:
        """Both audits of the account in the emulator; those of the stack by address as well."""
        folder = self.folder / name.replace(" ", "-")
        folder.mkdir()

        def theirs() -> tuple[float, float, float]:
            return prowler.run(self.prowler, emulator.endpoint, folder)

        def mine() -> tuple[float, float, float]:
            return ours.run(self.binary, stack, emulator.endpoint, folder, [])

        def mine_alike() -> tuple[float, float, float]:
            areas = [word for area in ours.AREAS for word in ("--area", area)]
            return ours.run(self.binary, stack, emulator.endpoint, folder / "alike", areas)

        if self.options.measure:
            (folder / "alike").mkdir()
            runs = self.options.runs
            taken = {
                "prowler": measure.best_of(runs, emulator, theirs),
                "underpin": measure.best_of(runs, emulator, mine_alike),
                "underpin, every check": measure.best_of(runs, emulator, mine),
            }
            self.measured[name] = measure.as_data(taken)
        else:
            theirs()
            mine()
        by_arn, by_address = ours.findings(folder)
        return table.Account(name, prowler.findings(folder), by_arn), by_address

    def large(self, counts: list[str]) -> int:
        """Measures both in a large account, once, and keeps the numbers."""
        folder = self.folder / "large"
        folder.mkdir()
        areas = [word for area in ours.AREAS for word in ("--area", area)]
        audits = {
            "underpin": lambda: ours.run(self.binary, None, emulator.endpoint, folder, areas),
            "prowler": lambda: prowler.run(self.prowler, emulator.endpoint, folder),
        }
        with Emulator(self.root) as emulator:
            script = self.root / "scripts/audit_peers/large.py"
            subprocess.run([sys.executable, script, emulator.endpoint, *counts], check=True)
            taken = {name: measure.once(emulator, audit) for name, audit in audits.items()}
        self.keep({"large": {"counts": counts, **measure.as_data(taken)}})
        return 0

    def keep(self, measured: dict) -> None:
        """Adds numbers to those that were kept before."""
        file = self.root / ".cache/audit-peers/measured.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        before = json.loads(file.read_text()) if file.exists() else {}
        accounts = {**before.get("accounts", {}), **measured}
        text = json.dumps({"binary": self.binary.parent.name, "accounts": accounts}, indent=2)
        file.write_text(text + "\n")
        print(text)

    def run(self) -> int:
        """All of it."""
        answers = ours.answers(self.root)
        reasons = self.root / "scripts/audit_peers/reasons.yaml"
        with Emulator(self.root) as emulator:
            ours.apply(self.binary, self.root, emulator.endpoint, self.folder)
            stack, by_address = self.account("project's stack", self.root / "stack.yaml", emulator)
            emulator.reset()
            build = self.root / "examples/audit-demo/build_badly.py"
            environ = environment(emulator.endpoint, self.folder / "home")
            subprocess.run([sys.executable, build], env=environ, check=True)
            bad, _ = self.account("built badly", None, emulator)
        lines = [HEAD.format(**venvs.VERSIONS)]
        of_prowler = table.Reasons.read(reasons, "prowler")
        rows = table.rows(prowler.checks(self.prowler), answers["prowler"], [stack, bad], of_prowler)
        lines += [f"## Prowler: {self.counted(rows)}", ""]
        lines += [*table.markdown(rows, [stack, bad], "Prowler"), ""]
        template = ours.export(self.binary, self.root, self.folder)
        found, names = checkov.findings(self.checkov, template, self.folder)
        of_checkov = table.Reasons.read(reasons, "checkov")
        account = table.Account("project's template", found, by_address)
        more = table.rows(names, answers["checkov"], [account], of_checkov)
        lines += [f"## Checkov, on the CloudFormation template: {self.counted(more)}", ""]
        lines += table.markdown(more, [account], "Checkov")
        if self.measured:
            self.keep(self.measured)
        wrong = [f"without a reason: {one}" for one in table.open_rows(rows) + table.open_rows(more)]
        wrong += [f"a reason for nothing: {one}" for one in of_prowler.unused() + of_checkov.unused()]
        for one in wrong:
            print(one, file=sys.stderr)
        if wrong and not self.options.allow_open:
            return 1
        (self.root / TARGET).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return 0

    @staticmethod
    def counted(rows: list[table.Row]) -> str:
        """The numbers for the heading."""
        checks = {row.check for row in rows}
        differ = {row.check for row in rows if not row.same}
        return f"{len(checks)} checks, {len(checks - differ)} the same, {len(differ)} with a reason"


def main(root: Path) -> int:
    """Runs the comparison."""
    os.environ.pop("AWS_PROFILE", None)
    with tempfile.TemporaryDirectory() as folder:
        options = arguments()
        comparison = Comparison(root, options, Path(folder))
        return comparison.large(options.large.split(",")) if options.large else comparison.run()
