"""A scheduler inside a real training loop, where the caches are cold: its time, and its share of an update's."""

from __future__ import annotations

import statistics
import time
from typing import Any

import torch

import subjects
from measure import Effort

HIDDEN = 32


def _model(layers: int) -> torch.nn.Sequential:
    sizes = [16] + [HIDDEN] * (layers - 1) + [4]
    linear = [torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    return torch.nn.Sequential(*(part for layer in linear for part in (layer, torch.nn.ReLU())))


def _optimizer(model: torch.nn.Module, groups: int, cls: Any) -> Any:
    """Every parameter in a group of its own, or all in one."""
    parameters = list(model.parameters())
    parts = [parameters] if groups == 1 else [[parameter] for parameter in parameters]
    return cls([{"params": part, "lr": 1e-4 * (1 + i / 1000)} for i, part in enumerate(parts)], weight_decay=0.01)


def shares(cls: Any, groups: int, effort: Effort) -> dict[str, float]:
    """Median seconds of: an update without a scheduler, and a step of each scheduler right after an update.

    The schedulers take turns on the same optimizer, so that all meet the same state of the machine.
    """
    torch.manual_seed(0)
    model = _model(2 if groups == 1 else groups // 2)
    optimizer = _optimizer(model, groups, cls)
    steps = {
        "lehr": subjects.lehr_scheduler(optimizer),
        "torch": subjects.torch_cosine(optimizer),
        "pytorch-accelerated": subjects.pytorch_accelerated_cosine(optimizer),
        "bare loop": subjects.bare(optimizer),
        "clock": lambda: None,
    }
    batch, target = torch.randn(64, 16), torch.randint(4, (64,))
    found: dict[str, list[int]] = {name: [] for name in (*steps, "update")}
    names = list(steps)
    for index in range(effort.rounds * (60 if groups == 1 else 15)):
        start = time.perf_counter_ns()
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(batch), target).backward()
        optimizer.step()
        found["update"].append(time.perf_counter_ns() - start)
        name = names[index % len(names)]
        step = steps[name]
        start = time.perf_counter_ns()
        step()
        found[name].append(time.perf_counter_ns() - start)
    medians = {name: statistics.median(times) * 1e-9 for name, times in found.items()}
    clock = medians.pop("clock")
    return {name: seconds - clock for name, seconds in medians.items()}
