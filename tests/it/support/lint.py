"""Judges templates with cfn-lint: takes a file with a JSON list of them, prints a line for each error."""

import json
import sys

from cfnlint.api import lint
from cfnlint.config import ManualArgs


def main() -> None:
    """Prints what is wrong with the templates of the file that the first argument names."""
    with open(sys.argv[1], encoding="utf-8") as file:
        templates = json.load(file)
    # One template of all: a judgement of its own for each takes long.
    resources = {
        f"T{index}{name}": resource
        for index, template in enumerate(templates)
        for name, resource in template["Resources"].items()
    }
    for match in lint(json.dumps({"Resources": resources}), config=ManualArgs(regions=["eu-central-1"])):
        if match.rule.severity == "error":
            resource = resources.get(str(match.path[1])) if len(match.path) > 1 else None
            print(match.rule.id, "/".join(map(str, match.path)), match.message, json.dumps(resource))


if __name__ == "__main__":
    main()
