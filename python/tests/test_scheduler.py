"""`lehr.Scheduler`: fields, groups, tensors, protocol, copies, conflicts, threads."""

from __future__ import annotations

import copy
import gc
import io
import json
import pickle
import subprocess
import sys
import threading
import warnings
import weakref

import numpy as np
import pytest
import torch
from conftest import field, snapshot
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.optim.lr_scheduler import LRScheduler

import lehr

LR = "linear(from=0.01x, over=5) -> cosine(to=0)"
WD = "cosine(from=0.04, to=0.4)"


def test_without_torch():
    code = """
import sys
sys.modules["torch"] = None
import lehr
class Optimizer:
    param_groups = [{"lr": 1.0}]
s = lehr.Scheduler(Optimizer(), "linear(to=0)", updates=4)
s.step()
assert Optimizer.param_groups[0]["lr"] == 0.75
class Half(lehr.StatefulSchedulerBase):
    def get_updated_values(self, n): return 0.5
Half(Optimizer()).step() if not s.detach() else None
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_torch_loaded_after_the_class_was_made():
    code = """
import lehr
class Half(lehr.StatefulSchedulerBase):
    def get_updated_values(self, n): return 0.5 ** n
import torch
s = Half(torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0))
assert isinstance(s, torch.optim.lr_scheduler.LRScheduler) and isinstance(s, Half)
assert type(s).__name__ == "Half"
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_several_fields_follow_their_plans(make_optimizer):
    optimizer = make_optimizer()
    horizon = {"updates": 50}
    scheduler = lehr.Scheduler(
        optimizer, {"lr": LR, "weight_decay": WD, "betas[0]": "linear(from=0.85, to=0.95)", "eps": 1e-6}, **horizon
    )
    plans = {"lr": lehr.Plan.parse(LR, **horizon), "weight_decay": lehr.Plan.parse(WD, **horizon)}
    beta2 = optimizer.param_groups[0]["betas"][1]
    for n in range(60):
        for group, base in zip(optimizer.param_groups, (1.0, 0.1)):
            assert group["lr"] == plans["lr"].value_at(n, base)
            assert group["weight_decay"] == plans["weight_decay"].value_at(n, 0.01)
            assert group["eps"] == 1e-6
            assert isinstance(group["betas"], tuple) and group["betas"][1] is beta2
        assert scheduler.current["lr"] == field(optimizer)
        optimizer.step()
        before = field(optimizer)
        scheduler.step()
        assert scheduler.last_used["lr"] == before


def test_groups_are_selected(make_optimizer):
    for groups in (1, "part1", [1], ["part1"], {"lr": 1}):
        optimizer = make_optimizer()
        scheduler = lehr.Scheduler(optimizer, {"lr": "linear(to=0)"}, updates=4, groups=groups)
        scheduler.step()
        assert field(optimizer) == [1.0, 0.1 * 0.75]
        assert scheduler.current == {"lr": [None, 0.1 * 0.75]}
    optimizer = make_optimizer()
    lehr.Scheduler(optimizer, [("lr", "linear(to=0)", 0), ("lr", "hold(from=0.5x)", "part1")], updates=4).step()
    assert field(optimizer) == [0.75, 0.05]
    for wrong in (5, "part9", [True], -1, 2.5, [], {"momentum": 0}):
        optimizer = make_optimizer()
        before = snapshot(optimizer)
        with pytest.raises(lehr.LehrValueError):
            lehr.Scheduler(optimizer, {"lr": "hold"}, groups=wrong)
        assert snapshot(optimizer) == before


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (({"momentum": "hold"},), KeyError),
        (({"betas": "hold"},), ValueError),
        (({"betas[7]": "hold"},), KeyError),
        (({"lr": "hold", "betas[0": "hold"},), ValueError),
        (({},), ValueError),
        (({3: "hold"},), ValueError),
        (({"lr": "cosine(to=0, over=5%)"},), ValueError),
        (([("lr", "hold"), ("lr", "hold")],), ValueError),
        (([("lr",)],), ValueError),
        (("linear(to=0, over=20)",), ValueError),
        ((None,), ValueError),
    ],
)
def test_construction_refuses_and_writes_nothing(make_optimizer, arguments, error):
    optimizer = make_optimizer()
    before = snapshot(optimizer)
    with pytest.raises(error) as raised:
        lehr.Scheduler(optimizer, *arguments, updates=None if arguments[0] != "linear(to=0, over=20)" else 10)
    assert isinstance(raised.value, lehr.LehrError)
    assert snapshot(optimizer) == before


def test_an_optimizer_without_groups():
    for wrong in (object(), type("O", (), {"param_groups": ()})()):
        with pytest.raises((AttributeError, lehr.LehrError)):
            lehr.Scheduler(wrong, "hold")


def test_the_torch_protocol(make_optimizer):
    optimizer = make_optimizer()
    step = optimizer.step
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scheduler = lehr.Scheduler(optimizer, LR, updates=50)
        assert isinstance(scheduler, LRScheduler) and scheduler.optimizer is optimizer
        assert not hasattr(scheduler, "total_steps")
        assert optimizer.step == step and not hasattr(optimizer.step, "_wrapped_by_lr_sched")
        assert (scheduler.last_epoch, scheduler._step_count) == (0, 1)
        assert scheduler.get_last_lr() == field(optimizer) == [0.01, 0.001]
        for _ in range(7):
            scheduler.step()
    assert (scheduler.last_epoch, scheduler._step_count, scheduler.base_lrs) == (7, 8, [1.0, 0.1])
    assert scheduler.get_lr() == scheduler.get_last_lr() == scheduler._last_lr == field(optimizer)
    assert field(optimizer, "initial_lr") == [1.0, 0.1]
    with pytest.raises(TypeError):
        scheduler.step(5)
    scheduler.last_epoch += 1
    assert field(optimizer) == [lehr.Plan.parse(LR, updates=50).value_at(8, base) for base in (1.0, 0.1)]
    assert type(scheduler).step is lehr._core.SteppingCore.step, "no Python frame in the step"


def test_state_is_plain_data(make_optimizer):
    scheduler = lehr.Scheduler(make_optimizer(), {"lr": LR, "weight_decay": WD}, updates=50, control=lehr.Plateau())
    scheduler.observe(1.0)
    scheduler.step()
    state = scheduler.state_dict()
    assert json.loads(json.dumps(state)) == state
    buffer = io.BytesIO()
    torch.save(state, buffer)
    buffer.seek(0)
    assert torch.load(buffer, weights_only=True) == state


@pytest.mark.parametrize("kind", [torch.float64, torch.float32])
def test_tensors_are_filled_in_place(make_optimizer, kind):
    optimizer = make_optimizer(tensor=True)
    for group in optimizer.param_groups:
        group["lr"] = group["lr"].to(kind)
    tensors = field(optimizer)
    scheduler = lehr.Scheduler(optimizer, LR, updates=50)
    plan = lehr.Plan.parse(LR, updates=50)
    bases = scheduler.base_lrs
    for n in range(1, 55):
        scheduler.step()
        for tensor, now, base in zip(tensors, field(optimizer), bases):
            assert now is tensor and now.dtype == kind and now.shape == ()
            assert now.item() == torch.tensor(plan.value_at(n, base), dtype=kind).item()
    handed = scheduler.get_last_lr()
    tensors[0].fill_(0.5)
    assert handed == [0.0, 0.0] and scheduler.base_lrs == bases
    assert all(type(value) is float for value in field(optimizer, "initial_lr"))


def test_a_refused_write_is_undone(make_optimizer):
    class Refuses(torch.Tensor):
        def fill_(self, value):
            if value != 0.1:
                raise RuntimeError("no")
            return self

    optimizer = make_optimizer()
    scheduler = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
    optimizer.param_groups[1]["lr"] = torch.tensor(0.1, dtype=torch.float64).as_subclass(Refuses)
    with pytest.raises(lehr.LehrValueError, match="no group was changed") as error:
        scheduler.step()
    assert isinstance(error.value.__cause__, RuntimeError)
    assert optimizer.param_groups[0]["lr"] == 1.0 and scheduler.num_updates == 0


def test_groups_that_come_later(make_optimizer):
    new = {"params": [torch.nn.Parameter(torch.zeros(1))], "lr": 2.0, "name": "new"}
    optimizer = make_optimizer()
    strict = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
    optimizer.add_param_group(dict(new))
    with pytest.raises(lehr.LehrValueError, match="3 groups"):
        strict.step()
    assert field(optimizer) == [1.0, 0.1, 2.0]

    optimizer = make_optimizer()
    adopting = lehr.Scheduler(optimizer, "linear(to=0)", updates=4, new_groups="adopt")
    adopting.step()
    optimizer.add_param_group({**new, "params": [torch.nn.Parameter(torch.zeros(1))]})
    adopting.step()
    assert field(optimizer) == [0.5, 0.05, 1.0] and adopting.base_lrs == [1.0, 0.1, 2.0]

    optimizer = make_optimizer()
    seed = lehr.CosineLrScheduler(optimizer, 2, 5)
    optimizer.add_param_group({**new, "params": [torch.nn.Parameter(torch.zeros(1))]})
    seed.step()
    assert seed.base_lr_values == [1.0, 0.1, 2.0] and field(optimizer)[2] == seed.plan.value_at(1, 2.0)


def test_new_dicts_after_load_state_dict(make_optimizer):
    optimizer = make_optimizer()
    scheduler = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
    optimizer.load_state_dict(optimizer.state_dict())
    scheduler.step()
    assert field(optimizer) == [0.75, 0.1 * 0.75]


def test_copies_go_on_by_themselves(make_optimizer):
    optimizer = make_optimizer()
    scheduler = lehr.Scheduler(
        optimizer, {"lr": LR, "weight_decay": lehr.tied_to("lr").power(0.5)}, updates=50, control=lehr.Plateau(patience=0)
    )
    for _ in range(9):
        scheduler.step()
    scheduler.observe(1.0)
    scheduler.observe(1.0)
    scheduler.retarget(80)
    copies = [copy.deepcopy(scheduler), *(pickle.loads(pickle.dumps(scheduler, p)) for p in range(2, 6))]
    for _ in range(80):
        for other in (scheduler, *copies):
            other.step()
        for other in copies:
            assert other.optimizer is not optimizer
            assert snapshot(other.optimizer) == snapshot(optimizer)
            assert other.state_dict() == scheduler.state_dict() and type(other) is type(scheduler)
    together = copy.deepcopy((optimizer, scheduler))
    assert together[1].optimizer is together[0]


def test_no_reference_cycle(make_optimizer):
    class Half(lehr.StatefulSchedulerBase):
        def get_updated_values(self, num_updates):
            return 0.5**num_updates

    makers = (
        lambda optimizer: lehr.Scheduler(optimizer, LR, updates=50),
        Half,
        lambda optimizer: lehr.CosineLrScheduler(optimizer, 5, 5),
        lambda optimizer: lehr.WSDLrScheduler(optimizer, total_steps=50),
    )
    gc.collect()
    gc.disable()
    try:
        for make in makers:
            optimizer = make_optimizer()
            scheduler = make(optimizer)
            scheduler.step()
            watched = weakref.ref(scheduler)
            del scheduler
            assert watched() is None, make
    finally:
        gc.enable()
    optimizer.scheduler = makers[0](optimizer)
    watched = weakref.ref(optimizer)
    del optimizer
    gc.collect()
    assert watched() is None, "a cycle that a user makes is collected"


def test_conflicts(make_optimizer):
    optimizer = make_optimizer()
    first = lehr.Scheduler(optimizer, {"lr": LR}, updates=50, groups=0)
    lehr.Scheduler(optimizer, {"weight_decay": WD}, updates=50)
    second = lehr.Scheduler(optimizer, {"lr": LR}, updates=50, groups=1)
    before = snapshot(optimizer)
    for make in (
        lambda: lehr.Scheduler(optimizer, {"lr": LR}, updates=50, groups=[1]),
        lambda: lehr.CosineLrScheduler(optimizer, 5, 5),
    ):
        with pytest.raises(lehr.LehrValueError, match="detach"):
            make()
        assert snapshot(optimizer) == before
    second.detach()
    with pytest.raises(lehr.LehrValueError, match="detached"):
        second.step()
    assert second.num_updates == 0 and second.state_dict()["num_updates"] == 0
    lehr.Scheduler(optimizer, {"lr": LR}, updates=50, groups=1, base="initial")
    del first
    gc.collect()
    lehr.Scheduler(optimizer, {"lr": LR}, updates=50, groups=0, base="initial")


def test_bases_of_a_restored_optimizer(make_optimizer):
    optimizer = make_optimizer()
    scheduler = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
    scheduler.step()
    restored = make_optimizer()
    restored.load_state_dict(optimizer.state_dict())
    before = snapshot(restored)
    with pytest.raises(lehr.LehrValueError, match='base="initial"'):
        lehr.Scheduler(restored, "linear(to=0)", updates=4)
    assert snapshot(restored) == before
    with pytest.raises(lehr.LehrValueError):
        lehr.Scheduler(restored, "linear(to=0)", updates=4, base="first")
    assert lehr.Scheduler(restored, "linear(to=0)", updates=4, base="initial").base_lrs == [1.0, 0.1]
    gc.collect()
    restored.load_state_dict(optimizer.state_dict())
    assert lehr.Scheduler(restored, "linear(to=0)", updates=4, base="current").base_lrs == [0.75, 0.1 * 0.75]
    assert field(restored, "initial_lr") == [0.75, 0.1 * 0.75]


def test_seek_retarget_anneal_observe_explain(make_optimizer):
    optimizer = make_optimizer()
    scheduler = lehr.Scheduler(optimizer, "linear(to=0)", updates=4, control=lehr.Plateau(patience=0, factor=0.5))
    scheduler.seek(2)
    assert field(optimizer) == [0.5, 0.05] and scheduler.last_epoch == 2
    scheduler.retarget(6)
    scheduler.step()
    assert field(optimizer)[0] == 0.375 and "retarget" not in scheduler.explain()
    scheduler.observe(1.0)
    scheduler.observe(torch.tensor(1.0))
    assert field(optimizer)[0] == 0.375 * 0.5 and scheduler.num_updates == 3
    assert "times the controller's 0.5" in scheduler.explain()
    scheduler.anneal_from_here("cosine", 2, "0.1x")
    assert field(optimizer)[0] == 0.375 * 0.5
    scheduler.step()
    scheduler.step()
    assert field(optimizer)[0] == 0.1 * 0.5
    for wrong in (
        lambda: scheduler.seek(-1),
        lambda: scheduler.retarget(3),
        lambda: scheduler.retarget(9, "squeeze"),
        lambda: scheduler.anneal_from_here("cosinus", 2, 0),
        lambda: scheduler.anneal_from_here("linear", 2, 0, field="momentum"),
        lambda: scheduler.observe(float("nan")),
        lambda: scheduler.observe("low"),
        lambda: lehr.Plateau(factor=2),
        lambda: lehr.Plateau(mode="best"),
        lambda: lehr.Greedy(min_factor=-1),
        lambda: lehr.tied_to("b[").power(1),
    ):
        before = scheduler.state_dict()
        with pytest.raises(lehr.LehrValueError):
            wrong()
        assert scheduler.state_dict() == before


def test_settings_are_values():
    assert lehr.Plateau(patience=3) == lehr.Plateau(patience=3) != lehr.Plateau()
    assert pickle.loads(pickle.dumps(lehr.Greedy(warmup=2))) == lehr.Greedy(warmup=2)
    assert hash(lehr.tied_to("lr")) == hash(lehr.tied_to("lr"))
    with pytest.raises(AttributeError):
        lehr.Plateau().patience = 3


def test_shown(make_optimizer):
    scheduler = lehr.Scheduler(make_optimizer(), {"lr": LR, "weight_decay": WD}, updates=50)
    shown = repr(scheduler)
    assert "after 0 updates" in shown and "▁" in shown and "0.001 to 0.01" in shown
    assert "weight_decay" in scheduler.picture()
    assert "lr of group 1" in scheduler.explain(7)
    assert scheduler.state_digest() == copy.deepcopy(scheduler).state_digest()


def test_threads_step_their_own_schedulers(make_optimizer):
    class Half(lehr.StatefulSchedulerBase):
        def get_updated_values(self, num_updates):
            return [base * 0.999**num_updates for base in self.base_lr_values]

    optimizers = [make_optimizer() for _ in range(8)]
    schedulers = [
        Half(o) if i % 2 else lehr.Scheduler(o, "linear(to=0)", updates=4000) for i, o in enumerate(optimizers)
    ]
    threads = [threading.Thread(target=lambda s=s: [s.step() for _ in range(2000)]) for s in schedulers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index, optimizer in enumerate(optimizers):
        assert field(optimizer) == ([0.999**2000, 0.1 * 0.999**2000] if index % 2 else [0.5, 0.05])


def test_threads_on_one_scheduler(make_optimizer):
    class Slow(lehr.StatefulSchedulerBase):
        def get_updated_values(self, num_updates):
            sys.getswitchinterval()
            return [base / (1 + num_updates) for base in self.base_lr_values]

    optimizer = make_optimizer()
    scheduler = Slow(optimizer)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=lambda: [scheduler.step() for _ in range(500)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert scheduler.num_updates == 2000 and field(optimizer) == [1 / 2001, 0.1 / 2001]


@settings(max_examples=60, deadline=None)
@given(
    bases=st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=5),
    updates=st.integers(1, 60),
    warmup=st.floats(0, 0.5),
    calls=st.lists(st.one_of(st.none(), st.integers(0, 100)), max_size=30),
)
def test_the_value_contract(bases, updates, warmup, calls):
    """Whatever the order of steps and jumps, the groups hold the plan's value for the count."""

    class Optimizer:
        param_groups = [{"lr": base} for base in bases]

    text = f"linear(from=0x, over={warmup * 100!r}%) -> cosine(to=0.1x)"
    plan = lehr.Plan.parse(text, updates=updates)
    scheduler = lehr.Scheduler(Optimizer(), text, updates=updates)
    count = 0
    for call in calls:
        if call is None:
            scheduler.step()
            count += 1
        else:
            scheduler.step_update(call)
            count = call
        assert scheduler.num_updates == count
        assert [g["lr"] for g in Optimizer.param_groups] == [plan.value_at(count, base) for base in bases]
    assert np.isfinite([g["lr"] for g in Optimizer.param_groups]).all()
