"""Writes crates/lehr/tests/golden/control.csv: factors of the original controllers, observation by observation.

Each row is: original, settings, metrics, factors. The settings are the original's own arguments as JSON, metrics and
factors are separated by spaces. The factor is the learning rate of an optimizer that started at 1, so bounds on the
learning rate are bounds on the factor. `eps` is 0 throughout. Where an original is wrong (a relative threshold on a
negative metric) it is not asked.
"""

import csv
import json
import random
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import optax
import torch
import transformers
from torch.optim.lr_scheduler import ReduceLROnPlateau
from transformers.optimization import GreedyLR

jax.config.update("jax_enable_x64", True)
OUT = Path(__file__).parents[2] / "crates" / "lehr" / "tests" / "golden" / "control.csv"
RANDOM = random.Random(20260711)


def positive(count, mode):
    """A loss that falls to a plateau, or an accuracy that rises to one, with noise; often the same value again."""
    metrics = []
    for t in range(count):
        level = 1 / (1 + t / 6) if mode == "min" else 1 - 0.9 / (1 + t / 6)
        metrics.append(round(level + RANDOM.choice([0, 0, 0.003, 0.05]) * RANDOM.random(), RANDOM.choice([2, 4])))
    return metrics


def of_any_sign(count, mode):
    return [round(m - 0.4, 4) for m in positive(count, mode)]


def dyadic(count, mode):
    """Sums of these are exact in f64, so that a running sum and a fresh one agree."""
    return [round(m * 64) / 64 for m in of_any_sign(count, mode)]


def with_nan(metrics):
    return [float("nan") if RANDOM.random() < 0.15 else m for m in metrics]


def sgd():
    return torch.optim.SGD([torch.zeros(1)], lr=1.0)


def replay(optimizer, scheduler, metrics):
    factors = []
    for metric in metrics:
        scheduler.step(metric)
        factors.append(optimizer.param_groups[0]["lr"])
    return factors


def torch_plateau(settings, metrics):
    optimizer = sgd()
    return replay(optimizer, ReduceLROnPlateau(optimizer, eps=0, **settings), metrics)


def transformers_greedy(settings, metrics):
    optimizer = sgd()
    return replay(optimizer, GreedyLR(optimizer, eps=0, **settings), metrics)


def optax_plateau(settings, metrics):
    transform = optax.contrib.reduce_on_plateau(**settings)
    one = jnp.ones((), jnp.float64)
    state = transform.init(one)
    update = jax.jit(lambda state, value: transform.update(one, state, value=value))
    factors = []
    for metric in metrics:
        factor, state = update(state, jnp.asarray(metric, jnp.float64))
        factors.append(float(factor))
    return factors


def torch_cases():
    for index in range(96):
        mode = RANDOM.choice(["min", "max"])
        threshold_mode = RANDOM.choice(["rel", "abs"])
        settings = {
            "mode": mode,
            "factor": RANDOM.choice([0.1, 0.5, 0.3, 0.9]),
            "patience": RANDOM.choice([0, 0, 1, 2, 3, 5]),
            "threshold": RANDOM.choice([0, 1e-4, 0.01, 0.1]),
            "threshold_mode": threshold_mode,
            "cooldown": RANDOM.choice([0, 0, 1, 2, 4]),
            "min_lr": RANDOM.choice([0, 0, 0.01, 0.2]),
        }
        metrics = (positive if threshold_mode == "rel" else of_any_sign)(40, mode)
        yield settings, with_nan(metrics) if index % 4 == 3 else metrics


def greedy_cases():
    for _ in range(64):
        mode = RANDOM.choice(["min", "max"])
        threshold_mode = RANDOM.choice(["rel", "abs"])
        smooth = RANDOM.choice([False, True])
        settings = {
            "mode": mode,
            "factor": RANDOM.choice([0.95, 0.5, 0.7]),
            "patience": RANDOM.choice([0, 0, 1, 2, 3]),
            "threshold": RANDOM.choice([0, 1e-6, 0.01, 0.05]),
            "threshold_mode": threshold_mode,
            "cooldown": RANDOM.choice([0, 0, 1, 3]),
            "warmup": RANDOM.choice([0, 0, 1, 3]),
            "min_lr": RANDOM.choice([0.1, 0.4, 0.8, 1.0]),
            "max_lr": RANDOM.choice([1.0, 1.5, 10.0]),
            "smooth": smooth,
            "window_size": RANDOM.choice([1, 2, 5, 8]),
            "reset_start": RANDOM.choice([1, 2, 4, 500]),
        }
        if smooth:
            # The bars of a relative threshold lie between the means, and no mean is negative.
            metrics = dyadic(80, mode)
            metrics = [abs(m) for m in metrics] if threshold_mode == "rel" else metrics
        else:
            metrics = (positive if threshold_mode == "rel" else of_any_sign)(80, mode)
        yield settings, metrics


def optax_cases():
    for index in range(24):
        relative = index % 2 == 0
        threshold = RANDOM.choice([1e-4, 0.01, 0.1])
        settings = {
            "factor": RANDOM.choice([0.1, 0.5, 0.3]),
            "patience": RANDOM.choice([1, 2, 3, 5]),
            "rtol": threshold if relative else 0.0,
            "atol": 0.0 if relative else threshold,
            "cooldown": RANDOM.choice([0, 0, 1, 3]),
            "min_scale": RANDOM.choice([0.0, 0.01, 0.2]),
        }
        yield settings, (positive if relative else of_any_sign)(40, "min")


def main():
    originals = [
        ("torch", torch_cases(), torch_plateau),
        ("transformers", greedy_cases(), transformers_greedy),
        ("optax", optax_cases(), optax_plateau),
    ]
    with OUT.open("w", newline="") as file:
        versions = f"torch {torch.__version__}, transformers {transformers.__version__}, optax {optax.__version__}"
        file.write(f"# {versions}, python {sys.version.split()[0]}; tools/golden/control.py\n")
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["original", "settings", "metrics", "factors"])
        for name, cases, run in originals:
            for settings, metrics in cases:
                factors = run(settings, metrics)
                out.writerow([name, json.dumps(settings), *(" ".join(map(repr, row)) for row in (metrics, factors))])


main()
