"""Looks at templates as others do: `read` prints what PyYAML, the reader of CloudFormation's own tools,
makes of a file; `lint` prints every match of cfn-lint, warnings and notes included."""

import json
import sys

import yaml
from cfnlint.api import lint
from cfnlint.config import ManualArgs

# Rules that are left out, each with its reason.
LEFT_OUT = {
    "I3042": "the partition of an ARN is the one of the region in which the stack file places the resource",
}


def main() -> None:
    """Runs one of the two on the files that follow."""
    action, *files = sys.argv[1:]
    for file in files:
        with open(file, encoding="utf-8") as opened:
            text = opened.read()
        if action == "read":
            print(json.dumps(yaml.safe_load(text)))
            continue
        config = ManualArgs(regions=["eu-central-1"], include_checks=["I"])
        for match in lint(text, config=config):
            if match.rule.id not in LEFT_OUT:
                print(file, match.rule.id, "/".join(map(str, match.path)), match.message)


if __name__ == "__main__":
    main()
