"""A real Postgres for the tests: a server in a folder and on a port of its own, which ends with them.

The programs are those of Debian's package `postgresql`, which `scripts/test` installs where it may. They
refuse to run as root, so root's tests run them as another user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

USER = "tester"
PASSWORD = "p@ss/word?"
PASSWORD_IN_URL = "p%40ss%2Fword%3F"


@dataclass
class Postgres:
    """A running server."""

    port: int
    programs: Path

    def url(self, database: str) -> str:
        """The URL of a database, with user and password."""
        return f"postgresql://{USER}:{PASSWORD_IN_URL}@127.0.0.1:{self.port}/{database}"

    def query(self, database: str, sql: str) -> str:
        """Runs a statement with psql, independently of the driver that is tested."""
        program = [str(self.programs / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"]
        program += ["-p", str(self.port), "-U", USER, "-d", database, "-c", sql]
        ran = subprocess.run(
            program, check=False, env=os.environ | {"PGPASSWORD": PASSWORD}, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.rstrip("\n")


def find_programs() -> Path | None:
    """Finds the folder of the programs: that of pg_config, Debian's newest, or one of the path."""
    folders = []
    if shutil.which("pg_config"):
        folders.append(
            subprocess.run(
                ["pg_config", "--bindir"], check=False, capture_output=True, text=True
            ).stdout.strip()
        )
    folders += sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    folders += os.environ.get("PATH", "").split(":")
    for folder in map(Path, folders):
        if all((folder / name).is_file() for name in ("initdb", "postgres", "psql")):
            return folder
    return None


def other_user() -> pwd.struct_passwd | None:
    """The user that root runs the programs as."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError("root has no other user to run it as")


@contextmanager
def server() -> Iterator[Postgres]:
    """Runs a server until the end; skips the tests where there is none, and fails them in CI."""
    programs = find_programs()
    if programs is None:
        lack = "Postgres was not found (the package `postgresql`; `scripts/test setup` installs it for root)"
        if os.environ.get("CI"):
            pytest.fail(f"in CI the tests against Postgres are not left out: {lack}")
        pytest.skip(lack)
    user = other_user()
    identity = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    folder = Path(tempfile.mkdtemp(prefix="underpin-postgres-"))
    process = None
    try:
        (folder / "password").write_text(PASSWORD)
        if user is not None:
            for path in (folder, folder / "password"):
                os.chown(path, user.pw_uid, user.pw_gid)
        make = [
            str(programs / "initdb"),
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
            "--auth=scram-sha-256",
        ]
        make += ["--username", USER, "--pwfile", str(folder / "password"), "--pgdata", str(folder / "data")]
        subprocess.run(make, check=True, capture_output=True, cwd=folder, **identity)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        serve = [str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port), "-h", "127.0.0.1"]
        serve += ["-k", str(folder), "-c", "fsync=off", "-c", "shared_buffers=16MB"]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(serve, stdout=log, stderr=log, cwd=folder, **identity)
        postgres = Postgres(port, programs)
        wait_until_ready(postgres, process, folder / "log")
        yield postgres
    finally:
        if process is not None:
            # At once, without waiting for clients.
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_ready(postgres: Postgres, process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits until the server takes connections."""
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            postgres.query("postgres", "SELECT 1")
        except AssertionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())
