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


def cosine(p, k=1, exponent=1, cycles=0.5):  # arXiv 1608.03983; 2004.05909's k, optax's exponent, transformers' cycles
    return 1 - ((1 + mp.cos(2 * mp.pi * cycles * p**k)) / 2) ** exponent


def tanh(p, lower=-7, upper=3):  # arXiv 1806.01593, scaled to meet both ends
    start, end = mp.tanh(lower), mp.tanh(upper)
    return (mp.tanh((1 - p) * lower + p * upper) - start) / (end - start)


# How far from `from` to `to` the shape has come at progress p.
WEIGHTS = {
    "hold": lambda p: mpf(0),
    "linear": lambda p: p,
    "cosine": cosine,
    "sine": lambda p: mp.sin(mp.pi * p / 2),
    "polynomial": lambda p, power=1: 1 - (1 - p) ** power,
    "power": lambda p, exponent=0.5: p**exponent,
    "exponential": lambda p, ratio=0.1: (1 - ratio**p) / (1 - ratio),
    "tanh": tanh,
    "rex": lambda p: 1 - (1 - p) / (1 - p / 2),  # arXiv 2107.04197
}
# The value between two levels, for shapes that interpolate by a rule of their own.
BETWEEN = {
    "geometric": lambda start, end, p: start * (end / start) ** p,
    "harmonic": lambda start, end, p: 1 / ((1 - p) / start + p / end),
}
# What is left after t updates, for shapes that fall by themselves.
FACTORS = {
    "power_law": lambda t, exponent=0.5, rate=1, scale=1: 1 / (1 + rate * t / scale) ** exponent,
    "decay": lambda t, factor=mpf(0.9), every=1: factor ** (t / every),
}
SHAPES = [
    ("hold", {}),
    ("linear", {}),
    *(("cosine", {"k": k}) for k in (1, 0.5, 1.5, 3, 0.05)),
    *(("cosine", {"exponent": exponent}) for exponent in (0.5, 2, 3)),
    *(("cosine", {"cycles": cycles}) for cycles in (1.5, 2.5, 20.5)),
    ("cosine", {"k": 2, "exponent": 1.5}),
    ("sine", {}),
    *(("polynomial", {"power": power}) for power in (0.5, 2, 3, 0.9)),
    *(("power", {"exponent": exponent}) for exponent in (0.5, 2, 3, 0.9, 0.05)),
    *(("exponential", {"ratio": ratio}) for ratio in (0.1, 0.01, 1e-6, 10)),
    ("geometric", {}),
    ("harmonic", {}),
    *(("tanh", {"lower": lower, "upper": upper}) for lower, upper in ((-7, 3), (-1, 1), (-20, 5), (0.5, 2))),
    ("rex", {}),
    ("logarithmic", {}),
    ("power_law", {}),
    ("power_law", {"exponent": 1, "rate": 0.1, "scale": 10}),
    ("power_law", {"exponent": 0.51, "scale": 100}),
    ("power_law", {"exponent": 3, "rate": 2.5, "scale": 7}),
    ("decay", {}),
    ("decay", {"factor": 0.5, "every": 10}),
    ("decay", {"factor": 0.999, "every": 7}),
]
LEVELS = [("1x", "0"), ("1x", "0.1x"), ("1x", "1e-6"), ("0.01x", "1x"), ("0.04", "0.4")]
# Where rounding differs with the base; elsewhere a base of 1 is enough.
TWO_BASES = [("1x", "1e-6"), ("0.01x", "1x")]
RUNS = [(1, 0), (2, 0), (7, 0), (7, 1), (1000, 0), (100_000, 0)]


def level(text, base):
    return mpf(float(text[:-1])) * base if text.endswith("x") else mpf(float(text))


def value(shape, parameters, start, end, n, length):
    if shape in FACTORS:
        return start * FACTORS[shape](mpf(min(n, length)), **parameters)
    if shape == "hold" or n <= 0:
        return start
    if n >= length:
        return end
    p = mpf(n) / length
    if shape in BETWEEN:
        return BETWEEN[shape](start, end, p, **parameters)
    if shape == "logarithmic":  # DeepSpeed's log warm-up
        w = mp.log(1 + mpf(n)) / mp.log(1 + mpf(length))
    else:
        w = WEIGHTS[shape](p, **parameters)
    return start + (end - start) * w


def updates_to_check(total):
    if total <= 64:
        return range(total + 3)
    spread = (round(i * total / 16) for i in range(17))
    return sorted({*range(5), *range(total - 5, total + 2), *spread})


def levels(shape):
    one_level = shape in FACTORS or shape == "hold"
    for start, end in LEVELS:
        if end == "0" and shape in BETWEEN:
            continue
        if one_level and end not in ("0.1x", "1x", "0.4"):
            continue
        text = f"from={start}" if one_level else f"from={start}, to={end}"
        for base in (1.0, 3e-4)[: 1 + ((start, end) in TWO_BASES)]:
            yield text, base, level(start, mpf(base)), level(end, mpf(base))


def main():
    with OUT.open("w", newline="") as file:
        stamp = f"mpmath {mpmath.__version__}, {mp.dps} digits, python {sys.version.split()[0]}"
        file.write(f"# {stamp}; tools/golden/curves.py\n")
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["plan", "updates", "base", "n", "value"])
        for shape, parameters in SHAPES:
            exact = {name: mpf(number) for name, number in parameters.items()}
            own = "".join(f"{name}={number}, " for name, number in parameters.items())
            for text, base, start, end in levels(shape):
                for total, inclusive in RUNS:
                    if inclusive and shape in FACTORS:
                        continue
                    plan = f"{shape}({own}{text}{', inclusive=true' * inclusive})"
                    for n in updates_to_check(total):
                        worked = value(shape, exact, start, end, n, total - inclusive)
                        out.writerow([plan, total, f"{base:g}", n, repr(float(worked))])


if __name__ == "__main__":
    main()
