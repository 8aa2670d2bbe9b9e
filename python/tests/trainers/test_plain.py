"""A training loop written by hand: with `step()`, with `step_update(n)`, and under a GradScaler that skips updates."""

from __future__ import annotations

import copy
import gc
import weakref

import lehr
import pytest
import torch
from torch import nn

from .harness import (
    BATCHES,
    LR,
    UPDATES,
    WEIGHT_DECAY,
    accuracy,
    at,
    check,
    loader,
    network,
    optimizer_for,
    scheduler_for,
    train,
)


def test_stateful():
    model = network()
    optimizer = optimizer_for(model)
    schedule = scheduler_for(optimizer)
    assert train(model, optimizer, lambda done: schedule.step()) == UPDATES
    check(optimizer.used)
    at(optimizer.param_groups, UPDATES)
    assert accuracy(model) > 0.95


class PlanScheduler(lehr.SchedulerBase):
    """One field of a plan, the updates counted by the loop."""

    def __init__(self, optimizer, field, text):
        super().__init__(optimizer, field)
        self.plan = lehr.Plan.parse(text, updates=UPDATES)

    def get_updated_values(self, num_updates):
        # A group without weight decay stays without.
        return [self.plan.value_at(num_updates, base) if base else base for base in self.base_lr_values]


def test_stateless():
    model = network()
    optimizer = optimizer_for(model)
    schedules = PlanScheduler(optimizer, "lr", LR), PlanScheduler(optimizer, "weight_decay", WEIGHT_DECAY)

    def after_update(done):
        for schedule in schedules:
            schedule.step_update(done)

    assert train(model, optimizer, after_update) == UPDATES
    check(optimizer.used)
    assert accuracy(model) > 0.95


@pytest.mark.parametrize("stop", [1, 9, 10, 41, UPDATES - 1])
@pytest.mark.parametrize("scheduler_first", [True, False])
def test_resume(stop, scheduler_first, tmp_path):
    model = network()
    optimizer = optimizer_for(model)
    schedule = scheduler_for(optimizer)
    train(model, optimizer, lambda done: schedule.step(), stop=stop)
    saved = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "scheduler": schedule.state_dict()}
    torch.save(saved, tmp_path / "checkpoint.pt")

    model = network()
    optimizer = optimizer_for(model)
    schedule = scheduler_for(optimizer)
    loaded = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    model.load_state_dict(loaded["model"])
    restore = [(schedule, loaded["scheduler"]), (optimizer, loaded["optimizer"])]
    for part, state in restore if scheduler_first else reversed(restore):
        part.load_state_dict(state)
    at(optimizer.param_groups, stop)
    train(model, optimizer, lambda done: schedule.step(), stop=UPDATES - stop)
    check(optimizer.used, first=stop)


def overflows(batch: int) -> bool:
    return batch % 7 == 3


def scaled_training(model, optimizer, after_update, epochs):
    """One update for each batch; the gradients of some batches overflow."""
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10, growth_interval=5)
    batch = skipped = 0
    for _ in range(epochs):
        for x, y in loader():
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = nn.functional.cross_entropy(model(x).float(), y)
            if overflows(batch):
                loss = loss * float("inf")
            scaler.scale(loss).backward()
            before = scaler.get_scale()
            scaler.step(optimizer)
            scaler.update()
            updated = scaler.get_scale() >= before
            assert updated != overflows(batch)
            after_update(updated)
            optimizer.zero_grad()
            batch += 1
            skipped += not updated
    return batch - skipped


SCALED_UPDATES = sum(not overflows(batch) for batch in range(2 * BATCHES))


def test_grad_scaler_that_skips():
    model = network()
    optimizer = optimizer_for(model)
    schedule = scheduler_for(optimizer, updates=SCALED_UPDATES)
    done = scaled_training(model, optimizer, lambda updated: schedule.step(updated=updated), epochs=2)
    assert done == SCALED_UPDATES < 2 * BATCHES
    check(optimizer.used, last=done, updates=done)
    at(optimizer.param_groups, done, updates=done)
    assert accuracy(model) > 0.9


@pytest.mark.parametrize("fused", [False, True])
def test_grad_scaler_detected(fused):
    model = network()
    optimizer = optimizer_for(model, fused=fused)
    schedule = lehr.once_per_update(scheduler_for(optimizer, updates=SCALED_UPDATES))
    done = scaled_training(model, optimizer, lambda updated: schedule.step(), epochs=2)
    # A fused optimizer is called for every batch, and does nothing where the gradients overflowed.
    used = [row for n, row in enumerate(optimizer.used) if not (fused and overflows(n))]
    check(used, last=done, updates=done)
    at(optimizer.param_groups, done, updates=done)


def test_step_after_every_batch():
    model = network()
    optimizer = optimizer_for(model)
    schedule = lehr.once_per_update(scheduler_for(optimizer))
    for _ in range(3):
        schedule.step()
        assert schedule.num_updates == 0
    train(model, optimizer, lambda done: [schedule.step() for _ in range(3)], stop=20)
    assert schedule.num_updates == 20
    schedule, optimizer = copy.deepcopy((schedule, optimizer))
    assert schedule.optimizer is optimizer
    # A step of the copy's optimizer, without gradients; the first call after copying counts as one.
    for _ in range(2):
        optimizer.step()
        schedule.step()
        schedule.step()
    assert schedule.num_updates == 22
    check(optimizer.used, first=20, last=22)
    schedule.step(updated=True)
    assert schedule.num_updates == 23


def test_listening_keeps_nothing_alive():
    optimizer = optimizer_for(network())
    schedule = lehr.once_per_update(scheduler_for(optimizer))
    gone, step = weakref.ref(schedule), schedule.step
    gc.disable()
    try:
        del schedule
        assert gone() is None
    finally:
        gc.enable()
    optimizer.step()
    with pytest.raises(lehr.LehrValueError, match="is gone"):
        step()


def test_an_optimizer_that_does_not_tell():
    class Silent:
        param_groups = [{"params": [], "lr": 0.1}]

    with pytest.raises(lehr.LehrValueError, match="step\\(updated=False\\)"):
        lehr.once_per_update(lehr.Scheduler(Silent(), "cosine(to=0)", updates=10))
