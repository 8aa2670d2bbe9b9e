"""Writes crates/lehr/tests/golden/curves.csv: values of plans worked in 60 digits with mpmath.

Each row is: plan, updates, base, n, value. The plan is lehr's one-line text, but nothing here reads or runs lehr: the
formulas are the literature's, written with cosines, powers and exponentials as they stand there. Levels, bases and
parameters are the f64 nearest to their text, as in lehr; the value is rounded to f64 once, at the very end.
"""

import csv
import sys
from pathlib import Path

import mpmath
from mpmath import mp, mpf

mp.dps = 60
OUT = Path(__file__).parents[2] / "crates" / "lehr" / "tests" / "golden" / "curves.csv"


def weight(shape, parameter, p):
    """How far from `from` to `to` the shape has come at progress p; None for one that has no weight."""
    if shape == "linear":
        return p
    if shape == "cosine":  # arXiv 1608.03983, with arXiv 2004.05909's k
        return (1 - mp.cos(mp.pi * p**parameter)) / 2
    if shape == "polynomial":
        return 1 - (1 - p) ** parameter
    if shape == "exponential":
        return (1 - parameter**p) / (1 - parameter)
    return None


def level(text, base):
    return mpf(float(text[:-1])) * base if text.endswith("x") else mpf(float(text))


def value(shape, parameter, start, end, base, p):
    start, end = level(start, base), level(end, base)
    if p <= 0:
        return start
    if p >= 1:
        return end
    if shape == "geometric":
        return start * (end / start) ** p
    w = weight(shape, parameter, p)
    return start + (end - start) * w


NAMES = {"cosine": "k", "polynomial": "power", "exponential": "ratio"}
SHAPES = [
    ("linear", None),
    *(("cosine", k) for k in (1, 0.5, 1.5, 2, 3)),
    *(("polynomial", power) for power in (0.5, 2, 3, 0.9)),
    *(("exponential", ratio) for ratio in (0.1, 0.01, 1e-6, 10)),
    ("geometric", None),
]
LEVELS = [("1x", "0"), ("1x", "0.1x"), ("1x", "1e-06"), ("0.01x", "1x"), ("0.04", "0.4")]


def updates_to_check(total):
    if total <= 64:
        return range(total + 3)
    spread = (round(i * total / 16) for i in range(17))
    return sorted({*range(5), *range(total - 5, total + 2), *spread})


def main():
    with OUT.open("w", newline="") as file:
        file.write(f"# mpmath {mpmath.__version__}, {mp.dps} digits, python {sys.version.split()[0]}; tools/golden/curves.py\n")
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["plan", "updates", "base", "n", "value"])
        for shape, parameter in SHAPES:
            for start, end in LEVELS:
                if shape == "geometric" and end == "0":
                    continue
                own = "" if parameter is None else f"{NAMES[shape]}={parameter}, "
                for total, inclusive in [(1, 0), (2, 0), (7, 0), (7, 1), (1000, 0), (100_000, 0)]:
                    plan = f"{shape}({own}from={start}, to={end}, over={total}{', inclusive=true' * inclusive})"
                    for base in (1.0, 3e-4):
                        for n in updates_to_check(total):
                            p = mpf(n) / (total - inclusive)
                            exact = value(shape, None if parameter is None else mpf(parameter), start, end, mpf(base), p)
                            out.writerow([plan, total, repr(base), n, repr(float(exact))])


if __name__ == "__main__":
    main()
