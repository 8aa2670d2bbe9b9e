"""Moving over: the originals run some updates, are converted, and both go on: equal from there on."""

from __future__ import annotations

import copy
import math

import pytest
import torch
from conftest import field
from peers import CASES, ORIGINALS, close
from torch.optim import lr_scheduler as T

import lehr

timm, transformers, accelerated = (ORIGINALS[peer] for peer in ("timm", "transformers", "pytorch_accelerated"))
#: Torch's and transformers', which are torch schedulers.
TORCH = {name: case for name, case in CASES.items() if case[0] in ("torch", "transformers")}


@pytest.mark.parametrize("name", TORCH)
@pytest.mark.parametrize("steps", [0, 1, 4, 11])
def test_torch(make_optimizer, name, steps):
    peer, build, ulps = TORCH[name]
    optimizer, own = make_optimizer(), make_optimizer()
    original, old = build(ORIGINALS[peer], optimizer), build(ORIGINALS[peer], own)
    for _ in range(steps):
        for one, other in ((optimizer, original), (own, old)):
            one.step()
            other.step()
    schedule = lehr.from_torch(old)
    assert isinstance(schedule, lehr.Scheduler) and schedule.num_updates == steps
    close(own, optimizer, ulps)
    for _ in range(steps, 21):
        optimizer.step()
        original.step()
        schedule.step()
        close(own, optimizer, ulps)


@pytest.mark.parametrize("name", ["StepLR", "OneCycleLR", "SequentialLR", "cosine"])
def test_a_saved_state(make_optimizer, name):
    """From a state that was loaded, whether or not the optimizer's was; the new scheduler's own state then goes on."""
    peer, build, ulps = TORCH[name]
    optimizer = make_optimizer()
    original = build(ORIGINALS[peer], optimizer)
    for _ in range(7):
        optimizer.step()
        original.step()
    state, optimizer_state = copy.deepcopy(original.state_dict()), copy.deepcopy(optimizer.state_dict())
    for restored in (True, False):
        own = make_optimizer()
        old = build(ORIGINALS[peer], own)
        old.load_state_dict(copy.deepcopy(state))
        if restored:
            own.load_state_dict(optimizer_state)
        schedule = lehr.from_torch(old)
        close(own, optimizer, ulps)
        schedule.step()
        again = lehr.from_torch(build(ORIGINALS[peer], make_optimizer()))
        again.load_state_dict(schedule.state_dict())
        assert field(again.optimizer) == field(own) and again.num_updates == 8


def test_what_cannot_be_carried(make_optimizer):
    class Mine(T.StepLR):
        pass

    def chained(optimizer):
        return T.ChainedScheduler([T.ConstantLR(optimizer), T.ExponentialLR(optimizer, 0.9)])

    for build, message in (
        (lambda o: T.LambdaLR(o, lambda n: 1.0), "function of your own"),
        (lambda o: T.MultiplicativeLR(o, lambda n: 0.5), "no function of the count"),
        (lambda o: T.CyclicLR(o, 1e-3, 0.1, 4, scale_fn=lambda n: 1.0), "scale_fn"),
        (chained, "product"),
        (lambda o: Mine(o, 3), "no scheduler of torch's own"),
        (lambda o: T.SequentialLR(o, [T.ConstantLR(o), T.OneCycleLR(o, 0.1, 9)], [4]), "changes what the others"),
        (lambda o: T.SequentialLR(o, [T.ConstantLR(o)] * 3, [4, 4]), "do not ascend"),
        (lambda o: T.ReduceLROnPlateau(o, min_lr=1e-3), "each group's"),
    ):
        optimizer = make_optimizer()
        original = build(optimizer)
        before = copy.deepcopy([{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups])
        with pytest.raises(lehr.LehrValueError, match=message):
            lehr.from_torch(original)
        assert [{k: v for k, v in group.items() if k != "params"} for group in optimizer.param_groups] == before
    for nothing in (None, 3, lehr.Plan.parse("hold")):
        with pytest.raises(lehr.LehrValueError, match="no optimizer"):
            lehr.from_torch(nothing)
    optimizer = make_optimizer()
    original = T.StepLR(optimizer, 3)
    for _ in range(4):
        optimizer.step()
        original.step()
        optimizer.param_groups[0]["lr"] *= 0.5
    with pytest.raises(lehr.LehrValueError, match="someone else has written"):
        lehr.from_torch(original)


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
def test_plateau_with_its_memory(make_optimizer, mode, threshold_mode):
    metrics = [1.0, 0.9, 0.95, math.nan, 0.91, 0.92, 0.9, 0.5, 0.6, 0.6, 0.6, 0.6, 0.7, 0.4, 0.8, 0.8, 0.8, 0.8, 0.8]

    def build(optimizer):
        return T.ReduceLROnPlateau(optimizer, mode, 0.5, 1, 0.05, threshold_mode, 2)

    for steps in (0, 1, 5, 9):
        optimizer, own = make_optimizer(), make_optimizer()
        original, old = build(optimizer), build(own)
        for metric in metrics[:steps]:
            original.step(metric)
            old.step(metric)
        schedule = lehr.from_torch(old)
        for metric in metrics[steps:]:
            original.step(metric)
            schedule.observe(metric)
            schedule.step()
            assert field(own) == field(optimizer)


@pytest.mark.parametrize("steps", [0, 3, 8])
@pytest.mark.parametrize("scaled", [False, True])
def test_timm(make_optimizer, steps, scaled):
    from timm.scheduler.wsd_lr import WSDLRScheduler

    for build in (
        lambda o: timm.CosineLRScheduler(o, 7, 1e-3, cycle_limit=2, cycle_decay=0.5, warmup_t=2, warmup_lr_init=1e-4),
        lambda o: timm.CosineLRScheduler(o, 7, cycle_mul=1.5, cycle_limit=3, k_decay=1.5, t_in_epochs=False),
        lambda o: timm.TanhLRScheduler(o, 9, lr_min=1e-3, warmup_t=3, t_in_epochs=False),
        lambda o: timm.PolyLRScheduler(o, 9, 2.0, warmup_t=3, warmup_prefix=True),
        lambda o: timm.StepLRScheduler(o, 2.5, 0.5, warmup_t=1),
        lambda o: timm.MultiStepLRScheduler(o, [3, 6], 0.5),
        lambda o: WSDLRScheduler(o, 9, 4, 1e-3, warmup_t=2, t_in_epochs=False),
    ):
        pair = []
        for _ in range(2):
            optimizer = make_optimizer()
            if scaled:
                optimizer.param_groups[1]["lr_scale"] = 0.3
            original = build(optimizer)
            tell = original.step if original.t_in_epochs else original.step_update
            for count in range(1, steps + 1):
                tell(count)
            pair.append((optimizer, original, tell))
        (optimizer, original, tell), (own, old, _) = pair
        schedule = lehr.from_timm(old, steps)
        assert field(own) == field(optimizer)
        for count in range(steps + 1, 20):
            tell(count)
            schedule.step()
            assert field(own) == field(optimizer)
        with pytest.raises(lehr.LehrValueError, match="told last"):
            lehr.from_timm(original, 1)


def test_what_timm_cannot_hand_over(make_optimizer):
    with pytest.raises(lehr.LehrValueError, match="noise"):
        lehr.from_timm(timm.CosineLRScheduler(make_optimizer(), 9, noise_range_t=3), 0)
    from timm.scheduler.wsd_lr import WSDLRScheduler

    with pytest.raises(lehr.LehrValueError, match="decay_fn"):
        lehr.from_timm(WSDLRScheduler(make_optimizer(), 9, 3, decay_fn=lambda share: 1 - share), 0)
    with pytest.raises(lehr.LehrValueError, match="SchedulerBase"):
        lehr.from_timm(T.StepLR(make_optimizer(), 3), 0)


def test_transformers_by_name(make_optimizer):
    arguments = {"num_warmup_steps": 3, "num_training_steps": 12}
    more = {
        "constant": {},
        "constant_with_warmup": {"num_warmup_steps": 3},
        "linear": arguments,
        "cosine": {**arguments, "num_cycles": 0.7},
        "cosine_with_restarts": {**arguments, "num_cycles": 2},
        "polynomial": {**arguments, "power": 2.0, "lr_end": 1e-3},
        "inverse_sqrt": {"num_warmup_steps": 3},
        "cosine_with_min_lr": {**arguments, "min_lr": 0.01},
        "cosine_warmup_with_min_lr": {**arguments, "min_lr_rate": 0.2, "warmup_lr_rate": 0.1},
        "warmup_stable_decay": {**arguments, "num_decay_steps": 4},
    }
    for name, given in more.items():
        optimizer, own = make_optimizer(), make_optimizer()
        specific = {key: value for key, value in given.items() if key not in arguments}
        shared = {key: value for key, value in given.items() if key in arguments}
        original = transformers.get_scheduler(name, optimizer, **shared, scheduler_specific_kwargs=specific)
        for _ in range(5):
            optimizer.step()
            original.step()
        schedule = lehr.from_transformers(name, given, optimizer=own, state=original.state_dict())
        assert schedule.num_updates == 5 and field(own) == field(optimizer), name
        for _ in range(10):
            optimizer.step()
            original.step()
            schedule.step()
            assert field(own) == field(optimizer), name
        plan = lehr.from_transformers(transformers.SchedulerType(name), given)
        assert plan.value_at(15, 1.0) == field(own)[0]
    for name in ("reduce_lr_on_plateau", "greedy", "cosin"):
        with pytest.raises(lehr.LehrValueError, match="must be one of"):
            lehr.from_transformers(name, {})
    with pytest.raises(lehr.LehrValueError, match="no argument"):
        lehr.from_transformers("linear", {"num_cycles": 3})
    with pytest.raises(lehr.LehrValueError, match="give the optimizer"):
        lehr.from_transformers("constant", num_updates=3)
    with pytest.raises(lehr.LehrValueError, match="1 groups"):
        lehr.from_transformers("constant", optimizer=make_optimizer(), state={"last_epoch": 1, "base_lrs": [1.0]})


@pytest.mark.parametrize("steps", [0, 1, 4, 13])
def test_pytorch_accelerated(make_optimizer, steps):
    for build in (
        lambda o: accelerated.CosineLrScheduler(o, 5, 4, num_warmup_epochs=1, num_cooldown_epochs=1, k_decay=1.5),
        lambda o: accelerated.CosineLrScheduler(o, 5, 4, num_warmup_epochs=1, warmup_starting_lr_ratio=0.1, min_lr_ratio=0.1),
        lambda o: accelerated.WSDLrScheduler(o, total_steps=20, num_warmup_steps=3, num_checkpoints=2, decay_phase_ratio=0.3),
        lambda o: accelerated.WSDLrScheduler(o, 5, 4, num_warmup_steps=None, use_inverse_sqrt_decay=False, lr_min=0.1),
    ):
        optimizer, own = make_optimizer(), make_optimizer()
        original, old = build(optimizer), build(own)
        for _ in range(steps):
            original.step()
            old.step()
        schedule = lehr.from_pytorch_accelerated(old)
        assert schedule.num_updates == steps and field(own) == field(optimizer)
        for _ in range(steps, 19):
            original.step()
            schedule.step()
            assert field(own) == field(optimizer)


def test_pytorch_accelerated_after_a_load(make_optimizer):
    optimizer = make_optimizer()
    original = accelerated.WSDLrScheduler(optimizer, total_steps=20, num_warmup_steps=8)
    for _ in range(5):
        original.step()
    own = make_optimizer()
    old = accelerated.WSDLrScheduler(own, total_steps=20, num_warmup_steps=8)
    old.load_state_dict(original.state_dict())
    own.load_state_dict(optimizer.state_dict())
    with pytest.raises(lehr.LehrValueError, match="does not save its count"):
        lehr.from_pytorch_accelerated(old)
    schedule = lehr.from_pytorch_accelerated(old, num_updates=5)
    original.step()
    schedule.step()
    assert field(own) == field(optimizer)
    with pytest.raises(lehr.LehrValueError, match="StatefulSchedulerBase"):
        lehr.from_pytorch_accelerated(T.StepLR(make_optimizer(), 3))
    old.checkpoint_steps = [7, 20]
    with pytest.raises(lehr.LehrValueError, match="checkpoints"):
        lehr.from_pytorch_accelerated(old, num_updates=5)


def test_tensors_are_filled_in_place(make_optimizer):
    optimizer = make_optimizer(tensor=True)
    tensors = field(optimizer)
    old = T.CosineAnnealingWarmRestarts(optimizer, 5)
    optimizer.step()
    old.step()
    schedule = lehr.from_torch(old)
    schedule.step()
    assert all(now is then for now, then in zip(field(optimizer), tensors))
    assert float(tensors[0]) == 0.5 * (1 + math.cos(math.pi * 2 / 5)) and isinstance(tensors[0], torch.Tensor)


def test_single_precision(make_optimizer):
    """A learning rate in float32 rounds at every step of torch's; the schedule goes on in float64 from its bases."""
    optimizer, exact = make_optimizer(), make_optimizer()
    for group in optimizer.param_groups:
        group["lr"] = torch.tensor(group["lr"], dtype=torch.float32)
    old, original = T.CosineAnnealingLR(optimizer, 30), T.CosineAnnealingLR(exact, 30)
    for _ in range(20):
        for one, other in ((optimizer, old), (exact, original)):
            one.step()
            other.step()
    schedule = lehr.from_torch(old)
    schedule.step()
    original.step()
    assert [float(value) for value in field(optimizer)] == pytest.approx(field(exact), rel=1e-6)
