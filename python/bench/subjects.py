"""What is measured: a step of lehr, of the others, and of a loop that only writes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import lehr
import torch
from pytorch_accelerated.schedulers import CosineLrScheduler as PytorchAcceleratedCosine
from timm.scheduler import CosineLRScheduler as TimmCosine
from torch.optim import lr_scheduler
from transformers import get_cosine_schedule_with_warmup

Step = Callable[[], object]

#: More updates than any measurement makes, and a warm-up of fewer, so that every curve is in its middle.
TOTAL = 10_000_000
WARMUP = 5
PLAN = f"linear(from=0.01x, over={WARMUP}) -> cosine(to=1e-6)"
TWO = {"lr": PLAN, "weight_decay": "cosine(from=0.04, to=0.4)"}


def optimizer(groups: int, cls: Any = torch.optim.AdamW, tensor: bool = False) -> Any:
    """With a base for each group that no other has."""
    lrs = [1e-3 * (1 + index / 1000) for index in range(groups)]
    return cls(
        [
            {"params": [torch.nn.Parameter(torch.zeros(1))], "lr": torch.tensor(lr) if tensor else lr}
            for lr in lrs
        ],
        lr=1e-3,
        weight_decay=0.01,
    )


def lehr_scheduler(opt: Any) -> Step:
    return lehr.Scheduler(opt, PLAN, updates=TOTAL).step


def lehr_two_fields(opt: Any) -> Step:
    return lehr.Scheduler(opt, TWO, updates=TOTAL).step


def lehr_cosine(opt: Any) -> Step:
    return lehr.CosineLrScheduler(opt, 1000, TOTAL // 1000).step


def torch_cosine(opt: Any) -> Step:
    return quiet(lr_scheduler.CosineAnnealingLR(opt, TOTAL))


def torch_sequential(opt: Any) -> Step:
    warmup = lr_scheduler.LinearLR(opt, 0.01, total_iters=WARMUP)
    return quiet(lr_scheduler.SequentialLR(opt, [warmup, lr_scheduler.CosineAnnealingLR(opt, TOTAL)], [WARMUP]))


def torch_one_cycle(opt: Any) -> Step:
    peaks = [group["lr"] for group in opt.param_groups]
    return quiet(lr_scheduler.OneCycleLR(opt, peaks, total_steps=TOTAL))


def transformers_cosine(opt: Any) -> Step:
    return quiet(get_cosine_schedule_with_warmup(opt, WARMUP, TOTAL))


def timm_cosine(opt: Any) -> Step:
    return counting(TimmCosine(opt, TOTAL, lr_min=1e-6, warmup_t=WARMUP, t_in_epochs=False).step_update)


def pytorch_accelerated_cosine(opt: Any) -> Step:
    scheduler = PytorchAcceleratedCosine(opt, 1000, TOTAL // 1000)
    return counting(scheduler.step_update)


def quiet(scheduler: Any) -> Step:
    """torch warns where no update came before; there is none to be had here."""
    warnings.filterwarnings("ignore", message=r".*(lr_scheduler\.step|optimizer\.step).*")
    return scheduler.step


def counting(step_update: Callable[[int], object]) -> Step:
    """A step for those whose loop counts."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        step_update(count)

    return step


def bare(opt: Any) -> Step:
    """The least that a loop in Python can do: one new value to every group."""
    groups, value = opt.param_groups, 0.0

    def step() -> None:
        nonlocal value
        value += 1e-9
        for group in groups:
            group["lr"] = value

    return step


def bare_distinct(opt: Any) -> Step:
    """The same with a value of its own for each group, which are there already."""
    groups = opt.param_groups
    values = [group["lr"] for group in groups]

    def step() -> None:
        for group, value in zip(groups, values):
            group["lr"] = value

    return step


def bare_two_fields(opt: Any) -> Step:
    groups, value = opt.param_groups, 0.0

    def step() -> None:
        nonlocal value
        value += 1e-9
        for group in groups:
            group["lr"] = value
            group["weight_decay"] = value

    return step


def bare_fill(opt: Any) -> Step:
    """A tensor in each group, filled in place."""
    groups, value = opt.param_groups, 0.0

    def step() -> None:
        nonlocal value
        value += 1e-9
        for group in groups:
            group["lr"].fill_(value)

    return step


#: The others, by the name that the tables have.
PEERS: dict[str, Callable[[Any], Step]] = {
    "torch CosineAnnealingLR": torch_cosine,
    "torch SequentialLR": torch_sequential,
    "torch OneCycleLR": torch_one_cycle,
    "transformers cosine with warm-up": transformers_cosine,
    "timm CosineLRScheduler": timm_cosine,
    "pytorch-accelerated CosineLrScheduler": pytorch_accelerated_cosine,
}
