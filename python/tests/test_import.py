"""`import lehr` is quick, and brings along only what it needs."""

from __future__ import annotations

import subprocess
import sys

#: Most of what the package may bring: what Python has loaded anyway, or loads in a fraction of a millisecond.
ALLOWED = {"__future__", "_weakrefset", "itertools", "types", "weakref"}


def python(*arguments):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)


def test_nothing_but_small_modules_is_loaded():
    code = (
        "import sys; before = set(sys.modules); import lehr; lehr.Plan.parse('cosine(to=0)', updates=10).value_at(3);"
        "print(*sorted(set(sys.modules) - before))"
    )
    loaded = set(python("-c", code).stdout.split())
    assert {name for name in loaded if name.partition(".")[0] != "lehr"} <= ALLOWED
    assert "lehr._core" in loaded


def test_numpy_and_torch_are_loaded_when_they_are_needed():
    code = (
        "import sys, lehr; plan = lehr.Plan.parse('cosine(to=0)', updates=10);"
        "assert 'numpy' not in sys.modules; plan.values(range(10)); assert 'numpy' in sys.modules;"
        "assert 'torch' not in sys.modules"
    )
    python("-c", code)


def test_it_takes_little_time():
    # Processor time: what the import itself costs, however busy the machine is.
    code = "from time import process_time as now; start = now(); import lehr; print(now() - start)"
    times = [float(python("-c", code).stdout) for _ in range(5)]
    # 4 ms on the machine that wrote this; the promise is 30.
    assert min(times) < 0.03
