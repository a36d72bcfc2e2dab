"""What a program takes: processor time, peak memory, time, calls."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from .emulator import Emulator


@dataclass
class Taken:
    """What one run took."""

    cpu_seconds: float
    peak_mb: float
    wall_seconds: float
    calls: int


def run(
    command: list, environment: dict[str, str], log: Path, accepted: tuple[int, ...]
) -> tuple[float, float, float]:
    """Runs a program; returns its processor time (s), its peak memory (MB) and its time (s)."""
    begin = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begin
    if process.returncode not in accepted:
        raise SystemExit(f"{command[0]} ended with {process.returncode}; what it said is in {log}")
    # ru_maxrss is in units of 1,024 bytes on Linux.
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6, wall


def once(emulator: Emulator, audit: Callable[[], tuple[float, float, float]]) -> Taken:
    """One run, with the calls that the emulator got."""
    emulator.clear_log()
    cpu, peak, wall = audit()
    return Taken(cpu, peak, wall, emulator.calls())


def best_of(runs: int, emulator: Emulator, audit: Callable[[], tuple[float, float, float]]) -> Taken:
    """The run that took the least processor time, of several after a first one that is not counted."""
    audit()
    taken = [once(emulator, audit) for _ in range(runs)]
    return min(taken, key=lambda one: one.cpu_seconds)


def as_data(taken: dict[str, Taken]) -> dict:
    """The numbers as JSON."""
    return {name: asdict(one) for name, one in taken.items()}
