#!/usr/bin/env bash
# The guess: an emulator's web page can be told from a service's answer by its content type. AWS's answers to DynamoDB
# are `application/x-amz-json-1.0`, to Application Auto Scaling and CloudWatch Logs `application/x-amz-json-1.1`; a page
# is `text/html`.
#
# What happens: moto_server labels answers that succeed as `text/html` for services without a header of their own, and
# an operation that it does not have is a page with status 500 (JSON protocols) or 404 (REST), with the same type. The
# status does not tell either: 500 is what an SDK asks again, six times and for a quarter of a minute.
#
# Why it matters here: whether an endpoint lacks an operation has to be told by the body alone, and before the SDK
# retries; a classifier that looks at the content type would take answers that succeed for pages.
#
# Source: measured; Smithy's AWS JSON 1.1 protocol requires `application/x-amz-json-1.1` in a response.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT
python3 -m venv "$work/venv" >/dev/null
"$work/venv/bin/pip" install --quiet --disable-pip-version-check moto==5.2.1 flask==3.1.3 flask-cors==6.0.5 py-partiql-parser==0.6.3 joserfc==1.6.5 pyyaml
port=$("$work/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$work/venv/bin/moto_server" -H 127.0.0.1 -p "$port" >"$work/log" 2>&1 &
server=$!
"$work/venv/bin/python" - "$port" <<'PY'
import sys, time, urllib.error, urllib.request
from importlib.metadata import version

port = sys.argv[1]
for _ in range(300):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/moto-api/", timeout=1)
        break
    except OSError:
        time.sleep(0.1)


def ask(service, target=None, path="/", body=b"{}", method="POST"):
    scope = f"test/20261130/eu-central-1/{service}/aws4_request"
    headers = {"authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
    if target:
        headers |= {"x-amz-target": target, "content-type": "application/x-amz-json-1.1"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers, method=method)
    try:
        answer = urllib.request.urlopen(request, timeout=60)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers["content-type"].split(";")[0], answer.read()[:15]


known = ask("logs", "Logs_20140328.DescribeLogGroups")
lacks = ask("dynamodb", "DynamoDB_20120810.ListContributorInsights")
path = ask("lambda", path="/2024-08-31/functions/f/recursion-config", body=None, method="GET")
print("moto", version("moto"))
print("DescribeLogGroups (succeeds):         ", *known)
print("ListContributorInsights (not there):  ", *lacks)
print("GetFunctionRecursionConfig (not there):", *path)
page = b"<!doctype html>"
assert known[:2] == (200, "text/html") and known[2].startswith(b"{"), known
assert lacks == (500, "text/html", page), lacks
assert path == (404, "text/html", page), path
PY
