"""Compares every value of 100,000 updates of each shape with 60-digit arithmetic, and prints the worst error in ulp.

`make thorough` runs it; `curves.csv` has a sample of the same for every test run. Exits with 1 where a bound is missed.
"""

import struct
import subprocess
import sys

import mpmath
from mpmath import mp, mpf

import curves  # the formulas, written from the literature

mp.dps = 60
UPDATES = 100_000
BASE = 0.3
# Shape, parameters, from, to (None: the shape falls by itself), ulp that the shape's documentation promises.
CASES = [
    ("linear", {}, "1x", "0", 2),
    ("cosine", {}, "1x", "0", 4),
    ("cosine", {}, "1x", "1e-06", 4),
    ("cosine", {}, "0.01x", "1x", 4),
    ("cosine", {"cycles": 7.5}, "1x", "0", 4),
    ("cosine", {"k": 2}, "1x", "0", 8),
    ("cosine", {"k": 0.05}, "1x", "0", 8),
    ("cosine", {"exponent": 3}, "1x", "0.1x", 8),
    ("sine", {}, "1x", "0", 4),
    ("polynomial", {"power": 2}, "1x", "0", 4),
    ("polynomial", {"power": 0.05}, "1x", "0", 4),
    ("power", {"exponent": 0.5}, "1x", "0", 4),
    ("power", {"exponent": 3}, "1x", "0", 4),
    ("exponential", {"ratio": 0.01}, "1x", "0", 15),
    ("geometric", {}, "1x", "0.01x", 7),
    ("harmonic", {}, "1x", "0.01x", 3),
    ("tanh", {}, "1x", "0", 12),
    ("rex", {}, "1x", "0", 3),
    ("logarithmic", {}, "0x", "1x", 4),
    ("power_law", {"exponent": 0.5, "scale": 1000}, "1x", None, 2.5),
    ("power_law", {"exponent": 1, "rate": 0.3, "scale": 10}, "1x", None, 3),
    ("decay", {"factor": 0.9, "every": 10_000}, "1x", None, 2),
]


def ordered(value):
    (bits,) = struct.unpack("<q", struct.pack("<d", value))
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def main(binary):
    missed = False
    for shape, parameters, start, end, bound in CASES:
        own = "".join(f"{name}={number}, " for name, number in parameters.items())
        plan = f"{shape}({own}from={start}{f', to={end}' * (end is not None)})"
        run = [binary, plan, str(UPDATES), str(BASE)]
        lines = subprocess.run(run, check=True, capture_output=True, text=True).stdout.split()
        exact = {name: mpf(number) for name, number in parameters.items()}
        levels = [None if text is None else curves.level(text, mpf(BASE)) for text in (start, end)]
        worst = (0, 0)
        for n, line in enumerate(lines):
            (found,) = struct.unpack("<d", struct.pack("<Q", int(line, 16)))
            worked = curves.value(shape, exact, *levels, n, UPDATES)
            worst = max(worst, (abs(ordered(found) - ordered(float(worked))), n))
        print(f"{plan}: at most {worst[0]} ulp (update {worst[1]}), promised {bound}")
        missed |= worst[0] > bound
    print(f"mpmath {mpmath.__version__}, {mp.dps} digits, every update of {UPDATES}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
