"""Starts the sandbox: moto on a loopback port, with its departures from AWS repaired.

Responsible for the command line, for the environment that moto reads when it is imported, and for
the server's life. What a request means is decided in `underpin_sandbox`; nothing here knows AWS.

    python launcher.py --port N --account 123456789012 --log FILE [--strict] [--authorize] [--slow MS]
        [--ttl-cooldown S]
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

HOST = "127.0.0.1"


def _account(text: str) -> str:
    """Accepts twelve digits, since moto believes anything."""
    if not re.fullmatch(r"\d{12}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an account: twelve digits are")
    return text


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="launcher.py", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True, help="loopback port; 0 takes a free one")
    parser.add_argument("--account", type=_account, required=True, help="the sandbox's account")
    parser.add_argument("--log", type=Path, help="file that every request is appended to, as JSON lines")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuse, too, what no service model describes, rather than pass it on unjudged",
    )
    parser.add_argument(
        "--authorize",
        action="store_true",
        help="judge who signs with a user's or role's access key by its identity policies",
    )
    parser.add_argument(
        "--slow",
        type=int,
        default=0,
        metavar="MS",
        help="time that tables, indexes, endpoints and functions take to settle (default 0: at once)",
    )
    parser.add_argument(
        "--ttl-cooldown",
        type=float,
        default=0,
        metavar="SECONDS",
        help="time between two changes of a table's time to live (AWS: an hour; default 0)",
    )
    return parser.parse_args(argv)


def prepare_environment(account: str) -> None:
    """Sets what moto reads at import, and takes away what could lead a request off loopback."""
    for name in [key for key in os.environ if key.startswith(("AWS_", "MOTO_"))]:
        del os.environ[name]
    os.environ.update(
        MOTO_ACCOUNT_ID=account,
        MOTO_IAM_LOAD_MANAGED_POLICIES="true",
        MOTO_ALLOW_NONEXISTENT_REGION="false",
        MOTO_EC2_LOAD_DEFAULT_AMIS="false",
        AWS_ACCESS_KEY_ID="sandbox",
        AWS_SECRET_ACCESS_KEY="sandbox",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )


def _silence(*streams: TextIO) -> None:
    """Sends what libraries print to nowhere; what goes wrong is in the log of requests."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        for stream in streams:
            os.dup2(nowhere.fileno(), stream.fileno())


def main(argv: Sequence[str] | None = None) -> int:
    """Serves until told to stop."""
    arguments = parse_arguments(argv)
    prepare_environment(arguments.account)
    sys.path.insert(0, str(Path(__file__).resolve().parent))

    from underpin_sandbox.app import build_server
    from underpin_sandbox.state import SETTINGS

    SETTINGS.account = arguments.account
    SETTINGS.strict = arguments.strict
    SETTINGS.authorize = arguments.authorize
    SETTINGS.slow = arguments.slow / 1000
    SETTINGS.ttl_cooldown = arguments.ttl_cooldown
    server = build_server(HOST, arguments.port, arguments.log)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: sys.exit(0))
    print(f"ready http://{HOST}:{server.server_port}", flush=True)
    # Whoever started the sandbox may go away, and its pipes with it.
    _silence(sys.stdout, sys.stderr)
    try:
        server.serve_forever()
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
