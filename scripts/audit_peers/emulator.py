"""The sandbox's emulator, with a log of the calls that it gets."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path
from types import TracebackType

ACCOUNT = "123456789012"
REGION = "eu-central-1"


class Emulator:
    """A running emulator, which ends with the block."""

    def __init__(self, root: Path) -> None:
        command = [sys.executable, root / "sandbox/launcher.py", "--port", "0", "--account", ACCOUNT]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line.startswith("ready "):
            raise SystemExit("the sandbox did not start")
        self.endpoint = line.split()[1]

    def __enter__(self) -> "Emulator":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()

    def _ask(self, path: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(f"{self.endpoint}/_underpin/{path}", method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return answer.read()

    def clear_log(self) -> None:
        """Forgets the calls so far."""
        self._ask("log/clear", "POST")

    def calls(self) -> int:
        """The number of calls since then."""
        return sum(1 for line in self._ask("requests").splitlines() if json.loads(line))

    def reset(self) -> None:
        """Empties the account."""
        self._ask("reset", "POST")


def environment(endpoint: str, home: Path) -> dict[str, str]:
    """What a program needs to know of the emulator, and nothing of this machine's."""
    home.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        # Everything but loopback goes to a port where nothing listens: no look for updates, no download.
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1,localhost",
    }
