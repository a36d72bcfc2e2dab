"""Adds a user to Cruddur's database when the sign-up is confirmed.

Cognito calls the function after a confirmation and waits at most five seconds for it; it calls again where
the answer fails or is late. So the function may run twice, and beside itself, for one user: it inserts a user
who is not there, and leaves everything as it is where a row has the user's Cognito id, handle or e-mail
address already. A sign-up fails only if the database can't be reached or refuses the row.

The event is an answer, too, and is returned unchanged. Nothing personal is logged, and no error holds any:
what a database quotes in its errors is left out.

The environment names the database: `CONNECTION_URL`, a `postgresql://` URL. To another machine the connection
is encrypted and the server's certificate is checked, by the authorities of Python, or those of the file that
`PGSSLROOTCERT` or `sslrootcert=` in the URL names: Amazon RDS has an authority of its own, whose certificates
must be in the package.

Source: Amazon Cognito Developer Guide, "Post confirmation Lambda trigger" and "Customizing user pool
workflows with Lambda triggers".
"""

from __future__ import annotations

import ipaddress
import logging
import os
import ssl
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pg8000.native
from pg8000.exceptions import DatabaseError, InterfaceError

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

SIGN_UP = "PostConfirmation_ConfirmSignUp"
# Cognito waits for five seconds, and a second attempt must find the first one at its end.
NETWORK_SECONDS = 3
STATEMENT_MILLISECONDS = 2500

LOCK = "SELECT pg_advisory_xact_lock(hashtext(:handle))"
INSERT = """
INSERT INTO public.users (display_name, handle, email, cognito_user_id)
SELECT :display_name, :handle, :email, :sub
WHERE NOT EXISTS (
    SELECT FROM public.users WHERE cognito_user_id = :sub OR handle = :handle OR email = :email
)
ON CONFLICT DO NOTHING
"""
IS_THERE = "SELECT count(*) FROM public.users WHERE cognito_user_id = :sub"


class PostConfirmationError(Exception):
    """The user could not be added. Its message is seen by the client and in the logs."""


@dataclass(frozen=True, repr=False)
class User:
    """The user as the database keeps it."""

    display_name: str
    handle: str
    email: str
    sub: str

    @classmethod
    def of(cls, event: dict[str, Any]) -> User:
        """Reads the user from an event."""
        attributes = event.get("request", {}).get("userAttributes", {})
        values = {}
        for name in ("preferred_username", "email", "sub"):
            values[name] = attributes.get(name)
            if not values[name]:
                raise PostConfirmationError(f"the user has no attribute `{name}`")
        display_name = attributes.get("name") or values["preferred_username"]
        return cls(display_name, values["preferred_username"], values["email"], values["sub"])


def lambda_handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Adds the user of a confirmed sign-up; other events pass."""
    # A new password is confirmed by the same trigger.
    if event.get("triggerSource") == SIGN_UP:
        logger.info(add(User.of(event)))
    return event


def add(user: User) -> str:
    """Adds a user who is not there; returns what happened, without the user."""
    try:
        with closing(connect(os.environ.get("CONNECTION_URL", ""))) as connection:
            return insert(connection, user)
    except DatabaseError as error:
        # The server quotes values of rows in message and detail.
        fields = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
        raise PostConfirmationError(f"the database refuses: SQLSTATE {fields.get('C', 'unknown')}") from None
    except (InterfaceError, OSError) as error:
        raise PostConfirmationError(f"the database can't be reached: {type(error).__name__}") from None


def insert(connection: pg8000.native.Connection, user: User) -> str:
    """Inserts a user in one transaction; two runs for one handle go one after the other."""
    connection.run("START TRANSACTION")
    connection.run(f"SET LOCAL statement_timeout = {STATEMENT_MILLISECONDS}")
    connection.run(LOCK, handle=user.handle)
    connection.run(INSERT, display_name=user.display_name, handle=user.handle, email=user.email, sub=user.sub)
    added = connection.row_count == 1
    [[there]] = connection.run(IS_THERE, sub=user.sub)
    connection.run("COMMIT")
    if added:
        return "the user was added"
    if there:
        return "the user is there already: nothing was changed"
    return "another row has the handle or the e-mail address: nothing was changed, see `underpin users sync`"


def connect(url: str) -> pg8000.native.Connection:
    """Connects to the database of a URL."""
    try:
        parts = urlsplit(url)
        host, port, options = parts.hostname or "", parts.port or 5432, parse_qs(parts.query)
    except ValueError:
        # It quotes a part of the URL.
        raise PostConfirmationError("`CONNECTION_URL` is not a Postgres URL") from None
    if parts.scheme not in ("postgresql", "postgres") or not host or url.count("@") > 1:
        raise PostConfirmationError("`CONNECTION_URL` is not a Postgres URL")
    return pg8000.native.Connection(
        unquote(parts.username or "postgres"),
        host=host,
        port=port,
        database=unquote(parts.path.removeprefix("/")) or None,
        password=unquote(parts.password or ""),
        ssl_context=encryption(host, options.get("sslrootcert", [""])[-1]),
        timeout=NETWORK_SECONDS,
        application_name="cruddur-post-confirmation",
    )


def encryption(host: str, roots: str) -> ssl.SSLContext | bool:
    """Returns the TLS context for a host, or False for this machine.

    The driver's own `True` would encrypt, and trust any server.
    """
    if is_loopback(host):
        return False
    roots = roots or os.environ.get("PGSSLROOTCERT", "")
    if roots in ("", "system"):
        return ssl.create_default_context()
    # Beside the function, wherever Lambda unpacks it.
    return ssl.create_default_context(cafile=Path(__file__).parent / roots)


def is_loopback(host: str) -> bool:
    """Tells whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
