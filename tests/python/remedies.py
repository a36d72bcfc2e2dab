"""Runs the remedies of an audit's report with the AWS CLI itself, on an emulator of this machine only.

    AWS_ENDPOINT_URL=http://127.0.0.1:PORT python tests/python/remedies.py REPORT.json

Prints, as JSON, what became of each failure's commands: `run`, or the reason why they were not. Words in
brackets get a value that is made for them. What a person has to edit or to carry out is left.
"""

import contextlib
import io
import ipaddress
import json
import os
import re
import shlex
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from awscli.clidriver import create_clidriver
from botocore.exceptions import BotoCoreError, ClientError

REGION = "eu-central-1"
WORD = re.compile(r"<([A-Z][A-Z0-9-]*)>")


class Emulator:
    """What stands for the words, made where it is asked for."""

    def __init__(self, url: str) -> None:
        self._url, self._number = url, 0

    def client(self, service: str):
        """The client of a service."""
        return boto3.client(service, region_name=REGION, endpoint_url=self._url)

    def name(self) -> str:
        """A name that nobody has used."""
        self._number += 1
        return f"remedy-{self._number}"

    def value(self, word: str, finding: dict) -> str:
        """The value of a word."""
        user = finding["resource"]["id"]
        made = {
            "KEY-ARN": lambda: self.client("kms").create_key()["KeyMetadata"]["Arn"],
            "TOPIC-ARN": self._topic,
            "LOG-BUCKET": self._bucket,
            "DESTINATION-ARN": self._queue,
            "BOUNDARY-ARN": self._policy,
            "GROUP": lambda: self.client("iam").create_group(GroupName=self.name())["Group"]["GroupName"],
            "KEY-ID": lambda: self._access_key(user),
            "MFA-ARN": self._mfa,
            "PLAN-ID": self._plan,
            "SIGNING-CONFIG-ARN": self._signing,
            "WEB-ACL-ARN": self._acl,
            "LOG-GROUP": lambda: f"/trail/{self.name()}",
        }
        if word == "BUCKET" and finding["check"] == "vpc-flow-logs":
            return self._bucket()
        fixed = {
            "HOME-REGION": REGION,
            "CODE-1": "123456",
            "CODE-2": "654321",
            "EMAIL": "security@example.com",
            "PHONE": "+49 30 123456",
            "SERVICE": "events.amazonaws.com",
            "SOURCE-ARN": f"arn:aws:events:{REGION}:123456789012:rule/orders",
        }
        return made[word]() if word in made else fixed.get(word) or self.name()

    def _topic(self) -> str:
        arn = self.client("sns").create_topic(Name=self.name())["TopicArn"]
        endpoint = f"arn:aws:sqs:{REGION}:123456789012:people"
        self.client("sns").subscribe(TopicArn=arn, Protocol="sqs", Endpoint=endpoint)
        return arn

    def _bucket(self) -> str:
        name = self.name()
        self.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        return name

    def _queue(self) -> str:
        url = self.client("sqs").create_queue(QueueName=self.name())["QueueUrl"]
        found = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return found["Attributes"]["QueueArn"]

    def _policy(self) -> str:
        document = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
        }
        made = self.client("iam").create_policy(PolicyName=self.name(), PolicyDocument=json.dumps(document))
        return made["Policy"]["Arn"]

    def _access_key(self, user: str) -> str:
        keys = self.client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
        active = [key["AccessKeyId"] for key in keys if key["Status"] == "Active"]
        return (active or [key["AccessKeyId"] for key in keys] or ["AKIAIOSFODNN7EXAMPLE"])[0]

    def _mfa(self) -> str:
        made = self.client("iam").create_virtual_mfa_device(VirtualMFADeviceName=self.name())
        return made["VirtualMFADevice"]["SerialNumber"]

    def _plan(self) -> str:
        rule = {"RuleName": "daily", "TargetBackupVaultName": "Default"}
        plan = {"BackupPlanName": self.name(), "Rules": [rule]}
        return self.client("backup").create_backup_plan(BackupPlan=plan)["BackupPlanId"]

    def _signing(self) -> str:
        profile = f"arn:aws:signer:{REGION}:123456789012:/signing-profiles/p/1"
        made = self.client("lambda").create_code_signing_config(
            AllowedPublishers={"SigningProfileVersionArns": [profile]}
        )
        return made["CodeSigningConfig"]["CodeSigningConfigArn"]

    def _acl(self) -> str:
        shown = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
        made = self.client("wafv2").create_web_acl(
            Name=self.name(), Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=shown
        )
        return made["Summary"]["ARN"]


def aws(words: list[str], file: str | None) -> str:
    """Runs the AWS CLI; the reason if it fails."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = create_clidriver().main(words)
    if file and code == 0:
        Path(file).write_text(out.getvalue(), encoding="utf-8")
    return "" if code == 0 else " ".join(err.getvalue().split()) or f"exit code {code}"


def run(finding: dict, emulator: Emulator) -> str:
    """Runs the commands of a failure; what became of them."""
    lines = finding["remediation"]["cli"].splitlines()
    if any(line.startswith("# ") and not line.startswith("# <") for line in lines):
        return "a person does a part of it"
    text = "\n".join(line for line in lines if not line.startswith("#"))
    try:
        for word in dict.fromkeys(WORD.findall(text)):
            text = text.replace(f"<{word}>", emulator.value(word, finding))
    except (ClientError, BotoCoreError, NotImplementedError) as error:
        return f"no value for a word: {type(error).__name__}"
    failed = ""
    for line in text.splitlines():
        words = shlex.split(line)
        words, file = (words[:-2], words[-1]) if words[-2:-1] == [">"] else (words, None)
        if words[0] == "rm":
            os.remove(words[1])
            continue
        # As in a shell, one that fails stops no other.
        failed = aws(words[1:], file) or failed
    return failed and f"refused: {failed}" or "run"


def main() -> None:
    """Runs all of them."""
    url = os.environ.get("AWS_ENDPOINT_URL", "")
    host = urlsplit(url).hostname or ""
    if host != "localhost" and not (
        host.replace(".", "").isdigit() and ipaddress.ip_address(host).is_loopback
    ):
        sys.exit(f"AWS_ENDPOINT_URL is {url!r}, which is no emulator on this machine: nothing was run")
    os.environ |= {"AWS_ACCESS_KEY_ID": "demo", "AWS_SECRET_ACCESS_KEY": "demo", "AWS_DEFAULT_REGION": REGION}
    os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "NO_PROXY": "*"}
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    emulator, outcomes = Emulator(url), {}
    for finding in report["findings"]:
        if finding["status"] == "fail" and finding["remediation"]["cli"]:
            with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
                outcomes[finding["id"]] = run(finding, emulator)
    print(json.dumps(outcomes, indent=1))


if __name__ == "__main__":
    main()
