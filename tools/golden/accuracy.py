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
# Shape, parameter, from, to, ulp that the shape's documentation promises.
CASES = [
    ("linear", None, "1x", "0", 2),
    ("cosine", 1, "1x", "0", 4),
    ("cosine", 1, "1x", "1e-06", 4),
    ("cosine", 1, "0.01x", "1x", 4),
    ("cosine", 2, "1x", "0", 6),
    ("polynomial", 2, "1x", "0", 4),
    ("exponential", 0.01, "1x", "0", 15),
    ("geometric", None, "1x", "0.01x", 6),
]


def ordered(value):
    (bits,) = struct.unpack("<q", struct.pack("<d", value))
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def main(binary):
    missed = False
    for shape, parameter, start, end, bound in CASES:
        own = "" if parameter is None else f"{curves.NAMES[shape]}={parameter}, "
        plan = f"{shape}({own}from={start}, to={end})"
        lines = subprocess.run([binary, plan, str(UPDATES), "0.3"], check=True, capture_output=True, text=True).stdout.split()
        worst = (0, 0)
        for n, line in enumerate(lines):
            (found,) = struct.unpack("<d", struct.pack("<Q", int(line, 16)))
            p = mpf(n) / UPDATES
            exact = curves.value(shape, None if parameter is None else mpf(parameter), start, end, mpf(0.3), p)
            worst = max(worst, (abs(ordered(found) - ordered(float(exact))), n))
        print(f"{plan}: at most {worst[0]} ulp (update {worst[1]}), promised {bound}")
        missed |= worst[0] > bound
    print(f"mpmath {mpmath.__version__}, {mp.dps} digits, every update of {UPDATES}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
