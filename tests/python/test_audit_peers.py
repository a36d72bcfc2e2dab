"""`scripts/audit-peers`: its comparison, and the table that it wrote."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from audit_peers import ours, table, verdicts  # noqa: E402

PAGE = ROOT / "docs/audit-peers.md"


@pytest.mark.parametrize(
    ("theirs", "mine", "same"),
    [
        ({}, {}, True),
        ({"a": "fail"}, {"a": "fail"}, True),
        ({"a": "fail", "b": "pass"}, {"a": "fail", "b": "pass"}, True),
        ({"a": "fail", "b": "pass"}, {"a": "pass", "b": "fail"}, False),
        ({"a": "pass"}, {}, True),
        ({"a": "fail"}, {}, False),
        ({}, {"a": "fail"}, False),
        ({"a": "pass"}, {"a": "unknown"}, False),
        ({"account": "fail"}, {"policy": "fail"}, True),
        ({"account": "pass"}, {"policy": "fail"}, False),
    ],
)
def test_verdicts_agree_if_the_same_resources_fail(theirs: dict, mine: dict, same: bool) -> None:
    assert verdicts.agree(theirs, mine) is same


def test_worst_verdict_of_a_resource_counts() -> None:
    found: verdicts.Verdicts = {}
    for verdict in ("pass", "fail", "unknown"):
        verdicts.add(found, "a", verdict)
    verdicts.add(found, "b", "pass")
    assert verdicts.text(found) == "fail 1, pass 1"
    assert verdicts.text({}) == "–"


def test_difference_needs_a_reason_and_a_reason_a_difference() -> None:
    checks = {"same": "Same", "other": "Other", "nobody": "Nobody's"}
    answers = {"same": ["mine"], "other": ["mine"]}
    account = table.Account("x", {"same": {"a": "fail"}, "other": {"a": "pass"}}, {"mine": {"a": "fail"}})
    reasons = table.Reasons({"other mine": "because", "same": "never"})
    rows = table.rows(checks, answers, [account], reasons)
    assert [row.check for row in rows] == ["same", "other", "nobody"]
    assert table.open_rows(rows) == ["nobody"]
    assert reasons.unused() == ["same"]


def cells() -> list[list[str]]:
    """The rows of both tables of the page."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in rows]


def test_page_has_every_check_of_prowler_and_each_is_answered_or_explained() -> None:
    rows = cells()
    names = {re.match(r"\|? ?`([^`]+)`", row[0])[1] for row in rows}
    prowler = {name for name in names if not name.startswith("CKV")}
    assert len(prowler) == 73
    answers = ours.answers(ROOT)
    for row in rows:
        name, mine, verdict = re.search(r"`([^`]+)`", row[0])[1], row[1], row[-1]
        assert verdict and verdict != "OPEN", name
        peer = "checkov" if name.startswith("CKV") else "prowler"
        if mine == "–":
            assert name not in answers[peer], f"{name} has an answer now: scripts/audit-peers writes the page"
        else:
            assert mine.strip("`") in answers[peer][name], name


def test_reasons_are_about_checks_of_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    reasons = yaml.safe_load((ROOT / "scripts/audit_peers/reasons.yaml").read_text(encoding="utf-8"))
    for peer in reasons.values():
        for key in peer:
            assert f"`{key.split()[0]}`" in page, key
