"""Writes crates/lehr/tests/golden/peers.csv: every peer's schedules beside the lehr plan that has the same values.

Each row is: row, peer, schedule, plan, updates, base, n, value, ulp, absolute. `row` is that of the project's list of
shapes. The peer is an installed package that was run, or, where it says `(formula)`, a peer whose formula was worked
with mpmath in 60 digits. The plan is lehr's one-line text, to be resolved to a run of `updates`; nothing here reads or
runs lehr. `value` is what update n, counted from 0, uses in a group with this base.

A value agrees if it is within so many `ulp`, or within `absolute`, of the peer's. The absolute tolerance is for peers
that cancel near their end or multiply step by step. Where a peer rebounds, raises or has a documented fault, the rows
stop before it, and the schedule's name says so in brackets.
"""

import csv
import sys
from pathlib import Path

import ignite
import jax
import mpmath
import optax
import timm
import torch
import transformers

import peers_formulas
import peers_run

OUT = Path(__file__).parents[2] / "crates" / "lehr" / "tests" / "golden" / "peers.csv"


def main():
    rows = [*peers_run.rows(), *peers_formulas.rows()]
    rows.sort(key=lambda row: row[0])
    with OUT.open("w", newline="") as file:
        versions = ", ".join(
            f"{module.__name__} {module.__version__}" for module in (torch, timm, transformers, optax, jax, ignite, mpmath)
        )
        stamp = f"{versions}, pytorch_accelerated 0.1.61, python {sys.version.split()[0]}"
        file.write(f"# {stamp}; tools/golden/peers.py\n")
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["row", "peer", "schedule", "plan", "updates", "base", "n", "value", "ulp", "absolute"])
        out.writerows(rows)
    print(f"{len(rows)} rows, {len({row[0] for row in rows})} kinds of schedule, {OUT.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
