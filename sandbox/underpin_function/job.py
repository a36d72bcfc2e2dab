"""The job: the function with its code and its environment, and its event or its triggers."""

from __future__ import annotations

import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .protocol import JobError

# The variables of this process that the function's has, too: to find programs and temporary files.
_KEPT = ("PATH", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PYTHONPATH", "PYTHONNOUSERSITE")


@dataclass(frozen=True)
class Function:
    """A function, its archive, and the folder that it is unpacked into."""

    name: str
    arn: str
    handler: str
    runtime: str
    memory: int
    timeout: float
    environment: dict[str, str]
    archive: str
    folder: str
    source: str | None
    region: str
    endpoint: str
    access_key: str

    @property
    def task(self) -> Path:
        """The folder of the code, `/var/task` in Lambda."""
        return Path(self.folder) / "task"

    def unpack(self) -> None:
        """Unpacks the code: exactly what would be uploaded, with whatever was packaged with it."""
        self.task.mkdir(exist_ok=True)
        try:
            with zipfile.ZipFile(self.archive) as archive:
                archive.extractall(self.task)
        except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise JobError(f"failed to unpack the code of `{self.name}`: {error}") from error

    def variables(self) -> dict[str, str]:
        """The environment of the function's process: Lambda's variables, and none of the user's own.

        Source: Lambda Developer Guide, "Defined runtime environment variables". Endpoint and
        credentials are the emulator's, whatever the function's own variables say.
        """
        variables = {name: os.environ[name] for name in _KEPT if name in os.environ}
        variables |= {"LANG": "en_US.UTF-8", "TZ": ":UTC", "PYTHONUTF8": "1", **self.environment}
        return variables | {
            "_HANDLER": self.handler,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{self.runtime}",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(self.memory),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{self.name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "local",
            "LAMBDA_TASK_ROOT": str(self.task),
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def at_source(self, text: str) -> str:
        """Names the files of the code, in a traceback, as the user has them, and others as Lambda does."""
        at = None if self.source is None else Path(self.source)
        folder = at.parent if at is not None and at.is_file() else at

        def place(found: re.Match[str]) -> str:
            if folder is not None and (folder / found[1]).is_file():
                return str(folder / found[1])
            return f"/var/task/{found[1]}"

        return re.sub(re.escape(f"{self.task}{os.sep}") + r'([^"\n]*)', place, text)


@dataclass(frozen=True)
class Trigger:
    """A trigger that reads a table's stream. Source: Lambda API reference, `CreateEventSourceMapping`."""

    name: str
    table: str
    batch_size: int
    window: float
    filters: list[dict[str, Any]]
    position: str
    bisect: bool
    retries: int
    maximum_age: float
    report_failures: bool
    on_failure: str | None


@dataclass(frozen=True)
class Job:
    """One event for the function, or the triggers whose streams are read."""

    function: Function
    event: str | None
    triggers: list[Trigger]
    # A script's reading ends by itself: with what is there now, or after so many quiet seconds.
    once: bool = False
    until_idle: float | None = None

    @classmethod
    def parse(cls, text: dict[str, Any]) -> Job:
        """Reads a job from its JSON."""
        function = Function(**text.pop("function"))
        triggers = [Trigger(**trigger) for trigger in text.pop("triggers", [])]
        return cls(function=function, triggers=triggers, **text)

    @property
    def ends(self) -> bool:
        """Returns whether it ends without being told to."""
        return self.once or self.until_idle is not None
