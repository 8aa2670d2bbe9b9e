"""Accelerate: a scheduler that went through `prepare` and one that did not, `accumulate`, `save_state`."""

from __future__ import annotations

import pytest
import torch

from .harness import (
    ACCUMULATE,
    BATCHES,
    EPOCHS,
    UPDATES,
    UPDATES_PER_EPOCH,
    accuracy,
    at,
    check,
    loader,
    network,
    optimizer_for,
    scheduler_for,
)

accelerate = pytest.importorskip("accelerate", reason="Accelerate is not installed")


@pytest.fixture
def accelerator():
    from accelerate.state import AcceleratorState, GradientState

    AcceleratorState._reset_state(reset_partial_state=True)
    GradientState._reset_state()
    return accelerate.Accelerator(cpu=True, gradient_accumulation_steps=ACCUMULATE)


def fit(accelerator, model, optimizer, batches, schedule, *, prepared: bool, epochs: int) -> None:
    for _ in range(epochs):
        for x, y in batches:
            with accelerator.accumulate(model):
                accelerator.backward(torch.nn.functional.cross_entropy(model(x), y))
                optimizer.step()
                # A prepared scheduler waits for the update by itself.
                if prepared:
                    schedule.step()
                elif accelerator.sync_gradients:
                    schedule.step(updated=not accelerator.optimizer_step_was_skipped)
                optimizer.zero_grad()


def build(accelerator, prepared: bool):
    model = network()
    inner = optimizer_for(model)
    inner_schedule = scheduler_for(inner)
    model, optimizer, batches = accelerator.prepare(model, inner, loader())
    schedule = accelerator.prepare(inner_schedule) if prepared else inner_schedule
    if not prepared:
        accelerator.register_for_checkpointing(schedule)
    assert isinstance(schedule, accelerate.scheduler.AcceleratedScheduler) == prepared
    assert len(batches) == BATCHES
    return model, inner, inner_schedule, optimizer, batches, schedule


@pytest.mark.parametrize("prepared", [True, False])
def test_values(accelerator, prepared):
    model, inner, inner_schedule, optimizer, batches, schedule = build(accelerator, prepared)
    fit(accelerator, model, optimizer, batches, schedule, prepared=prepared, epochs=EPOCHS)
    check(inner.used)
    assert inner_schedule.num_updates == UPDATES
    assert schedule.get_last_lr() == [group["lr"] for group in inner.param_groups]
    assert accuracy(model) > 0.95


@pytest.mark.parametrize("prepared", [True, False])
def test_resume(accelerator, prepared, tmp_path):
    model, inner, _, optimizer, batches, schedule = build(accelerator, prepared)
    fit(accelerator, model, optimizer, batches, schedule, prepared=prepared, epochs=3)
    accelerator.save_state(str(tmp_path))
    accelerator.free_memory()

    accelerator._custom_objects.clear()
    model, inner, inner_schedule, optimizer, batches, schedule = build(accelerator, prepared)
    accelerator.load_state(str(tmp_path))
    done = 3 * UPDATES_PER_EPOCH
    assert inner_schedule.num_updates == done
    at(inner.param_groups, done)
    fit(accelerator, model, optimizer, batches, schedule, prepared=prepared, epochs=EPOCHS - 3)
    check(inner.used, first=done)


def test_a_skipped_update_is_not_counted(accelerator):
    model, inner, inner_schedule, optimizer, batches, schedule = build(accelerator, prepared=True)
    fit(accelerator, model, optimizer, batches, schedule, prepared=True, epochs=1)
    accelerator.gradient_state._set_sync_gradients(True)
    optimizer._is_overflow = True
    schedule.step()
    assert inner_schedule.num_updates == UPDATES_PER_EPOCH
