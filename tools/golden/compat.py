"""Writes crates/lehr/tests/golden/compat.csv: what the installed originals put into a real optimizer.

Each row is: name, arguments (a JSON object), base, n, value. The value is read from the parameter group where update n
would use it, after n steps of the original's usual loop. Where the original refuses its arguments, or fails at some
step within the run, the row has the name of the exception in place of the value. Nothing here reads or runs lehr.
"""

import csv
import json
import logging
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import torch
from pytorch_accelerated.schedulers.cosine_scheduler import CosineLrScheduler
from pytorch_accelerated.schedulers.wsd_scheduler import WSDLrScheduler
from timm import scheduler as timm_schedulers
from timm.scheduler.wsd_lr import WSDLRScheduler
from torch.optim import lr_scheduler, swa_utils
from transformers import optimization

OUT = Path(__file__).parents[2] / "crates" / "lehr" / "tests" / "golden" / "compat.csv"
BASES = (1.0, 3e-4)
PACKAGES = ("torch", "timm", "transformers", "pytorch-accelerated")

TRANSFORMERS = {
    "constant": optimization.get_constant_schedule,
    "constant_with_warmup": optimization.get_constant_schedule_with_warmup,
    "linear": optimization.get_linear_schedule_with_warmup,
    "cosine": optimization.get_cosine_schedule_with_warmup,
    "cosine_with_restarts": optimization.get_cosine_with_hard_restarts_schedule_with_warmup,
    "cosine_with_min_lr": optimization.get_cosine_with_min_lr_schedule_with_warmup,
    "cosine_warmup_with_min_lr": optimization.get_cosine_with_min_lr_schedule_with_warmup_lr_rate,
    "polynomial": optimization.get_polynomial_decay_schedule_with_warmup,
    "inverse_sqrt": optimization.get_inverse_sqrt_schedule,
    "warmup_stable_decay": optimization.get_wsd_schedule,
}


def sgd(base, lr_init=None):
    """An optimizer whose one group has `base`; `lr_init` is its default, where that is to differ."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    return torch.optim.SGD([{"params": [parameter], "lr": base}], lr=base if lr_init is None else lr_init, momentum=0.9)


def adam(base):
    return torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=base, betas=(0.9, 0.999))


def build(name, arguments, optimizer):
    """The original, and how its loop steps it after update n - 1."""
    peer, own = name.split(".")
    if own == "SequentialLR":
        parts = [build(part["name"], part["arguments"], optimizer)[0] for part in arguments["schedulers"]]
        scheduler = lr_scheduler.SequentialLR(optimizer, parts, arguments["milestones"])
        return scheduler, lambda n: scheduler.step()
    if peer == "torch":
        scheduler = getattr(swa_utils if own == "SWALR" else lr_scheduler, own)(optimizer, **arguments)
        return scheduler, lambda n: scheduler.step()
    if peer == "transformers":
        scheduler = TRANSFORMERS[own](optimizer, **arguments)
        return scheduler, lambda n: scheduler.step()
    if peer == "timm":
        scheduler = (
            WSDLRScheduler(optimizer, **arguments)
            if own.startswith("WSD")
            else getattr(timm_schedulers, own)(optimizer, **arguments)
        )
        return scheduler, scheduler.step if scheduler.t_in_epochs else scheduler.step_update
    scheduler = {"CosineLrScheduler": CosineLrScheduler, "WSDLrScheduler": WSDLrScheduler}[own](optimizer, **arguments)
    return scheduler, lambda n: scheduler.step()


def values(name, arguments, base, updates, make_optimizer=sgd):
    """(n, value) for n in `updates`."""
    own = dict(arguments)
    field = own.pop("field", "lr")
    lr_init = own.pop("lr_init", None)
    optimizer = make_optimizer(base) if lr_init is None else sgd(base, lr_init)
    group = optimizer.param_groups[0]
    if "momentum" in group:
        group["momentum"] = base
    else:
        group["betas"] = (base, 0.999)

    def read():
        if field == "lr":
            return group["lr"]
        return group["momentum"] if "momentum" in group else group["betas"][0]

    _, step = build(name, own, optimizer)
    stateless = name.startswith("timm.")  # any t in any order: no need to go through all of them
    before = 0
    for n in sorted(updates):
        for k in [n] if stateless and n else range(before + 1, n + 1):
            optimizer.step()
            step(k)
        before = n
        value = read()
        assert type(value) in (float, int), (name, arguments, n, value)
        yield n, float(value)


def around(*marks, past=3, spread=4):
    """All of a short run; of a long one what lies near its boundaries, and some between."""
    end = max(marks)
    if end <= 10:
        return range(end + past)
    near = {n for mark in (0, *marks) for n in range(mark - 1, mark + 2) if n >= 0}
    return sorted(near | {round(i * end / spread) for i in range(spread + 1)} | {end + past, 2 * end + 1})


def torch_cases():
    for step_size, gamma in [(1, 0.1), (3, 0.1), (30, 0.5), (7, 0.93), (4, 1.0), (5, 2.0), (3, 0.0), (2, -0.5)]:
        yield "StepLR", {"step_size": step_size, "gamma": gamma}, around(3 * step_size, 10 * step_size)
    yield "StepLR", {"step_size": 30}, around(30, 60)
    for milestones in [[], [3, 6], [6, 3], [30, 80, 81], [0, 2], [2, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]]:
        for gamma in (0.1, 0.7):
            yield "MultiStepLR", {"milestones": milestones, "gamma": gamma}, around(*milestones, 8)
    for factor, total in [(1 / 3, 5), (0.5, 40), (0.1, 1), (0.3, 0), (1.0, 3), (0.7, 4), (0.0, 0)]:
        yield "ConstantLR", {"factor": factor, "total_iters": total}, around(total, 3)
    yield "ConstantLR", {}, range(8)
    for start, end, total in [
        (1 / 3, 1, 5),
        (0.1, 1, 10),
        (1e-3, 1, 500),
        (1, 0, 5),
        (1 / 3, 0, 5),
        (1, 0.1, 100),
        (0.5, 0.25, 1),
        (0.5, 1, 0),
        (0.01, 1, 5000),
        (1, 0, 1000),
        (1e-8, 1, 30),
    ]:
        yield "LinearLR", {"start_factor": start, "end_factor": end, "total_iters": total}, around(total, 3)
    yield "LinearLR", {}, range(8)
    for gamma in (0.9, 0.95, 0.999, 1.0, 1.01, 0.5, 0.0):
        yield "ExponentialLR", {"gamma": gamma}, around(10, 100, 2000 if gamma > 0.5 else 20)
    for total, power in [
        (5, 1.0),
        (50, 0.9),
        (10, 2.0),
        (7, 0.5),
        (1, 1.0),
        (0, 1.0),
        (1000, 3.0),
        (4, 0.0),
        (20_000, 0.9),
    ]:
        yield "PolynomialLR", {"total_iters": total, "power": power}, around(total, 3)
    yield "PolynomialLR", {}, range(8)
    for t_max, eta_min in [
        (1, 0.0),
        (1, 1e-5),
        (2, 0.0),
        (3, 0.1),
        (5, 0.0),
        (10, 0.1),
        (10, 0.0),
        (100, 1e-5),
        (30, 0.0),
        (1000, 1e-6),
        (1000, 0.0),
        (7, 2.0),
    ]:
        yield "CosineAnnealingLR", {"T_max": t_max, "eta_min": eta_min}, around(t_max, 2 * t_max, 3 * t_max, 4 * t_max)
    for t_0, t_mult, eta_min in [
        (1, 1, 0.0),
        (1, 2, 0.0),
        (10, 2, 1e-5),
        (5, 1, 0.1),
        (3, 3, 0.0),
        (100, 1, 0.0),
        (10, 10, 0.2),
    ]:
        ends = [t_0 * sum(t_mult**i for i in range(k)) for k in (1, 2, 3, 4)]
        arguments = {"T_0": t_0, "T_mult": t_mult, "eta_min": eta_min}
        yield "CosineAnnealingWarmRestarts", arguments, around(*(end for end in ends if end < 5000))
    one_cycles = [
        {"total_steps": 100},
        {"total_steps": 5},
        {"total_steps": 1},
        {"total_steps": 2},
        {"total_steps": 3},
        {"epochs": 3, "steps_per_epoch": 7},
        {"total_steps": 100, "pct_start": 0.25, "div_factor": 10.0, "final_div_factor": 100.0},
        {"total_steps": 10, "pct_start": 0.0},
        {"total_steps": 13, "pct_start": 0.45},
        {"total_steps": 1000, "pct_start": 0.05},
        {"total_steps": 10, "pct_start": 0.8},
        {"total_steps": 9, "pct_start": 0.05, "base_momentum": 0.7, "max_momentum": 0.99},
    ]
    for own in one_cycles:
        total = own.get("total_steps", 21)
        marks = [round(own.get("pct_start", 0.3) * total), round(2 * own.get("pct_start", 0.3) * total), total]
        updates = [n for n in around(*marks) if n <= total]
        for more in [
            {},
            {"anneal_strategy": "linear"},
            {"three_phase": True},
            {"three_phase": True, "anneal_strategy": "linear"},
        ]:
            for field in [{}, {"field": "momentum"}]:
                if field and len(more) == 1 and total != 100:
                    continue
                yield "OneCycleLR", {"max_lr": 0.1, **own, **more, **field}, updates
    for three_phase in (False, True):  # fails at n = 10: the table ends before
        yield "OneCycleLR", {"max_lr": 1.0, "total_steps": 10, "pct_start": 1.0, "three_phase": three_phase}, range(10)
    yield "OneCycleLR", {"max_lr": 1.0, "total_steps": 10, "cycle_momentum": False, "field": "momentum"}, range(10)
    cyclics = [
        {},
        {"step_size_up": 4},
        {"step_size_up": 5, "step_size_down": 3},
        {"step_size_up": 1},
        {"step_size_up": 7, "step_size_down": 100},
        {"step_size_up": 4, "step_size_down": 0},
        {"step_size_up": 2.5},
    ]
    for own in cyclics:
        up = own.get("step_size_up", 2000)
        length = round(up + own.get("step_size_down", up))
        marks = [round(up), length, length + round(up), 2 * length]
        for mode in [{}, {"mode": "triangular2"}, {"mode": "exp_range", "gamma": 0.99}]:
            for field in [{}, {"field": "momentum", "base_momentum": 0.75}]:
                yield "CyclicLR", {"base_lr": 0.001, "max_lr": 0.1, **own, **mode, **field}, around(*marks)
    for swa_lr, anneal_epochs in [(0.05, 10), (0.5, 1), (0.05, 0), (1e-5, 100), (0.0, 7)]:
        for strategy in ("cos", "linear"):
            arguments = {"swa_lr": swa_lr, "anneal_epochs": anneal_epochs, "anneal_strategy": strategy}
            yield "SWALR", arguments, around(anneal_epochs, 3)


def sequences():
    def part(name, **arguments):
        return {"name": name, "arguments": arguments}

    linear, cosine = part("torch.LinearLR", start_factor=0.1, total_iters=5), part(
        "torch.CosineAnnealingLR", T_max=15, eta_min=1e-6
    )
    constant, exponential = part("torch.ConstantLR", factor=0.1, total_iters=2), part("torch.ExponentialLR", gamma=0.9)
    step, steps = part("torch.StepLR", step_size=3, gamma=0.5), part(
        "torch.MultiStepLR", milestones=[0, 2, 4], gamma=0.5
    )
    poly, restarts = part("torch.PolynomialLR", total_iters=6, power=2.0), part(
        "torch.CosineAnnealingWarmRestarts", T_0=3, T_mult=2
    )
    warmup = part("transformers.constant_with_warmup", num_warmup_steps=4)
    for schedulers, milestones in [
        ([linear, cosine], [5]),
        ([constant, exponential], [2]),
        ([linear, poly], [3]),
        ([linear, cosine, constant], [5, 20]),
        ([cosine], []),
        ([step, steps], [7]),
        ([steps, step, linear], [1, 2]),
        ([restarts, exponential], [8]),
        ([exponential, restarts], [4]),
        ([warmup, cosine], [4]),
        ([poly, warmup], [3]),
        ([linear, cosine], [0]),
        ([restarts, restarts], [10]),
    ]:
        yield "SequentialLR", {"schedulers": schedulers, "milestones": milestones}, range(27)


def timm_cases():
    cycles = [
        {},
        {"cycle_limit": 3},
        {"cycle_limit": 3, "cycle_decay": 0.5},
        {"cycle_mul": 2.0, "cycle_limit": 4},
        {"cycle_limit": 0},
        {"cycle_mul": 3.0, "cycle_limit": 9, "cycle_decay": 0.9},
        {"cycle_mul": 1.5, "cycle_limit": 3},
        {"cycle_mul": 0.5, "cycle_limit": 2},
    ]
    warmups = [
        {},
        {"warmup_t": 2, "warmup_lr_init": 1e-5},
        {"warmup_t": 2, "warmup_lr_init": 1e-5, "warmup_prefix": True},
    ]
    bodies = [
        (
            "CosineLRScheduler",
            [{}, {"lr_min": 1e-6, "k_decay": 2.0}, {"k_decay": 0.5}, {"t_in_epochs": False, "k_decay": 0.0}],
        ),
        ("TanhLRScheduler", [{}, {"lr_min": 1e-6, "lb": -6.0, "ub": 4.0}]),
        ("PolyLRScheduler", [{}, {"lr_min": 1e-6, "power": 2.0, "k_decay": 1.5}, {"power": 1.0}]),
    ]
    for name, owns in bodies:
        for own in owns:
            for i, cycle in enumerate(cycles):
                for j, warmup in enumerate(warmups):
                    if (i + j) % 3 and own != owns[0]:
                        continue
                    if "cycle_mul" in cycle and own.get("k_decay", 1.0) not in (1.0, 2.0):
                        continue  # rounding can put t before its cycle, which the original cannot raise to a power
                    ends = (3, 4, 6, 9, 12, 13, 21, 45) if cycle.get("cycle_mul", 1) > 1 else (3, 6, 9)
                    end = 5 if cycle.get("cycle_mul", 1) < 1 else 46  # the logarithm ends with the cycles
                    updates = [n for n in sorted({0, 1, 2, 5} | {e + d for e in ends for d in (-1, 0, 2)}) if n <= end]
                    yield name, {"t_initial": 3, **own, **cycle, **warmup}, updates
            for long in [
                {"t_initial": 100, "warmup_t": 20},
                {"t_initial": 1},
                {"t_initial": 10, "warmup_t": 20, "warmup_lr_init": 0.01},
                {"t_initial": 90_000, "warmup_t": 500, "warmup_prefix": True, "t_in_epochs": False},
            ]:
                yield name, {**own, **long}, around(
                    long.get("warmup_t", 0), long["t_initial"], long["t_initial"] + long.get("warmup_t", 0)
                )
    for name in ("CosineLRScheduler", "TanhLRScheduler"):  # the missed restart, at 363
        yield name, {"t_initial": 3, "cycle_mul": 3.0, "cycle_limit": 9}, [120, 121, 362, 363, 364, 1092, 1093]
    for own in [{"decay_t": 3}, {"decay_t": 2.5}, {"decay_t": 0.1}, {"decay_t": 30}]:
        for more in [
            {"decay_rate": 0.5},
            {"decay_rate": 0.93, "warmup_t": 4},
            {"decay_rate": 0.1, "warmup_t": 4, "warmup_prefix": False},
            {"warmup_t": 3, "warmup_lr_init": 0.01},
        ]:
            yield "StepLRScheduler", {**own, **more}, around(4, 7, 30)
    for decay_t in ([3, 6], [1], [6, 3, 9], [30, 60, 60], [], [0, 1, 2]):
        for more in [
            {"decay_rate": 0.1},
            {"decay_rate": 0.7, "warmup_t": 4},
            {"decay_rate": 0.7, "warmup_t": 4, "warmup_prefix": False},
        ]:
            yield "MultiStepLRScheduler", {"decay_t": decay_t, **more}, around(*decay_t, 10)
    for decay in ["linear", "1-sqrt", "cosine", "power", "exp"]:
        for stable in [{}, {"stable_fn": "rsqrt", "stable_timescale": 5}, {"stable_fn": "power", "stable_power": 0.7}]:
            for more in [
                {"warmup_t": 3},
                {"warmup_t": 2, "warmup_lr_init": 1e-5, "lr_min": 1e-4, "decay_power": 2.0, "decay_ratio": 0.01},
            ]:
                yield "WSDLRScheduler", {"t_initial": 9, "decay_t": 4, "decay_fn": decay, **stable, **more}, range(16)
    for own in [
        {"t_initial": 1, "decay_t": 1},
        {"t_initial": 6, "decay_t": 6, "lr_min": 0.5},
        {"t_initial": 9000, "decay_t": 900, "warmup_t": 50},
    ]:
        yield "WSDLRScheduler", own, around(own.get("warmup_t", 0), own["t_initial"] - own["decay_t"], own["t_initial"])


def transformers_cases():
    yield "constant", {}, range(3)
    spans = [(0, 10), (3, 10), (1, 1), (0, 1), (20, 5), (500, 90_000), (10, 100)]

    def of(warmup, total):
        return {"num_warmup_steps": warmup, "num_training_steps": total}

    def updates(warmup, total):
        return (
            [n for n in around(warmup, total) if n <= 2000 or total < 2000]
            if total < 2000
            else [0, 1, 250, 499, 500, 501, 3000]
        )

    for warmup in (0, 1, 3, 100):
        yield "constant_with_warmup", {"num_warmup_steps": warmup}, around(warmup, 3)
        for timescale in ({}, {"timescale": 7}, {"timescale": 10_000}, {"timescale": None}):
            yield "inverse_sqrt", {"num_warmup_steps": warmup, **timescale}, around(warmup, 3)
    for span in spans:
        yield "linear", of(*span), updates(*span)
        for cycles in ({}, {"num_cycles": 1.0}, {"num_cycles": 2.3}):
            yield "cosine", {**of(*span), **cycles}, updates(*span)
        for cycles in ({}, {"num_cycles": 2}, {"num_cycles": 5}):
            yield "cosine_with_restarts", {**of(*span), **cycles}, updates(*span)
        for own in (
            {"min_lr": 1e-5},
            {"min_lr_rate": 0.1},
            {"min_lr": 0.05, "lr_init": 0.1},
            {"min_lr_rate": 0.3, "num_cycles": 1.3},
        ):
            yield "cosine_with_min_lr", {**of(*span), **own}, updates(*span)
            for rate in ({}, {"warmup_lr_rate": 0.2}):
                yield "cosine_warmup_with_min_lr", {**of(*span), **own, **rate}, updates(*span)
        for own in (
            {},
            {"power": 2.0},
            {"lr_end": 1e-5, "power": 0.5},
            {"lr_end": 0.01, "lr_init": 0.1},
            {"power": 0.0},
        ):
            if span[0] != span[1]:
                yield "polynomial", {**of(*span), **own}, updates(*span)
    phases = [
        {"num_warmup_steps": 3, "num_decay_steps": 4, "num_training_steps": 12},
        {"num_warmup_steps": 0, "num_decay_steps": 0, "num_training_steps": 5},
        {"num_warmup_steps": 1, "num_decay_steps": 5, "num_stable_steps": 2},
        {"num_warmup_steps": 6, "num_decay_steps": 8, "num_training_steps": 10},
        {"num_warmup_steps": 2, "num_decay_steps": 3, "num_training_steps": 20, "num_stable_steps": 1},
        {"num_warmup_steps": 12, "num_decay_steps": 4, "num_training_steps": 8},
    ]
    for own in phases:
        for shape in ("linear", "cosine", "1-sqrt"):
            for more in ({}, {"min_lr_ratio": 0.1}, {"num_cycles": 1.7}):
                types = {"warmup_type": shape, "decay_type": shape}
                if not more or shape == ("cosine" if "num_cycles" in more else "1-sqrt"):
                    yield "warmup_stable_decay", {**own, **types, **more}, range(18)
    yield "warmup_stable_decay", phases[0], range(14)


def accelerated_cases():
    runs = [
        (10, 10, 0, 0),
        (10, 10, 2, 1),
        (10, 10, 1, 0),
        (10, 10, 3, 0),
        (10, 10, 6, 0),
        (1, 1, 0, 0),
        (5, 1, 1, 1),
        (3, 334, 1, 0),
        (2, 5, 4, 0),
    ]
    for epochs, steps, warmup, cooldown in runs:
        run = {
            "total_num_epochs": epochs,
            "num_update_steps_per_epoch": steps,
            "num_warmup_epochs": warmup,
            "num_cooldown_epochs": cooldown,
        }
        total, marks = epochs * steps, (warmup * steps, (epochs - warmup - cooldown) * steps)
        for own in [
            {},
            {"min_lr_ratio": 0.1, "k_decay": 2.0},
            {"lr_min": 0.0, "warmup_starting_lr_ratio": 0.5},
            {"warmup_starting_lr": 1e-4, "k_decay": 0.5},
            {"k_decay": 0.0},
            {"lr_min": 0.01, "warmup_starting_lr": 0.5, "warmup_starting_lr_ratio": 0.1},
        ]:
            yield "CosineLrScheduler", {**run, **own}, around(*(max(mark, 0) for mark in marks), total)
    wsd = [
        {"total_steps": 100},
        {"total_steps": 100, "num_warmup_steps": 10, "decay_phase_ratio": 0.2, "lr_min": 0.01},
        {"total_steps": 1000, "num_warmup_steps": None},
        {"total_steps": 400, "num_checkpoints": 3, "lr_min": 0.01},
        {"total_steps": 100, "num_checkpoints": 2, "decay_phase_ratio": 0.2},
        {"total_steps": 103, "num_checkpoints": 3},
        {"total_steps": 1000, "num_checkpoints": 4},
        {"total_steps": 1000, "num_checkpoints": 5},
        {"num_epochs": 4, "num_update_steps_per_epoch": 10},
        {"total_steps": 100, "num_warmup_steps": 95, "decay_phase_ratio": 0.2},
        {"total_steps": 1, "decay_phase_ratio": 1.0},
        {"total_steps": 50, "decay_phase_ratio": 1.0},
        {"total_steps": 5, "_until": 5},
        {"total_steps": 100, "decay_phase_ratio": 0.0, "_until": 100},
        {"total_steps": 100, "num_warmup_steps": 10, "is_continuation_from_checkpoint": True, "decay_phase_ratio": 0.2},
    ]
    for own in wsd:
        own = dict(own)
        until = own.pop("_until", None)
        total = own.get("total_steps", 40)
        quarter = total // 4
        for decay in ({}, {"use_inverse_sqrt_decay": False, "lr_min": 0.05}):
            marks = (own.get("num_warmup_steps") or 0, round(total * 0.9), quarter, 2 * quarter, total)
            updates = [n for n in around(*marks) if until is None or n <= until]
            yield "WSDLrScheduler", {**own, **decay}, updates


def refused():
    """Arguments that the original refuses, or with which it fails within `steps` steps."""
    yield "torch.StepLR", {"step_size": 0}, 1
    yield "torch.ConstantLR", {"factor": 0.0, "total_iters": 3}, 3
    yield "torch.ConstantLR", {"factor": 1.5}, 0
    yield "torch.LinearLR", {"start_factor": 0.0}, 0
    yield "torch.LinearLR", {"end_factor": -0.1}, 0
    yield "torch.PolynomialLR", {"total_iters": 3, "power": -1.0}, 3
    yield "torch.CosineAnnealingLR", {"T_max": 0}, 1
    yield "torch.CosineAnnealingWarmRestarts", {"T_0": 0}, 0
    yield "torch.CosineAnnealingWarmRestarts", {"T_0": 5, "T_mult": 0}, 0
    yield "torch.OneCycleLR", {"max_lr": 0.1, "total_steps": 10, "pct_start": 0.1}, 0
    yield "torch.OneCycleLR", {"max_lr": 0.1, "total_steps": 10, "pct_start": 1.1}, 0
    yield "torch.OneCycleLR", {"max_lr": 0.1, "total_steps": 0}, 0
    yield "torch.OneCycleLR", {"max_lr": 0.1, "epochs": 3}, 0
    yield "torch.OneCycleLR", {"total_steps": 10}, 0
    yield "torch.OneCycleLR", {"max_lr": 0.1, "total_steps": 10, "div_factor": 0.0}, 0
    yield "torch.OneCycleLR", {"max_lr": 0.1, "total_steps": 10, "anneal_strategy": "cosine"}, 0
    yield "torch.CyclicLR", {"base_lr": 0.1, "max_lr": 0.2, "step_size_up": 0}, 0
    yield "torch.CyclicLR", {"base_lr": 0.1, "max_lr": 0.2, "mode": "square"}, 0
    yield "torch.CyclicLR", {"base_lr": 0.1}, 0
    yield "torch.SWALR", {"anneal_epochs": 10}, 0
    yield "torch.ExponentialLR", {}, 0
    for name in ("Cosine", "Tanh", "Poly"):
        yield f"timm.{name}LRScheduler", {"t_initial": 0}, 0
        yield f"timm.{name}LRScheduler", {"t_initial": 5, "lr_min": -1.0}, 0
        yield f"timm.{name}LRScheduler", {"t_initial": 5, "cycle_mul": 0.0}, 1
        yield f"timm.{name}LRScheduler", {"t_initial": 5, "cycle_mul": -2.0}, 1
        if name != "Tanh":
            yield f"timm.{name}LRScheduler", {"t_initial": 5, "k_decay": -1.0, "cycle_limit": 2}, 5
    yield "timm.TanhLRScheduler", {"t_initial": 5, "lb": 3.0}, 0
    yield "timm.TanhLRScheduler", {"t_initial": 5, "warmup_lr_init": -1.0}, 0
    yield "timm.StepLRScheduler", {"decay_t": 0}, 1
    yield "timm.WSDLRScheduler", {"t_initial": 0, "decay_t": 1}, 0
    yield "timm.WSDLRScheduler", {"t_initial": 5, "decay_t": 6}, 0
    yield "timm.WSDLRScheduler", {"t_initial": 5, "decay_t": 0}, 0
    yield "timm.WSDLRScheduler", {"t_initial": 5, "decay_t": 2, "decay_ratio": 1.0}, 0
    yield "timm.WSDLRScheduler", {"t_initial": 5, "decay_t": 2, "decay_power": 0.0}, 0
    yield "timm.WSDLRScheduler", {"t_initial": 5, "decay_t": 2, "stable_power": 0.0}, 0
    yield "timm.WSDLRScheduler", {"t_initial": 5, "decay_t": 2, "lr_min": -0.1}, 0
    yield "timm.WSDLRScheduler", {"t_initial": 5, "decay_t": 2, "stable_fn": "rsqrt"}, 0
    yield "timm.WSDLRScheduler", {"t_initial": 5, "decay_t": 2, "decay_fn": "sqrt"}, 0
    for name in ("cosine_with_min_lr", "cosine_warmup_with_min_lr"):
        yield f"transformers.{name}", {"num_warmup_steps": 1, "num_training_steps": 9}, 0
        yield f"transformers.{name}", {
            "num_warmup_steps": 1,
            "num_training_steps": 9,
            "min_lr": 0.1,
            "min_lr_rate": 0.1,
        }, 0
        yield f"transformers.{name}", {"num_warmup_steps": 1, "num_training_steps": 9, "min_lr": 0.1, "lr_init": 0.0}, 0
    yield "transformers.polynomial", {"num_warmup_steps": 4, "num_training_steps": 4}, 4
    yield "transformers.polynomial", {"num_warmup_steps": 1, "num_training_steps": 4, "lr_end": 0.2, "lr_init": 0.1}, 0
    yield "transformers.polynomial", {"num_warmup_steps": 1, "num_training_steps": 4, "power": -1.0}, 4
    yield "transformers.inverse_sqrt", {"num_warmup_steps": 1, "timescale": 0}, 1
    yield "transformers.warmup_stable_decay", {"num_warmup_steps": 1, "num_decay_steps": 4}, 0
    yield "transformers.warmup_stable_decay", {
        "num_warmup_steps": 1,
        "num_decay_steps": 4,
        "num_training_steps": 9,
        "decay_type": "exp",
    }, 0
    accelerated = "pytorch_accelerated.CosineLrScheduler"
    yield accelerated, {"total_num_epochs": 0, "num_update_steps_per_epoch": 5}, 0
    yield accelerated, {"total_num_epochs": 5, "num_update_steps_per_epoch": 0}, 0
    yield accelerated, {"total_num_epochs": 5, "num_update_steps_per_epoch": 5, "lr_min": -1.0}, 0
    yield accelerated, {"total_num_epochs": 5, "num_update_steps_per_epoch": 5, "k_decay": -1.0}, 1
    accelerated = "pytorch_accelerated.WSDLrScheduler"
    yield accelerated, {}, 0
    yield accelerated, {"num_epochs": 2, "num_update_steps_per_epoch": 3, "total_steps": 6}, 0
    yield accelerated, {"total_steps": 0}, 0
    yield accelerated, {"total_steps": 9, "decay_phase_ratio": 1.1}, 0
    yield accelerated, {"total_steps": 9, "lr_min": -0.1}, 0
    yield accelerated, {"total_steps": 9, "num_checkpoints": 0}, 0
    yield accelerated, {"total_steps": 100, "num_checkpoints": 2, "decay_phase_ratio": 0.4}, 0
    yield accelerated, {"total_steps": 3, "num_checkpoints": 2}, 1
    yield accelerated, {"total_steps": 7, "num_checkpoints": 3}, 5
    yield accelerated, {"total_steps": 100, "num_checkpoints": 2, "decay_phase_ratio": 0.0}, 51
    yield accelerated, {"total_steps": 20, "lr_min": 0.0, "use_inverse_sqrt_decay": False}, 19


def main():
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    peers = {
        "torch": [*torch_cases(), *sequences()],
        "timm": timm_cases(),
        "transformers": transformers_cases(),
        "pytorch_accelerated": accelerated_cases(),
    }
    with OUT.open("w", newline="") as file:
        versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
        file.write(f"# {versions}, python {sys.version.split()[0]}; tools/golden/compat.py\n")
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["name", "arguments", "base", "n", "value"])

        def write(name, arguments, base, n, value):
            out.writerow([name, json.dumps(arguments, separators=(",", ":")), repr(base), n, value])

        for peer, cases in peers.items():
            for own, arguments, updates in cases:
                name = f"{peer}.{own}"
                for base in BASES:
                    if own == "polynomial" and arguments.get("lr_end", 0) >= arguments.get("lr_init", base):
                        continue
                    chosen = list(updates) if base == BASES[0] else list(updates)[::6]
                    found = list(values(name, arguments, base, chosen))
                    if (
                        arguments.get("field") == "momentum"
                    ):  # the betas of an Adam get what the momentum of an SGD gets
                        assert found == list(values(name, arguments, base, chosen, adam))
                    for n, value in found:
                        write(name, arguments, base, n, repr(value))
        for name, arguments, steps in refused():
            try:
                list(values(name, arguments, 1.0, range(steps + 1)))
            except Exception as error:
                write(name, arguments, 1.0, steps, type(error).__name__)
            else:
                raise SystemExit(f"{name} accepts {arguments}")


main()
