"""The tables: what is compared with what."""

from __future__ import annotations

import pathlib
import time
from collections.abc import Callable
from typing import Any

import lehr
import torch
from torch.optim import lr_scheduler

import loop
import subjects
from measure import Effort, import_time, interleaved, progress
from report import Table


def _ratio(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _groups(count: int) -> str:
    return "1 group" if count == 1 else f"{count} groups"


def _steps(builders: dict[str, Callable[[Any], subjects.Step]], groups: int, effort: Effort, **how: Any) -> dict[str, float]:
    made = {name: build(subjects.optimizer(groups, **how)) for name, build in builders.items()}
    return interleaved(made, effort)


def step(effort: Effort) -> list[Table]:
    """A step of each peer, as a multiple of lehr's."""
    mine = {
        "lehr.Scheduler": subjects.lehr_scheduler,
        "lehr.CosineLrScheduler": subjects.lehr_cosine,
        "lehr, two fields": subjects.lehr_two_fields,
    }
    loops = {"bare": subjects.bare, "distinct": subjects.bare_distinct, "two": subjects.bare_two_fields}
    peers = Table("A step: the peer's time / lehr.Scheduler's", "Peer")
    limits = Table("A step: lehr's time / that of a loop in Python that only writes", "Loop")
    times = Table("A step: microseconds on the machine that measured", "Subject")
    for groups in effort.sizes:
        progress(f"a step with {_groups(groups)}")
        found = _steps({**mine, **loops, **subjects.PEERS}, groups, effort)
        column, base = _groups(groups), found["lehr.Scheduler"]
        for name in subjects.PEERS:
            peers.put(name, column, found[name] / base, _ratio)
        peers.put("lehr.CosineLrScheduler itself", column, found["lehr.CosineLrScheduler"] / base, _ratio)
        limits.put('for g in groups: g["lr"] = v', column, base / found["bare"], _ratio)
        limits.put('for g, v in zip(groups, values): g["lr"] = v', column, base / found["distinct"], _ratio)
        limits.put("two fields", column, found["lehr, two fields"] / found["two"], _ratio)
        for name, seconds in found.items():
            times.put(name, column, seconds * 1e6, lambda us: f"{us:.3g}")
    return [peers, limits, times]


def tensor(effort: Effort) -> list[Table]:
    """The learning rate as a tensor, which is filled in place."""
    table = Table("A step with tensor-valued lr: time / that of a loop of fill_", "Subject")
    builders = {"lehr.Scheduler": subjects.lehr_scheduler, "torch CosineAnnealingLR": subjects.torch_cosine}
    for groups in effort.sizes:
        progress(f"a step with tensors, {_groups(groups)}")
        found = _steps({**builders, "fill": subjects.bare_fill}, groups, effort, tensor=True)
        for name in builders:
            table.put(name, _groups(groups), found[name] / found["fill"], _ratio)
    return [table]


def training(effort: Effort) -> list[Table]:
    """Inside a loop that trains a small network."""
    ratios = Table("Inside a training loop: time of a step / lehr.Scheduler's", "Subject")
    shares = Table("Inside a training loop: share of an update", "Subject")
    for cls in (torch.optim.SGD, torch.optim.AdamW):
        for groups in (1, 100):
            column = f"{cls.__name__}, {_groups(groups)}"
            progress(f"a training loop with {column}")
            found = loop.shares(cls, groups, effort)
            update = found.pop("update")
            for name, seconds in found.items():
                shares.put(name, column, seconds / update, lambda share: f"{100 * share:.2f} %")
                if name != "lehr":
                    ratios.put(name, column, seconds / found["lehr"], _ratio)
    return [ratios, shares]


def construction(effort: Effort) -> list[Table]:
    """Making a scheduler, its plan read from a text."""
    table = Table("Making a scheduler: the peer's time / lehr.Scheduler's", "Peer")
    for groups in (1, 100):
        progress(f"making a scheduler for {_groups(groups)}")
        opt = subjects.optimizer(groups)
        bases = [group["lr"] for group in opt.param_groups]

        def anew(build: Callable[[Any], object]) -> Callable[[], object]:
            def make() -> None:
                for group, base in zip(opt.param_groups, bases):
                    group["lr"] = group["initial_lr"] = base
                build(opt)

            return make

        makers = {"lehr.Scheduler": subjects.lehr_scheduler, **subjects.PEERS}
        found = interleaved({name: anew(build) for name, build in makers.items()}, effort)
        for name in subjects.PEERS:
            table.put(name, _groups(groups), found[name] / found["lehr.Scheduler"], _ratio)
    return [table]


def resume(effort: Effort) -> list[Table]:
    """Going on at update 1e6 of a run."""
    progress("going on at update 1,000,000")
    million = 1_000_000
    opt = subjects.optimizer(1)
    scheduler = lehr.Scheduler(opt, subjects.PLAN, updates=subjects.TOTAL)
    scheduler.seek(million)
    state = scheduler.state_dict()
    found = interleaved(
        {
            "lehr, from its state": lambda: scheduler.load_state_dict(state),
            "lehr, without state: seek(n)": lambda: scheduler.seek(million),
        },
        effort,
    )
    replayed = lr_scheduler.CosineAnnealingLR(subjects.optimizer(1), subjects.TOTAL)
    step = subjects.quiet(replayed)
    start = time.thread_time()
    for _ in range(effort.replay):
        step()
    found["torch, without state: step() n times"] = (time.thread_time() - start) / effort.replay * million
    table = Table("Going on at update 1,000,000", "How")
    for name, seconds in found.items():
        table.put(name, "microseconds", seconds * 1e6, lambda us: f"{us:,.3g}" if us < 1000 else f"{us:,.0f}")
    return [table]


def importing(effort: Effort) -> list[Table]:
    """`import lehr` in a fresh interpreter."""
    progress("imports")
    table = Table("Import, in milliseconds (-X importtime, the best of several)", "Module")
    for module, runs in (("lehr", effort.rounds), ("numpy", 5), ("torch", 1 + effort.rounds // 20)):
        table.put(module, "ms", import_time(module, runs), lambda ms: f"{ms:.1f}")
    return [table]


def wheels(folder: pathlib.Path) -> list[Table]:
    """What is downloaded."""
    table = Table("Size of the wheel, in kB", "Wheel")
    for wheel in sorted(folder.glob("lehr-*.whl")):
        tags = wheel.stem.split("-")
        kind = "abi3, CPython 3.10 and later" if tags[-2] == "abi3" else f"for {tags[-3]} alone"
        table.put(kind, "kB", wheel.stat().st_size / 1000, lambda kb: f"{kb:.0f}")
    return [table]
