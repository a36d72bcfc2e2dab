"""The texts that the tests put into stacks are those that the pinned service models take and refuse."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_text_of_the_language_has_a_shape_and_the_probes_are_fresh():
    """A property that is new in the schema, or a shape that is new in botocore, is told here."""
    command = [sys.executable, str(ROOT / "scripts/api-shapes"), "--check"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
