"""The runner of functions: events, errors, and batches of a table's stream as Lambda hands them over."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import ACCOUNT, REGION, ROOT, Sandbox, make_table, package

sys.path.insert(0, str(ROOT / "sandbox"))

from underpin_function.batches import Counts, Delivery, first_reported
from underpin_function.job import Trigger
from underpin_function.patterns import matches, passes
from underpin_function.records import event_record
from underpin_function.shards import Shard, Shards
from underpin_function.watch import take_batch
from underpin_function.worker import Outcome

STREAM = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/messages/stream/2026-11-30T10:00:00.000"


def trigger(**more: Any) -> dict[str, Any]:
    """A trigger with Lambda's defaults."""
    usual = {
        "name": "messages",
        "table": "messages",
        "batch_size": 100,
        "window": 0,
        "filters": [],
        "position": "TRIM_HORIZON",
        "bisect": False,
        "retries": -1,
        "maximum_age": -1,
        "report_failures": False,
        "on_failure": None,
    }
    return usual | more


class Runner:
    """Starts jobs for code that a test gives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[str]] = []

    def start(
        self, code: str | bytes, endpoint: str = "http://127.0.0.1:1", **job: Any
    ) -> subprocess.Popen[str]:
        archive = self.folder / "code.zip"
        archive.write_bytes(code if isinstance(code, bytes) else package(code))
        function = {
            "name": "stream",
            "arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:stream",
            "handler": "lambda_function.handler",
            "runtime": "python3.13",
            "memory": 128,
            "timeout": 20,
            "environment": {},
            "archive": str(archive),
            "folder": str(self.folder),
            "source": None,
            "region": REGION,
            "endpoint": endpoint,
            "access_key": "testing",
        } | job.pop("function", {})
        process = subprocess.Popen(
            [sys.executable, "-u", str(ROOT / "sandbox/function.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        assert process.stdin is not None
        process.stdin.write(json.dumps({"function": function, "event": None, **job}) + "\n")
        process.stdin.flush()
        return process

    def run(self, code: str | bytes, **job: Any) -> tuple[list[dict[str, Any]], str]:
        """Runs a job to its end: its events, and the function's log."""
        process = self.start(code, **job)
        lines, log = read_whole(process)
        return lines, log

    def invoke(self, code: str | bytes, event: Any = None, **function: Any) -> tuple[dict[str, Any], str]:
        """Runs a handler once."""
        events, log = self.run(code, event=json.dumps(event), function=function)
        assert [event["event"] for event in events] == ["invocation"], (events, log)
        return events[0], log

    def watch(self, sandbox: Sandbox, code: str, **job: Any) -> list[dict[str, Any]]:
        """Reads all that the stream holds."""
        triggers = [trigger(**job.pop("trigger", {}))]
        events, log = self.run(code, endpoint=sandbox.url, triggers=triggers, **({"once": True} | job))
        assert events[-1]["event"] in ("end", "failed"), (events, log)
        return events


def read_whole(process: subprocess.Popen[str]) -> tuple[list[dict[str, Any]], str]:
    """Reads both outputs; standard input stays open, as its end would end the job."""
    assert process.stdout is not None and process.stderr is not None
    log: list[str] = []
    thread = threading.Thread(target=lambda: log.append(process.stderr.read()))
    thread.start()
    events = [json.loads(line) for line in process.stdout]
    assert events.pop(0) == {"event": "python", "version": "{}.{}".format(*sys.version_info[:2])}
    thread.join()
    process.wait(timeout=20)
    return events, log[0]


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    runner = Runner(tmp_path)
    yield runner
    for process in runner.processes:
        process.kill()
        process.wait()


@pytest.fixture
def table(sandbox: Sandbox) -> Callable[..., None]:
    """Puts items into a table with a stream, one call each."""
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    make_table(sandbox, BillingMode="PAY_PER_REQUEST", StreamSpecification=stream)

    def put(*keys: str, **more: Any) -> None:
        for key in keys:
            item = {"pk": {"S": key}, "sk": {"S": "1"}, **more}
            sandbox.client("dynamodb").put_item(TableName="messages", Item=item)

    return put


# One event


def test_answer_of_the_handler_is_returned_as_json(runner: Runner) -> None:
    code = "from decimal import Decimal as D\ndef handler(e, c): return {'got': e, 'n': [D('1'), D('1.5')]}"
    outcome, _ = runner.invoke(code, {"a": ["é", None, 2**80]})
    assert json.loads(outcome["answer"]) == {"got": {"a": ["é", None, 2**80]}, "n": [1, 1.5]}
    assert outcome["error"] is None


def test_context_is_lambdas(runner: Runner) -> None:
    code = """
def handler(event, context):
    names = ["function_name", "function_version", "invoked_function_arn", "memory_limit_in_mb",
             "aws_request_id", "log_group_name", "log_stream_name", "client_context"]
    left = context.get_remaining_time_in_millis()
    return {name: getattr(context, name) for name in names} | {"left": left,
            "identity": context.identity.cognito_identity_id}
"""
    outcome, _ = runner.invoke(code, memory=256, timeout=30)
    answer = json.loads(outcome["answer"])
    assert 0 < answer.pop("left") <= 30_000
    assert answer == {
        "function_name": "stream",
        "function_version": "$LATEST",
        "invoked_function_arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:stream",
        "memory_limit_in_mb": "256",
        "aws_request_id": outcome["request_id"],
        "log_group_name": "/aws/lambda/stream",
        "log_stream_name": "local",
        "client_context": None,
        "identity": None,
    }


def test_environment_is_the_functions_and_nothing_of_the_users(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("MY_SECRET", "mine")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    code = "import os\ndef handler(e, c): return dict(os.environ)"
    given = {"TABLE_NAME": "t", "AWS_ENDPOINT_URL": "https://elsewhere.example"}
    outcome, _ = runner.invoke(code, environment=given)
    seen = json.loads(outcome["answer"])
    assert (seen["TABLE_NAME"], seen["AWS_ENDPOINT_URL"]) == ("t", "http://127.0.0.1:1")
    assert seen["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13" and seen["AWS_REGION"] == REGION
    assert seen["_HANDLER"] == "lambda_function.handler" and seen["TZ"] == ":UTC"
    assert not {"AWS_PROFILE", "MY_SECRET", "HTTPS_PROXY", "HOME"} & set(seen)


def test_whatever_the_function_prints_is_its_log(runner: Runner) -> None:
    code = """
import logging, os, sys
logging.getLogger().setLevel(logging.INFO)
def handler(event, context):
    print("printed")
    os.write(1, b"written\\n")
    logging.info("logged")
    return sys.stdin.read()
"""
    outcome, log = runner.invoke(code)
    assert outcome["answer"] == '""'
    assert "printed\n" in log and "written\n" in log
    assert f"{outcome['request_id']}\tlogged" in log and "[INFO]\t2" in log


def test_module_of_the_function_may_have_any_name(runner: Runner) -> None:
    code = "import records\ndef handler(e, c): return records.NAME"
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app/worker.py", code)
        archive.writestr("app/__init__.py", "")
        archive.writestr("records.py", "NAME = 'ours'")
    for handler in ("app.worker.handler", "app/worker.handler"):
        outcome, log = runner.invoke(buffer.getvalue(), handler=handler)
        assert outcome["answer"] == '"ours"', (outcome, log)


@pytest.mark.parametrize(
    ("code", "handler", "kind", "message"),
    [
        ("def handler(e, c): return 1 / 0", "", "ZeroDivisionError", "division by zero"),
        (
            "def other(): ...",
            "",
            "Runtime.HandlerNotFound",
            "Handler 'handler' missing on module 'lambda_function'",
        ),
        ("import nothing_like_it", "", "Runtime.ImportModuleError", "No module named 'nothing_like_it'"),
        ("def handler(", "", "Runtime.UserCodeSyntaxError", "Syntax error in module 'lambda_function'"),
        ("raise KeyError('TABLE')", "", "KeyError", "'TABLE'"),
        ("", "elsewhere.handler", "Runtime.ImportModuleError", "No module named 'elsewhere'"),
        ("", "handler", "Runtime.MalformedHandlerName", "Bad handler 'handler'"),
        ("def handler(e, c): return {1, 2}", "", "Runtime.MarshalError", "set is not JSON serializable"),
        ("def handler(e, c): return float('nan')", "", "Runtime.MarshalError", "Unable to marshal"),
        ("import sys\ndef handler(e, c): sys.exit(3)", "", "Runtime.ExitError", "exit status 3"),
        ("import os\ndef handler(e, c): os._exit(0)", "", "Runtime.ExitError", "exit status 0"),
        ("import sys\nsys.exit(1)", "", "Runtime.ExitError", "exit status 1"),
        ("def handler(e): return 1", "", "TypeError", "positional argument"),
        ("def handler(e, c): return 'x' * 6_291_556", "", "Function.ResponseSizeTooLarge", "6291556 bytes"),
    ],
)
def test_error_has_lambdas_name(runner: Runner, code: str, handler: str, kind: str, message: str) -> None:
    outcome, log = runner.invoke(code, handler=handler or "lambda_function.handler")
    assert outcome["answer"] is None
    assert outcome["error"]["errorType"] == kind, (outcome, log)
    assert message in outcome["error"]["errorMessage"]


def test_traceback_is_of_the_functions_own_frames_at_its_source(runner: Runner, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    code = "def inner():\n    raise ValueError('no')\ndef handler(e, c):\n    inner()\n"
    (source / "lambda_function.py").write_text(code)
    outcome, _ = runner.invoke(code, source=str(source))
    error = outcome["error"]
    assert error["traceback"].startswith("Traceback (most recent call last):\n")
    assert error["traceback"].rstrip().endswith("ValueError: no")
    assert [frame.split(",")[0].strip() for frame in error["stackTrace"]] == [
        f'File "{source / "lambda_function.py"}"'
    ] * 2
    assert "runtime.py" not in error["traceback"]
    outcome, _ = runner.invoke(code)
    assert 'File "/var/task/lambda_function.py"' in outcome["error"]["traceback"]


def test_timeout_ends_the_invocation(runner: Runner) -> None:
    outcome, _ = runner.invoke("import time\ndef handler(e, c): time.sleep(600)", timeout=1)
    assert outcome["error"]["errorType"] == "Sandbox.Timedout"
    assert outcome["error"]["errorMessage"] == "Task timed out after 1.00 seconds"


def test_process_that_the_function_left_behind_is_ended(runner: Runner) -> None:
    code = """
import subprocess
def handler(event, context):
    return subprocess.Popen(["sleep", "600"]).pid
"""
    outcome, _ = runner.invoke(code)
    # Its log would be open for as long as that runs.
    assert json.loads(outcome["answer"]) > 0


def test_end_of_standard_input_ends_the_function(runner: Runner, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    write = f"open({str(pid)!r}, 'w').write(str(os.getpid()))"
    code = f"import os, time\ndef handler(e, c):\n    {write}\n    time.sleep(600)"
    process = runner.start(code, event="{}", function={"timeout": 900})
    while not pid.exists() or not pid.read_text():
        time.sleep(0.01)
    assert process.stdin is not None
    process.stdin.close()
    process.wait(timeout=20)
    gone = Path(f"/proc/{pid.read_text()}")
    while gone.exists():
        time.sleep(0.01)


# Filters


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"eventName": ["INSERT"]}, True),
        ({"eventName": ["MODIFY", "REMOVE"]}, False),
        ({"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "MSG#"}]}}}}, True),
        ({"dynamodb": {"Keys": {"pk": {"S": [{"prefix": {"equals-ignore-case": "msg#"}}]}}}}, True),
        ({"dynamodb": {"Keys": {"pk": {"S": [{"suffix": "#1"}]}}}}, False),
        ({"dynamodb": {"NewImage": {"n": {"N": [{"numeric": [">", 1]}]}}}}, False),
        ({"dynamodb": {"SizeBytes": [{"numeric": [">=", 10, "<", 20]}]}}, True),
        ({"dynamodb": {"SizeBytes": [{"numeric": ["=", 12]}, "x"]}}, True),
        ({"dynamodb": {"NewImage": {"gone": {"S": [{"exists": False}]}}}}, True),
        ({"dynamodb": {"OldImage": {"pk": {"S": [{"exists": True}]}}}}, False),
        ({"dynamodb": {"NewImage": [{"exists": False}]}}, True),
        ({"eventName": [{"anything-but": ["REMOVE", "MODIFY"]}]}, True),
        ({"eventName": [{"anything-but": {"prefix": "INS"}}]}, False),
        ({"nothing": [{"anything-but": "x"}]}, False),
        ({"eventName": [{"equals-ignore-case": "insert"}]}, True),
        ({"dynamodb": {"Keys": {"pk": {"S": [{"wildcard": "M*G#*"}]}}}}, True),
        ({"dynamodb": {"Keys": {"pk": {"S": [{"wildcard": r"M\*"}]}}}}, False),
        ({"dynamodb": {"NewImage": {"tags": {"SS": ["b"]}}}}, True),
        ({"dynamodb": {"NewImage": {"is": {"BOOL": [True]}}}}, True),
        ({"dynamodb": {"NewImage": {"is": {"BOOL": [1]}}}}, False),
        ({"$or": [{"eventName": ["REMOVE"]}, {"dynamodb": {"SizeBytes": [12]}}]}, True),
        ({"eventName": ["INSERT"], "dynamodb": {"SizeBytes": [13]}}, False),
        ({}, True),
    ],
)
def test_pattern_compares_as_documented(pattern: dict[str, Any], expected: bool) -> None:
    key = {"pk": {"S": "MSG#a"}}
    image = {**key, "n": {"N": "5"}, "tags": {"SS": ["a", "b"]}, "is": {"BOOL": True}}
    record = {"eventName": "INSERT", "dynamodb": {"Keys": key, "NewImage": image, "SizeBytes": 12}}
    assert matches(pattern, record) is expected


def test_one_matching_filter_is_enough_and_none_lets_all_pass() -> None:
    record = {"eventName": "INSERT"}
    assert passes([{"eventName": ["REMOVE"]}, {"eventName": ["INSERT"]}], record)
    assert passes([], record) and not passes([{"eventName": ["REMOVE"]}], record)


# Batches


def test_record_has_the_form_of_a_lambda_event(
    runner: Runner, sandbox: Sandbox, table: Callable[..., None]
) -> None:
    table("MSG#1", data={"B": b"\x00\xff"}, deep={"L": [{"M": {"b": {"BS": [b"a"]}}}]})
    code = "import json\ndef handler(event, context): raise Exception(json.dumps(event))"
    events = runner.watch(sandbox, code, trigger={"retries": 0})
    batch = next(event for event in events if event["event"] == "batch")
    (record,) = json.loads(batch["error"]["errorMessage"])["Records"]
    assert record["eventSourceARN"] == events[0]["stream"]
    assert record["eventSource"] == "aws:dynamodb" and record["awsRegion"] == REGION
    change = record["dynamodb"]
    assert change["NewImage"]["data"] == {"B": "AP8="} and change["NewImage"]["deep"] == {
        "L": [{"M": {"b": {"BS": ["YQ=="]}}}]
    }
    assert change["Keys"] == {"pk": {"S": "MSG#1"}, "sk": {"S": "1"}}
    assert isinstance(change["ApproximateCreationDateTime"], int) and change["SequenceNumber"].isdigit()


def test_identity_of_expiry_is_in_lambdas_spelling() -> None:
    record = {"dynamodb": {}, "userIdentity": {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}}
    identity = event_record(record, STREAM)["userIdentity"]
    assert identity == {"principalId": "dynamodb.amazonaws.com", "type": "Service"}


def test_batches_have_the_triggers_size_and_what_the_filter_lets_pass(
    runner: Runner, sandbox: Sandbox, table: Callable[..., None]
) -> None:
    table(*[f"MSG#{n}" for n in range(5)], "GRP#1")
    filters = [{"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "MSG#"}]}}}}]
    events = runner.watch(
        sandbox, "def handler(e, c): return len(e['Records'])", trigger={"batch_size": 2, "filters": filters}
    )
    assert [event["records"] for event in events if event["event"] == "batch"] == [2, 2, 1]
    end = events[-1]
    assert (end["records"], end["filtered"], end["batches"], end["discarded"]) == (5, 1, 3, 0)


def test_once_reads_to_the_end_first_and_not_what_the_function_writes(
    runner: Runner, sandbox: Sandbox, table: Callable[..., None]
) -> None:
    table("MSG#1", "MSG#2")
    code = """
import boto3, uuid
def handler(event, context):
    item = {"pk": {"S": str(uuid.uuid4())}, "sk": {"S": "1"}}
    boto3.client("dynamodb").put_item(TableName="messages", Item=item)
"""
    end = runner.watch(sandbox, code, trigger={"batch_size": 1})[-1]
    assert (end["records"], end["batches"]) == (2, 2)


def test_idle_watch_delivers_what_waits_for_its_batching_window(
    runner: Runner, sandbox: Sandbox, table: Callable[..., None]
) -> None:
    table("MSG#1")
    job = {"once": False, "until_idle": 0.5}
    end = runner.watch(sandbox, "def handler(e, c): ...", trigger={"window": 300}, **job)[-1]
    assert (end["records"], end["batches"]) == (1, 1)


def test_latest_begins_behind_what_is_there(
    runner: Runner, sandbox: Sandbox, table: Callable[..., None]
) -> None:
    table("MSG#1")
    events = runner.watch(sandbox, "def handler(e, c): ...", trigger={"position": "LATEST"})
    assert [event["event"] for event in events] == ["watching", "end"]


def test_table_made_anew_is_read_from_its_beginning(
    runner: Runner, sandbox: Sandbox, table: Callable[..., None]
) -> None:
    process = runner.start(
        "def handler(e, c): ...", endpoint=sandbox.url, triggers=[trigger(position="LATEST")], until_idle=600
    )
    assert process.stdout is not None and process.stdin is not None
    assert [json.loads(process.stdout.readline())["event"] for _ in range(2)] == ["python", "watching"]
    sandbox.client("dynamodb").delete_table(TableName="messages")
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    make_table(sandbox, BillingMode="PAY_PER_REQUEST", StreamSpecification=stream)
    table("MSG#1")
    kinds: list[str] = []
    while kinds[-1:] != ["batch"]:
        kinds.append(json.loads(process.stdout.readline())["event"])
    assert "watching" in kinds
    process.stdin.close()
    assert json.loads(process.stdout.readlines()[-1])["reason"] == "stopped"


@pytest.mark.parametrize("wrong", ["missing", "without a stream"])
def test_table_that_can_not_be_read_is_an_error(runner: Runner, sandbox: Sandbox, wrong: str) -> None:
    if wrong != "missing":
        make_table(sandbox)
    events = runner.watch(sandbox, "")
    assert events[-1]["event"] == "failed"
    expected = "there is no table `messages`" if wrong == "missing" else "the table `messages` has no stream"
    assert expected in events[-1]["message"]


def test_unreachable_endpoint_is_an_error(runner: Runner) -> None:
    events, _ = runner.run("", triggers=[trigger()])
    assert events[-1]["event"] == "failed" and "127.0.0.1:1" in events[-1]["message"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, None),
        ({}, None),
        ({"batchItemFailures": []}, None),
        ({"batchItemFailures": None}, None),
        ({"batchItemFailures": [{"itemIdentifier": "3"}, {"itemIdentifier": "2"}]}, 1),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, 0),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, 0),
        ({"batchItemFailures": [{"itemId": "2"}]}, 0),
        ({"batchItemFailures": [{"itemIdentifier": "9"}]}, 0),
        ({"batchItemFailures": "2"}, 0),
        ({"batchItemFailures": ["2"]}, 0),
    ],
)
def test_reported_failures_are_read_as_documented(answer: Any, expected: int | None) -> None:
    assert first_reported(answer, ["1", "2", "3"]) == expected


class Handler:
    """A function that fails for some records; keeps the batches that it got."""

    def __init__(self, *bad: int, reports: bool = False) -> None:
        self.bad, self.reports = [str(number) for number in bad], reports
        self.batches: list[list[int]] = []

    def invoke(self, event: str) -> Outcome:
        numbers = [record["dynamodb"]["SequenceNumber"] for record in json.loads(event)["Records"]]
        self.batches.append([int(number) for number in numbers])
        failed = [number for number in numbers if number in self.bad]
        if failed and not self.reports:
            return Outcome("id", 0.0, error={"errorType": "ValueError"})
        answer = {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
        return Outcome("id", 0.0, answer=json.dumps(answer))


def deliver(handler: Handler, size: int, *, scripted: bool = True, **more: Any) -> tuple[bool, Counts]:
    now = int(time.time())
    change = {"ApproximateCreationDateTime": now}
    batch = [{"dynamodb": {**change, "SequenceNumber": str(number)}} for number in range(1, size + 1)]
    counts = Counts()
    stop = threading.Event()
    stop.wait = lambda timeout=None: False  # type: ignore[method-assign]
    delivery = Delivery(Trigger(**trigger(**more)), handler, counts, stop, scripted=scripted)  # type: ignore[arg-type]
    return delivery.deliver(batch), counts


def test_failed_batch_is_tried_again_and_then_discarded() -> None:
    handler = Handler(2)
    done, counts = deliver(handler, 3, retries=2)
    assert done and handler.batches == [[1, 2, 3]] * 3
    assert (counts.records, counts.discarded) == (0, 3)


def test_bisecting_finds_the_bad_record_and_costs_no_retry() -> None:
    handler = Handler(3)
    done, counts = deliver(handler, 4, retries=1, bisect=True)
    assert handler.batches == [[1, 2, 3, 4], [1, 2], [3, 4], [3], [3], [4]]
    assert done and (counts.records, counts.discarded) == (3, 1)


def test_reported_failure_is_the_checkpoint() -> None:
    handler = Handler(3, reports=True)
    done, counts = deliver(handler, 4, retries=1, report_failures=True)
    assert handler.batches == [[1, 2, 3, 4], [3, 4]]
    assert done and (counts.records, counts.discarded) == (2, 2)


def test_bisecting_at_the_reported_failure_keeps_the_retries() -> None:
    handler = Handler(3, reports=True)
    done, counts = deliver(handler, 4, retries=1, bisect=True, report_failures=True)
    assert handler.batches == [[1, 2, 3, 4], [3, 4], [3], [3], [4]]
    assert done and (counts.records, counts.discarded) == (3, 1)


def test_report_counts_only_where_the_trigger_asks_for_it() -> None:
    handler = Handler(3, reports=True)
    done, counts = deliver(handler, 4)
    assert done and handler.batches == [[1, 2, 3, 4]] and counts.records == 4


def test_script_stops_at_a_batch_that_would_be_tried_until_it_expires() -> None:
    handler = Handler(1)
    done, counts = deliver(handler, 2)
    assert not done and len(handler.batches) == 4
    assert (counts.records, counts.blocked, counts.discarded) == (0, 2, 0)


def test_record_that_is_too_old_is_discarded_uncalled() -> None:
    handler = Handler()
    change = {"ApproximateCreationDateTime": int(time.time()) - 100, "SequenceNumber": "1"}
    counts = Counts()
    settings = Trigger(**trigger(maximum_age=60))
    delivery = Delivery(settings, handler, counts, threading.Event(), scripted=True)  # type: ignore[arg-type]
    assert delivery.deliver([{"dynamodb": change}])
    assert handler.batches == [] and counts.discarded == 1


def test_batch_is_cut_where_an_invocation_could_not_take_it() -> None:
    shard = Shard("s", None, "LATEST")
    shard.waiting.extend({"n": number, "text": "x" * 4_000_000} for number in range(3))
    assert [len(take_batch(shard, 100)) for _ in range(3)] == [1, 1, 1]


class Streams:
    """A client of DynamoDB Streams whose shards a test gives: moto has one, which never closes."""

    def __init__(self, **shards: dict[str, Any]) -> None:
        self.shards = shards

    def describe_stream(self, **call: str) -> Any:
        names = sorted(self.shards)
        page = [name for name in names if name > call.get("ExclusiveStartShardId", "")][:1]
        described = []
        for name in page:
            shard = {"ShardId": name, "SequenceNumberRange": {"StartingSequenceNumber": "0"}}
            if "parent" in self.shards[name]:
                shard["ParentShardId"] = self.shards[name]["parent"]
            if self.shards[name].get("closed"):
                shard["SequenceNumberRange"]["EndingSequenceNumber"] = "9"
            described.append(shard)
        more = {"LastEvaluatedShardId": page[0]} if page and page[0] != names[-1] else {}
        return {"StreamDescription": {"Shards": described, **more}}

    def get_shard_iterator(self, **call: str) -> Any:
        place = [call["ShardId"], call["ShardIteratorType"], call.get("SequenceNumber", "")]
        return {"ShardIterator": "/".join(place)}

    def get_records(self, **call: Any) -> Any:
        name, _, _ = call["ShardIterator"].partition("/")
        records = [
            {"dynamodb": {"SequenceNumber": number}} for number in self.shards[name].get("records", [])
        ]
        closed = self.shards[name].get("closed")
        return {"Records": records, **({} if closed else {"NextShardIterator": f"{name}/NEXT/"})}


def test_parents_are_read_before_their_children() -> None:
    streams = Streams(a={"closed": True}, b={"parent": "a"}, c={"parent": "trimmed"})
    shards = Shards(streams, STREAM, "TRIM_HORIZON")
    assert [shard.id for shard in shards.open] == ["a", "c"]
    shards.read(shards.open[0])
    shards.leave([shard for shard in shards.open if shard.is_read])
    assert [shard.id for shard in shards.open] == ["c", "b"]
    assert shards.open[1].iterator == "b/TRIM_HORIZON/"


def test_latest_reads_open_shards_only_and_their_children_whole() -> None:
    streams = Streams(a={"closed": True}, b={"parent": "a"})
    shards = Shards(streams, STREAM, "LATEST")
    assert [shard.iterator for shard in shards.open] == ["b/LATEST/"]
    streams.shards |= {"b": {"parent": "a", "closed": True}, "c": {"parent": "b"}}
    shards.read(shards.open[0])
    shards.leave(shards.open)
    assert [shard.iterator for shard in shards.open] == ["c/TRIM_HORIZON/"]


def test_expired_iterator_goes_on_behind_the_last_record() -> None:
    from botocore.exceptions import ClientError

    streams = Streams(a={"records": ["4", "5"]})
    shards = Shards(streams, STREAM, "TRIM_HORIZON")
    (shard,) = shards.open
    assert len(shards.read(shard)) == 2

    def expired(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "ExpiredIteratorException", "Message": ""}}, "GetRecords")

    streams.get_records = expired  # type: ignore[method-assign]
    assert shards.read(shard) == []
    assert shard.iterator == "a/AFTER_SEQUENCE_NUMBER/5"


def test_messaging_function_moves_the_groups_of_a_new_message(runner: Runner, sandbox: Sandbox) -> None:
    if sys.version_info < (3, 11):
        pytest.skip("the function runs on Python 3.13")
    five = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    client = sandbox.client("dynamodb")
    keys = {"pk": "HASH", "sk": "RANGE"}
    client.create_table(
        TableName="messages",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()],
        AttributeDefinitions=[
            {"AttributeName": n, "AttributeType": "S"} for n in (*keys, "message_group_uuid")
        ],
        ProvisionedThroughput=five,
        GlobalSecondaryIndexes=[
            {
                "IndexName": "message-group-sk-index",
                "KeySchema": [
                    {"AttributeName": "message_group_uuid", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": five,
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )

    def put(**item: str) -> None:
        client.put_item(TableName="messages", Item={name: {"S": value} for name, value in item.items()})

    put(pk="GRP#me", sk="2026-01-01T10:00:00", message_group_uuid="g", message="old")
    put(pk="MSG#g", sk="2026-01-02T10:00:00", message_uuid="m", message="new")
    code = (ROOT / "lambdas/cruddur-messaging-stream/lambda_function.py").read_text()
    function = {"handler": "lambda_function.lambda_handler", "environment": {"TABLE_NAME": "messages"}}
    events = runner.watch(sandbox, code, function=function, trigger={"report_failures": True})
    assert events[-1]["discarded"] == 0, events
    groups = client.query(
        TableName="messages",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "GRP#me"}},
    )["Items"]
    assert [(row["sk"]["S"], row["message"]["S"]) for row in groups] == [("2026-01-02T10:00:00", "new")]
