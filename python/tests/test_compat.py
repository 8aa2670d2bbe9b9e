"""The drop-in replicas beside the originals: signatures, values, states in both directions, copies, restore orders."""

from __future__ import annotations

import copy
import gc
import inspect
import itertools
import math
import pickle
import weakref

import pytest
import torch
from conftest import field, snapshot
from peers import CASES, ORIGINALS, REPLICAS, STEPS, ULP, close, stepping
from torch.optim import lr_scheduler

import lehr

timm = ORIGINALS["timm"]


def pair(name, make_optimizer, **how):
    peer, build, ulps = CASES[name]
    optimizers = make_optimizer(**how), make_optimizer(**how)
    original, replica = (build(ms[peer], o) for ms, o in zip((ORIGINALS, REPLICAS), optimizers))
    return optimizers, (original, replica), (stepping(original, peer), stepping(replica, peer)), ulps


@pytest.mark.parametrize("name", CASES)
def test_values_and_states(make_optimizer, name):
    (optimizer, own), (original, replica), (step, own_step), ulps = pair(name, make_optimizer)
    close(own, optimizer, ulps)
    for n in range(1, STEPS + 1):
        optimizer.step()
        own.step()
        step(n)
        own_step(n)
        close(own, optimizer, ulps)
        theirs, ours = original.state_dict(), replica.state_dict()
        assert set(ours) == set(theirs)
        for key in set(ours) - {"_last_lr", "_schedulers"}:
            assert ours[key] == theirs[key], key
        if hasattr(original, "get_last_lr"):
            assert replica.get_last_lr() == field(own) and isinstance(replica, lr_scheduler.LRScheduler)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("steps", [0, 3, 9])
def test_states_go_both_ways(make_optimizer, name, steps):
    (optimizer, own), (original, replica), (step, own_step), ulps = pair(name, make_optimizer)
    for n in range(1, steps + 1):
        optimizer.step()
        own.step()
        step(n)
        own_step(n)
    (theirs, ours), (new, new_replica), (new_step, new_own_step), _ = pair(name, make_optimizer)
    theirs.load_state_dict(copy.deepcopy(own.state_dict()))
    ours.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    new.load_state_dict(copy.deepcopy(replica.state_dict()))
    new_replica.load_state_dict(copy.deepcopy(original.state_dict()))
    if name in ("accelerated wsd", "accelerated inverse"):
        new._num_updates = new_replica._num_updates = original._num_updates  # which its state lacks
    for n in range(steps + 1, STEPS + 1):
        for o in (optimizer, own, theirs, ours):
            o.step()
        for tell in (step, own_step, new_step, new_own_step):
            tell(n)
        # What torch goes on from was rounded by the other.
        close(theirs, optimizer, 4 * ulps)
        close(ours, optimizer, 4 * ulps)


@pytest.mark.parametrize("peer", ORIGINALS)
def test_signatures(peer):
    names = [name for name in REPLICAS[peer].__all__ if name not in ("LambdaLR",)]
    assert len(names) >= 4
    for name in names:
        original = inspect.signature(getattr(ORIGINALS[peer], name)).parameters.values()
        replica = inspect.signature(getattr(REPLICAS[peer], name)).parameters.values()
        assert [(it.name, it.default, it.kind) for it in replica] == [(it.name, it.default, it.kind) for it in original], name


def clones(scheduler):
    return (copy.deepcopy(scheduler), pickle.loads(pickle.dumps(scheduler)))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("steps", [0, 6])
def test_copies(make_optimizer, name, steps):
    (_, own), (_, replica), (_, own_step), _ = pair(name, make_optimizer)
    for n in range(1, steps + 1):
        own_step(n)
    peer = CASES[name][0]
    others = [(other, stepping(other, peer)) for other in clones(replica)]
    for n in range(steps, STEPS):
        for other, tell in others:
            assert type(other) is type(replica) and other.optimizer is not own
            assert field(other.optimizer) == field(own) and field(other.optimizer, "betas") == field(own, "betas")
            tell(n + 1)
        own_step(n + 1)


@pytest.mark.parametrize("name", CASES)
def test_no_cycle(make_optimizer, name):
    (_, own), (_, replica), _, _ = pair(name, make_optimizer)
    gone = weakref.ref(replica)
    gc.collect()
    gc.disable()
    try:
        del replica
        assert gone() is None
    finally:
        gc.enable()


ORDERS = [order for order in itertools.permutations("bos") if order.index("b") < order.index("s")]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[0] in ("torch", "transformers")])
@pytest.mark.parametrize("tensor", [False, True])
def test_every_order_at_every_k(make_optimizer, name, tensor):
    """Build, load the optimizer, load the scheduler, in every order that can be written."""
    peer, build, ulps = CASES[name]
    optimizer = make_optimizer(tensor=tensor)
    replica = build(REPLICAS[peer], optimizer)
    saved = []
    for _ in range(STEPS + 1):
        saved.append((copy.deepcopy(optimizer.state_dict()), copy.deepcopy(replica.state_dict()), copy.deepcopy(field(optimizer))))
        replica.step()
    rounding = ulps if name.startswith("SWALR") else 0  # whose start is no part of its state
    for k, (optimizer_state, state, _) in enumerate(saved):
        for order in ORDERS:
            other, scheduler = make_optimizer(tensor=tensor), None
            for action in order:
                if action == "b":
                    scheduler = build(REPLICAS[peer], other)
                elif action == "o":
                    other.load_state_dict(copy.deepcopy(optimizer_state))
                else:
                    scheduler.load_state_dict(copy.deepcopy(state))
            assert scheduler.last_epoch == k
            for later in range(k, min(k + 4, STEPS)):
                for left, right in zip(field(other), saved[later][2]):
                    assert abs(float(left) - float(right)) <= rounding * ULP, (order, k, later)
                scheduler.step()


def test_last_epoch(make_optimizer):
    """torch's own way to resume: build it at the step before, on an optimizer that has been restored."""
    for module in (lr_scheduler, REPLICAS["torch"]):
        optimizer = make_optimizer()
        with pytest.raises(KeyError):
            module.CosineAnnealingWarmRestarts(optimizer, 5, last_epoch=3)
        for group in optimizer.param_groups:
            group["initial_lr"] = group["lr"]
        scheduler = module.CosineAnnealingWarmRestarts(optimizer, 5, last_epoch=3)
        assert scheduler.last_epoch == 4
        assert field(optimizer)[0] == (1 + math.cos(math.pi * 4 / 5)) / 2
    scheduler.step(2)
    assert scheduler.last_epoch == 2 and field(optimizer)[0] == (1 + math.cos(math.pi * 2 / 5)) / 2
    scheduler.last_epoch = 0
    assert field(optimizer) == [1.0, 0.1]


def test_layer_decay_and_the_wrong_call(make_optimizer):
    pairs = []
    for module in (timm, REPLICAS["timm"]):
        optimizer = make_optimizer()
        optimizer.param_groups[1]["lr_scale"] = 0.3
        scheduler = module.CosineLRScheduler(optimizer, 9, warmup_t=2, t_in_epochs=False)
        seen = [field(optimizer)]
        for n in range(1, 12):
            scheduler.step(n)
            seen.append(field(optimizer))
            scheduler.step_update(n, metric=0.5)
            seen.append(field(optimizer))
        pairs.append((seen, scheduler.get_cycle_length(), scheduler.get_cycle_length(3), scheduler._get_lr(5), scheduler.metric))
    assert pairs[0] == pairs[1]
    for module in (timm, REPLICAS["timm"]):
        scheduler = module.PolyLRScheduler(make_optimizer(), 9, cycle_mul=1.5, warmup_t=2, warmup_prefix=True)
        assert [scheduler.get_cycle_length(cycles) for cycles in (0, 1, 2, 5)] == [11, 11, 24, 120]
    with pytest.raises(KeyError):
        REPLICAS["timm"].StepLRScheduler(make_optimizer(), 3, initialize=False)


def test_what_is_refused_changes_nothing(make_optimizer):
    replicas, timm_replicas = REPLICAS["torch"], REPLICAS["timm"]
    for build in (
        lambda o: replicas.StepLR(o, 0),
        lambda o: replicas.OneCycleLR(o, 0.1),
        lambda o: replicas.OneCycleLR(o, 0.1, 10, pct_start=0.1),
        lambda o: replicas.OneCycleLR(o, [0.1], 10),
        lambda o: replicas.OneCycleLR(o, 0.1, 10, anneal_strategy="cosine"),
        lambda o: replicas.CyclicLR(o, 0.1, 0.2, 0),
        lambda o: replicas.CyclicLR(o, 0.1, 0.2, scale_fn=lambda n: 1.0),
        lambda o: replicas.CyclicLR(o, 0.1, 0.2, mode="square"),
        lambda o: replicas.SWALR(o, 0.1, anneal_strategy="exp"),
        lambda o: replicas.SequentialLR(o, [replicas.StepLR(o, 3)], [3]),
        lambda o: replicas.SequentialLR(o, [replicas.StepLR(make_optimizer(), 3)], []),
        lambda o: timm_replicas.CosineLRScheduler(o, 9, noise_range_t=3),
        lambda o: timm_replicas.CosineLRScheduler(o, 0),
        lambda o: timm_replicas.WSDLRScheduler(o, 9, 3, decay_fn=lambda share: share),
        lambda o: REPLICAS["transformers"].get_cosine_with_min_lr_schedule_with_warmup(o, 1, 9),
        lambda o: REPLICAS["transformers"].get_scheduler("greedy", o),
        lambda o: REPLICAS["transformers"].get_scheduler("linear", o, 3),
        lambda o: REPLICAS["transformers"].get_scheduler("linear", o, 3, 9, {"num_cycles": 3}),
    ):
        optimizer = make_optimizer()
        before = snapshot(optimizer)
        with pytest.raises(lehr.LehrValueError):
            build(optimizer)
        after = snapshot(optimizer)
        assert [{k: v for k, v in g.items() if k != "initial_lr"} for g in after] == before
    for name, build, _ in [(name, case[1], case[2]) for name, case in CASES.items() if case[0] in ("torch", "timm")]:
        scheduler = build(REPLICAS[CASES[name][0]], make_optimizer())
        state, groups = copy.deepcopy(scheduler.state_dict()), snapshot(scheduler.optimizer)
        for wrong in ({}, {"last_epoch": 3}, {"typo": 1}):
            with pytest.raises(lehr.LehrValueError):
                scheduler.load_state_dict(wrong)
            assert scheduler.state_dict() == state and snapshot(scheduler.optimizer) == groups


def test_a_scheduler_of_lehr_knows_of_a_replica(make_optimizer):
    optimizer = make_optimizer()
    replica = REPLICAS["torch"].StepLR(optimizer, 3)
    with pytest.raises(lehr.LehrValueError, match="StepLR already"):
        lehr.Scheduler(optimizer, "linear(to=0)", updates=3)
    replica.detach()
    lehr.Scheduler(optimizer, "linear(to=0)", updates=3)


def test_tensors_are_filled_in_place(make_optimizer):
    optimizer = make_optimizer(tensor=True)
    tensors = field(optimizer)
    scheduler = REPLICAS["torch"].CosineAnnealingWarmRestarts(optimizer, 5)
    for _ in range(3):
        scheduler.step()
    assert all(now is then for now, then in zip(field(optimizer), tensors)) and isinstance(tensors[0], torch.Tensor)
    scheduler = REPLICAS["pytorch_accelerated"].CosineLrScheduler(make_optimizer(tensor=True), 5, 4, num_warmup_epochs=1)
    assert isinstance(field(scheduler.optimizer)[0], torch.Tensor) and field(scheduler.optimizer)[0] == 1e-6
