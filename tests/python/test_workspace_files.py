"""The files that workspaces and CI read: each against its published schema, and what they must not do.

The schemas of Compose and of GitHub's workflows come with check-jsonschema, as published. For Ona, dev
containers and Gitpod, `tests/data/schemas` has the published keys, types and words, each file with its
source.
"""

from __future__ import annotations

import copy
import importlib.metadata
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import validator_for
from ruamel.yaml import YAML

from conftest import ROOT

ONA = ".ona/automations.yaml"
DEVCONTAINER = ".devcontainer/devcontainer.json"
GITPOD = ".gitpod.yml"
COMPOSE = "docker-compose.yml"
WORKFLOWS = sorted(str(path.relative_to(ROOT)) for path in (ROOT / ".github/workflows").glob("*.yml"))
FILES = [ONA, DEVCONTAINER, GITPOD, COMPOSE, *WORKFLOWS]

# The mappings whose keys are names of the author's own, in any file.
FREE = re.compile(r"(^|/)(features(/[^/]+)?|postStartCommand|environment|env|with|outputs)$")


def read(name: str) -> Any:
    """Reads a file; in YAML 1.2 `on` is a word and not a truth value, as GitHub reads it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        return json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))
    return YAML(typ="safe", pure=True).load(text)


def schema(name: str) -> Any:
    """The schema of a file."""
    ours = {ONA: "ona-automations", DEVCONTAINER: "devcontainer", GITPOD: "gitpod"}
    if name in ours:
        return json.loads((ROOT / f"tests/data/schemas/{ours[name]}.schema.json").read_text(encoding="utf-8"))
    shipped = "compose-spec" if name == COMPOSE else "github-workflows"
    package = importlib.metadata.distribution("check-jsonschema")
    file = package.locate_file(f"check_jsonschema/builtin_schemas/vendor/{shipped}.json")
    return json.loads(Path(str(file)).read_text(encoding="utf-8"))


def errors(name: str, document: Any) -> list[str]:
    """What a file's schema says against a document."""
    rules = schema(name)
    validator = validator_for(rules)
    validator.check_schema(rules)
    return [error.message for error in validator(rules).iter_errors(document)]


def mappings(value: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """All mappings of a document, each with its place."""
    if isinstance(value, dict):
        yield at, value
        for key, inner in value.items():
            yield from mappings(inner, f"{at}/{key}".lstrip("/"))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from mappings(inner, f"{at}/{number}")


@pytest.mark.parametrize("name", FILES)
def test_file_has_the_form_of_its_published_schema(name: str) -> None:
    assert errors(name, read(name)) == []


@pytest.mark.parametrize("name", FILES)
def test_unknown_key_fails_at_every_level(name: str) -> None:
    document = read(name)
    places = [at for at, _ in mappings(document) if not FREE.search(at)]
    # A dev container of one image has no other level of fixed keys.
    assert places[0] == "" and (len(places) > 2 or name == DEVCONTAINER)
    for place in places:
        changed = copy.deepcopy(document)
        next(found for at, found in mappings(changed) if at == place)["unknown_key"] = "x"
        assert errors(name, changed), f"`unknown_key` is taken at `{place}`"


@pytest.mark.parametrize("name", FILES)
def test_wrong_type_fails(name: str) -> None:
    document = read(name)
    for key in document:
        if key not in ("$schema", "name", "x-"):
            assert errors(name, document | {key: 7.5}), f"`{key}: 7.5` is taken"


# Ona


def test_ona_services_stay_in_the_foreground() -> None:
    for name, service in read(ONA)["services"].items():
        start = service["commands"]["start"]
        assert not re.search(r"(^|\s)(-d|--detach)(\s|$)|&\s*$", start), f"{name}: {start}"
        # A command that ends at once ends the service, unless something follows that stays.
        last = start.split("&&")[-1].strip()
        assert last in ("docker compose up", "exec sleep infinity"), f"{name}: {start}"


def test_ona_uses_aws_only_when_an_environment_starts() -> None:
    document = read(ONA)
    for name, item in (document["services"] | document["tasks"]).items():
        text = json.dumps([item.get("commands"), item.get("command")])
        if "underpin startup" in text or re.search(r"\baws\b", text):
            assert item["triggeredBy"] == ["postEnvironmentStart"], name
    prebuilt = [item for item in document["tasks"].values() if "prebuild" in item["triggeredBy"]]
    assert prebuilt and all(item["command"].startswith("cargo install") for item in prebuilt)


def test_ona_closes_what_it_opened() -> None:
    commands = read(ONA)["services"]["aws"]["commands"]
    assert commands["start"].startswith("underpin startup --apply")
    assert commands["stop"] == "underpin startup --stop"


def test_ona_depends_on_what_is_there() -> None:
    document = read(ONA)
    for task in document["tasks"].values():
        assert set(task.get("dependsOn", [])) <= set(document["tasks"]) | set(document["services"])


# Dev containers and Gitpod Classic


def test_devcontainer_installs_first_and_waits_for_nothing_of_aws() -> None:
    document = read(DEVCONTAINER)
    assert document["onCreateCommand"].startswith("cargo install --locked")
    assert document["waitFor"] == "onCreateCommand"
    earlier = {
        key: value for key, value in document.items() if key.endswith("Command") and key != "postStartCommand"
    }
    assert "startup" not in json.dumps(earlier)
    assert document["postStartCommand"]["aws"] == "underpin startup --apply"


def test_gitpod_file_says_that_its_product_ended() -> None:
    first = (ROOT / GITPOD).read_text(encoding="utf-8").splitlines()[0]
    assert "ended on 15 October 2025" in first and "https://ona.com/" in first
    for task in read(GITPOD)["tasks"]:
        assert "startup" not in task.get("init", "")


# Compose


def test_compose_images_are_pinned_and_ports_are_of_this_machine() -> None:
    for name, service in read(COMPOSE)["services"].items():
        assert re.fullmatch(r"[a-z/-]+:\d+(\.\d+)+", service["image"]), name
        assert all(port.startswith("127.0.0.1:") for port in service["ports"]), name
        assert "healthcheck" in service, name


def test_compose_mounts_files_that_are_there() -> None:
    for name, service in read(COMPOSE)["services"].items():
        for volume in service.get("volumes", []):
            host, _, mode = volume.split(":")
            assert (ROOT / host).is_file() and mode == "ro", f"{name}: {volume}"


def test_compose_serves_the_endpoint_of_the_stack_file() -> None:
    (port,) = read(COMPOSE)["services"]["dynamodb-local"]["ports"]
    local = read("stack.yaml")["environments"]["local"]["endpoint_url"]
    assert local == f"http://localhost:{port.split(':')[1]}"


# Workflows


def jobs() -> list[tuple[str, str, dict[str, Any]]]:
    """All jobs of all workflows."""
    found = [(name, read(name)) for name in WORKFLOWS]
    return [(name, job, body) for name, document in found for job, body in document["jobs"].items()]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflow_asks_for_little_and_never_trusts_a_fork(name: str) -> None:
    document = read(name)
    assert document["permissions"] in ({}, {"contents": "read"})
    triggers = document["on"]
    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(triggers)
    for job, body in document["jobs"].items():
        asks = body.get("permissions", {})
        writes = {scope for scope, access in asks.items() if access == "write"}
        assert writes <= {"id-token", "pull-requests", "security-events"}, job
        if "id-token" in writes and "pull_request" in triggers:
            assert "github.event.pull_request.head.repo.full_name == github.repository" in body["if"], job


def test_workflow_actions_are_pinned_by_commit_and_keep_no_token() -> None:
    for name, job, body in jobs():
        for step in body["steps"]:
            uses = step.get("uses")
            if uses is not None:
                assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", uses), f"{name}: {job}: {uses}"
            if uses is not None and uses.startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False, f"{name}: {job}"


def test_workflow_scripts_have_no_expressions() -> None:
    for name, job, body in jobs():
        for step in body["steps"]:
            # What an event says would be part of the script; as a variable it is only data.
            assert "${{" not in step.get("run", ""), f"{name}: {job}: {step}"


def test_workflow_credentials_come_from_a_role_that_the_job_may_ask_for() -> None:
    for name, job, body in jobs():
        signs_in = [step for step in body["steps"] if "configure-aws-credentials" in step.get("uses", "")]
        assert bool(signs_in) == (body.get("permissions", {}).get("id-token") == "write"), f"{name}: {job}"
        for step in signs_in:
            assert set(step["with"]) == {"role-to-assume", "aws-region"}, f"{name}: {job}"
    assert "secrets." not in "".join((ROOT / name).read_text(encoding="utf-8") for name in WORKFLOWS)


def test_apply_carries_out_the_reviewed_plan_behind_an_approval() -> None:
    document = read(".github/workflows/apply.yml")
    assert document["on"]["push"] == {"branches": ["main"]} and "pull_request" not in document["on"]
    assert document["concurrency"]["cancel-in-progress"] is False
    plan, apply = document["jobs"]["plan"], document["jobs"]["apply"]
    assert "environment" not in plan and apply["environment"] == "production" and apply["needs"] == "plan"
    roles = [
        step["with"]["role-to-assume"]
        for job in (plan, apply)
        for step in job["steps"]
        if "configure-aws-credentials" in step.get("uses", "")
    ]
    assert roles == ["${{ vars.UNDERPIN_PLAN_ROLE_ARN }}", "${{ vars.UNDERPIN_APPLY_ROLE_ARN }}"]
    assert apply["steps"][-1]["run"] == "underpin apply plan.json --yes"
    assert not any("underpin apply" in step.get("run", "") for step in plan["steps"])


def test_oldest_rust_of_the_files_is_that_of_the_manifest() -> None:
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    (oldest,) = re.findall(r'^rust-version = "([0-9.]+)"', manifest, flags=re.MULTILINE)
    for name in WORKFLOWS:
        assert read(name)["env"]["RUST"] == oldest, name
    features = read(DEVCONTAINER)["features"]
    assert features["ghcr.io/devcontainers/features/rust:1"]["version"] == oldest
    assert f"cargo +{oldest} install" in (ROOT / GITPOD).read_text(encoding="utf-8")


def test_every_file_is_explained_in_the_guide() -> None:
    guide = (ROOT / "docs/workspaces.md").read_text(encoding="utf-8")
    for name in FILES:
        assert Path(name).name in guide, name
