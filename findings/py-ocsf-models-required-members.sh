#!/usr/bin/env bash
# The guess: py-ocsf-models implements OCSF, so an event that is valid by OCSF's schema is one that it takes, and an event
# that it takes is valid.
#
# What happens: neither. It requires members that the schema leaves optional (versions 1.5.0 to 1.8.0): a resource's
# owner needs `uid`, `type_id` and `account` beside `name`, an API's service `uid` and `version`, an account its `name`. An
# event with only what the schema asks for is refused. Members that the schema does not know are taken, and dropped.
#
# Why it matters here: what an audit writes as OCSF is read by tools that are built on these models. So it has the members
# that they require, and is held against both, the schema and the models.
#
# Source: py_ocsf_models/objects/{user,account,service}.py (fields without a default, no `extra="forbid"`);
# https://schema.ocsf.io/1.8.0/objects/user (`type_id` recommended, `uid` and `account` optional).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    py-ocsf-models==0.10.0 ocsf-json-schema==1.2.0 jsonschema==4.26.0
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from pydantic import ValidationError


def event(**resource):
    return {
        "activity_id": 1, "category_uid": 2, "class_uid": 2003, "type_uid": 200301, "time": 0, "severity_id": 3,
        "status_code": "fail", "message": "m", "compliance": {"control": "c", "status_id": 3},
        "cloud": {"provider": "AWS", "account": {"uid": "123456789012", "name": "a", "type_id": 10}},
        "finding_info": {"uid": "u", "title": "t"},
        "metadata": {"version": "1.8.0", "product": {"name": "p", "vendor_name": "v"}},
        "resources": [{"uid": "r", **resource}],
    }


def by_model(value):
    try:
        ComplianceFinding.model_validate(value)
    except ValidationError as error:
        return sorted(".".join(map(str, one["loc"])) for one in error.errors())
    return []


print(f"py-ocsf-models {version('py-ocsf-models')}, ocsf-json-schema {version('ocsf-json-schema')}")
owner, unknown = event(owner={"name": "team"}), event(nobody_knows_this=1)
changed = False
for number in ["1.5.0", "1.6.0", "1.7.0", "1.8.0"]:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=number)).get_class_schema("compliance_finding", ["cloud"])
    check = Draft202012Validator(schema)
    print(f"schema {number}: owner with a name only {'valid' if check.is_valid(owner) else 'refused'}, "
          f"unknown member {'valid' if check.is_valid(unknown) else 'refused'}")
    changed |= not check.is_valid(owner) or check.is_valid(unknown)
print(f"the models: owner with a name only lacks {by_model(owner)}, unknown member lacks {by_model(unknown)}")
changed |= by_model(owner) != [f"resources.0.owner.{name}" for name in ["account", "type_id", "uid"]]
changed |= by_model(unknown) != []
if changed:
    sys.exit("the behaviour has changed")
PY
