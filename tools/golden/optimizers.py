"""Writes crates/lehr-candle/tests/golden/optimizers.csv: torch.optim.AdamW and torch.optim.SGD, update by update.

Each row is: case, dtype, update, kind, group, name, item, numbers. In the order in which they stand:

    variable  before update 0: the variable's first value; the item is its shape
    switch    before update 0: nesterov, 1 or 0
    field     a hyperparameter that is set before this update; those not named keep their value
    grad      a gradient of this update; two for one variable are two backward passes, whose gradients add up
    value     the variable after this update
    state     torch's state of it after this update; the item is step, exp_avg, exp_avg_sq or momentum_buffer

A variable without a `grad` row in an update has `grad is None` there. Numbers are the shortest texts that read back
as the same bits. torch runs one tensor at a time (`foreach=False`), on the CPU. Nothing here reads or runs lehr.

Another processor can round the last digit otherwise, for torch uses its vector units; the test allows for that.
"""

import csv
import math
import random
import sys
from pathlib import Path

import numpy as np
import torch

OUT = Path(__file__).parents[2] / "crates" / "lehr-candle" / "tests" / "golden" / "optimizers.csv"
UPDATES = 48
SHAPES = {"w": (2, 3), "u": (2,), "b": (3,), "s": ()}
DTYPES = {"f64": torch.float64, "f32": torch.float32}


def wave(n, low, high, period):
    """Between low and high, low at n = 0."""
    return low + (high - low) * 0.5 * (1 - math.cos(2 * math.pi * n / period))


def adamw_fields(n):
    """What each group's hyperparameters are at update n."""
    return {
        "weights": {
            "lr": wave(n, 3e-3, 1e-4, 2 * UPDATES),
            "weight_decay": 0.05 + 0.35 * n / UPDATES,
            "eps": 1e-8,
            "betas[0]": wave(n, 0.95, 0.85, 30),
            "betas[1]": 0.999,
        },
        "biases": {
            "lr": 0.0 if n == 30 else 1e-2 * 0.93**n,
            "weight_decay": 0.0,
            "eps": 1e-8 * 10 ** (n // 8),
            "betas[0]": 0.9,
            "betas[1]": 0.99 + 0.009 * n / UPDATES,
        },
        "scale": {
            "lr": 5e-3 * min(1.0, (n + 1) / 10),
            "weight_decay": 0.1 if n < 12 else 0.0 if n < 24 else 0.2,
            "eps": 0.0 if n > 36 else 1e-6,
            "betas[0]": 0.0 if n == 40 else 0.3 if 20 <= n < 30 else 0.8,
            "betas[1]": 0.0 if n == 44 else 0.99,
        },
    }


def sgd_fields(n):
    return {
        "plain": {
            "lr": wave(n, 5e-3, 1e-4, 2 * UPDATES),
            "weight_decay": 0.0 if n < 10 else 0.05,
            "momentum": 0.0 if n < 16 or n >= 40 else 0.7,
        },
        "heavy": {
            "lr": 4e-3 * 0.97**n,
            "weight_decay": 0.01 + 0.1 * n / UPDATES,
            "momentum": 0.0 if 20 <= n < 25 else wave(n, 0.9, 0.8, 20),
        },
        "nesterov": {
            "lr": 2e-3 if n != 30 else 0.0,
            "weight_decay": 0.0 if n % 5 else 0.02,
            "momentum": 0.0 if n == 12 else 0.85 + 0.1 * n / UPDATES,
        },
    }


# case: class, hyperparameters by update, variables of each group, groups with nesterov
CASES = {
    "adamw": (
        torch.optim.AdamW,
        adamw_fields,
        {"weights": ["w", "u"], "biases": ["b"], "scale": ["s"]},
        [],
    ),
    "sgd": (
        torch.optim.SGD,
        sgd_fields,
        {"plain": ["w"], "heavy": ["b", "u"], "nesterov": ["s"]},
        ["nesterov"],
    ),
}


def backward_passes(name, n):
    """How many backward passes reach the variable in update n."""
    absent = n == 33 or (name == "s" and n in (0, 1, 17)) or (name == "b" and n == 9) or (name == "u" and n < 20)
    return 0 if absent else 2 if name in ("w", "s") and n % 7 == 3 else 1


def numbers(tensor, dtype):
    """The shortest texts that read back as the same f32 or f64."""
    kind = np.float32 if dtype == "f32" else np.float64
    return " ".join(str(kind(x)) for x in tensor.detach().reshape(-1).tolist())


def draw(source, shape, dtype, size):
    count = math.prod(shape)
    values = [source.choice((-1, 1)) * source.uniform(*size) for _ in range(count)]
    return torch.tensor(values, dtype=DTYPES[dtype]).reshape(shape)


def set_field(group, field, value):
    if field.startswith("betas["):
        betas = list(group["betas"])
        betas[int(field[6])] = value
        group["betas"] = tuple(betas)
    else:
        group[field] = value


def replay(case, dtype):
    make, fields_at, members, nesterov = CASES[case]
    source = random.Random(f"{case} 2026")
    parameters = {}
    for group, names in members.items():
        for name in names:
            value = draw(source, SHAPES[name], dtype, (0.75, 2.0))
            parameters[name] = value.requires_grad_()
            shape = "x".join(map(str, SHAPES[name]))
            yield 0, "variable", group, name, shape, numbers(value, dtype)
    groups = []
    for group, names in members.items():
        groups.append({"params": [parameters[name] for name in names], "name": group})
        if make is torch.optim.SGD:
            groups[-1].update(nesterov=group in nesterov, momentum=0.5)
            yield 0, "switch", group, "nesterov", "", str(int(group in nesterov))
    optimizer = make(groups, foreach=False)
    previous = {}
    for n in range(UPDATES):
        for group in optimizer.param_groups:
            for field, value in fields_at(n)[group["name"]].items():
                if previous.get((group["name"], field)) != value:
                    previous[group["name"], field] = value
                    set_field(group, field, value)
                    yield n, "field", group["name"], field, "", repr(float(value))
        optimizer.zero_grad(set_to_none=True)
        for name, parameter in parameters.items():
            for _ in range(backward_passes(name, n)):
                gradient = draw(source, SHAPES[name], dtype, (0.01, 0.6))
                (parameter * gradient).sum().backward()
                yield n, "grad", "", name, "", numbers(gradient, dtype)
        optimizer.step()
        for name, parameter in parameters.items():
            yield n, "value", "", name, "", numbers(parameter, dtype)
            for key, tensor in sorted(optimizer.state[parameter].items()):
                if tensor is not None:
                    text = str(int(tensor.item())) if key == "step" else numbers(tensor, dtype)
                    yield n, "state", "", name, key, text


def main():
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with OUT.open("w", newline="") as file:
        file.write(f"# tools/golden/optimizers.py: torch {torch.__version__.split('+')[0]}, "
                   f"Python {sys.version.split()[0]}\n")
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["case", "dtype", "update", "kind", "group", "name", "item", "numbers"])
        for case in CASES:
            for dtype in DTYPES:
                for row in replay(case, dtype):
                    rows.writerow([case, dtype, *row])


if __name__ == "__main__":
    main()
