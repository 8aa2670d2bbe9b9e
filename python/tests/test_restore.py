"""Every order of building a scheduler, loading the optimizer and loading the scheduler gives the same bits, at every k."""

from __future__ import annotations

import copy
import itertools

import pytest
from conftest import field

import lehr


class Milestones(lehr.StatefulSchedulerBase):
    def get_updated_values(self, num_updates):
        if num_updates in (3, 7, 11):
            return [group["lr"] * 0.5 for group in self.optimizer.param_groups]


def main(plan, **arguments):
    return lambda optimizer, **base: lehr.Scheduler(optimizer, plan, updates=20, **arguments, **base)


BUILT = {
    "cosine": lambda optimizer, **_: lehr.CosineLrScheduler(optimizer, 4, 5, num_warmup_epochs=1, num_cooldown_epochs=1),
    "wsd": lambda optimizer, **_: lehr.WSDLrScheduler(optimizer, total_steps=20, num_warmup_steps=2, num_checkpoints=2),
    "own rule": lambda optimizer, **_: Milestones(optimizer),
    "main": main({"lr": "linear(from=0x, over=25%) -> cosine(to=0)", "weight_decay": "linear(from=0.04, to=0.4)"}),
    "absolute": main("polynomial(power=2, from=0.5, to=1e-6)"),
    "geometric": main("geometric(to=1e-6)"),
    "tied": main({"lr": "linear(to=0)", "weight_decay": lehr.tied_to("lr"), "betas[0]": lehr.tied_to("lr").linear(0.9, -0.1)}),
    "plateau": main("linear(to=0)", control=lehr.Plateau(patience=0, factor=0.5)),
}
#: In Python a scheduler exists before its state is loaded.
ORDERS = [
    order
    for order in itertools.permutations(("build", "load optimizer", "load scheduler"))
    if order.index("build") < order.index("load scheduler")
]
FIELDS = ("lr", "weight_decay", "betas")


def values(optimizer):
    return [field(optimizer, name) for name in FIELDS]


@pytest.mark.parametrize("tensor", [False, True])
@pytest.mark.parametrize("name", BUILT)
def test_every_order_at_every_k(make_optimizer, name, tensor):
    assert len(ORDERS) == 3
    build = BUILT[name]

    def advance(scheduler, k):
        if name == "plateau" and k in (4, 5, 9):
            scheduler.observe(1.0)
        scheduler.step()

    optimizer = make_optimizer(tensor=tensor)
    scheduler = build(optimizer)
    saved = []
    for k in range(24):
        saved.append((copy.deepcopy(optimizer.state_dict()), scheduler.state_dict(), copy.deepcopy(values(optimizer))))
        advance(scheduler, k)
    for k, (optimizer_state, scheduler_state, _) in enumerate(saved):
        for order in ORDERS:
            optimizer, scheduler = make_optimizer(tensor=tensor), None
            for action in order:
                if action == "build":
                    base = {} if order.index("build") < order.index("load optimizer") else {"base": "initial"}
                    scheduler = build(optimizer, **base)
                elif action == "load optimizer":
                    optimizer.load_state_dict(copy.deepcopy(optimizer_state))
                else:
                    scheduler.load_state_dict(scheduler_state)
            assert scheduler.num_updates == k
            for later in range(k, 24):
                assert values(optimizer) == saved[later][2], (order, k, later)
                if later < min(k + 4, 23):
                    advance(scheduler, later)
                else:
                    break


def test_states_of_others_are_refused(make_optimizer):
    optimizer = make_optimizer()
    scheduler = lehr.Scheduler(optimizer, "linear(to=0)", updates=4)
    state = scheduler.state_dict()
    other = lehr.Scheduler(make_optimizer(), "linear(to=0)", updates=8)
    with pytest.raises(lehr.LehrValueError, match="the plan of `lr` was"):
        other.load_state_dict(state)
    other.load_state_dict({**state, "num_updates": 2}, on_mismatch="use_saved")
    assert other.current["lr"][0] == 0.5
    other.load_state_dict({**state, "num_updates": 2}, on_mismatch="use_saved")
    for wrong in (
        {},
        {"typo": 1},
        None,
        3,
        {**state, "extra": 1},
        {**state, "version": 99},
        {**state, "num_updates": -1},
        {**state, "fields": []},
    ):
        before = (scheduler.state_dict(), field(optimizer))
        with pytest.raises(lehr.LehrValueError):
            scheduler.load_state_dict(wrong)
        assert (scheduler.state_dict(), field(optimizer)) == before
    with pytest.raises(lehr.LehrValueError, match="on_mismatch"):
        scheduler.load_state_dict(state, on_mismatch="ignore")
    with pytest.raises(lehr.LehrValueError, match="rule"):
        Milestones(make_optimizer()).load_state_dict(state)
