"""`scripts/freshness`, held against the botocore that is pinned for the tests."""

import importlib.util
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def freshness():
    path = str(ROOT / "scripts/freshness")
    loader = SourceFileLoader("freshness", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("freshness", loader))
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def models(freshness):
    return freshness.loaded(SimpleNamespace(installed=True))


def test_not_yet_page_is_fresh():
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/freshness"), "--installed", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_members_that_are_sent_are_not_listed(freshness, models):
    by_kind, _ = freshness.members(models[0])
    function, trigger = by_kind["function"], by_kind["trigger"]
    assert "CreateFunction/SnapStart" in function
    assert "CreateFunction/Code/ImageUri" in function
    assert not {"CreateFunction/Layers", "CreateFunction/VpcConfig", "CreateFunction/KMSKeyArn"} & set(
        function
    )
    assert "UpdateEventSourceMapping/UUID" not in trigger


def test_counts_are_those_of_the_lists(freshness, models):
    text = freshness.page(*models)
    by_kind, _ = freshness.members(models[0])
    for kind, found in by_kind.items():
        assert f"| {kind} | {len(found)} |" in text
    assert f"| all | {sum(len(found) for found in by_kind.values())} |" in text


def test_new_members_limits_and_words_are_named(freshness):
    models, version = freshness.loaded(SimpleNamespace(installed=True))
    before = freshness.entries(freshness.page(models, version))
    shapes = models["lambda"].shapes
    shapes["CreateFunctionRequest"]["members"]["Invented"] = {"shape": "Description"}
    shapes["BatchSize"]["max"] = 20_000
    shapes["Runtime"]["enum"].append("cobol1")
    new = freshness.entries(freshness.page(models, version)) - before
    assert new == {
        "`CreateFunction/Invented`",
        "`triggers.batch_size`: max 10000 here, 20000 in `lambda` `BatchSize`",
        "`functions.runtime`: `cobol1` of `lambda` `Runtime` is not known here",
    }
