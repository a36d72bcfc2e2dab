#!/usr/bin/env bash
# The guess: a policy may be written in YAML as in JSON, so the condition operator `Null` needs no quotes: it is a key.
# What happens: in YAML's core schema a plain `Null` is the null value, as a key too. PyYAML gives a mapping with the
# key `None` (which `json.dumps` writes as "null", an operator that IAM doesn't know), and the validators of templates
# refuse the whole file before they look at a rule. Only the quoted `"Null"` is the operator.
# Why it matters here: underpin reads every key as a text, so a policy that is right here, written out for another tool,
# must have its keys quoted.
# Source: YAML 1.2.2, 10.3.2 "Tag Resolution" of the core schema; IAM user guide, "Condition operators", `Null`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet install pyyaml==6.0.4 cfn-lint==1.58.0 cloudformation-validate==1.14.0
cd "$folder"
for operator in Null '"Null"'; do
  cat > template.yaml <<TEMPLATE
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: lambda.amazonaws.com}
            Action: sts:AssumeRole
            Condition:
              $operator:
                aws:SourceAccount: "false"
TEMPLATE
  echo "== Condition: {$operator: …}"
  venv/bin/cfn-lint --version
  venv/bin/cfn-lint template.yaml > lint.txt && lint=0 || lint=$?
  cat lint.txt
  venv/bin/python - "$operator" "$lint" <<'PYTHON'
import importlib.metadata
import sys

import yaml
from cloudformation_validate import RegoEngine

operator, lint = sys.argv[1], int(sys.argv[2])
with open("template.yaml", encoding="utf-8") as file:
    role = yaml.safe_load(file)["Resources"]["Role"]["Properties"]
(key,) = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
told = [one.rule_id for one in RegoEngine().validate_template("template.yaml").diagnostics if one.severity.name == "FATAL"]
print("pyyaml", importlib.metadata.version("pyyaml"), "reads the key as", repr(key))
print("cloudformation-validate", importlib.metadata.version("cloudformation-validate"), "says", told)
bare = operator == "Null"
assert key == (None if bare else "Null"), key
assert (lint != 0) == bare, lint
assert bool(told) == bare, told
PYTHON
done
