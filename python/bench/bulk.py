"""`python/bench/bulk.py`: the values of a whole run as one NumPy array, beside NumPy, optax, torch and a plain fill.

Medians of interleaved rounds: every subject is measured in every round. Below 1e7 values CPU time, to which other
processes add nothing; from there on, where threads help, the clock on the wall. Ratios are what counts; absolute times
belong to the machine.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import platform
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import lehr

BASE = 0.3
WARMUP_COSINE = "linear(from=0x, over=5%) -> cosine(to=0)"
TRAPEZOID = "linear(from=0x, over=5%) -> hold(over=75%) -> linear(to=0)"
FILL = "plain fill of the array"
#: Values that torch steps through; it takes as long for each of a million.
STEPS = 10_000
#: Values from which on all cores are used.
THREADS = 10_000_000

Subjects = dict[str, Callable[[], object]]


def naive(total: int) -> np.ndarray:
    """The formula, as one writes it."""
    n = np.arange(total)
    warmup = total // 20
    wave = 0.5 * BASE * (1 + np.cos(np.pi * (n - warmup) / (total - warmup)))
    return np.where(n < warmup, BASE * n / warmup, wave)


def in_place(total: int, out: np.ndarray) -> np.ndarray:
    """The same without an array in between: each part where it belongs."""
    warmup = total // 20
    rise, wave = out[:warmup], out[warmup:]
    rise[:] = np.arange(warmup)
    rise *= BASE / warmup
    wave[:] = np.arange(total - warmup)
    wave *= np.pi / (total - warmup)
    np.cos(wave, out=wave)
    wave += 1
    wave *= 0.5 * BASE
    return out


def optax(total: int) -> Callable[[], object]:
    """optax's schedule of all counts, jitted, in float64."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import optax as schedules

    schedule = schedules.warmup_cosine_decay_schedule(0.0, BASE, total // 20, total)
    values = jax.jit(lambda: schedule(jax.numpy.arange(total)))
    return lambda: values().block_until_ready()


def torch(total: int) -> Callable[[], float]:
    """Seconds that torch's schedulers take for a step."""
    import warnings

    import torch as framework
    from torch.optim import lr_scheduler

    def seconds() -> float:
        warnings.simplefilter("ignore")
        optimizer = framework.optim.SGD([framework.nn.Parameter(framework.zeros(1))], lr=BASE)
        warmup = lr_scheduler.LinearLR(optimizer, start_factor=1e-3, total_iters=STEPS // 20)
        wave = lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS - STEPS // 20)
        scheduler = lr_scheduler.SequentialLR(optimizer, [warmup, wave], milestones=[STEPS // 20])
        start = time.process_time()
        for _ in range(STEPS):
            scheduler.step()
        return (time.process_time() - start) / STEPS

    return seconds


def subjects(total: int) -> Subjects:
    """Everything that gives an array of that many values."""
    wave = lehr.Plan.parse(WARMUP_COSINE, updates=total)
    lines = lehr.Plan.parse(TRAPEZOID, updates=total)
    out = np.ones(total)
    found: Subjects = {
        FILL: lambda: out.fill(BASE),
        "lehr, warm-up + cosine, given array": lambda: wave.values(base=BASE, out=out),
        "lehr, warm-up + cosine, new array": lambda: wave.values(base=BASE),
        "lehr, trapezoid, given array": lambda: lines.values(base=BASE, out=out),
        "lehr, trapezoid, new array": lambda: lines.values(base=BASE),
        "NumPy": lambda: naive(total),
        "NumPy, in place": lambda: in_place(total, out),
    }
    try:
        found["optax, jitted, x64"] = optax(total)
    except ImportError:
        print("  optax is not installed: left out", file=sys.stderr)
    return found


def check(total: int) -> None:
    """All of them are the same schedule."""
    expected = lehr.Plan.parse(WARMUP_COSINE, updates=total).values(base=BASE)
    for name, values in [("NumPy", naive(total)), ("NumPy, in place", in_place(total, np.empty(total)))]:
        if not np.allclose(values, expected, rtol=0, atol=1e-12):
            raise SystemExit(f"{name} computes something else")


def measured(calls: Subjects, rounds: int, total: int) -> dict[str, float]:
    """Nanoseconds a value."""
    repeats = max(1, 1_000_000 // total)
    now = time.process_time if total < THREADS else time.perf_counter
    found: dict[str, list[float]] = {name: [] for name in calls}
    for index in range(rounds + 1):
        for name, call in calls.items():
            start = now()
            for _ in range(repeats):
                call()
            # The first round warms up.
            if index:
                found[name].append((now() - start) / repeats / total * 1e9)
    return {name: statistics.median(times) for name, times in found.items()}


def table(title: str, columns: list[str], rows: dict[str, dict[str, float]]) -> dict[str, Any]:
    return {"title": title, "columns": columns, "rows": rows}


def tables(sizes: list[int], rounds: int) -> list[dict[str, Any]]:
    times: dict[str, dict[str, float]] = {}
    for total in sizes:
        print(f"  {total:,} values ...", file=sys.stderr, flush=True)
        check(total)
        fewer = rounds if total < THREADS else max(3, rounds // 3)
        for name, nanoseconds in measured(subjects(total), fewer, total).items():
            times.setdefault(name, {})[f"{total:,}"] = nanoseconds
    columns = list(times[FILL])
    try:
        steps = torch(STEPS)
        times["torch, step by step"] = {f"{STEPS:,}": statistics.median(steps() for _ in range(3)) * 1e9}
    except ImportError:
        print("  torch is not installed: left out", file=sys.stderr)
    mine = {new: times[f"lehr, warm-up + cosine, {new} array"] for new in ("given", "new")}
    to_fill = {name: {c: row[c] / times[FILL][c] for c in row} for name, row in times.items() if name != FILL}
    to_mine = {
        f"{name} / lehr, {new} array": {c: row[c] / mine[new][c] for c in row}
        for name, row in times.items()
        for new in mine
        if not name.startswith("lehr") and name != FILL
    }
    return [
        table("Many values of warm-up + cosine: the peer's time / lehr's", columns, to_mine),
        table("Many values: time / that of a plain fill of the array", columns, to_fill),
        table("Many values: nanoseconds a value on the machine that measured", columns, times),
    ]


def markdown(found: dict[str, Any]) -> str:
    lines = [f"### {found['title']}", "", "| " + " | ".join(["", *found["columns"]]) + " |"]
    lines.append("|---|" + "---:|" * len(found["columns"]))
    for row, cells in found["rows"].items():
        written = [f"{cells[column]:.3g}" if column in cells else "" for column in found["columns"]]
        lines.append("| " + " | ".join([row, *written]) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bulk", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and no array of 1e7 values")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write every number there")
    parser.add_argument("--markdown", type=pathlib.Path, metavar="FILE", help="write the tables there")
    asked = parser.parse_args()
    sizes = [10_000, 100_000, 1_000_000, 10_000_000]
    found = tables(sizes[:3] if asked.quick else sizes, 5 if asked.quick else 31)
    where = f"CPython {platform.python_version()}, NumPy {np.__version__}, lehr {lehr.__version__}"
    text = "\n\n".join([where, *(markdown(one) for one in found)])
    print(text)
    if asked.markdown:
        asked.markdown.write_text(text + "\n")
    if asked.json:
        asked.json.write_text(json.dumps({"where": where, "tables": found}, indent=2) + "\n")


if __name__ == "__main__":
    main()
