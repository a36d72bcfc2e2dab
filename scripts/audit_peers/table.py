"""The table: each check of a peer, ours, what both say, and the reason where they differ."""

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .verdicts import Verdicts, agree, text


@dataclass
class Account:
    """What both say of one account."""

    name: str
    theirs: dict[str, Verdicts]
    ours: dict[str, Verdicts]


@dataclass
class Row:
    """One check of a peer beside one of ours (or none)."""

    check: str
    title: str
    ours: str | None
    cells: list[tuple[Verdicts, Verdicts]]
    same: bool
    reason: str | None = None

    @property
    def rank(self) -> tuple:
        """The place in the table: what failed in the first account comes first."""
        words = [text(theirs) for theirs, _ in self.cells]
        order = [0 if "fail" in word else 1 if word != "–" else 2 for word in words]
        return (*order, self.check, self.ours or "")


@dataclass
class Reasons:
    """The reasons of differences, and which of them were needed."""

    of: dict[str, str]
    used: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, file: Path, peer: str) -> "Reasons":
        """Those of one peer: by its check, or by its check and ours (`theirs ours`)."""
        return cls(yaml.safe_load(file.read_text(encoding="utf-8")).get(peer) or {})

    def find(self, check: str, ours: str | None) -> str | None:
        """The reason for a pair."""
        for key in (f"{check} {ours}", check):
            if key in self.of:
                self.used.add(key)
                return self.of[key]
        return None

    def unused(self) -> list[str]:
        """Those that explain nothing."""
        return sorted(set(self.of) - self.used)


def rows(
    checks: dict[str, str], answers: dict[str, list[str]], accounts: list[Account], reasons: Reasons
) -> list[Row]:
    """A row for each pair."""
    found = []
    for check, title in checks.items():
        for ours in answers.get(check) or [None]:
            cells = [
                (account.theirs.get(check, {}), account.ours.get(ours, {}) if ours else {})
                for account in accounts
            ]
            same = ours is not None and all(agree(theirs, mine) for theirs, mine in cells)
            row = Row(check, title, ours, cells, same)
            if not same:
                row.reason = reasons.find(check, ours)
            found.append(row)
    return sorted(found, key=lambda row: row.rank)


def open_rows(found: list[Row]) -> list[str]:
    """The differences without a reason."""
    return [f"{row.check} {row.ours or ''}".strip() for row in found if not row.same and not row.reason]


def markdown(found: list[Row], accounts: list[Account], peer: str) -> list[str]:
    """The lines of the table."""
    heads = [f"{account.name}: {peer}, underpin" for account in accounts]
    lines = [f"| {peer} | underpin | {' | '.join(heads)} | |", "|---" * (len(heads) + 3) + "|"]
    for row in found:
        cells = [
            f"{text(theirs)}; {text(mine)}" if row.ours else f"{text(theirs)}; –"
            for theirs, mine in row.cells
        ]
        ours = f"`{row.ours}`" if row.ours else "–"
        verdict = "the same" if row.same else (row.reason or "OPEN").strip()
        check = f"`{row.check}`<br>{row.title}"
        lines.append(f"| {check} | {ours} | {' | '.join(cells)} | {verdict} |")
    return lines
