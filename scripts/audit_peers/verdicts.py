"""Verdicts of one check, by resource, and the comparison of two of them."""

from collections import Counter

# What a check says of a resource, the worst first.
ORDER = ["fail", "unknown", "manual", "pass"]

Verdicts = dict[str, str]


def add(verdicts: Verdicts, resource: str, verdict: str) -> None:
    """Adds a verdict; of several on one resource the worst stays."""
    before = verdicts.get(resource, verdict)
    verdicts[resource] = min(before, verdict, key=ORDER.index)


def text(verdicts: Verdicts) -> str:
    """A short text: `fail 1, pass 2`, or a dash where nothing was judged."""
    counts = Counter(verdicts.values())
    return ", ".join(f"{word} {counts[word]}" for word in ORDER if counts[word]) or "–"


def agree(theirs: Verdicts, ours: Verdicts) -> bool:
    """Whether two checks say the same: the same resources fail, and ours leaves nothing of it open.

    Where they name resources in different ways (an account by its root, its policy, its number), it is
    compared whether anything fails.
    """
    failed = [{name for name, verdict in one.items() if verdict == "fail"} for one in (theirs, ours)]
    if set(theirs) & set(ours):
        if failed[0] != failed[1]:
            return False
    elif bool(failed[0]) != bool(failed[1]):
        return False
    judged = {verdict for verdict in theirs.values() if verdict in ("fail", "pass")}
    return not (judged and "unknown" in ours.values())
