#!/usr/bin/env bash
# The guess: botocore's description of an API has the limits of each value (least, most, pattern, words), so boto3
# refuses what lies outside them before anything is sent, and a stack that boto3 can send is within them.
#
# What happens: its validator looks at types, at required members and at the least value or length. The most, the
# pattern and the words (`max`, `pattern`, `enum`) stand in the model and are never held against the input: a memory
# of 1,000,000 MB, a runtime `cobol` and a role that is no ARN go out, a memory of 1 MB does not.
#
# Why it matters here: limits can't be left to an SDK (Rust's checks none of them either). The checks of the kinds
# state them, and scripts/freshness reads them from the model to see when they move.
#
# Source: botocore/validate.py, `ParamValidator` and `range_check`, which only knows `min`.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --root-user-action=ignore --disable-pip-version-check --target "$folder" botocore==1.43.11
PYTHONPATH=$folder AWS_EC2_METADATA_DISABLED=true python3 - <<'PY'
import sys

import botocore
from botocore.session import Session
from botocore.validate import ParamValidator

model = Session().get_service_model("lambda")
shape = model.operation_model("CreateFunction").input_shape
valid = {
    "FunctionName": "f", "Runtime": "python3.13", "Handler": "a.b", "MemorySize": 128,
    "Role": "arn:aws:iam::123456789012:role/r", "Code": {"ZipFile": b"x"},
}
cases = [
    ("a valid input", {}, False),
    ("memory below the least", {"MemorySize": 1}, True),
    ("memory above the most", {"MemorySize": 1_000_000}, False),
    ("a runtime that is not among the words", {"Runtime": "cobol"}, False),
    ("a role that does not fit the pattern", {"Role": "nobody"}, False),
]
memory = shape.members["MemorySize"].metadata
print(f"botocore {botocore.__version__}: MemorySize {memory}, Role {shape.members['Role'].metadata}")
changed = False
for name, change, refused in cases:
    report = ParamValidator().validate(valid | change, shape)
    print(f"{name}: {report.generate_report() or 'taken'}")
    changed |= report.has_errors() != refused
if changed or "max" not in memory:
    sys.exit("the behaviour has changed")
PY
