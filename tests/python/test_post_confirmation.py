"""The post-confirmation function, against a real Postgres, and its package."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import socket
import ssl
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from conftest import ROOT
from postgres import PASSWORD, PASSWORD_IN_URL, Postgres

NAME = "cruddur-post-confirmation"
EMAIL, DISPLAY_NAME, SUB = "bobby@example.com", "Bobby O'Neil", "8e1d-sub"
ROWS = "SELECT display_name, handle, email, cognito_user_id FROM users ORDER BY handle"
# With the number of the transaction that wrote a row last.
WRITTEN = "SELECT display_name, handle, email, cognito_user_id, xmin FROM users ORDER BY handle"
PERSONAL = (EMAIL, "Bobby", "bobby", SUB, PASSWORD, PASSWORD_IN_URL)


def load(folder: Path) -> ModuleType:
    """Loads the function's module from a folder."""
    spec = importlib.util.spec_from_file_location("post_confirmation", folder / "lambda_function.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def function() -> ModuleType:
    return load(ROOT / "lambdas" / NAME)


class Database:
    """A database of one test, with the project's own schema and rows."""

    def __init__(self, postgres: Postgres, name: str) -> None:
        self.postgres, self.name = postgres, name
        for file in ("schema.sql", "seed.sql"):
            self.query((ROOT / "db" / file).read_text())

    def query(self, sql: str) -> str:
        return self.postgres.query(self.name, sql)

    def connections(self) -> str:
        """The number of connections of the function."""
        return self.query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'cruddur%'")


@pytest.fixture
def database(
    postgres: Postgres, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    name = "t" + hashlib.sha256(request.node.name.encode()).hexdigest()[:16]
    postgres.query("postgres", f"CREATE DATABASE {name}")
    monkeypatch.setenv("CONNECTION_URL", postgres.url(name))
    yield Database(postgres, name)
    postgres.query("postgres", f"DROP DATABASE {name} WITH (FORCE)")


def event(**more: Any) -> dict[str, Any]:
    """The event of a confirmed sign-up, as Cognito sends it."""
    attributes = {
        "sub": SUB,
        "cognito:user_status": "CONFIRMED",
        "email_verified": "true",
        "email": EMAIL,
        "name": DISPLAY_NAME,
        "preferred_username": "bobby",
    }
    attributes |= more.pop("attributes", {})
    return {
        "version": "1",
        "region": "eu-central-1",
        "userPoolId": "eu-central-1_AbCdEf123",
        "userName": "bobby",
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "1example23456789"},
        "triggerSource": "PostConfirmation_ConfirmSignUp",
        "request": {"userAttributes": {key: value for key, value in attributes.items() if value}},
        "response": {},
        **more,
    }


@pytest.fixture
def run(
    function: ModuleType, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Runs the function, which returns the event unchanged; returns its log, which holds nothing personal."""

    def handle(**more: Any) -> str:
        caplog.clear()
        asked = event(**more)
        assert function.lambda_handler(asked, None) == event(**more)
        log = caplog.text + "".join(capfd.readouterr())
        assert not [personal for personal in PERSONAL if personal in log], log
        return log

    return handle


def test_confirmed_user_is_inserted_with_parameters(database: Database, run: Callable[..., str]) -> None:
    name = "Bobby'); DROP TABLE users; --"
    run(attributes={"name": name})
    assert f"{name}|bobby|{EMAIL}|{SUB}" in database.query(ROWS).splitlines()
    assert database.query("SELECT count(*) FROM users WHERE uuid IS NOT NULL AND created_at <= now()") == "3"
    assert database.connections() == "0"


def test_handle_stands_in_for_a_missing_name(database: Database, run: Callable[..., str]) -> None:
    run(attributes={"name": ""})
    assert f"bobby|bobby|{EMAIL}|{SUB}" in database.query(ROWS).splitlines()


@pytest.mark.parametrize("unique", [True, False], ids=["unique", "no_constraint"])
def test_redelivery_beside_itself_inserts_once(
    database: Database, function: ModuleType, run: Callable[..., str], unique: bool
) -> None:
    if not unique:
        database.query("ALTER TABLE users DROP CONSTRAINT users_handle_key, DROP CONSTRAINT users_email_key")
    failures: list[BaseException] = []

    def deliver() -> None:
        try:
            function.lambda_handler(event(), None)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    before = database.query(WRITTEN)
    assert before.count(EMAIL) == 1
    assert "there already" in run()
    # The user has another name by now; the row stays as it is.
    assert "there already" in run(attributes={"name": "Robert", "email": "robert@example.com"})
    assert database.query(WRITTEN) == before


@pytest.mark.parametrize(
    "same",
    [{"preferred_username": "adakeller"}, {"email": "ada.keller@example.com"}],
    ids=["handle", "email"],
)
def test_user_with_a_row_of_the_same_handle_or_email_never_fails_the_sign_up(
    database: Database, run: Callable[..., str], same: dict[str, str]
) -> None:
    before = database.query(ROWS)
    assert "another row has the handle" in run(attributes=same)
    assert database.query(ROWS) == before, "somebody else's row is not taken over"


def test_new_password_needs_no_database(function: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECTION_URL", "postgresql://u:p@127.0.0.1:1/none")
    asked = event(triggerSource="PostConfirmation_ConfirmForgotPassword")
    assert function.lambda_handler(asked, None) == asked


def failure(function: ModuleType, **more: Any) -> str:
    """Runs the function, which must fail; returns everything that Lambda would log of it."""
    with pytest.raises(function.PostConfirmationError) as raised:
        function.lambda_handler(event(**more), None)
    # The chain of causes is printed as well, unless it is cut off.
    assert (
        raised.value.__cause__ is None and raised.value.__suppress_context__ or not raised.value.__context__
    )
    shown = repr(raised.value)
    assert not [personal for personal in PERSONAL if personal in shown], shown
    return str(raised.value)


@pytest.mark.parametrize("name", ["preferred_username", "email", "sub"])
def test_missing_attribute_is_named(function: ModuleType, name: str) -> None:
    assert failure(function, attributes={name: ""}) == f"the user has no attribute `{name}`"


def test_refused_row_is_an_error_without_its_values(database: Database, function: ModuleType) -> None:
    database.query("ALTER TABLE users ADD CONSTRAINT short CHECK (length(display_name) < 5) NOT VALID")
    assert failure(function) == "the database refuses: SQLSTATE 23514"
    database.query("DROP TABLE users")
    assert failure(function) == "the database refuses: SQLSTATE 42P01"
    assert database.connections() == "0"


def test_unreachable_or_silent_database_is_an_error_within_cognitos_time(
    function: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        monkeypatch.setenv("CONNECTION_URL", f"postgresql://u:{PASSWORD_IN_URL}@127.0.0.1:{port}/d")
        assert failure(function).startswith("the database can't be reached")
        silent.listen()
        monkeypatch.setattr(function, "NETWORK_SECONDS", 0.2)
        assert failure(function).startswith("the database can't be reached")


@pytest.mark.parametrize(
    "url", ["", PASSWORD, f"mysql://u:{PASSWORD_IN_URL}@h/d", f"postgresql://u:x@{PASSWORD}@h"]
)
def test_wrong_url_is_not_shown(function: ModuleType, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CONNECTION_URL", url)
    assert failure(function) == "`CONNECTION_URL` is not a Postgres URL"


def test_other_machines_are_reached_by_verified_tls_only(function: ModuleType) -> None:
    for host in ("localhost", "127.0.0.1", "::1"):
        assert function.encryption(host, "") is False
    for host in ("db.example.com", "10.0.0.1", "localhost.example.com"):
        context = function.encryption(host, "")
        assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname


def test_server_without_tls_gets_no_password(function: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function, "is_loopback", lambda _: False)
    heard = []

    def refuse(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(8)
            connection.sendall(b"N")
            heard.append(connection.recv(1024))

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = threading.Thread(target=refuse, args=(listener,))
        server.start()
        port = listener.getsockname()[1]
        monkeypatch.setenv("CONNECTION_URL", f"postgresql://u:{PASSWORD_IN_URL}@127.0.0.1:{port}/d")
        assert failure(function).startswith("the database can't be reached")
        server.join()
    assert heard == [b""]


def package(output: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Packages the function without network."""
    program = [sys.executable, str(ROOT / "scripts/package-lambda"), NAME, "--output", str(output)]
    wheels = ["--wheels", str(ROOT / ".cache/wheels")]
    return subprocess.run([*program, *wheels, *more], check=False, capture_output=True, text=True)


def test_package_is_the_same_twice_and_runs_by_itself(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    for output in (first, second):
        made = package(output)
        assert made.returncode == 0, made.stderr
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        names = archive.namelist()
        assert names == sorted(names) and {"lambda_function.py", "pg8000/native.py"} <= set(names)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in names if name.endswith((".pyc", ".so", "requirements.txt"))]
        archive.extractall(tmp_path / "task")
    # Nothing but the package and Python itself, as in Lambda.
    program = (
        "import json, sys; sys.path.insert(0, '.'); import lambda_function, pg8000, scramp, dateutil;"
        "assert all(module.__file__.startswith(sys.argv[2]) for module in (pg8000, scramp, dateutil));"
        "lambda_function.lambda_handler(json.loads(sys.argv[1]), None)"
    )
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, json.dumps(event()), str((tmp_path / "task").resolve())],
        check=False,
        cwd=tmp_path / "task",
        env={"CONNECTION_URL": database.postgres.url(database.name)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert EMAIL in database.query(ROWS)


def test_requirements_are_pinned_with_digests_and_are_those_of_the_tests() -> None:
    text = (ROOT / "lambdas" / NAME / "requirements.txt").read_text()
    pins = re.findall(r"^([a-z0-9-]+==[^ \n]+) \\\n    --hash=sha256:[0-9a-f]{64}$", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[a-z]", text, re.MULTILINE)) > 0
    tests = (ROOT / "tests/python/requirements.txt").read_text() + (
        ROOT / "sandbox/requirements.txt"
    ).read_text()
    assert set(pins) <= set(tests.splitlines())


def test_wheel_with_another_digest_is_refused(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for wheel in (ROOT / ".cache/wheels").glob("*.whl"):
        (wheels / wheel.name).write_bytes(wheel.read_bytes())
    with zipfile.ZipFile(next(wheels.glob("pg8000*")), "a") as archive:
        archive.writestr("pg8000/more.py", "")
    made = package(tmp_path / "out.zip", "--wheels", str(wheels))
    assert made.returncode != 0 and not (tmp_path / "out.zip").exists()
