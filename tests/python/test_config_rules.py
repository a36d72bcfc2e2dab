"""The entries of the shipped rules of AWS Config name what AWS has."""

import gzip
import json
from pathlib import Path

import moto.config
import yaml

FOLDER = Path(__file__).parents[2] / "policies" / "config"
RULES = {
    file.parent.name: yaml.safe_load(file.read_text(encoding="utf-8"))
    for file in sorted(FOLDER.glob("*/entry.yaml"))
}
MANAGED = Path(moto.config.__file__).parent / "resources" / "aws_managed_rules.json.gz"


def managed() -> dict:
    """The managed rules of AWS Config, as moto carries them from AWS's own pages."""
    with gzip.open(MANAGED) as file:
        rules = json.load(file)
    return rules.get("ManagedRules", rules)


def identifiers(rule: dict) -> list[str]:
    """The managed rules whose verdict a rule gives."""
    named = rule.get("config_rule", [])
    return [named] if isinstance(named, str) else named


def test_every_identifier_is_a_managed_rule_with_these_parameters():
    """Identifiers exist, and a parameter that AWS's rule has is spelt as there."""
    known = managed()
    for name, rule in RULES.items():
        theirs = {
            parameter["Name"]
            for identifier in identifiers(rule)
            for parameter in known[identifier]["Parameters"]
        }
        if identifiers(rule):
            assert set(rule.get("parameters", {})) <= theirs, name


def test_the_rule_on_throughput_is_covered_with_its_parameters():
    """The project's example asks for it by its identifier."""
    rule = RULES["ddb-table-throughput-limit"]
    assert identifiers(rule) == ["DYNAMODB_THROUGHPUT_LIMIT_CHECK"]
    assert set(rule["parameters"]) == {"accountRCUThresholdPercentage", "accountWCUThresholdPercentage"}


def test_no_identifier_is_claimed_twice():
    """Else nobody could tell which rule an identifier means."""
    named = [identifier for rule in RULES.values() for identifier in identifiers(rule)]
    assert len(named) == len(set(named))


def test_aws_config_takes_every_text():
    """At most 10,000 characters, and none of the functions of Guard 3 (the loader refuses those)."""
    for file in sorted(FOLDER.glob("*/rule.guard")):
        assert len(file.read_text(encoding="utf-8")) <= 10_000, file.parent.name
