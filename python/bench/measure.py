"""Medians of interleaved rounds: every subject is measured in every round, so that a machine's moods meet all alike."""

from __future__ import annotations

import itertools
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    rounds: int
    #: CPU seconds of one subject in one round.
    chunk: float
    sizes: tuple[int, ...]
    #: Updates that are replayed where nothing better is possible; the time for a million is computed from them.
    replay: int


FULL = Effort(rounds=41, chunk=2e-3, sizes=(1, 10, 100, 1000), replay=1_000_000)
QUICK = Effort(rounds=9, chunk=5e-4, sizes=(1, 10, 100, 1000), replay=20_000)


def progress(text: str) -> None:
    print(f"  {text} ...", file=sys.stderr, flush=True)


def cpu_time(call: Callable[[], object], repeats: int) -> float:
    """CPU seconds of one call; the time in which other processes had the core does not count."""
    calls = itertools.repeat(None, repeats)
    start = time.thread_time()
    for _ in calls:
        call()
    return (time.thread_time() - start) / repeats


def interleaved(subjects: dict[str, Callable[[], object]], effort: Effort) -> dict[str, float]:
    """Seconds of a call of each subject."""
    repeats = {}
    for name, call in subjects.items():
        cpu_time(call, 5)
        repeats[name] = max(1, int(effort.chunk / max(cpu_time(call, 5), 1e-9)))
    found: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(effort.rounds):
        for name, call in subjects.items():
            found[name].append(cpu_time(call, repeats[name]))
    return {name: statistics.median(times) for name, times in found.items()}


def import_time(module: str, runs: int) -> float:
    """Milliseconds of `import module` in a fresh interpreter, as it says itself: the best of `runs`."""
    best = float("inf")
    for _ in range(runs):
        command = [sys.executable, "-X", "importtime", "-c", f"import {module}"]
        report = subprocess.run(command, capture_output=True, text=True, check=True).stderr
        own = next(line for line in report.splitlines() if line.split("|")[-1].strip() == module)
        best = min(best, int(own.split("|")[1]) / 1000)
    return best
