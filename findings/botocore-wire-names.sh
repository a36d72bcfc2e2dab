#!/usr/bin/env bash
# The guess: what boto3 and the AWS CLI print of an answer has the names that the service sends and that its API reference
# shows, so that a rule written with the one in view fits the other.
#
# What happens: botocore renames members by its models (`locationName`), for some services. GuardDuty sends `status` and
# `features[].name`, and boto3 shows `Status` and `Features[].Name`; Access Analyzer sends and shows `status`; EC2 sends
# `ipPermissions[].groups`, and boto3 shows `IpPermissions[].UserIdGroupPairs`. Neither protocol nor age tells which: of
# the 250 services with REST and JSON, thirteen are renamed.
#
# Why it matters here: an audit that reads answers itself has the service's own names. A check that looks for a member under
# boto3's name finds nothing there, and nothing reads as "off": a wrong verdict without an error.
#
# Source: botocore's `service-2.json`; GuardDuty API reference, `GetDetector` (response syntax).
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --root-user-action=ignore --disable-pip-version-check --target "$folder" botocore==1.43.11
PYTHONPATH=$folder AWS_EC2_METADATA_DISABLED=true python3 - <<'PY'
import botocore
import botocore.session
from botocore.parsers import create_parser

session = botocore.session.get_session()
print("botocore", botocore.__version__)


def shown(service: str, operation: str, body: bytes) -> dict:
    model = session.get_service_model(service)
    parser = create_parser(model.resolved_protocol)
    answer = {"status_code": 200, "headers": {}, "body": body}
    parsed = parser.parse(answer, model.operation_model(operation).output_shape)
    parsed.pop("ResponseMetadata")
    return parsed


detector = shown("guardduty", "GetDetector", b'{"status": "ENABLED", "features": [{"name": "LAMBDA_NETWORK_LOGS"}]}')
analyzers = shown("accessanalyzer", "ListAnalyzers", b'{"analyzers": [{"status": "ACTIVE"}]}')
groups = shown(
    "ec2",
    "DescribeSecurityGroups",
    b"<R><securityGroupInfo><item><groupId>sg-1</groupId><ipPermissions><item><groups><item><groupId>sg-2</groupId></item>"
    b"</groups></item></ipPermissions></item></securityGroupInfo></R>",
)
for answer in (detector, analyzers, groups):
    print(answer)
assert detector == {"Status": "ENABLED", "Features": [{"Name": "LAMBDA_NETWORK_LOGS"}]}
assert analyzers == {"analyzers": [{"status": "ACTIVE"}]}
assert groups["SecurityGroups"][0]["IpPermissions"][0]["UserIdGroupPairs"] == [{"GroupId": "sg-2"}]


def renames(service: str) -> bool:
    """Tells whether more than half of the members of a service's answers are renamed."""
    model = session.get_service_model(service)
    members = []
    for name in model.operation_names:
        output = model.operation_model(name).output_shape
        for key, shape in (output.members if output else {}).items():
            if shape.serialization.get("location") is None:
                members.append(shape.serialization.get("name", key) != key)
    return sum(members) > len(members) / 2


rest = []
for service in session.get_available_services():
    if session.get_service_model(service).resolved_protocol == "rest-json":
        rest.append(service)
renamed = [service for service in rest if renames(service)]
print(f"{len(renamed)} of {len(rest)} services with REST and JSON are renamed:", ", ".join(renamed))
assert "guardduty" in renamed and "accessanalyzer" not in renamed
assert len(rest) // 20 < len(renamed) < len(rest) // 2
PY
